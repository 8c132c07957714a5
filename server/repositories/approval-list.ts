/**
 * The list of approvals by keyset: newest first through the time-ordered ids, or those due next through the index of open
 * ones. Refuses offsets: a page must not shift while others answer.
 */
import type { Pool } from 'pg';
import { type ApprovalColumns, approvalColumns, presentApprovalRow } from '@/server/repositories/approval-columns';
import { escapeLike } from '@/server/repositories/like';
import type { ApprovalListRow, ApprovalQuery, ApprovalStatus } from '@/server/services/approvals/approval-store';

export async function listApprovalRows(
  pool: Pool,
  workspaceId: string,
  query: ApprovalQuery,
): Promise<readonly ApprovalListRow[]> {
  const values: unknown[] = [];
  const value = (given: unknown): string => `$${values.push(given)}`;
  const where = [`a.workspace_id = ${value(workspaceId)}`];
  if (query.statuses !== null) where.push(`(${query.statuses.map(statusCondition).join(' OR ')})`);
  if (query.asks !== null) where.push(`(a.assignee IS NULL OR a.assignee = ${value(query.asks.email)})`);
  if (query.flowId !== null) where.push(`a.flow_id = ${value(query.flowId)}`);
  if (query.runId !== null) where.push(`a.run_id = ${value(query.runId)}`);
  if (query.q !== null) {
    const like = value(`%${escapeLike(query.q)}%`);
    where.push(
      `(a.title ILIKE ${like} OR f.name ILIKE ${like} OR a.assignee ILIKE ${like} OR a.id::text LIKE lower(${like}))`,
    );
  }
  if (query.after !== null) where.push(afterCondition(query, value));
  const order = query.order === 'newest' ? 'a.id DESC' : 'a.due_at ASC NULLS LAST, a.id';
  const { rows } = await pool.query<ApprovalColumns>(
    `SELECT ${approvalColumns} FROM approvals a JOIN flows f ON f.workspace_id = a.workspace_id AND f.id = a.flow_id
     WHERE ${where.join(' AND ')} ORDER BY ${order} LIMIT ${value(query.take)}`,
    values,
  );
  return rows.map(presentApprovalRow);
}

/** From the deadline on it is expired, whether or not a worker has taken note. */
function statusCondition(status: ApprovalStatus): string {
  if (status === 'open') return "(a.status = 'open' AND (a.due_at IS NULL OR a.due_at > now()))";
  if (status === 'expired') return "(a.status = 'expired' OR (a.status = 'open' AND a.due_at <= now()))";
  return `a.status = '${status}'`;
}

function afterCondition({ order, after }: ApprovalQuery, value: (given: unknown) => string): string {
  const id = value(after?.id);
  if (order === 'newest') return `a.id < ${id}`;
  if (after?.dueAtMs == null) return `(a.due_at IS NULL AND a.id > ${id})`;
  const due = value(new Date(after.dueAtMs).toISOString());
  return `(a.due_at > ${due} OR (a.due_at = ${due} AND a.id > ${id}) OR a.due_at IS NULL)`;
}
