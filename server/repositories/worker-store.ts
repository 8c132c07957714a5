/** Reads the heartbeats of workers, judged by the database's clock as every lease is. Refuses to write them. */
import type { Pool } from 'pg';
import { limits } from '@/core/limits';
import type { WorkerStore } from '@/server/services/workers/create-workers-service';

interface WorkerColumns {
  id: string;
  role: string;
  host: string;
  pid: number;
  started_at: Date;
  last_seen_at: Date;
}

export const createWorkerStore = (pool: Pool): WorkerStore => ({
  async listLive() {
    const { rows } = await pool.query<WorkerColumns>(
      `SELECT id, role, host, pid, started_at, last_seen_at FROM workers
       WHERE last_seen_at > now() - make_interval(secs => $1 / 1000.0) ORDER BY started_at, id`,
      [limits.workerLeaseMs],
    );
    return rows.map(({ started_at, last_seen_at, ...row }) => ({
      ...row,
      startedAtMs: started_at.getTime(),
      lastSeenAtMs: last_seen_at.getTime(),
    }));
  },
});
