/**
 * The guarantee behind every wake-up: finds runs that should be moving and are not, and rings for them. Redis may lose
 * every job it holds; what is due stands in `runs`. Also keeps partitions made ahead and expired keys swept. Refuses to
 * touch runs: ringing is all it does to them.
 */
import type { OverdueRuns } from '@/server/repositories/overdue-runs';
import type { Clock, Log, WakeUps } from '@/server/services/ports';

/** How often overdue runs are looked for: the longest a lost wake-up delays a run beyond its grace. */
const sweepMs = 1_000;
/** How often partitions and expired rows are tended. */
const tendMs = 60 * 60_000;
/** Runs rung per sweep; the next sweep takes the rest. */
const ringsPerSweep = 500;
/** While the queue holds more than this, what is overdue is most likely in it, and ringing would only double it. */
const busyQueue = 1_000;
/** But not for longer than this: a queue that is always busy must not hide a lost wake-up for ever. */
const patienceMs = 30_000;

export interface ReconcilerDeps {
  readonly overdueRuns: OverdueRuns;
  readonly wakeUps: WakeUps;
  readonly workerId: string;
  /** Whether this process carries the run at the moment. */
  readonly isCarried: (runId: string) => boolean;
  /** Tells and stops what the children of dead workers, or their parents, were not told. */
  readonly sweepChildren: () => Promise<unknown>;
  readonly clock: Clock;
  readonly log: Log;
}

export interface Reconciler {
  /** One look at everything that may be overdue. @returns runs rung for */
  sweep(): Promise<number>;
  start(): void;
  stop(): Promise<void>;
}

export function createReconciler(deps: ReconcilerDeps): Reconciler {
  const { overdueRuns, wakeUps, log } = deps;
  let lastLookMs = 0;

  const overdue = async () => {
    const nowMs = deps.clock.nowMs();
    const isBusy = (await wakeUps.backlog()) > busyQueue;
    if (isBusy && nowMs - lastLookMs < patienceMs) return [];
    lastLookMs = nowMs;
    return overdueRuns.overdue(ringsPerSweep);
  };

  const sweep = async (): Promise<number> => {
    const [late, unclaimed, orphans] = await Promise.all([
      overdue(),
      overdueRuns.unclaimed(ringsPerSweep),
      overdueRuns.orphans(ringsPerSweep, deps.workerId),
    ]);
    const runs = [...late, ...unclaimed, ...orphans.filter((run) => !deps.isCarried(run.runId))];
    if (runs.length === 0) return 0;
    await wakeUps.ring(runs);
    const counts = { overdue: late.length, unclaimed: unclaimed.length };
    log.info({ ...counts, orphans: runs.length - late.length - unclaimed.length }, 'rang for runs left behind');
    return runs.length;
  };

  const rounds = [
    createRound(sweep, sweepMs, (error) => log.warn({ err: error }, 'the sweep for overdue runs failed')),
    createRound(deps.sweepChildren, sweepMs, (error) => log.warn({ err: error }, 'the sweep for children failed')),
    createRound(overdueRuns.tend, tendMs, (error) => log.warn({ err: error }, 'tending the tables failed')),
  ];
  return {
    sweep,
    start() {
      for (const round of rounds) round.start();
    },
    async stop() {
      await Promise.all(rounds.map((round) => round.stop()));
    },
  };
}

/** Repeats a task with the pause after it, so that a slow database is never asked twice at once. */
function createRound(task: () => Promise<unknown>, pauseMs: number, onError: (error: unknown) => void) {
  let timer: NodeJS.Timeout | null = null;
  let work: Promise<void> = Promise.resolve();
  let isStopped = false;
  const go = (): void => {
    work = task()
      .then(() => undefined, onError)
      .then(() => {
        if (!isStopped) timer = setTimeout(go, pauseMs);
      });
  };
  return {
    start: go,
    async stop() {
      isStopped = true;
      if (timer !== null) clearTimeout(timer);
      await work;
    },
  };
}
