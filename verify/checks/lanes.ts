/**
 * Lanes as they were kept: never two runs of a key at once, never out of the order of the stream, never more runs of a flow
 * than its limit, and nobody left in line. Judged by the journals' instants and by what the ledger accepted, against what
 * was drawn; what the product believes of its lanes is asked only for what was left behind.
 */
import { isTerminal } from '@/core/run/types';
import type { BookedRun, Books } from '../books';
import type { SagaPlan } from '../plan/sagas';
import { callsByRun } from './effects';
import { sagaOf } from './intake';
import type { Check, Violation } from './violation';

interface Span {
  readonly run: BookedRun;
  readonly fromMs: number;
  readonly toMs: number;
}

/** Runs that did something, with the saga they were drawn for. */
function* workingRuns(books: Books): Generator<{ readonly run: BookedRun; readonly plan: SagaPlan }> {
  for (const run of books.runs.values()) {
    const n = sagaOf(books, run.id);
    const plan = n === null ? undefined : books.plans.get(n);
    // One that was stopped before its turn has waited and done nothing.
    if (plan !== undefined && run.entries.some(({ type }) => type === 'step.started')) yield { run, plan };
  }
}

/** Lines of runs by flow and key, in the order of the stream. */
function lines(books: Books): BookedRun[][] {
  const byLane = new Map<string, BookedRun[]>();
  for (const { run, plan } of workingRuns(books)) {
    const key = plan.shape.laneOf?.(plan.n);
    if (key === undefined) continue;
    const lane = `${run.flow} ${key}`;
    byLane.set(lane, [...(byLane.get(lane) ?? []), run]);
  }
  return [...byLane.values()].map((runs) => runs.toSorted((a, b) => a.eventPosition - b.eventPosition));
}

/** From its first entry to its last; a run that has not ended goes on for ever. */
const spanOf = (run: BookedRun): Span => ({
  run,
  fromMs: run.entries[0]?.atMs ?? 0,
  toMs: isTerminal(run.status) ? (run.entries.at(-1)?.atMs ?? 0) : Number.POSITIVE_INFINITY,
});

export const checkLaneOrder: Check = (books) => {
  const calls = callsByRun(books);
  const accepted = (run: BookedRun): number[] =>
    [...(calls.get(run.id)?.values() ?? [])].flat().flatMap((call) => (call.isFirstAcceptance ? [call.seq] : []));
  const judge = (run: BookedRun, before: BookedRun): Omit<Violation, 'what'>[] => {
    const [own, others] = [spanOf(run), spanOf(before)];
    if (own.fromMs < others.fromMs) return [{ check: 'lanes keep their order', kind: 'wrong order' }];
    // A call that was on its way when its run was terminated arrives when it arrives.
    const isLate = before.status !== 'terminated' && Math.min(...accepted(run)) < Math.max(...accepted(before));
    return own.fromMs < others.toMs || isLate ? [{ check: 'one run of a key at a time', kind: 'doubled' }] : [];
  };
  return lines(books).flatMap((line) =>
    line.slice(1).flatMap((run, index) => {
      const before = line[index] as BookedRun;
      const what = `run ${run.id} (${run.flow}, position ${run.eventPosition}) began before ${before.id} was done`;
      return judge(run, before).map((found) => ({ ...found, what }));
    }),
  );
};

/** Times in which a run had a call under way, from its intent to what became of it. */
function attemptsOf(run: BookedRun): Span[] {
  const open = new Map<string, number>();
  return run.entries.flatMap((entry): Span[] => {
    switch (entry.type) {
      case 'step.started':
        open.set(entry.stepId, entry.atMs);
        return [];
      case 'step.succeeded':
      case 'step.attemptFailed':
      case 'step.attemptUnknown': {
        const fromMs = open.get(entry.stepId);
        return fromMs === undefined ? [] : [{ run, fromMs, toMs: entry.atMs }];
      }
      default:
        return [];
    }
  });
}

export const checkLimits: Check = (books) => {
  const byFlow = new Map<string, { readonly limit: number; readonly spans: Span[] }>();
  for (const { run, plan } of workingRuns(books)) {
    const limit = plan.shape.concurrency;
    if (limit === undefined) continue;
    const known = byFlow.get(run.flow) ?? { limit, spans: [] };
    known.spans.push(...attemptsOf(run));
    byFlow.set(run.flow, known);
  }
  return [...byFlow].flatMap(([flow, { limit, spans }]): Violation[] => {
    const most = mostAtOnce(spans);
    if (most <= limit) return [];
    return [{ check: 'a limit is kept', kind: 'doubled', what: `${flow}: ${most} runs at once, of ${limit} at most` }];
  });
};

/** Most runs with a call under way at one instant; one that begins as another ends does not meet it. */
function mostAtOnce(spans: readonly Span[]): number {
  const turns = spans
    .flatMap(({ run, fromMs, toMs }) => [
      { atMs: fromMs, runId: run.id, by: 1 },
      { atMs: toMs, runId: run.id, by: -1 },
    ])
    .toSorted((a, b) => a.atMs - b.atMs || a.by - b.by);
  const open = new Map<string, number>();
  let most = 0;
  for (const { runId, by } of turns) {
    const count = (open.get(runId) ?? 0) + by;
    if (count === 0) open.delete(runId);
    else open.set(runId, count);
    most = Math.max(most, [...open.values()].filter((spansOpen) => spansOpen > 0).length);
  }
  return most;
}

export const checkLines: Check = (books) =>
  [...books.inLine].flatMap((runId): Violation[] => {
    const run = books.runs.get(runId);
    if (run !== undefined && !isTerminal(run.status)) return [];
    return [{ check: 'nobody is left in line', kind: 'stuck', what: `run ${runId} has ended and keeps its place` }];
  });
