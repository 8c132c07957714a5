/**
 * Messages to the owner of a run. The insert locks the run's row and counts itself there, so a run that is parking at
 * the same instant either sees the message or is refused. Refuses messages to runs that have ended.
 */
import type { Pool } from 'pg';
import type { RunInbox } from '@/server/services/ports';

/*
 * One statement, so that the line of the audit log stands if and only if the message does. The UPDATE locks the row and is
 * re-checked on its newest version; its new inbox_n is the number of the message. A cause that was already posted (and
 * perhaps consumed) is found by its own unique key.
 */
const postText = `
WITH counted AS (
  UPDATE runs SET inbox_n = inbox_n + 1, due_at = CASE WHEN owner IS NULL THEN now() ELSE due_at END
  WHERE workspace_id = $1 AND id = $2 AND finished_at IS NULL
  RETURNING inbox_n
), audited AS (
  INSERT INTO audit_log (workspace_id, id, actor, action, target_kind, target_id, details)
  SELECT $1, line.id, line.actor, line.action, line."targetKind", line."targetId", line.details
  FROM counted, json_to_record($5::json) AS line(id uuid, actor text, action text, "targetKind" text, "targetId" text,
    details jsonb)
  WHERE $5 IS NOT NULL
)
INSERT INTO run_inbox (workspace_id, run_id, n, cause, message)
SELECT $1, $2, inbox_n, $3, $4 FROM counted
RETURNING n`;

export function createRunInbox(pool: Pool): RunInbox {
  return {
    async post(workspaceId, runId, cause, message, audit) {
      try {
        const { rowCount } = await pool.query({
          name: 'inbox-post',
          text: postText,
          values: [
            workspaceId,
            runId,
            cause,
            JSON.stringify(message),
            audit === undefined ? null : JSON.stringify(audit),
          ],
        });
        if (rowCount === 1) return 'posted';
      } catch (error) {
        if (typeof error === 'object' && error !== null && 'code' in error && error.code === '23505') return 'already';
        throw error;
      }
      const { rowCount } = await pool.query('SELECT 1 FROM runs WHERE workspace_id = $1 AND id = $2', [
        workspaceId,
        runId,
      ]);
      return rowCount === 1 ? 'ended' : 'missing';
    },
  };
}
