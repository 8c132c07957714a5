/**
 * Where folded states of long runs are kept. Writing one is never part of an append: the journal is the truth, and a
 * snapshot that is missing only means that more is folded. Refuses to judge what is in it: a shape it does not know is as good
 * as none.
 */
import { promisify } from 'node:util';
import { gunzip, gzip } from 'node:zlib';
import type { Pool } from 'pg';
import type { JsonValue } from '@/core/json';
import { readSnapshot, snapshotShape, writeSnapshot } from '@/core/run/snapshot';
import type { RunState } from '@/core/run/types';

const deflate = promisify(gzip);
const inflate = promisify(gunzip);

export interface FoundSnapshot {
  /** The journal row up to which it is folded. */
  readonly n: number;
  readonly state: RunState;
}

export interface RunSnapshots {
  /** @param eventData data of the run's event @returns null when there is none this release can read */
  read(workspaceId: string, runId: string, eventData: JsonValue): Promise<FoundSnapshot | null>;
  /** Keeps the state after journal row `n`, unless a later one is kept already. */
  write(workspaceId: string, runId: string, n: number, state: RunState): Promise<void>;
}

/*
 * The mark on the run is written only with the snapshot, and by a statement that waits for nobody else's append: a
 * worker that lost the run meanwhile still tells the truth, because rows up to n never change.
 */
const writeText = `
WITH kept AS (
  INSERT INTO run_snapshots AS s (workspace_id, run_id, n, shape, state) VALUES ($1, $2, $3, $4, $5)
  ON CONFLICT (workspace_id, run_id) DO UPDATE
    SET n = excluded.n, shape = excluded.shape, state = excluded.state, created_at = now()
    WHERE s.n < excluded.n OR s.shape <> excluded.shape
  RETURNING n
)
UPDATE runs SET snapshot_n = kept.n FROM kept WHERE workspace_id = $1 AND id = $2`;

export const createRunSnapshots = (pool: Pool): RunSnapshots => ({
  async read(workspaceId, runId, eventData) {
    const { rows } = await pool.query<{ n: number; shape: number; state: Buffer }>({
      name: 'snapshot-read',
      text: 'SELECT n, shape, state FROM run_snapshots WHERE workspace_id = $1 AND run_id = $2',
      values: [workspaceId, runId],
    });
    const [row] = rows;
    if (row === undefined) return null;
    const state = readSnapshot((await inflate(row.state)).toString(), row.shape, eventData);
    return state === null ? null : { n: row.n, state };
  },
  async write(workspaceId, runId, n, state) {
    const packed = await deflate(Buffer.from(writeSnapshot(state)), { level: 1 });
    await pool.query({
      name: 'snapshot-write',
      text: writeText,
      values: [workspaceId, runId, n, snapshotShape, packed],
    });
  },
});
