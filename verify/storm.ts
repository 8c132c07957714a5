/**
 * One storm from start to verdict: a whole Headrace, thousands of sagas, faults by the clock, rest, and the books compared.
 * Everything random comes from the seed. Refuses to outlive its time: it ends by itself, and takes with it what it started.
 */
import { setTimeout as pause } from 'node:timers/promises';
import { type Books, type CheckpointSight, listRuns, readEvents, readLines, readRuns, readSight } from './books';
import { judge } from './checks/all';
import type { Violation } from './checks/violation';
import { createDecisions, type Decisions } from './decisions';
import { type FaultClock, type FaultKind, startFaults } from './faults';
import { type Ledger, startLedger } from './ledger';
import { type Mood, planSaga, type SagaPlan, scriptOf } from './plan/sagas';
import { receiptFlow, shapes } from './plan/shapes';
import type { PlantedBug } from './planted/bugs';
import { type Acknowledged, send } from './sender';
import { openWorld, type World } from './world/world';

export interface StormOptions {
  readonly seed: number;
  readonly sagas: number;
  /** Null: no faults. */
  readonly faultEveryMs: number | null;
  readonly workers: number;
  /** Sagas begun per second, at most. */
  readonly perSecond: number;
  /** Nothing moved for this long after the last fault: what has not ended is stuck. */
  readonly patienceMs: number;
  /** Kinds of faults to draw from; all without any. */
  readonly kinds?: readonly FaultKind[];
  readonly bug?: PlantedBug;
  /** What there is more of than usual. */
  readonly mood?: Mood;
  readonly signal: AbortSignal;
  readonly say: (line: string) => void;
}

export interface StormResult {
  readonly seed: number;
  readonly sagas: number;
  readonly acknowledged: number;
  readonly deliveries: number;
  readonly calls: number;
  readonly events: number;
  readonly runsByStatus: Readonly<Record<string, number>>;
  readonly faults: Readonly<Record<string, number>>;
  readonly decisions: Readonly<Record<string, number>>;
  readonly violations: readonly Violation[];
  readonly seconds: number;
}

/** Runs under way at which the senders pause: what two cores carry without a queue that hides everything else. */
const openRunsMax = 150;
const lookMs = 500;

export async function runStorm(options: StormOptions): Promise<StormResult> {
  const { seed, sagas, signal, say } = options;
  const startMs = performance.now();
  const plans = new Map(
    Array.from({ length: sagas }, (_, n) => [n, planSaga(seed, n, options.bug?.mood ?? options.mood ?? {})]),
  );
  let clock: FaultClock | null = null;
  let decisions: Decisions | null = null;
  const ledger = await startLedger(
    (call) => scriptOf(seed, call.flow === 'receipt' ? null : (plans.get(Number(call.n)) ?? null), call),
    (call) => {
      clock?.onCall(call);
      decisions?.onCall(call);
    },
  );
  let world: World | null = null;
  try {
    world = await openWorld({ ...options, allowedHost: ledger.host });
    for (const shape of shapes) await world.publish(shape.document(ledger.url));
    await world.publish(receiptFlow(ledger.url));
    decisions = createDecisions(
      world,
      () => ledger,
      (n) => plans.get(n),
    );
    say(`ready after ${seconds(startMs)} s; the storm begins`);
    clock = startFaults({ world, seed, everyMs: options.faultEveryMs, kinds: options.kinds, say });
    const watch = startWatch(world, decisions, signal);
    let acknowledged: Acknowledged;
    try {
      acknowledged = await send({
        world,
        seed,
        plans: [...plans.values()],
        perSecond: options.perSecond,
        hasRoom: () => watch.openRuns() < openRunsMax,
        signal,
      });
      say(`all sent after ${seconds(startMs)} s; the faults stop`);
      await clock.stop();
      await decisions.settled();
      await untilRest(watch, options.patienceMs, signal);
    } finally {
      await clock.stop();
      await watch.stop();
    }
    signal.throwIfAborted();
    say(`at rest after ${seconds(startMs)} s; the books are compared`);
    const books = await readBooks(world, ledger, plans, acknowledged, watch.sights);
    return {
      seed,
      sagas,
      acknowledged: acknowledged.runIds.size,
      deliveries: acknowledged.deliveries,
      calls: ledger.calls.length,
      events: books.events.length,
      runsByStatus: countBy([...books.runs.values()].map((run) => run.status)),
      faults: Object.fromEntries(clock.counts),
      decisions: Object.fromEntries(decisions.counts),
      violations: judge(books),
      seconds: seconds(startMs),
    };
  } finally {
    await clock?.stop();
    await world?.close();
    await ledger.close();
  }
}

interface Watch {
  openRuns(): number;
  /** Whether nothing is left to do. */
  isAtRest(): boolean;
  /** When something last moved, in performance time. */
  lastMoveMs(): number;
  readonly sights: readonly CheckpointSight[];
  stop(): Promise<void>;
}

/** Looks at the database twice a second: what is under way, whether it moves, head and checkpoint; and asks the people. */
function startWatch(world: World, decisions: Decisions, signal: AbortSignal): Watch {
  const stopping = new AbortController();
  const sights: CheckpointSight[] = [];
  let openRuns = 0;
  let lastMoveMs = performance.now();
  let isAtRest = false;
  let progress = '';

  const look = async (): Promise<void> => {
    const sight = await readSight(world.pool);
    if (sight !== undefined) sights.push(sight);
    const { rows } = await world.pool.query<{ open: number; moves: string }>(
      'SELECT count(*) FILTER (WHERE finished_at IS NULL)::int AS open, sum(journal_n + inbox_n) AS moves FROM runs',
    );
    openRuns = rows[0]?.open ?? 0;
    const now = JSON.stringify([rows, sight?.checkpoint]);
    if (now !== progress) lastMoveMs = performance.now();
    progress = now;
    isAtRest = openRuns === 0 && sight?.head === sight?.checkpoint;
  };
  const again = async (task: () => Promise<unknown>): Promise<void> => {
    while (!stopping.signal.aborted && !signal.aborted) {
      try {
        await task();
      } catch {
        // Postgres is down or cut us: that is the storm.
        isAtRest = false;
      }
      await pause(lookMs, undefined, { signal: stopping.signal }).catch(() => undefined);
    }
  };
  // Apart: people wait for answers of a web process that is down, and the senders go by what is under way.
  const loops = [again(look), again(() => decisions.look())];
  return {
    openRuns: () => openRuns,
    isAtRest: () => isAtRest,
    lastMoveMs: () => lastMoveMs,
    sights,
    async stop() {
      stopping.abort();
      await Promise.all(loops);
    },
  };
}

/** Until nothing is left to do, or nothing has moved for so long that what is left never will. */
async function untilRest(watch: Watch, patienceMs: number, signal: AbortSignal): Promise<void> {
  const sinceMs = performance.now();
  while (!signal.aborted) {
    await pause(lookMs);
    // A look that began before the last acknowledgement does not count.
    if (watch.isAtRest() && performance.now() - sinceMs > 3 * lookMs) return;
    if (performance.now() - Math.max(watch.lastMoveMs(), sinceMs) > patienceMs) return;
  }
}

async function readBooks(
  world: World,
  ledger: Ledger,
  plans: ReadonlyMap<number, SagaPlan>,
  acknowledged: Acknowledged,
  sights: readonly CheckpointSight[],
): Promise<Books> {
  const last = await readSight(world.pool);
  const events = await readEvents(world.pool);
  return {
    plans,
    acknowledged,
    calls: ledger.calls,
    breaches: ledger.breaches,
    runs: await readRuns(world.pool),
    inLine: await readLines(world.pool),
    listed: await listRuns(world),
    events,
    eventAt: new Map(events.map((event) => [event.position, event])),
    sights: last === undefined ? sights : [...sights, last],
  };
}

const seconds = (sinceMs: number): number => Math.round((performance.now() - sinceMs) / 100) / 10;

function countBy(words: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const word of words) counts[word] = (counts[word] ?? 0) + 1;
  return counts;
}
