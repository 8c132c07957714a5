/**
 * Folds what a journal tells about loops. An iteration under way is the state of a small run of its own; what is over is
 * forgotten but for its outcome, unless the journal says that it may be needed again. Refuses to decide, as all folding
 * does.
 */
import { rootScope } from '@/core/flow/graph';
import { type JsonValue, sameJson } from '@/core/json';
import type { IterationEnded, IterationStarted, IterationUndoing, JournalEntry, LoopStarted } from '@/core/run/entries';
import { noPath, splitPath } from '@/core/run/iteration-path';
import { emptyList, getAt, setAt } from '@/core/run/sparse-list';
import {
  emptyScope,
  emptyStep,
  initialState,
  isAnythingUndoing,
  reuseStep,
  withScope,
  withStep,
} from '@/core/run/state';
import type { IterationOutcome, LoopSeed, LoopState, RunState } from '@/core/run/types';

type Fold = (state: RunState, entry: JournalEntry) => RunState;

/** An entry that belongs into an iteration; one whose iteration is not under way changes nothing. */
export function inIteration(state: RunState, entry: JournalEntry, fold: Fold): RunState {
  const place = splitPath(entry.path ?? noPath);
  const loop = place === null ? null : (state.steps[place.head.stepId]?.loop ?? null);
  const iteration = place === null ? undefined : loop?.active[place.head.index];
  if (place === null || loop === null || iteration === undefined) return state;
  const { path: _, ...relative } = entry;
  const inner = (place.rest === noPath ? relative : { ...relative, path: place.rest }) as JournalEntry;
  const next = withLoop(state, place.head.stepId, {
    ...loop,
    active: { ...loop.active, [place.head.index]: fold(iteration, inner) },
  });
  return inner.type === 'scope.compensating' ? { ...next, status: 'compensating' } : withUndoing(next, inner);
}

/** A scope inside that ended may have been the last that undid something. */
const withUndoing = (state: RunState, inner: JournalEntry): RunState =>
  inner.type === 'scope.ended' ? withStatus(state) : state;

const withStatus = (state: RunState): RunState => ({
  ...state,
  status: isAnythingUndoing(state) ? 'compensating' : 'running',
});

const withLoop = (state: RunState, stepId: string, loop: LoopState): RunState =>
  withStep(state, { ...(state.steps[stepId] ?? emptyStep(stepId)), loop });

/** So far apart are the places that are remembered: a page is found within a few rows, and a long loop has few of them. */
export const iterationsPerMark = 128;

export function startLoop(state: RunState, entry: LoopStarted): RunState {
  const step = state.steps[entry.stepId] ?? emptyStep(entry.stepId);
  const items = entry.input.items as readonly JsonValue[];
  const { [entry.stepId]: seeds = null, ...loopSeeds } = state.loopSeeds;
  const { outcomes, outputLength, succeeded } = standing(items, seeds?.seed ?? {});
  const entered = withStep(
    { ...state, loopSeeds },
    {
      ...step,
      status: 'running',
      startedAtMs: step.startedAtMs ?? entry.atMs,
      loop: {
        items,
        total: items.length,
        concurrency: entry.concurrency,
        onError: entry.onError,
        next: 0,
        active: {},
        kept: emptyList,
        keptCount: 0,
        outcomes,
        counts: { succeeded, failed: 0, compensated: 0, undone: 0 },
        outputLength,
        marks: [],
        seeds,
      },
    },
  );
  return withScope(entered, entry.stepId, {});
}

/** Outcomes of an earlier run that stand: of items that are what they were. */
function standing(
  items: readonly JsonValue[],
  seed: LoopSeed,
): Pick<LoopState, 'outcomes' | 'outputLength'> & { readonly succeeded: number } {
  let outcomes: LoopState['outcomes'] = emptyList;
  let [outputLength, succeeded] = [0, 0];
  for (const [place, { item, output }] of Object.entries(seed)) {
    const index = Number(place);
    if (output === undefined || index >= items.length || !sameJson(items[index], item)) continue;
    outcomes = setAt(outcomes, index, { type: 'succeeded', output });
    outputLength += JSON.stringify(output).length;
    succeeded += 1;
  }
  return { outcomes, outputLength, succeeded };
}

/** An iteration begins with the steps of an earlier run that stand, if its item is what it was. */
function beginning(item: JsonValue, seeds: LoopState['seeds'], index: number, atMs: number): RunState {
  const fresh: RunState = { ...initialState(item), status: 'running', startedAtMs: atMs };
  const seed = seeds?.seed[index];
  if (seeds === null || seed === undefined || !sameJson(seed.item, item)) return fresh;
  const { fromRunId } = seeds;
  const { steps = [], keptGenerations = {}, loops = {} } = seed;
  const seeded = steps.reduce((at, { id, ...step }) => reuseStep(at, { ...step, stepId: id }, fromRunId, atMs), fresh);
  const loopSeeds = Object.fromEntries(Object.entries(loops).map(([id, inner]) => [id, { fromRunId, seed: inner }]));
  return { ...seeded, keptGenerations, loopSeeds };
}

export function startIteration(state: RunState, { stepId, index, atMs }: IterationStarted): RunState {
  const loop = state.steps[stepId]?.loop;
  if (loop == null) return state;
  const item = loop.items[index] ?? null;
  const marks = [...loop.marks];
  while (marks.length <= Math.floor(index / iterationsPerMark)) marks.push(state.seq + 1);
  const iteration = beginning(item, loop.seeds, index, atMs);
  return withLoop(state, stepId, {
    ...loop,
    next: Math.max(loop.next, index + 1),
    marks: marks.length === loop.marks.length ? loop.marks : marks,
    active: { ...loop.active, [index]: iteration },
  });
}

export function endIteration(state: RunState, entry: IterationEnded): RunState {
  const { stepId, index, isKept } = entry;
  const loop = state.steps[stepId]?.loop;
  const iteration = loop?.active[index];
  if (loop == null || iteration === undefined) return state;
  const outcome = outcomeOf(entry);
  const { [index]: _, ...active } = loop.active;
  const counts = { ...loop.counts, [outcome.type]: loop.counts[outcome.type] + 1 };
  const output = outcome.type === 'succeeded' ? JSON.stringify(outcome.output).length : 0;
  const next = withLoop(state, stepId, {
    ...loop,
    active,
    kept: isKept ? setAt(loop.kept, index, { ...iteration, status: statusOf(outcome) }) : loop.kept,
    keptCount: loop.keptCount + (isKept ? 1 : 0),
    outcomes: setAt(loop.outcomes, index, outcome),
    counts: outcome.type === 'undone' ? { ...counts, succeeded: counts.succeeded - 1 } : counts,
    outputLength: loop.outputLength + output,
  });
  return withStatus(isKept || outcome.type === 'undone' ? counted(next, stepId, iteration) : next);
}

/** What an iteration undid counts for its loop, unless its failure was settled with it. */
function counted(state: RunState, stepId: string, iteration: RunState): RunState {
  const inside = iteration.scopes[rootScope];
  if (inside === undefined) return state;
  const scope = state.scopes[stepId] ?? emptyScope;
  return withScope(state, stepId, {
    undone: scope.undone + inside.undone,
    undoSkipped: scope.undoSkipped + inside.undoSkipped,
  });
}

const outcomeOf = ({ outcome, output, error }: IterationEnded): IterationOutcome =>
  outcome === 'succeeded'
    ? { type: outcome, output: output ?? null }
    : {
        type: outcome,
        error: error ?? { code: 'internal.bug', message: 'It failed without an error.', isRetryable: false },
      };

const statusOf = ({ type }: IterationOutcome): RunState['status'] => (type === 'undone' ? 'compensated' : type);

/** It goes on where it ended, in order to be undone. */
export function undoIteration(state: RunState, { stepId, index, error }: IterationUndoing): RunState {
  const loop = state.steps[stepId]?.loop;
  const iteration = loop == null ? undefined : getAt(loop.kept, index);
  if (loop == null || iteration === undefined) return state;
  const reopened = withScope({ ...iteration, status: 'running' }, rootScope, {
    failure: { stepId: null, error, isForced: false },
  });
  return withLoop(state, stepId, {
    ...loop,
    kept: setAt(loop.kept, index, undefined),
    keptCount: loop.keptCount - 1,
    active: { ...loop.active, [index]: reopened },
  });
}

/** A loop that is over: its output holds what its iterations made. */
export const withoutOutcomes = (loop: LoopState | null): LoopState | null =>
  loop === null ? null : { ...loop, items: [], outcomes: emptyList, seeds: null };
