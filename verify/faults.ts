/**
 * The faults and their clock. Every tick draws one from a shuffled deck, so that a storm of any length sees every kind in
 * its due share, in an order that the seed decides. Refuses to pile the same fault on a part that has not come back yet:
 * then the next card is drawn.
 */
import { setTimeout as pause } from 'node:timers/promises';
import { seededRandom } from '@/core/expression';
import { limits } from '@/core/limits';
import type { FaultPointName } from '@/workers/fault-point';
import type { LedgerCall } from './ledger';
import { pick } from './plan/sagas';
import type { HurtProcess } from './world/processes';
import type { World } from './world/world';

/** Points that sagas without children pass; those of children have tests of their own. */
const crashPoints = [
  'before-intent',
  'after-intent',
  'after-effect',
  'after-journal',
  'after-wait',
] as const satisfies FaultPointName[];

export const faultKinds = [
  'kill -9 of a worker',
  ...crashPoints.map((name) => `crash at ${name}` as const),
  'kill -9 of all workers in mid-compensation',
  'worker frozen past its lease',
  'SIGTERM of a worker',
  'kill -9 of the web process',
  'Redis kill -9',
  'Redis FLUSHALL',
  'Postgres restart',
  'Postgres crash',
  'Postgres connections cut',
] as const;
export type FaultKind = (typeof faultKinds)[number];

/** How often each kind lies in the deck. */
const deckOf: Record<FaultKind, number> = {
  'kill -9 of a worker': 3,
  'crash at before-intent': 1,
  'crash at after-intent': 2,
  // None of the storm's flows waits for an event.
  'crash at after-wait': 0,
  'crash at after-effect': 2,
  'crash at after-journal': 1,
  'kill -9 of all workers in mid-compensation': 1,
  'worker frozen past its lease': 2,
  'SIGTERM of a worker': 2,
  'kill -9 of the web process': 1,
  'Redis kill -9': 1,
  'Redis FLUSHALL': 1,
  'Postgres restart': 1,
  'Postgres crash': 1,
  'Postgres connections cut': 2,
};

/** A worker that is stopped for this long has lost its runs when it goes on. */
const frozenMs = limits.workerLeaseMs + 2_000;
/** An armed worker does at least this much of work before it dies at the point. */
const armedMs = 200;
/** An armed worker that never comes to its point is nothing to wait for. */
const armedPatienceMs = 20_000;

export interface FaultClock {
  /** Faults done so far, by kind. */
  readonly counts: ReadonlyMap<FaultKind, number>;
  /** When the last one had its effect, in performance time. */
  lastAtMs(): number;
  /** The ledger tells of every call: some faults wait for one. */
  onCall(call: LedgerCall): void;
  /** No further faults. @returns when those under way have ended */
  stop(): Promise<void>;
}

export interface FaultClockOptions {
  readonly world: World;
  readonly seed: number;
  /** Null: never. */
  readonly everyMs: number | null;
  /** Kinds to draw from; all without any. */
  readonly kinds?: readonly FaultKind[];
  readonly say: (line: string) => void;
}

type Strike = () => Promise<boolean>;

export function startFaults({ world, seed, everyMs, kinds = faultKinds, say }: FaultClockOptions): FaultClock {
  const random = seededRandom(`${seed}:faults`);
  const counts = new Map<FaultKind, number>();
  const underWay = new Set<Promise<void>>();
  const stopping = new AbortController();
  const { servers } = world;
  let lastAtMs = performance.now();
  let killInCompensation: (() => void) | null = null;
  let isPostgresHurt = false;
  let isRedisHurt = false;

  const aWorker = (): HurtProcess | null => {
    const up = world.workers.filter((worker) => worker.isUp());
    return up.length === 0 ? null : pick(random, up);
  };
  const toWorker = async (hurt: (worker: HurtProcess) => Promise<unknown> | boolean): Promise<boolean> => {
    const worker = aWorker();
    if (worker === null) return false;
    return (await hurt(worker)) !== false;
  };
  const toPostgres = async (hurt: () => Promise<void>): Promise<boolean> => {
    if (isPostgresHurt) return false;
    isPostgresHurt = true;
    try {
      await hurt();
      return true;
    } finally {
      isPostgresHurt = false;
    }
  };
  const toRedis = async (hurt: () => Promise<void>): Promise<boolean> => {
    if (isRedisHurt) return false;
    isRedisHurt = true;
    try {
      await hurt();
      return true;
    } finally {
      isRedisHurt = false;
    }
  };
  const atPoint = (name: FaultPointName): Strike => {
    return () =>
      toWorker(async (worker) => {
        const died = worker.killAndArm({ HEADRACE_FAULT_POINTS: `${name}@${armedMs}` });
        return (await within(armedPatienceMs, died)) === 'SIGKILL';
      });
  };

  const strikes: Record<FaultKind, Strike> = {
    'kill -9 of a worker': () => toWorker((worker) => worker.kill()),
    'crash at before-intent': atPoint('before-intent'),
    'crash at after-intent': atPoint('after-intent'),
    'crash at after-wait': atPoint('after-wait'),
    'crash at after-effect': atPoint('after-effect'),
    'crash at after-journal': atPoint('after-journal'),
    'kill -9 of all workers in mid-compensation': async () => {
      if (killInCompensation !== null) return false;
      const isDone = new Promise<boolean>((resolve) => {
        killInCompensation = () => {
          killInCompensation = null;
          for (const worker of world.workers) worker.kill();
          resolve(true);
        };
        stopping.signal.addEventListener('abort', () => resolve(false), { once: true });
      });
      return isDone;
    },
    'worker frozen past its lease': () => toWorker((worker) => worker.freeze(frozenMs)),
    'SIGTERM of a worker': () => toWorker((worker) => worker.terminate()),
    'kill -9 of the web process': async () => world.web.isUp() && world.web.kill(),
    'Redis kill -9': () => toRedis(servers.crashRedis),
    'Redis FLUSHALL': () => toRedis(servers.flushRedis),
    'Postgres restart': () => toPostgres(servers.restartPostgres),
    'Postgres crash': () => toPostgres(servers.crashPostgres),
    'Postgres connections cut': () => toPostgres(servers.cutConnections),
  };

  const strike = async (kind: FaultKind): Promise<void> => {
    try {
      if (!(await strikes[kind]())) return;
      counts.set(kind, (counts.get(kind) ?? 0) + 1);
      say(`fault: ${kind}`);
    } catch (error) {
      if (!stopping.signal.aborted) say(`fault ${kind} could not be done: ${error}`);
    } finally {
      lastAtMs = performance.now();
    }
  };

  const tick = async (): Promise<void> => {
    let deck: FaultKind[] = [];
    while (everyMs !== null && !stopping.signal.aborted) {
      await pause(everyMs, undefined, { signal: stopping.signal }).catch(() => undefined);
      if (stopping.signal.aborted) return;
      if (deck.length === 0)
        deck = shuffle(
          random,
          kinds.flatMap((kind) => Array<FaultKind>(deckOf[kind]).fill(kind)),
        );
      const kind = deck.pop();
      if (kind === undefined) return;
      const done = strike(kind);
      underWay.add(done);
      void done.finally(() => underWay.delete(done));
    }
  };
  const clock = tick();

  return {
    counts,
    lastAtMs: () => lastAtMs,
    onCall(call) {
      if (call.direction === 'compensate') killInCompensation?.();
    },
    async stop() {
      stopping.abort();
      await clock;
      await Promise.all(underWay);
    },
  };
}

async function within<T>(ms: number, task: Promise<T>): Promise<T | null> {
  const ending = new AbortController();
  try {
    return await Promise.race([task, pause(ms, null, { signal: ending.signal })]);
  } finally {
    ending.abort();
  }
}

export function shuffle<T>(random: () => number, list: readonly T[]): T[] {
  const shuffled = [...list];
  for (let at = shuffled.length - 1; at > 0; at -= 1) {
    const other = Math.floor(random() * (at + 1));
    [shuffled[at], shuffled[other]] = [shuffled[other] as T, shuffled[at] as T];
  }
  return shuffled;
}
