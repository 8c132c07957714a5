/**
 * Messages to the owner of a run. The insert locks the run's row and counts itself there, so a run that is parking at
 * the same instant either sees the message or is refused. Refuses messages to runs that have ended.
 */
import type { Pool, PoolClient } from 'pg';
import { arrayParameter } from '@/server/repositories/array-parameter';
import type { AuditLine } from '@/server/services/audit';
import type { InboxMessage, RunInbox } from '@/server/services/ports';

/*
 * One statement, so that the line of the audit log stands if and only if the message does. The UPDATE locks the row and is
 * re-checked on its newest version; its new inbox_n is the number of the message. A cause that was already posted (and
 * perhaps consumed) is found by its own unique key. A run that a paused flow holds back is let go: it has not begun, so all
 * that a message can ask of it is to end.
 */
const postText = `
WITH counted AS (
  UPDATE runs SET inbox_n = inbox_n + 1, due_at = CASE WHEN owner IS NULL THEN now() ELSE due_at END, is_held = false
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

/**
 * One message, under the lock of the run's row, with its line of the audit log. In a transaction of the caller's it comes
 * first: runs are locked before everything else.
 * @returns false when the run has ended, or there is none
 * @throws the database's error; {@link isRepeatedCause} of one whose cause was posted before
 */
export async function leaveMessage(
  client: Pool | PoolClient,
  workspaceId: string,
  runId: string,
  cause: string,
  message: InboxMessage,
  audit?: AuditLine,
): Promise<boolean> {
  const { rowCount } = await client.query({
    name: 'inbox-post',
    text: postText,
    values: [workspaceId, runId, cause, JSON.stringify(message), audit === undefined ? null : JSON.stringify(audit)],
  });
  return rowCount === 1;
}

export const isRepeatedCause = (error: unknown): boolean =>
  typeof error === 'object' && error !== null && 'code' in error && error.code === '23505';

/*
 * Many messages to runs whose rows the caller has locked, with causes that are certainly new. Numbers follow the order in
 * which they are given. The bounds of the ids are known before the statement starts, so it is set up for their partitions.
 */
const postAllText = `
WITH posting AS MATERIALIZED (
  SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::json[]) WITH ORDINALITY
    AS i(workspace_id, run_id, cause, message, ord)
), counted AS (
  UPDATE runs r SET inbox_n = r.inbox_n + k.messages,
    due_at = CASE WHEN r.owner IS NULL THEN now() ELSE r.due_at END
  FROM (SELECT workspace_id, run_id, count(*)::int AS messages FROM posting GROUP BY workspace_id, run_id) k
  WHERE r.workspace_id = k.workspace_id AND r.id = k.run_id AND r.id >= $5::uuid AND r.id <= $6::uuid
    AND r.finished_at IS NULL
  RETURNING r.workspace_id, r.id, r.inbox_n - k.messages AS before
)
INSERT INTO run_inbox (workspace_id, run_id, n, cause, message)
SELECT p.workspace_id, p.run_id, c.before + row_number() OVER (PARTITION BY p.run_id ORDER BY p.ord), p.cause, p.message
FROM posting p JOIN counted c ON c.workspace_id = p.workspace_id AND c.id = p.run_id`;

/** A message for {@link postAll}. */
export interface Posting {
  readonly workspaceId: string;
  readonly runId: string;
  readonly cause: string;
  readonly message: InboxMessage;
}

/** Leaves messages with runs that are locked by this transaction; those to runs that have ended are dropped. */
export async function postAll(client: PoolClient, postings: readonly Posting[]): Promise<void> {
  if (postings.length === 0) return;
  const runIds = postings.map(({ runId }) => runId);
  const sorted = runIds.toSorted();
  await client.query({
    name: 'inbox-post-all',
    text: postAllText,
    values: [
      postings.map(({ workspaceId }) => workspaceId),
      runIds,
      postings.map(({ cause }) => cause),
      arrayParameter(
        'json',
        postings.map(({ message }) => JSON.stringify(message)),
      ),
      sorted[0],
      sorted.at(-1),
    ],
  });
}

export function createRunInbox(pool: Pool): RunInbox {
  return {
    async post(workspaceId, runId, cause, message, audit) {
      try {
        if (await leaveMessage(pool, workspaceId, runId, cause, message, audit)) return 'posted';
      } catch (error) {
        if (isRepeatedCause(error)) return 'already';
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
