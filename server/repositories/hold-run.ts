/**
 * Keeps a fresh run back while its flow is paused. The flow's row is locked against a resume that happens at the same
 * instant: either the resume finds the run held and releases it, or we find the flow running and go on.
 */
import type { Pool } from 'pg';
import type { RunRef } from '@/server/repositories/overdue-runs';

const holdText = `
WITH flow AS (
  SELECT f.workspace_id, f.id FROM runs r
  JOIN flows f ON f.workspace_id = r.workspace_id AND f.id = r.flow_id
  WHERE r.workspace_id = $1 AND r.id = $2
  FOR SHARE OF f
)
SELECT f.is_paused FROM flows f JOIN flow USING (workspace_id, id)`;

/* It keeps its place in a lane, and its turn; one of the flow's places it does not, because runs under way may need it. */
const giveBackText = `
SELECT workspace_id AS "workspaceId", run_id AS "runId" FROM release_lanes(ARRAY[$1::uuid], ARRAY[$2::uuid], '{f}')`;

export interface HeldRun {
  /** False when its flow runs (again), and when somebody has left it a message, which can only ask it to end. */
  readonly isHeld: boolean;
  /** Runs that may move because of it; ring for them. */
  readonly ready: readonly RunRef[];
}

export async function holdRun(pool: Pool, workspaceId: string, runId: string): Promise<HeldRun> {
  const client = await pool.connect();
  try {
    await client.query('BEGIN');
    await client.query(holdText, [workspaceId, runId]);
    // Read again in a new statement: the lock may have waited for a resume.
    const { rows } = await client.query<{ is_limited: boolean }>(
      `UPDATE runs r SET is_held = true, due_at = NULL,
         reason = json_build_object('code', 'paused', 'message', 'The flow is paused. The run starts when it is resumed.',
           'sinceMs', (extract(epoch FROM now()) * 1000)::bigint)
       FROM flows f
       WHERE r.workspace_id = $1 AND r.id = $2 AND r.journal_n = 0 AND r.owner IS NULL AND r.inbox_n = r.inbox_done
         AND f.workspace_id = r.workspace_id AND f.id = r.flow_id AND f.is_paused
       RETURNING r.concurrency IS NOT NULL AS is_limited`,
      [workspaceId, runId],
    );
    const givesBack = rows[0]?.is_limited === true;
    const ready = givesBack ? (await client.query<RunRef>(giveBackText, [workspaceId, runId])).rows : [];
    await client.query('COMMIT');
    client.release();
    return { isHeld: rows.length === 1, ready };
  } catch (error) {
    client.release(true);
    throw error;
  }
}
