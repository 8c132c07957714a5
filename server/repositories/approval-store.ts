/**
 * Approvals on Postgres. An answer is one transaction that locks the run's row first, as the append that gives the question
 * up does: whichever of the two commits first has happened, and the other learns of it. Refuses an answer after the deadline
 * by the database's clock, whether or not a worker has taken note of it.
 */
import type { Pool, PoolClient } from 'pg';
import type { JsonObject, JsonValue } from '@/core/json';
import { limits } from '@/core/limits';
import { type ApprovalColumns, approvalColumns, presentApprovalRow } from '@/server/repositories/approval-columns';
import { listApprovalRows } from '@/server/repositories/approval-list';
import { isRepeatedCause, leaveMessage } from '@/server/repositories/inbox';
import { inTransaction } from '@/server/repositories/transaction';
import type {
  AnswerVerdict,
  ApprovalRow,
  ApprovalStore,
  NewAnswer,
  StoredLink,
} from '@/server/services/approvals/approval-store';
import type { AuditLine } from '@/server/services/audit';

interface WholeColumns extends ApprovalColumns {
  readonly description: string | null;
  readonly form: JsonObject | null;
  readonly answer: JsonValue;
  readonly open_links: number;
}

const findText = `
SELECT ${approvalColumns}, a.description, a.form, a.answer,
  (SELECT count(*)::int FROM approval_links l WHERE l.workspace_id = a.workspace_id AND l.approval_id = a.id
    AND a.status = 'open' AND l.used_at IS NULL AND l.revoked_at IS NULL AND l.expires_at > now()) AS open_links
FROM approvals a JOIN flows f ON f.workspace_id = a.workspace_id AND f.id = a.flow_id
WHERE a.workspace_id = $1 AND a.id = $2`;

const countText = `
SELECT count(*)::int AS n FROM (
  SELECT 1 FROM approvals
  WHERE workspace_id = $1 AND status = 'open' AND (due_at IS NULL OR due_at > now()) AND ($2 OR assignee IS NULL OR assignee = $3)
  LIMIT $4) counted`;

const actorText = `
SELECT u.name, u.email FROM users u JOIN memberships m ON m.user_id = u.id
WHERE m.workspace_id = $1 AND $2 = 'user' AND u.id = $3
UNION ALL
SELECT k.name, NULL FROM api_keys k WHERE k.workspace_id = $1 AND $2 = 'key' AND k.id::text = $3`;

export function createApprovalStore(pool: Pool): ApprovalStore {
  return {
    list: (workspaceId, query) => listApprovalRows(pool, workspaceId, query),

    async countOpen(workspaceId, asks, max) {
      const { rows } = await pool.query<{ n: number }>(countText, [
        workspaceId,
        asks === null,
        asks?.email ?? null,
        max,
      ]);
      return rows[0]?.n ?? 0;
    },

    async find(workspaceId, approvalId) {
      const { rows } = await pool.query<WholeColumns>(findText, [workspaceId, approvalId]);
      return rows[0] === undefined ? null : whole(rows[0]);
    },

    async findOfStep(workspaceId, runId, stepId, path) {
      const { rows } = await pool.query<{ id: string }>(
        `SELECT id FROM approvals WHERE workspace_id = $1 AND run_id = $2 AND step_id = $3 AND path = $4
         ORDER BY (status = 'open') DESC, id DESC LIMIT 1`,
        [workspaceId, runId, stepId, path],
      );
      return rows[0]?.id ?? null;
    },

    async findActor(workspaceId, actor) {
      const at = actor.indexOf(':');
      const { rows } = await pool.query<{ name: string; email: string | null }>(actorText, [
        workspaceId,
        actor.slice(0, at),
        actor.slice(at + 1),
      ]);
      const found = rows[0];
      return found === undefined
        ? null
        : { name: found.name === '' ? (found.email ?? '') : found.name, email: found.email };
    },

    async answer(workspaceId, answer, message, audit) {
      try {
        return await inTransaction(pool, (client) => writeAnswer(client, workspaceId, answer, message, audit));
      } catch (error) {
        if (error instanceof Undone) return error.verdict;
        if (isRepeatedCause(error)) return 'closed';
        throw error;
      }
    },

    makeLink: (workspaceId, link, audit) =>
      inTransaction(pool, async (client) => {
        // Locked, so that links are counted by one at a time.
        const { rowCount } = await client.query(
          `SELECT 1 FROM approvals WHERE workspace_id = $1 AND id = $2 AND status = 'open'
             AND (due_at IS NULL OR due_at > now()) FOR UPDATE`,
          [workspaceId, link.approvalId],
        );
        if (rowCount === 0) return 'closed';
        const { rows } = await client.query<{ expires_at: Date }>(insertLinkText, [
          workspaceId,
          link.id,
          link.approvalId,
          link.secretHash,
          link.madeBy,
          link.forMs,
          limits.approvalLinks,
        ]);
        const made = rows[0];
        if (made === undefined) return 'tooMany';
        await writeAuditLine(client, audit);
        return { expiresAtMs: made.expires_at.getTime() };
      }),

    revokeLinks: (workspaceId, approvalId, audit) =>
      inTransaction(pool, async (client) => {
        const { rowCount } = await client.query(
          `UPDATE approval_links SET revoked_at = now()
           WHERE workspace_id = $1 AND approval_id = $2 AND used_at IS NULL AND revoked_at IS NULL AND expires_at > now()`,
          [workspaceId, approvalId],
        );
        if (rowCount !== null && rowCount > 0) await writeAuditLine(client, audit);
        return rowCount ?? 0;
      }),

    async findLink(linkId) {
      const { rows } = await pool.query<LinkColumns>(
        `SELECT workspace_id, approval_id, secret_hash, made_by,
           used_at IS NULL AND revoked_at IS NULL AND expires_at > now() AS is_usable
         FROM approval_links WHERE id = $1`,
        [linkId],
      );
      return rows[0] === undefined ? null : presentLink(rows[0]);
    },
  };
}

/**
 * 1. The message locks the run's row; there is none for a run that has ended.
 * 2. Only an open question is answered, before its deadline. A run that gave it up has settled the row before we got the lock.
 * 3. A cancel that lies in the inbox was there first: the run will not read the answer.
 * 4. The link is used up with the answer.
 */
async function writeAnswer(
  client: PoolClient,
  workspaceId: string,
  answer: NewAnswer,
  message: Parameters<ApprovalStore['answer']>[2],
  audit: AuditLine,
): Promise<AnswerVerdict> {
  const isThere = await leaveMessage(client, workspaceId, answer.runId, `wait:${answer.approvalId}`, message, audit);
  if (!isThere) throw new Undone('ending');
  const { rowCount } = await client.query(
    `UPDATE approvals SET status = $3, answer = $4, comment = $5, answered_by = $6, answered_name = $7, answered_via = $8,
       answered_at = clock_timestamp()
     WHERE workspace_id = $1 AND id = $2 AND status = 'open' AND (due_at IS NULL OR due_at > clock_timestamp())`,
    [
      workspaceId,
      answer.approvalId,
      answer.status,
      answer.answer === null ? null : JSON.stringify(answer.answer),
      answer.comment,
      answer.actor,
      answer.name,
      answer.via,
    ],
  );
  if (rowCount === 0) throw new Undone('closed');
  const cancels = await client.query(
    `SELECT 1 FROM run_inbox i JOIN runs r ON r.workspace_id = i.workspace_id AND r.id = i.run_id
     WHERE i.workspace_id = $1 AND i.run_id = $2 AND i.n > r.inbox_done AND i.message->>'type' IN ('cancel', 'terminate')`,
    [workspaceId, answer.runId],
  );
  if (cancels.rowCount !== 0) throw new Undone('ending');
  if (answer.linkId !== null) {
    const used = await client.query(
      `UPDATE approval_links SET used_at = clock_timestamp() WHERE id = $1 AND workspace_id = $2 AND approval_id = $3
         AND used_at IS NULL AND revoked_at IS NULL AND expires_at > clock_timestamp()`,
      [answer.linkId, workspaceId, answer.approvalId],
    );
    if (used.rowCount === 0) throw new Undone('spent');
  }
  return 'answered';
}

/** Ends a transaction without an effect, and says what came of it. */
class Undone extends Error {
  constructor(readonly verdict: AnswerVerdict) {
    super(verdict);
  }
}

const insertLinkText = `
INSERT INTO approval_links (workspace_id, id, approval_id, secret_hash, made_by, expires_at)
SELECT $1, $2, $3, $4, $5, least(a.due_at, now() + make_interval(secs => $6 / 1000.0))
FROM approvals a WHERE a.workspace_id = $1 AND a.id = $3
  AND (SELECT count(*) FROM approval_links l WHERE l.workspace_id = $1 AND l.approval_id = $3
    AND l.used_at IS NULL AND l.revoked_at IS NULL AND l.expires_at > now()) < $7
RETURNING expires_at`;

const writeAuditLine = (client: PoolClient, line: AuditLine) =>
  client.query(
    `INSERT INTO audit_log (workspace_id, id, actor, action, target_kind, target_id, details)
     VALUES ($1, $2, $3, $4, $5, $6, $7)`,
    [line.workspaceId, line.id, line.actor, line.action, line.targetKind, line.targetId, JSON.stringify(line.details)],
  );

interface LinkColumns {
  readonly workspace_id: string;
  readonly approval_id: string;
  readonly secret_hash: Buffer;
  readonly made_by: string;
  readonly is_usable: boolean;
}

const presentLink = (row: LinkColumns): StoredLink => ({
  workspaceId: row.workspace_id,
  approvalId: row.approval_id,
  secretHash: row.secret_hash,
  madeBy: row.made_by,
  isUsable: row.is_usable,
});

const whole = (row: WholeColumns): ApprovalRow => ({
  ...presentApprovalRow(row),
  description: row.description,
  form: row.form,
  answer: row.answer,
  openLinks: row.open_links,
});
