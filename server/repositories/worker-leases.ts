/** The rows behind leases: one per process, kept fresh by its heartbeat and judged by the database's clock. */
import type { Pool } from 'pg';

export interface WorkerRow {
  readonly id: string;
  readonly role: string;
  readonly host: string;
  readonly pid: number;
  readonly version: string;
}

export interface WorkerLeases {
  /** Registers the worker or refreshes its heartbeat. */
  beat(worker: WorkerRow): Promise<void>;
  /** Removes the row: what the worker still owned may be taken over at once. */
  release(workerId: string): Promise<void>;
}

export const createWorkerLeases = (pool: Pool): WorkerLeases => ({
  async beat({ id, role, host, pid, version }) {
    await pool.query({
      name: 'worker-beat',
      text: `INSERT INTO workers (id, role, host, pid, version) VALUES ($1, $2, $3, $4, $5)
             ON CONFLICT (id) DO UPDATE SET last_seen_at = now()`,
      values: [id, role, host, pid, version],
    });
  },
  async release(workerId) {
    await pool.query('DELETE FROM workers WHERE id = $1', [workerId]);
  },
});
