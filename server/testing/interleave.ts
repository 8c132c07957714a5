/**
 * Every order in which a few actors can go through their named points, each tried once, on real connections. An actor runs until
 * it comes to a point and stands there until it is chosen; one that waits for a lock that another holds while it stands cannot be
 * chosen. So each order is forced, none is hoped for. Refuses clocks: it waits for facts, which the database tells.
 */
import { setTimeout as pause } from 'node:timers/promises';
import { waitFor } from '@/server/testing/wait-for';

/** Stands still until the actor is chosen. */
export type Gate = (point: string) => Promise<void>;

export interface Actor {
  readonly name: string;
  readonly act: (gate: Gate) => Promise<void>;
  /** Whether it waits for a lock that somebody holds who stands still. */
  readonly isBlocked: () => Promise<boolean>;
}

export interface Scene {
  readonly actors: readonly Actor[];
  /** Looks at what came of it. @throws when something is wrong */
  readonly check: () => Promise<void>;
}

/** How often it is asked whether somebody waits for a lock who has not arrived. */
const pollMs = 10;
/** More orders than this are a mistake of the test: nobody waits for them. */
const ordersMax = 5_000;

/**
 * @param prepare a fresh scene
 * @returns the orders that were tried, each as the steps that were taken
 * @throws what a check threw, with the order before it
 */
export async function tryEveryOrder(prepare: () => Promise<Scene>): Promise<readonly string[]> {
  const orders: string[] = [];
  let choices: readonly number[] | null = [];
  while (choices !== null) {
    const scene = await prepare();
    const { steps, taken, widths } = await play(scene.actors, choices);
    const order = steps.join(' ');
    try {
      await scene.check();
    } catch (error) {
      throw new Error(`After ${order}: ${error instanceof Error ? error.message : error}`, { cause: error });
    }
    orders.push(order);
    if (orders.length > ordersMax) throw new Error(`more than ${ordersMax} orders`);
    choices = nextChoices(taken, widths);
  }
  return orders;
}

/** Depth first: the last choice that has an alternative takes the next one. */
function nextChoices(taken: readonly number[], widths: readonly number[]): readonly number[] | null {
  const last = taken.findLastIndex((choice, at) => choice + 1 < (widths[at] ?? 0));
  return last < 0 ? null : [...taken.slice(0, last), (taken[last] ?? 0) + 1];
}

interface Standing {
  readonly actor: Actor;
  state: 'ready' | 'running' | 'done';
  /** Was seen to wait for somebody who stands. */
  isHeldUp: boolean;
  point: string;
  go: () => void;
  /** Called when it comes to a point, or to its end. */
  arrived: () => void;
  failure: unknown;
}

async function play(actors: readonly Actor[], choices: readonly number[]) {
  const cast = actors.map((actor): Standing => enter(actor));
  const steps: string[] = [];
  const taken: number[] = [];
  const widths: number[] = [];
  for (;;) {
    const able = cast.filter(({ state }) => state === 'ready');
    if (able.length === 0) break;
    const choice = choices[taken.length] ?? 0;
    const chosen = able[choice];
    if (chosen === undefined) throw new Error(`the order did not repeat: ${steps.join(' ')}`);
    taken.push(choice);
    widths.push(able.length);
    steps.push(`${chosen.actor.name}:${chosen.point}`);
    chosen.state = 'running';
    chosen.go();
    await settled(chosen);
    await allSettled(cast);
  }
  const stuck = cast.filter(({ state }) => state !== 'done').map(({ actor }) => actor.name);
  if (stuck.length > 0) throw new Error(`${stuck.join(' and ')} wait for each other after ${steps.join(' ')}`);
  for (const { failure, actor } of cast) {
    if (failure !== undefined) throw new Error(`${actor.name} failed after ${steps.join(' ')}`, { cause: failure });
  }
  return { steps, taken, widths };
}

function enter(actor: Actor): Standing {
  const one: Standing = {
    actor,
    state: 'ready',
    isHeldUp: false,
    point: 'begin',
    go: () => undefined,
    arrived: () => undefined,
    failure: undefined,
  };
  const begun = new Promise<void>((resolve) => {
    one.go = resolve;
  });
  const gate: Gate = (point) =>
    new Promise((resolve) => {
      one.state = 'ready';
      one.point = point;
      one.go = resolve;
      one.arrived();
    });
  begun
    .then(() => actor.act(gate))
    .catch((error: unknown) => {
      one.failure = error;
    })
    .finally(() => {
      one.state = 'done';
      one.arrived();
    });
  return one;
}

/** What one gives up may be what another waits for, so it is asked until nothing changes any more. */
async function allSettled(cast: readonly Standing[]): Promise<void> {
  const states = (): string => cast.map(({ state, point, isHeldUp }) => `${state} ${point} ${isHeldUp}`).join();
  for (let before = ''; before !== states(); ) {
    before = states();
    for (const one of cast) await settled(one);
  }
}

/** Until it stands at a point, is done, or waits for somebody who stands. */
async function settled(one: Standing): Promise<void> {
  if (one.state !== 'running') return;
  const arrival = new Promise<void>((resolve) => {
    one.arrived = resolve;
  });
  await waitFor(`${one.actor.name} behind ${one.point}`, async () => {
    // Asking the database costs more than most steps take.
    if (!one.isHeldUp) await Promise.race([arrival, pause(pollMs)]);
    one.isHeldUp = one.state === 'running' && (await one.actor.isBlocked());
    return one.state !== 'running' || one.isHeldUp || undefined;
  });
}
