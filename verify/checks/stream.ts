/**
 * The stream: positions without gaps up to the head, a routing checkpoint that never passed it and has caught up with it,
 * one run of the subscribed flow per event, and a published event exactly where a step published it.
 */
import { fold } from '@/core/run/evolve';
import type { Books } from '../books';
import { doneType, noteType } from '../plan/shapes';
import { sagaOf } from './intake';
import type { Check, Violation, ViolationKind } from './violation';

export const checkPositions: Check = (books) => {
  const check = 'positions and the safe head';
  const found: Violation[] = [];
  const add = (kind: ViolationKind, what: string): void => void found.push({ check, kind, what });
  for (const [index, event] of books.events.entries()) {
    if (event.position === index + 1) continue;
    add('lost', `position ${index + 1} is missing: the next is ${event.position}`);
    break;
  }
  const beyond = books.sights.find(({ head, checkpoint }) => checkpoint > head);
  if (beyond !== undefined)
    add('lost', `the checkpoint stood at ${beyond.checkpoint}, the safe head at ${beyond.head}`);
  for (const [index, sight] of books.sights.entries()) {
    const before = books.sights[index - 1];
    if (before !== undefined && (sight.checkpoint < before.checkpoint || sight.head < before.head)) {
      add('inconsistent', `head and checkpoint went back to ${sight.head} and ${sight.checkpoint}`);
    }
  }
  const last = books.sights.at(-1);
  if (last !== undefined && last.checkpoint < last.head) {
    add('stuck', `the checkpoint stays at ${last.checkpoint}, the head is ${last.head}`);
  }
  if (last !== undefined && last.head !== books.events.length) {
    add('lost', `the head is ${last.head}, there are ${books.events.length} events`);
  }
  return found;
};

export const checkRouting: Check = (books) => {
  const check = 'one run per event and subscription';
  const found: Violation[] = [];
  const add = (kind: ViolationKind, what: string): void => void found.push({ check, kind, what });
  const runsAt = new Map<number, number>();
  for (const run of books.runs.values()) {
    if (run.flow === 'Receipt') runsAt.set(run.eventPosition, (runsAt.get(run.eventPosition) ?? 0) + 1);
  }
  for (const event of books.events) {
    const isWanted = event.type === doneType || event.type === noteType;
    const runs = runsAt.get(event.position) ?? 0;
    if (isWanted && runs === 0) add('lost', `event ${event.id} at ${event.position} started nothing`);
    if (runs > (isWanted ? 1 : 0)) add('doubled', `event ${event.id} at ${event.position} started ${runs} runs`);
  }
  return found;
};

/** The event exists if and only if the step's completion is in the journal. */
export const checkPublished: Check = (books) => {
  const check = 'published if and only if journalled';
  const published = countPublished(books);
  return [...books.runs.values()].flatMap((run): Violation[] => {
    const n = sagaOf(books, run.id);
    if (n === null || books.plans.get(n)?.shape.name !== 'publishing') return [];
    const told = fold(null, run.entries).steps.tell?.status === 'succeeded' ? 1 : 0;
    const found = published.get(n) ?? 0;
    if (told === found) return [];
    const what = `run ${run.id}: the journal says ${told} events, the stream has ${found}`;
    return [{ check, kind: found > told ? 'doubled' : 'lost', what }];
  });
};

function countPublished(books: Books): Map<number, number> {
  const counts = new Map<number, number>();
  for (const event of books.events.filter(({ type }) => type === doneType)) {
    const { n } = event.data as { n: number };
    counts.set(n, (counts.get(n) ?? 0) + 1);
  }
  return counts;
}
