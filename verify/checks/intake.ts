/**
 * Acknowledged implies present: every acknowledged webhook has one run, which the API lists, every acknowledged event is on
 * the stream once, and no delivery, however often repeated, starts a second run.
 */
import type { Books } from '../books';
import type { Check, Violation, ViolationKind } from './violation';

const name = 'acknowledged implies present';

export const checkIntake: Check = (books) => {
  const found: Violation[] = [];
  const add = (kind: ViolationKind, what: string): void => void found.push({ check: name, kind, what });
  for (const [n, runIds] of books.acknowledged.runIds) {
    if (runIds.size > 1) add('doubled', `saga ${n} was acknowledged with ${runIds.size} runs`);
    for (const runId of runIds) {
      if (!books.runs.has(runId)) add('lost', `run ${runId} of saga ${n} was acknowledged and does not exist`);
      else if (!books.listed.has(runId)) add('lost', `run ${runId} of saga ${n} is not listed by the API`);
    }
  }
  for (const n of books.acknowledged.givenUp) add('stuck', `saga ${n} was never acknowledged`);
  for (const [n, runIds] of runsBySaga(books)) {
    if (runIds.length > 1) add('doubled', `saga ${n} has ${runIds.length} runs`);
  }
  const copies = new Map<string, number>();
  for (const event of books.events) copies.set(event.id, (copies.get(event.id) ?? 0) + 1);
  for (const n of books.acknowledged.notes) {
    const found = copies.get(`note-${n}`) ?? 0;
    if (found === 0) add('lost', `event note-${n} was acknowledged and is not on the stream`);
    if (found > 1) add('doubled', `event note-${n} is on the stream ${found} times`);
  }
  return found;
};

/** Runs of saga flows by the number in the event that started them. */
export function runsBySaga(books: Books): Map<number, string[]> {
  const bySaga = new Map<number, string[]>();
  for (const run of books.runs.values()) {
    const n = sagaOf(books, run.id);
    if (n !== null) bySaga.set(n, [...(bySaga.get(n) ?? []), run.id]);
  }
  return bySaga;
}

/** The saga a run belongs to; null for runs of other flows, and when its event is gone. */
export function sagaOf(books: Books, runId: string): number | null {
  const run = books.runs.get(runId);
  if (run === undefined || !run.flow.startsWith('Saga ')) return null;
  const data = books.eventAt.get(run.eventPosition)?.data as { body?: { n?: number } } | undefined;
  return data?.body?.n ?? null;
}
