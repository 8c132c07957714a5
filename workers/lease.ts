/**
 * A worker's right to act: a row with a heartbeat. Others judge it by the database's clock; the worker judges itself
 * more strictly by its own monotonic clock, counted from before the heartbeat was sent, so it stops first. Refuses
 * effects when in doubt.
 */
import { hostname } from 'node:os';
import { limits } from '@/core/limits';
import type { WorkerLeases } from '@/server/repositories/worker-leases';
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
  readonly leases: WorkerLeases;
  readonly workerId: string;
  readonly role: string;
  readonly version: string;
  readonly log: Log;
}

/** Registers the process and keeps its heartbeat. @throws when the first registration fails */
export async function acquireLease({ leases, workerId, role, version, log }: LeaseOptions): Promise<Lease> {
  let validUntil = 0;
  let isReleased = false;
  const waiting: (() => void)[] = [];

  const beat = async (): Promise<void> => {
    const sentAt = performance.now();
    await leases.beat({ id: workerId, role, host: hostname(), pid: process.pid, version });
    if (isReleased) return;
    validUntil = sentAt + limits.workerLeaseMs - marginMs;
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
      await leases.release(workerId);
    },
  };
}
