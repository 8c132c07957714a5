/** What screens and the API ask about runs beyond one whole run. Refuses to write; the journal's writer does. */
import type { Pool } from 'pg';
import type { FlowDocument } from '@/core/flow/document';
import type { RunStatus } from '@/core/run/types';
import { listRuns } from '@/server/repositories/run-list';
import type { RunQueries } from '@/server/services/runs/run-reader';

export const createRunQueries = (pool: Pool): RunQueries => ({
  list: (workspaceId, query) => listRuns(pool, workspaceId, query),

  async status(workspaceId, runId) {
    const { rows } = await pool.query<{ status: RunStatus }>({
      name: 'run-status',
      text: 'SELECT status FROM runs WHERE workspace_id = $1 AND id = $2',
      values: [workspaceId, runId],
    });
    return rows[0]?.status ?? null;
  },

  async latestId(workspaceId, flowId) {
    const { rows } = await pool.query<{ id: string }>(
      'SELECT id FROM runs WHERE workspace_id = $1 AND flow_id = $2 ORDER BY id DESC LIMIT 1',
      [workspaceId, flowId],
    );
    return rows[0]?.id ?? null;
  },

  /** By their first run, which the index of retries is by. */
  async repeats(workspaceId, runId) {
    const { rows } = await pool.query<{ id: string; status: RunStatus }>(
      `SELECT again.id, again.status FROM runs again
       WHERE again.workspace_id = $1 AND again.retry_of = $2
         AND again.origin_run_id = (SELECT origin_run_id FROM runs WHERE workspace_id = $1 AND id = $2)
       ORDER BY again.id`,
      [workspaceId, runId],
    );
    return rows;
  },

  async document(workspaceId, versionId) {
    const { rows } = await pool.query<{ document: FlowDocument }>(
      'SELECT document FROM flow_versions WHERE workspace_id = $1 AND id = $2',
      [workspaceId, versionId],
    );
    return rows[0]?.document ?? null;
  },
});
