/**
 * Keeps a fresh run back while its flow is paused. The flow's row is locked against a resume that happens at the same
 * instant: either the resume finds the run held and releases it, or we find the flow running and go on.
 */
import type { Pool } from 'pg';

const holdText = `
WITH flow AS (
  SELECT f.workspace_id, f.id FROM runs r
  JOIN flows f ON f.workspace_id = r.workspace_id AND f.id = r.flow_id
  WHERE r.workspace_id = $1 AND r.id = $2
  FOR SHARE OF f
)
SELECT f.is_paused FROM flows f JOIN flow USING (workspace_id, id)`;

/** @returns whether the run is held now; false when its flow runs (again) */
export async function holdRun(pool: Pool, workspaceId: string, runId: string): Promise<boolean> {
  const client = await pool.connect();
  try {
    await client.query('BEGIN');
    await client.query(holdText, [workspaceId, runId]);
    // Read again in a new statement: the lock may have waited for a resume.
    const { rowCount } = await client.query(
      `UPDATE runs r SET is_held = true, due_at = NULL,
         reason = json_build_object('code', 'paused', 'message', 'The flow is paused. The run starts when it is resumed.',
           'sinceMs', (extract(epoch FROM now()) * 1000)::bigint)
       FROM flows f
       WHERE r.workspace_id = $1 AND r.id = $2 AND r.journal_n = 0 AND r.owner IS NULL
         AND f.workspace_id = r.workspace_id AND f.id = r.flow_id AND f.is_paused`,
      [workspaceId, runId],
    );
    await client.query('COMMIT');
    client.release();
    return rowCount === 1;
  } catch (error) {
    client.release(true);
    throw error;
  }
}
