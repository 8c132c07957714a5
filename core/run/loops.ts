/**
 * What follows by itself in a loop: iterations that start, end, are stopped or undone, and the loop that completes or fails
 * with them. An iteration is a small run with a flow of its own, the loop's body, so everything that holds for scopes,
 * undoing and dead paths holds inside it. Refuses to run steps: what is due in an iteration is due in the run.
 */
import type { CompiledFlow, CompiledStep } from '@/core/flow/compiled-flow';
import { labelOf } from '@/core/flow/document';
import { rootScope } from '@/core/flow/graph';
import type { JsonValue } from '@/core/json';
import { limits } from '@/core/limits';
import type { IterationEnded, JournalEntry } from '@/core/run/entries';
import { evolve } from '@/core/run/evolve';
import { outputOf } from '@/core/run/graph-state';
import { iterationText, joinPath, noPath } from '@/core/run/iteration-path';
import { hasFailed, isComplete, isHalted, isQuiet, iterationToUndo, leftToUndo, stepsWithin } from '@/core/run/scopes';
import { getAt } from '@/core/run/sparse-list';
import type { LoopState, RunState } from '@/core/run/types';
import type { StepError } from '@/core/steps/contract';

/** Adds to entries all that follows from them; handed in, because what follows in a run includes what follows in its loops. */
export type Follow = (
  state: RunState,
  flow: CompiledFlow,
  entries: JournalEntry[],
  atMs: number,
  isAsked?: boolean,
) => JournalEntry[];

/**
 * What was decided inside an iteration as entries of the run around it, and the end of the iteration when that follows.
 * @param inner decided for the iteration, with its own consequences
 */
export function insideIteration(
  state: RunState,
  step: CompiledStep,
  index: number,
  inner: readonly JournalEntry[],
  atMs: number,
): JournalEntry[] {
  const loop = state.steps[step.id]?.loop;
  const before = loop?.active[index];
  if (loop == null || before === undefined || step.body === null) return [];
  const path = iterationText({ stepId: step.id, index });
  const wrapped = inner.map((entry): JournalEntry => ({ ...entry, path: joinPath(path, entry.path ?? noPath) }));
  const end = endOf(loop, step, index, inner.reduce(evolve, before), atMs);
  return end === null ? wrapped : [...wrapped, end];
}

/** An iteration ends as soon as nothing more can come of it: unlike a run, nobody is asked. */
function endOf(
  loop: LoopState,
  { id, body }: CompiledStep,
  index: number,
  iteration: RunState,
  atMs: number,
): IterationEnded | null {
  if (body === null) return null;
  const base = { type: 'iteration.ended', v: 1, atMs, stepId: id, index } as const;
  if (!hasFailed(iteration, rootScope)) {
    if (!isComplete(iteration, body, rootScope)) return null;
    const isKept = leftToUndo(iteration, body, rootScope).length > 0;
    return { ...base, outcome: 'succeeded', output: outputOf(iteration, body, rootScope), isKept };
  }
  if (!isOver(iteration, body)) return null;
  const error = iteration.error ?? stopped;
  if (getAt(loop.outcomes, index)?.type === 'succeeded') return { ...base, outcome: 'undone', error, isKept: false };
  const root = iteration.scopes[rootScope];
  const isUndone = (root?.undone ?? 0) > 0 && root?.undoSkipped === 0;
  // By its own failure in a loop that goes on, it is settled; else the loop fails with it, or was stopped.
  const isKept = loop.onError === 'stop' || iteration.failedStep === null;
  return { ...base, outcome: isUndone ? 'compensated' : 'failed', error, isKept };
}

/** Whether a failing iteration has settled and undone what it had to. */
export function isOver(iteration: RunState, body: CompiledFlow): boolean {
  const isBusy = stepsWithin(body, rootScope).some((step) => {
    const status = iteration.steps[step.id]?.status;
    return status === 'waiting' || status === 'compensating';
  });
  return !isBusy && isQuiet(iteration, body, rootScope) && leftToUndo(iteration, body, rootScope).length === 0;
}

const stopped: StepError = {
  code: 'step.cancelled',
  message: 'The iteration was stopped, because what is around it failed.',
  isRetryable: false,
};

/** Whether a loop is still undoing its iterations, or has some left to undo. */
export function isUndoingIterations(state: RunState, step: CompiledStep): boolean {
  const known = state.steps[step.id];
  if (known?.loop == null) return false;
  return Object.keys(known.loop.active).length > 0 || iterationToUndo(step, known) !== null;
}

/**
 * 1. In a loop that fails, or around which something does, nothing new starts and what is under way is stopped; it undoes
 *    itself.
 * 2. A loop that goes forward starts the next iterations, and is complete when all have ended.
 * 3. One that stops at the first failure fails; when nothing is under way any more it undoes what had succeeded, the last
 *    first, and then it has failed.
 * 4. One that a scope around it undoes does the same, and is undone then.
 */
export function consequencesOfLoop(
  state: RunState,
  flow: CompiledFlow,
  id: string,
  atMs: number,
  follow: Follow,
): JournalEntry[] {
  const step = flow.steps.get(id);
  const known = state.steps[id];
  const loop = known?.loop;
  if (step === undefined || loop == null) return [];
  if (known?.status === 'compensating') return step.undo.length === 0 ? undoNext(state, step, loop, atMs, follow) : [];
  if (known?.status !== 'running') return [];
  const isOwnFailure = hasFailed(state, id);
  const isStopping = isOwnFailure || isHalted(state, flow, step.scope);
  const running = Object.keys(loop.active).map(Number);
  if (isStopping) {
    const open = running.find((index) => !hasFailed(loop.active[index] as RunState, rootScope));
    if (open !== undefined) return stop(state, step, open, atMs, follow);
    if (!isOwnFailure) return [];
    const isSettling = running.some((index) => getAt(loop.outcomes, index)?.type !== 'succeeded');
    const undoing = isSettling ? [] : undoNext(state, step, loop, atMs, follow);
    if (undoing.length > 0) return undoing;
    return running.length > 0 ? [] : [failed(state, flow, step, atMs)];
  }
  const failure = loop.onError === 'stop' ? firstFailure(loop) : tooLarge(loop);
  if (failure !== null) {
    const error = failure.index === null ? failure.error : inIterationError(step, failure.index, failure.error);
    return [{ type: 'scope.failed', v: 1, atMs, scope: id, stepId: id, error, isForced: false }];
  }
  const next = nextIndex(loop);
  if (next !== null) return running.length < loop.concurrency ? start(state, step, next, atMs, follow) : [];
  return running.length > 0 ? [] : [succeeded(state, step, loop, atMs)];
}

function start(state: RunState, step: CompiledStep, index: number, atMs: number, follow: Follow): JournalEntry[] {
  const started: JournalEntry = { type: 'iteration.started', v: 1, atMs, stepId: step.id, index };
  const at = evolve(state, started);
  const iteration = at.steps[step.id]?.loop?.active[index];
  if (iteration === undefined || step.body === null) return [];
  const inner = follow(iteration, step.body, [], atMs, true);
  return [started, ...insideIteration(at, step, index, inner, atMs)];
}

function stop(state: RunState, step: CompiledStep, index: number, atMs: number, follow: Follow): JournalEntry[] {
  const iteration = state.steps[step.id]?.loop?.active[index];
  if (iteration === undefined || step.body === null) return [];
  const failure: JournalEntry = {
    type: 'scope.failed',
    v: 1,
    atMs,
    scope: rootScope,
    stepId: null,
    error: stopped,
    isForced: false,
  };
  return insideIteration(state, step, index, follow(iteration, step.body, [failure], atMs), atMs);
}

/** Begins to undo the last iteration that has something to undo, as many at a time as the loop ran. */
function undoNext(state: RunState, step: CompiledStep, loop: LoopState, atMs: number, follow: Follow): JournalEntry[] {
  const known = state.steps[step.id];
  const index = known === undefined ? null : iterationToUndo(step, known);
  if (index === null || step.body === null || Object.keys(loop.active).length >= loop.concurrency) return [];
  const error = state.scopes[step.id]?.failure?.error ?? state.error ?? stopped;
  const scope = state.scopes[step.id];
  const begins: JournalEntry[] =
    scope?.isCompensating === true || known?.status === 'compensating'
      ? []
      : [{ type: 'scope.compensating', v: 1, atMs, scope: step.id, stepIds: [] }];
  const undoing: JournalEntry = { type: 'iteration.undoing', v: 1, atMs, stepId: step.id, index, error };
  const at = [...begins, undoing].reduce(evolve, state);
  const iteration = at.steps[step.id]?.loop?.active[index];
  if (iteration === undefined) return [];
  const inner = follow(iteration, step.body, [], atMs, true);
  return [...begins, undoing, ...insideIteration(at, step, index, inner, atMs)];
}

function failed(state: RunState, flow: CompiledFlow, step: CompiledStep, atMs: number): JournalEntry {
  const error = state.scopes[step.id]?.failure?.error ?? stopped;
  const isCaught = step.hasErrorPort && !isHalted(state, flow, step.scope);
  return { type: 'scope.ended', v: 1, atMs, stepId: step.id, scope: step.scope, error, isCaught };
}

function succeeded(state: RunState, step: CompiledStep, loop: LoopState, atMs: number): JournalEntry {
  const items: JsonValue[] = [];
  const errors: JsonValue[] = [];
  for (let index = 0; index < loop.items.length; index += 1) {
    const outcome = getAt(loop.outcomes, index);
    items.push(outcome?.type === 'succeeded' ? outcome.output : null);
    if (outcome !== undefined && outcome.type !== 'succeeded') {
      const { code, message } = outcome.error;
      errors.push({ index, code, message, compensated: outcome.type === 'compensated' });
    }
  }
  const startedAtMs = state.steps[step.id]?.startedAtMs ?? atMs;
  const output = { items, errors };
  return { type: 'step.succeeded', v: 1, atMs, stepId: step.id, attempt: 1, startedAtMs, output, port: 'out' };
}

/** What a loop failed by: its own size (`index` null), or an iteration. */
type LoopFailure = { readonly index: number | null; readonly error: StepError };

/** The first iteration that fails, or has: the loop does not wait until it has undone what it did. */
function firstFailure(loop: LoopState): LoopFailure | null {
  for (const [index, iteration] of Object.entries(loop.active)) {
    if (hasFailed(iteration, rootScope)) return { index: Number(index), error: iteration.error ?? stopped };
  }
  if (loop.counts.failed + loop.counts.compensated === 0) return tooLarge(loop);
  for (let index = 0; index < loop.next; index += 1) {
    const outcome = getAt(loop.outcomes, index);
    if (outcome?.type === 'failed' || outcome?.type === 'compensated') return { index, error: outcome.error };
  }
  return null;
}

/** The next iteration that has no outcome yet; null when all have begun. */
function nextIndex(loop: LoopState): number | null {
  for (let index = loop.next; index < loop.items.length; index += 1) {
    if (getAt(loop.outcomes, index) === undefined) return index;
  }
  return null;
}

const tooLarge = (loop: LoopState): LoopFailure | null =>
  loop.outputLength <= limits.stepOutputBytes
    ? null
    : {
        index: null,
        error: {
          code: 'step.outputTooLarge',
          message: `What the iterations made is larger than ${limits.stepOutputBytes / 1024 / 1024} MiB together.`,
          isRetryable: false,
        },
      };

const inIterationError = ({ step }: CompiledStep, index: number, error: StepError): StepError => ({
  ...error,
  message: `Iteration ${index} of ${labelOf(step)}: ${error.message}`,
  details: { ...error.details, index },
});
