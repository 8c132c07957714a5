/**
 * Folds what a saga's journal tells beyond going forward: waits given up, outcomes found out, steps undone, scopes ended,
 * decisions of a person. Refuses to decide, as all folding does.
 */
import type { JsonValue } from '@/core/json';
import type {
  CompensationCompleted,
  ScopeEnded,
  StepReconciled,
  StepResolved,
  StepsCancelled,
} from '@/core/run/entries';
import { emptyScope, emptyStep, isAnythingUndoing, withAttempt, withScope, withStep } from '@/core/run/state';
import type { AttemptState, RunState, StepState } from '@/core/run/types';
import type { StepError } from '@/core/steps/contract';

/** Steps that are given up; what loops among them undid counts for the scope that gives them up. */
export function cancelSteps(state: RunState, entry: StepsCancelled): RunState {
  const cancelled = entry.stepIds.map((id): [string, StepState] => {
    const step = state.steps[id] ?? emptyStep(id);
    return [
      id,
      {
        ...step,
        status: 'cancelled',
        attempts: step.attempts.map((attempt) => abandon(attempt, entry.atMs)),
        finishedAtMs: entry.atMs,
        retryAtMs: null,
        timerAtMs: null,
        wait: null,
      },
    ];
  });
  const next = { ...state, steps: { ...state.steps, ...Object.fromEntries(cancelled) } };
  if (entry.scope === undefined) return next;
  const scope = state.scopes[entry.scope] ?? emptyScope;
  return withScope(next, entry.scope, {
    undone: scope.undone + (entry.undone ?? 0),
    undoSkipped: scope.undoSkipped + (entry.undoSkipped ?? 0),
  });
}

/** A wait that was given up: nothing had left, so nothing is unknown. */
const abandon = (attempt: AttemptState, atMs: number): AttemptState =>
  attempt.status === 'running' ? { ...attempt, status: 'failed', finishedAtMs: atMs, error: givenUp } : attempt;

const givenUp: StepError = { code: 'step.cancelled', message: 'The wait was given up.', isRetryable: false };

export function reconciled(state: RunState, entry: StepReconciled): RunState {
  const step = { ...(state.steps[entry.stepId] ?? emptyStep(entry.stepId)), isReconciling: false };
  const known = step.attempts.find(({ n }) => n === entry.attempt);
  const attempts = (status: AttemptState['status'], output: JsonValue | null = null) =>
    known === undefined ? step.attempts : withAttempt(step.attempts, { ...known, status, output });
  switch (entry.outcome) {
    case 'happened': {
      const output = entry.output ?? null;
      return withStep(state, {
        ...step,
        status: 'succeeded',
        port: 'out',
        output,
        error: null,
        finishedAtMs: entry.atMs,
        attempts: attempts('succeeded', output),
      });
    }
    case 'didNotHappen': {
      const isFinal = entry.retryAtMs === null;
      return withStep(state, {
        ...step,
        status: isFinal ? 'failed' : 'waiting',
        port: isFinal && entry.isCaught ? 'error' : null,
        finishedAtMs: isFinal ? entry.atMs : null,
        retryAtMs: entry.retryAtMs,
        attempts: attempts('failed'),
      });
    }
    case 'undecided':
      return withStep(state, step);
    default:
      return entry.outcome satisfies never;
  }
}

/** The counts decide how the run ends. */
export function undone(state: RunState, { scope: id, stepId, isSkipped }: CompensationCompleted): RunState {
  const step = state.steps[stepId] ?? emptyStep(stepId);
  const next = withStep(state, {
    ...step,
    status: isSkipped ? 'succeeded' : 'compensated',
    isUndoSkipped: isSkipped,
  });
  const scope = state.scopes[id] ?? emptyScope;
  return withScope(next, id, {
    undone: scope.undone + (isSkipped ? 0 : 1),
    undoSkipped: scope.undoSkipped + (isSkipped ? 1 : 0),
  });
}

/** What a scope undid counts for the one around it, unless its failure ends here. */
export function endScope(state: RunState, entry: ScopeEnded): RunState {
  const { stepId, error, isCaught } = entry;
  const ended = state.scopes[stepId] ?? emptyScope;
  const closed = withStep(withScope(state, stepId, { isCompensating: false }), {
    ...(state.steps[stepId] ?? emptyStep(stepId)),
    status: 'failed',
    port: isCaught ? 'error' : null,
    error,
    finishedAtMs: entry.atMs,
  });
  const isUndoing = isAnythingUndoing(closed);
  const next: RunState = { ...closed, status: isUndoing ? 'compensating' : 'running' };
  if (isCaught) return next;
  const around = state.scopes[entry.scope] ?? emptyScope;
  return withScope(next, entry.scope, {
    undone: around.undone + ended.undone,
    undoSkipped: around.undoSkipped + ended.undoSkipped,
  });
}

/** A person has decided: the run no longer stands, and what it stood does not count. */
export const freed = (state: RunState, atMs: number): RunState => ({
  ...state,
  blockedSinceMs: null,
  blockedMs: state.blockedMs + (state.blockedSinceMs === null ? 0 : atMs - state.blockedSinceMs),
});

export function resolve(state: RunState, entry: StepResolved): RunState {
  const { stepId, action, atMs } = entry;
  const step = state.steps[stepId] ?? emptyStep(stepId);
  const next = freed(state, atMs);
  switch (action) {
    case 'retry':
      return withStep(next, {
        ...step,
        status: 'waiting',
        retryAtMs: atMs,
        finishedAtMs: null,
        forgivenAttempts: step.attempts.at(-1)?.n ?? 0,
        keyRenewals: step.keyRenewals + (entry.keepsKey ? 0 : 1),
      });
    case 'skip':
      return withStep(next, { ...step, status: 'skipped', port: 'out', output: null, finishedAtMs: atMs });
    case 'output':
    case 'answer':
      return withStep(next, {
        ...step,
        status: 'succeeded',
        port: 'out',
        output: entry.output ?? null,
        error: null,
        finishedAtMs: atMs,
      });
    case 'compensate':
      return withStep(next, { ...step, status: 'failed', port: null, finishedAtMs: atMs });
    default:
      return action satisfies never;
  }
}
