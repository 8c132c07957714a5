/**
 * A worker's right to act: a row with a heartbeat. Others judge it by the database's clock; the worker judges itself
 * more strictly by its own monotonic clock, counted from before the heartbeat was sent, so it stops first. Refuses
 * effects when in doubt.
 */
import { hostname } from 'node:os';
import type { Pool } from 'pg';
import { leaseMs } from '@/server/repositories/journal';
import type { Log } from '@/server/services/ports';

/** Three beats fit into a lease with time to spare, so one lost beat costs nothing. */
const beatMs = 1_500;
/** The worker stops this much before others may take over: more than a statement's usual time. */
const marginMs = 1_500;

export interface Lease {
  readonly workerId: string;
  /** Whether this process may still start effects. */
  isValid(): boolean;
  /** Resolves with the next heartbeat that the database confirms. */
  whenValid(): Promise<void>;
  /** Removes the row: what this worker still owned may be taken over at once. */
  release(): Promise<void>;
}

export interface LeaseOptions {
  readonly pool: Pool;
  readonly workerId: string;
  readonly role: string;
  readonly version: string;
  readonly log: Log;
}

/** Registers the process and keeps its heartbeat. @throws when the first registration fails */
export async function acquireLease({ pool, workerId, role, version, log }: LeaseOptions): Promise<Lease> {
  let validUntil = 0;
  let isReleased = false;
  const waiting: (() => void)[] = [];

  const beat = async (): Promise<void> => {
    const sentAt = performance.now();
    const { rowCount } = await pool.query({
      name: 'worker-beat',
      text: `INSERT INTO workers (id, role, host, pid, version) VALUES ($1, $2, $3, $4, $5)
             ON CONFLICT (id) DO UPDATE SET last_seen_at = now()`,
      values: [workerId, role, hostname(), process.pid, version],
    });
    if (rowCount !== 1 || isReleased) return;
    validUntil = sentAt + leaseMs - marginMs;
    for (const resume of waiting.splice(0)) resume();
  };

  await beat();
  const timer = setInterval(() => {
    beat().catch((error: unknown) => log.warn({ err: error }, 'heartbeat failed'));
  }, beatMs);

  return {
    workerId,
    isValid: () => !isReleased && performance.now() < validUntil,
    whenValid: () => new Promise((resolve) => waiting.push(resolve)),
    async release() {
      isReleased = true;
      clearInterval(timer);
      await pool.query('DELETE FROM workers WHERE id = $1', [workerId]);
    },
  };
}
