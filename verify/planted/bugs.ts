/**
 * The planted bugs: what a harness must find to be believed. Each names the storm in which it shows and the invariants that
 * it breaks. Refuses to touch the product: a bug is loaded into a process before it, or put into its database.
 */
import type { Pool } from 'pg';
import type { FaultKind } from '../faults';
import type { Mood } from '../plan/sagas';

export interface PlantedBug {
  readonly title: string;
  /** Modules that every process loads first. */
  readonly preloads: readonly string[];
  /** Changes the database before anything starts. */
  readonly plant?: (pool: Pool) => Promise<void>;
  readonly seed: number;
  readonly sagas: number;
  readonly mood: Mood;
  readonly faults: { readonly kinds: readonly FaultKind[]; readonly everyMs: number } | null;
  /** The check that must find something, among whatever else is found. */
  readonly caughtBy: string;
}

export const bugNames = [
  'naive-positions',
  'early-acknowledgement',
  'no-fence',
  'half-append',
  'swallowed-compensation',
  'lost-wake-up',
  'forgotten-lane',
  'lane-unlocked',
] as const;
export type BugName = (typeof bugNames)[number];

export const plantedBugs: Readonly<Record<BugName, PlantedBug>> = {
  'naive-positions': {
    title: 'naive checkpoint: the dispatcher reads past the safe head',
    preloads: [],
    plant: async (pool) => (await import('./naive-positions')).plantNaivePositions(pool),
    seed: 1,
    sagas: 40,
    // Only what steps publish can be overtaken: the web process appends one group after the other.
    mood: { shapes: ['publishing'] },
    faults: null,
    caughtBy: 'one run per event and subscription',
  },
  'early-acknowledgement': {
    title: 'acknowledged and enqueued before the commit, and the commit is lost',
    preloads: [new URL('./early-acknowledgement.ts', import.meta.url).href],
    seed: 1,
    sagas: 40,
    mood: {},
    faults: { kinds: ['Postgres crash'], everyMs: 2_000 },
    caughtBy: 'acknowledged implies present',
  },
  'no-fence': {
    title: 'no fence: the append of an owner that lost its run is accepted',
    preloads: [new URL('./no-fence.ts', import.meta.url).href],
    seed: 1,
    sagas: 40,
    mood: {},
    faults: { kinds: ['worker frozen past its lease'], everyMs: 1_500 },
    caughtBy: 'appends are whole',
  },
  'half-append': {
    title: 'half an append: the status of a run is written, its entries are not',
    preloads: [new URL('./half-append.ts', import.meta.url).href],
    seed: 1,
    sagas: 40,
    mood: {},
    faults: null,
    caughtBy: 'appends are whole',
  },
  'swallowed-compensation': {
    title: 'swallowed compensation error: undone on paper, not in the world',
    preloads: [new URL('./swallowed-compensation.ts', import.meta.url).href],
    seed: 1,
    sagas: 40,
    mood: {},
    faults: null,
    caughtBy: 'effects agree with the run',
  },
  'lost-wake-up': {
    title: 'a wake-up lost while a run parks: a message is slept over',
    preloads: [new URL('./lost-wake-up.ts', import.meta.url).href],
    seed: 1,
    sagas: 40,
    mood: { cancelShare: 0.8 },
    faults: null,
    caughtBy: 'no message is slept over',
  },
  'forgotten-lane': {
    title: 'a run that ends leaves its lane and forgets the next in line',
    preloads: [],
    plant: async (pool) => (await import('./lanes')).plantForgottenLane(pool),
    seed: 1,
    sagas: 40,
    mood: { shapes: ['ordered', 'limited'] },
    faults: null,
    caughtBy: 'every run reaches its end',
  },
  'lane-unlocked': {
    title: 'admission counts who is under way before it has the lock',
    preloads: [],
    plant: async (pool) => (await import('./lanes')).plantUnlockedLanes(pool),
    seed: 1,
    sagas: 40,
    mood: { shapes: ['limited'] },
    faults: null,
    caughtBy: 'a limit is kept',
  },
};
