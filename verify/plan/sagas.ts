/**
 * What is to happen to saga number n, drawn from the seed before anything starts: its flow, the step that is refused,
 * how the ledger treats every call, how often its webhook is delivered, and whether somebody stops it. Two storms with
 * one seed differ only in time. Refuses to know what did happen.
 */
import { seededRandom } from '@/core/expression';
import { attemptsPerStep, type Shape, shapes } from './shapes';

export type Direction = 'forward' | 'compensate';

/** What the ledger does with one arrival of a call. `…Then…`: the effect is accepted, the answer goes wrong. */
export type Behaviour =
  | 'accept'
  | 'acceptSlowly'
  | 'unavailable'
  | 'tooMany'
  | 'hang'
  | 'reset'
  | 'acceptThenHang'
  | 'acceptThenHalf'
  | 'acceptThenReset'
  | 'refuse';

export interface SagaPlan {
  readonly n: number;
  readonly shape: Shape;
  /** The step refused under its first key, whatever else happens. */
  readonly refused: string | null;
  readonly delivery: 'once' | 'twiceAtOnce' | 'againLater';
  /** Somebody stops the run when this call first reaches the ledger. */
  readonly stop: { readonly how: 'cancel' | 'terminate'; readonly atStep: string } | null;
}

/** What a storm has more of than others. */
export interface Mood {
  /** Names of the only shapes; all without any. */
  readonly shapes?: readonly string[];
  readonly cancelShare?: number;
}

const refusedShare = 0.4;
const usualCancelShare = 0.08;
const terminateShare = 0.02;

/** The plan of one saga. */
export function planSaga(seed: number, n: number, { shapes: only, cancelShare = usualCancelShare }: Mood): SagaPlan {
  const random = seededRandom(`${seed}:saga:${n}`);
  const shape = pick(
    random,
    shapes.filter(({ name }) => only?.includes(name) ?? true),
  );
  const refused = random() < refusedShare ? pick(random, shape.steps) : null;
  const drawn = random();
  const delivery = drawn < 0.15 ? 'twiceAtOnce' : drawn < 0.25 ? 'againLater' : 'once';
  const fate = random();
  const atStep = pick(random, shape.steps);
  const how = fate < cancelShare ? 'cancel' : fate < cancelShare + terminateShare ? 'terminate' : null;
  return { n, shape, refused, delivery, stop: how === null ? null : { how, atStep } };
}

/** Shares of the ways in which a call may go; what is left is simply accepted. */
const scripts: readonly (readonly [share: number, script: (random: () => number) => readonly Behaviour[]])[] = [
  [0.1, () => ['acceptSlowly']],
  [0.05, (random) => Array<Behaviour>(1 + Math.floor(random() * 2)).fill('unavailable')],
  [0.02, () => ['tooMany']],
  [0.03, () => ['hang']],
  [0.03, () => ['acceptThenHang']],
  [0.03, () => ['acceptThenHalf']],
  [0.03, () => ['acceptThenReset', 'acceptThenReset']],
  [0.02, () => ['reset']],
  // Attempts are used up and nobody knows: a person has to look at the books.
  [0.01, () => Array<Behaviour>(attemptsPerStep).fill('acceptThenHalf')],
  [0.01, () => Array<Behaviour>(attemptsPerStep).fill('reset')],
];

/** Undoing that is refused under its first key blocks the run until a person tries again. */
const refusedUndoShare = 0.04;

/**
 * How the ledger treats the arrivals of one call, in order; whatever comes after is accepted.
 * @param generation of the idempotency key: how often a person renewed it
 */
export function scriptOf(
  seed: number,
  plan: SagaPlan | null,
  call: { readonly n: string; readonly step: string; readonly direction: Direction; readonly generation: number },
): readonly Behaviour[] | 'refuse' {
  const isFirst = call.generation === 0;
  const random = seededRandom(`${seed}:call:${call.n}:${call.step}:${call.direction}`);
  if (call.direction === 'forward' && plan?.refused === call.step && isFirst) return 'refuse';
  if (call.direction === 'compensate' && random() < refusedUndoShare && isFirst) return 'refuse';
  let drawn = random();
  for (const [share, script] of scripts) {
    if (drawn < share) return script(random);
    drawn -= share;
  }
  return [];
}

export function pick<T>(random: () => number, list: readonly T[]): T {
  const item = list[Math.floor(random() * list.length)];
  if (item === undefined) throw new Error('there is nothing to pick from');
  return item;
}
