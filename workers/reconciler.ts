/**
 * The guarantee behind every wake-up: finds runs that should be moving and are not, and rings for them. Redis may lose
 * every job it holds; what is due stands in `runs`. Also keeps partitions made ahead and expired keys swept. Refuses to
 * touch runs: ringing is all it does to them.
 */
import type { Pool } from 'pg';
import { leaseMs } from '@/server/repositories/journal';
import type { Log, WakeUps } from '@/server/services/ports';

/** How often overdue runs are looked for: the longest a lost wake-up delays a run beyond its grace. */
const sweepMs = 1_000;
/** How often partitions and expired rows are tended. */
const tendMs = 60 * 60_000;
/** Runs rung per sweep; the next sweep takes the rest. */
const ringsPerSweep = 500;
/** Rows deleted per statement, so that no lock is held for long. */
const deletesPerStatement = 5_000;

/*
 * Overdue: unowned, not held and past its promise; or owned by a worker whose heartbeat expired; or owned by this very
 * worker, which does not carry it (an append that failed left it behind). `due_at` is moved by the ring's own grace, so
 * that two reconcilers, or a slow queue, do not ring for one run every second.
 */
const overdueText = `
WITH due AS (
  SELECT workspace_id, id FROM runs
  WHERE due_at <= now() AND owner IS NULL AND NOT is_held
  ORDER BY due_at LIMIT $1 FOR UPDATE SKIP LOCKED
)
UPDATE runs r SET due_at = now() + interval '5 seconds' FROM due
WHERE r.workspace_id = due.workspace_id AND r.id = due.id
RETURNING r.workspace_id, r.id`;

const orphanText = `
SELECT r.workspace_id, r.id FROM runs r
WHERE r.owner IS NOT NULL AND (r.owner = $2 OR NOT EXISTS (
  SELECT 1 FROM workers w WHERE w.id = r.owner AND w.last_seen_at > now() - make_interval(secs => $3 / 1000.0)))
LIMIT $1`;

export interface ReconcilerDeps {
  readonly pool: Pool;
  readonly wakeUps: WakeUps;
  readonly workerId: string;
  /** Whether this process carries the run at the moment. */
  readonly isCarried: (runId: string) => boolean;
  readonly log: Log;
}

export interface Reconciler {
  /** One look at everything that may be overdue. @returns runs rung for */
  sweep(): Promise<number>;
  start(): void;
  stop(): Promise<void>;
}

export function createReconciler({ pool, wakeUps, workerId, isCarried, log }: ReconcilerDeps): Reconciler {
  const timers: NodeJS.Timeout[] = [];
  const running = new Set<Promise<unknown>>();

  const sweep = async (): Promise<number> => {
    const [overdue, orphans] = await Promise.all([
      pool.query<{ workspace_id: string; id: string }>({
        name: 'reconcile-overdue',
        text: overdueText,
        values: [ringsPerSweep],
      }),
      pool.query<{ workspace_id: string; id: string }>({
        name: 'reconcile-orphans',
        text: orphanText,
        values: [ringsPerSweep, workerId, leaseMs],
      }),
    ]);
    const rows = [...overdue.rows, ...orphans.rows.filter((row) => !isCarried(row.id))];
    if (rows.length === 0) return 0;
    await wakeUps.ring(rows.map((row) => ({ workspaceId: row.workspace_id, runId: row.id })));
    log.info({ overdue: overdue.rows.length, orphans: rows.length - overdue.rows.length }, 'rang for runs left behind');
    return rows.length;
  };

  const tend = async (): Promise<void> => {
    await pool.query('SELECT ensure_partitions()');
    await pool.query(
      `DELETE FROM event_keys WHERE ctid = ANY (ARRAY(
         SELECT ctid FROM event_keys WHERE expires_at < now() LIMIT $1))`,
      [deletesPerStatement],
    );
    await pool.query(
      `DELETE FROM idempotency_keys WHERE ctid = ANY (ARRAY(
         SELECT ctid FROM idempotency_keys WHERE expires_at < now() LIMIT $1))`,
      [deletesPerStatement],
    );
    // A worker that has not been seen for a day will not come back; runs it owned were taken over long ago.
    await pool.query(`DELETE FROM workers w WHERE last_seen_at < now() - interval '1 day'
      AND NOT EXISTS (SELECT 1 FROM runs r WHERE r.owner = w.id)`);
  };

  /** Repeats a task with the pause after it, so that a slow database is not asked twice at once. */
  const repeat = (task: () => Promise<unknown>, pauseMs: number, name: string): void => {
    const round = (): void => {
      const work = task()
        .catch((error: unknown) => log.warn({ err: error, task: name }, 'a reconciler task failed'))
        .finally(() => running.delete(work));
      running.add(work);
      void work.then(() => {
        if (!isStopped) timers.push(setTimeout(round, pauseMs));
      });
    };
    round();
  };
  let isStopped = false;

  return {
    sweep,
    start() {
      repeat(sweep, sweepMs, 'sweep');
      repeat(tend, tendMs, 'tend');
    },
    async stop() {
      isStopped = true;
      for (const timer of timers) clearTimeout(timer);
      await Promise.all(running);
    },
  };
}
