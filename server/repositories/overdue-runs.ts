/**
 * Finds runs that should be moving and are not, and tends what grows by itself. The reconciler asks; nothing here rings.
 */
import type { Pool } from 'pg';
import { limits } from '@/core/limits';

export interface RunRef {
  readonly workspaceId: string;
  readonly runId: string;
}

export interface OverdueRuns {
  /** Unowned, not held and past their promise, which is moved on a little so that one ring is given time to work. */
  overdue(limit: number): Promise<readonly RunRef[]>;
  /** Owned by a worker whose heartbeat expired, or by `workerId` itself, which knows which of them it carries. */
  orphans(limit: number, workerId: string): Promise<readonly RunRef[]>;
  /**
   * Runs whose turn in their lane has come, and that nobody was seen to take up since. The promise of those is moved on; of
   * those that are carried it is dropped, because their owner's lease stands for it now.
   */
  unclaimed(limit: number): Promise<readonly RunRef[]>;
  /** Makes partitions ahead and deletes expired rows, in bounded steps. */
  tend(): Promise<void>;
}

/** Rows deleted per statement, so that no lock is held for long. */
const deletesPerStatement = 5_000;

const overdueText = `
WITH due AS (
  SELECT workspace_id, id FROM runs
  WHERE due_at <= now() AND owner IS NULL AND NOT is_held
  ORDER BY due_at LIMIT $1 FOR UPDATE SKIP LOCKED
)
UPDATE runs r SET due_at = now() + interval '5 seconds' FROM due
WHERE r.workspace_id = due.workspace_id AND r.id = due.id
RETURNING r.workspace_id AS "workspaceId", r.id AS "runId"`;

const orphanText = `
SELECT r.workspace_id AS "workspaceId", r.id AS "runId" FROM runs r
WHERE r.owner IS NOT NULL AND (r.owner = $2 OR NOT EXISTS (
  SELECT 1 FROM workers w WHERE w.id = r.owner AND w.last_seen_at > now() - make_interval(secs => $3 / 1000.0)))
LIMIT $1`;

const unclaimedText = `
WITH late AS (
  SELECT workspace_id, run_id FROM lane_runs WHERE ring_at <= now() ORDER BY ring_at LIMIT $1 FOR UPDATE SKIP LOCKED
), found AS (
  SELECT late.workspace_id, late.run_id, r.owner IS NULL AND NOT r.is_held AND r.finished_at IS NULL AS is_idle
  FROM late CROSS JOIN LATERAL (
    SELECT * FROM runs r WHERE r.workspace_id = late.workspace_id AND r.id = late.run_id LIMIT 1
  ) r
), moved AS (
  UPDATE lane_runs l SET ring_at = CASE WHEN f.is_idle THEN now() + interval '5 seconds' END FROM found f
  WHERE l.workspace_id = f.workspace_id AND l.run_id = f.run_id
  RETURNING l.workspace_id, l.run_id, f.is_idle
)
SELECT workspace_id AS "workspaceId", run_id AS "runId" FROM moved WHERE is_idle`;

export const createOverdueRuns = (pool: Pool): OverdueRuns => ({
  async overdue(limit) {
    const { rows } = await pool.query<RunRef>({ name: 'overdue-runs', text: overdueText, values: [limit] });
    return rows;
  },
  async orphans(limit, workerId) {
    const { rows } = await pool.query<RunRef>({
      name: 'orphan-runs',
      text: orphanText,
      values: [limit, workerId, limits.workerLeaseMs],
    });
    return rows;
  },
  async unclaimed(limit) {
    const { rows } = await pool.query<RunRef>({ name: 'unclaimed-runs', text: unclaimedText, values: [limit] });
    return rows;
  },
  async tend() {
    await pool.query('SELECT ensure_partitions()');
    for (const table of ['event_keys', 'idempotency_keys']) {
      await pool.query(
        `DELETE FROM ${table} WHERE ctid = ANY (ARRAY(SELECT ctid FROM ${table} WHERE expires_at < now() LIMIT $1))`,
        [deletesPerStatement],
      );
    }
    // A worker that has not been seen for a day will not come back; runs it owned were taken over long ago.
    await pool.query(`DELETE FROM workers w WHERE last_seen_at < now() - interval '1 day'
      AND NOT EXISTS (SELECT 1 FROM runs r WHERE r.owner = w.id)`);
  },
});
