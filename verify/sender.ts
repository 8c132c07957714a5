/**
 * The senders of webhooks: post every saga once, twice or late, out of order, at a bounded pace, and send again whatever
 * was not acknowledged, as senders do. Refuses to flood: it waits while too many sagas are under way.
 */
import { setTimeout as pause } from 'node:timers/promises';
import { seededRandom } from '@/core/expression';
import { shuffle } from './faults';
import type { SagaPlan } from './plan/sagas';
import { noteType } from './plan/shapes';
import type { World } from './world/world';

export interface Acknowledged {
  /** By saga: every run id that an acknowledgement named. More than one is a fault. */
  readonly runIds: ReadonlyMap<number, ReadonlySet<string>>;
  /** Numbers of the events that POST /events acknowledged. */
  readonly notes: ReadonlySet<number>;
  /** Sagas that nobody acknowledged in the time given. */
  readonly givenUp: readonly number[];
  /** Deliveries in all, those that were not answered included. */
  readonly deliveries: number;
}

export interface SenderOptions {
  readonly world: World;
  readonly seed: number;
  readonly plans: readonly SagaPlan[];
  readonly perSecond: number;
  /** Whether another saga may be sent now. */
  readonly hasRoom: () => boolean;
  readonly signal: AbortSignal;
}

/** Sagas may overtake each other within this many. */
const disorder = 8;
const answerMs = 10_000;
const againMs = 250;
/** Deliveries that wait for an answer at once: what piles up before a web process that is down comes as one wave. */
const unansweredMax = 50;
/** A sender gives up after this; servers come back much sooner. */
const givesUpMs = 180_000;
const lateMs = 3_000;
/** One saga in so many is accompanied by an event of the driver's own. */
const noteEvery = 5;

/** Sends everything. @returns when every delivery was acknowledged or given up */
export async function send(options: SenderOptions): Promise<Acknowledged> {
  const { world, seed, plans, perSecond, hasRoom, signal } = options;
  const random = seededRandom(`${seed}:sender`);
  const runIds = new Map<number, Set<string>>();
  const notes = new Set<number>();
  const givenUp: number[] = [];
  let deliveries = 0;

  const once = async (url: string, headers: Record<string, string>, body: object): Promise<unknown> => {
    const endsMs = performance.now() + givesUpMs;
    while (performance.now() < endsMs && !signal.aborted) {
      deliveries += 1;
      let status: number | undefined;
      try {
        const response = await fetch(url, {
          method: 'POST',
          headers: { 'content-type': 'application/json', ...headers },
          body: JSON.stringify(body),
          signal: AbortSignal.timeout(answerMs),
        });
        const answer: unknown = await response.json();
        if (response.ok) return answer;
        status = response.status;
      } catch {
        // Cut, refused or not in time: whether it was taken is not known, so it is sent again.
      }
      refuseClientError(status);
      await pause(againMs + random() * againMs);
    }
    return null;
  };

  const deliver = async ({ n, shape }: SagaPlan): Promise<void> => {
    const headers = { 'idempotency-key': `saga-${n}` };
    const answer = (await once(`${world.url}/hooks/main/${shape.name}`, headers, { n })) as { runId: string } | null;
    if (answer === null) givenUp.push(n);
    else runIds.set(n, (runIds.get(n) ?? new Set()).add(answer.runId));
  };

  const note = async (n: number): Promise<void> => {
    const event = { specversion: '1.0', id: `note-${n}`, source: '/faults', type: noteType, data: { n } };
    const endsMs = performance.now() + givesUpMs;
    while (performance.now() < endsMs && !signal.aborted) {
      const answer = await world.rest('POST', '/events', event, 'application/cloudevents+json');
      if (answer !== null && answer.status < 300) {
        notes.add(n);
        return;
      }
      refuseClientError(answer?.status);
      await pause(againMs);
    }
  };

  const under: Promise<void>[] = [];
  let unanswered = 0;
  const faults: unknown[] = [];
  const begin = (task: Promise<void>): void => {
    unanswered += 1;
    const ended = task.catch((error: unknown) => void faults.push(error));
    under.push(ended.finally(() => (unanswered -= 1)));
  };
  const startMs = performance.now();
  let sent = 0;
  for (let from = 0; from < plans.length; from += disorder) {
    for (const plan of shuffle(random, plans.slice(from, from + disorder))) {
      while (
        !signal.aborted &&
        (!hasRoom() || unanswered > unansweredMax || sent > ((performance.now() - startMs) / 1000) * perSecond)
      ) {
        await pause(50);
      }
      if (signal.aborted) break;
      sent += 1;
      begin(deliver(plan));
      if (plan.delivery === 'twiceAtOnce') begin(deliver(plan));
      if (plan.delivery === 'againLater') begin(pause(random() * lateMs).then(() => deliver(plan)));
      if (plan.n % noteEvery === 0) begin(note(plan.n));
    }
  }
  await Promise.all(under);
  if (faults.length > 0) throw faults[0];
  return { runIds, notes, givenUp, deliveries };
}

/** What we sent is right; an answer that blames us is a fault that sending again would only hide. */
function refuseClientError(status: number | undefined): void {
  if (status !== undefined && status >= 400 && status < 500 && status !== 429) {
    throw new Error(`a delivery was answered with ${status}`);
  }
}
