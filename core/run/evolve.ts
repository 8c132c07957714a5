/**
 * Folds journal entries into the state of a run. It only records: nothing is evaluated, decided or timed here, so a
 * journal of any age folds to the same state for ever. Refuses entries it does not know by failing to compile.
 */
import { rootScope } from '@/core/flow/graph';
import type { JsonValue } from '@/core/json';
import type {
  AttemptState,
  CompensationCompleted,
  JournalEntry,
  RunState,
  ScopeEnded,
  ScopeState,
  StepReconciled,
  StepResolved,
  StepState,
} from '@/core/run/types';
import type { StepError } from '@/core/steps/contract';

/** A run of which nothing is journalled yet. @param eventData data of the event that starts it */
export const initialState = (eventData: JsonValue): RunState => ({
  status: 'queued',
  seq: 0,
  eventData,
  triggerStep: null,
  steps: {},
  startedAtMs: null,
  finishedAtMs: null,
  output: undefined,
  error: null,
  failedStep: null,
  scopes: {},
  isTimedOut: false,
  blockedSinceMs: null,
  blockedMs: 0,
  keptGenerations: {},
  answer: null,
  tags: {},
  cancel: null,
});

const emptyStep = (id: string): StepState => ({
  id,
  status: 'pending',
  attempts: [],
  port: null,
  output: undefined,
  error: null,
  startedAtMs: null,
  finishedAtMs: null,
  retryAtMs: null,
  timerAtMs: null,
  forgivenAttempts: 0,
  keyRenewals: 0,
  isUndoSkipped: false,
  isReconciling: false,
  reconciledAttempt: 0,
  reusedFrom: null,
});

export const emptyScope: ScopeState = { failure: null, isCompensating: false, undone: 0, undoSkipped: 0 };

const withScope = (state: RunState, id: string, change: Partial<ScopeState>): RunState => ({
  ...state,
  scopes: { ...state.scopes, [id]: { ...(state.scopes[id] ?? emptyScope), ...change } },
});

const withStep = (state: RunState, step: StepState): RunState => ({
  ...state,
  steps: { ...state.steps, [step.id]: step },
});

/** Replaces the attempt with the same number, or adds it. */
const withAttempt = (attempts: readonly AttemptState[], attempt: AttemptState): readonly AttemptState[] =>
  attempts.some((known) => known.n === attempt.n)
    ? attempts.map((known) => (known.n === attempt.n ? attempt : known))
    : [...attempts, attempt];

/** The attempt an outcome belongs to: the started one, or a fresh one for steps that journal no intent. */
const attemptOf = (
  step: StepState,
  entry: { readonly attempt: number; readonly startedAtMs: number; readonly input?: AttemptState['input'] },
): AttemptState =>
  step.attempts.find((known) => known.n === entry.attempt) ?? {
    n: entry.attempt,
    status: 'running',
    startedAtMs: entry.startedAtMs,
    finishedAtMs: null,
    input: entry.input ?? null,
    output: null,
    error: null,
    idempotencyKey: null,
    retriesUnknown: false,
    isLost: false,
  };

/**
 * The state after one more entry.
 * @param state state so far; not changed
 * @param entry the next entry of the same journal
 */
export function evolve(state: RunState, entry: JournalEntry): RunState {
  return { ...apply(state, entry), seq: state.seq + 1 };
}

function apply(state: RunState, entry: JournalEntry): RunState {
  switch (entry.type) {
    case 'run.started':
      return withStep(
        {
          ...state,
          status: 'running',
          triggerStep: entry.triggerStep,
          tags: entry.tags,
          startedAtMs: entry.atMs,
        },
        {
          ...emptyStep(entry.triggerStep),
          status: 'succeeded',
          port: 'out',
          output: state.eventData,
          startedAtMs: entry.atMs,
          finishedAtMs: entry.atMs,
        },
      );
    case 'step.started': {
      const step = state.steps[entry.stepId] ?? emptyStep(entry.stepId);
      return withStep(state, {
        ...step,
        status: 'running',
        startedAtMs: step.startedAtMs ?? entry.atMs,
        retryAtMs: null,
        attempts: withAttempt(step.attempts, {
          n: entry.attempt,
          status: 'running',
          startedAtMs: entry.atMs,
          finishedAtMs: null,
          input: entry.input,
          output: null,
          error: null,
          idempotencyKey: entry.idempotencyKey,
          retriesUnknown: entry.retriesUnknown,
          isLost: false,
        }),
      });
    }
    case 'step.succeeded': {
      const step = state.steps[entry.stepId] ?? emptyStep(entry.stepId);
      const attempt = attemptOf(step, entry);
      const next = withStep(state, {
        ...step,
        status: 'succeeded',
        port: entry.port,
        output: entry.output,
        error: null,
        startedAtMs: step.startedAtMs ?? entry.startedAtMs,
        finishedAtMs: entry.atMs,
        retryAtMs: null,
        timerAtMs: null,
        attempts: withAttempt(step.attempts, {
          ...attempt,
          status: 'succeeded',
          finishedAtMs: entry.atMs,
          output: entry.output,
        }),
      });
      return entry.answer === undefined ? next : { ...next, answer: state.answer ?? entry.answer };
    }
    case 'step.attemptFailed': {
      const step = state.steps[entry.stepId] ?? emptyStep(entry.stepId);
      const isFinal = entry.retryAtMs === null;
      const caught = isFinal && entry.isCaught;
      return withStep(state, {
        ...step,
        status: isFinal ? 'failed' : 'waiting',
        port: caught ? 'error' : null,
        error: entry.error,
        startedAtMs: step.startedAtMs ?? entry.startedAtMs,
        finishedAtMs: isFinal ? entry.atMs : null,
        retryAtMs: entry.retryAtMs,
        attempts: withAttempt(step.attempts, {
          ...attemptOf(step, entry),
          status: 'failed',
          finishedAtMs: entry.atMs,
          error: entry.error,
        }),
      });
    }
    case 'step.attemptUnknown': {
      const step = state.steps[entry.stepId] ?? emptyStep(entry.stepId);
      return withStep(state, {
        ...step,
        status: entry.retryAtMs === null ? 'unknown' : 'waiting',
        error: entry.error,
        retryAtMs: entry.retryAtMs,
        attempts: withAttempt(step.attempts, {
          ...attemptOf(step, entry),
          status: 'unknown',
          finishedAtMs: entry.atMs,
          error: entry.error,
          isLost: entry.isLost,
        }),
      });
    }
    case 'step.waiting': {
      const step = state.steps[entry.stepId] ?? emptyStep(entry.stepId);
      return withStep(state, {
        ...step,
        status: 'waiting',
        startedAtMs: step.startedAtMs ?? entry.atMs,
        retryAtMs: null,
        timerAtMs: entry.untilMs,
        attempts: withAttempt(step.attempts, {
          ...attemptOf(step, { ...entry, startedAtMs: entry.atMs }),
          status: 'running',
        }),
      });
    }
    case 'scope.entered': {
      const step = state.steps[entry.stepId] ?? emptyStep(entry.stepId);
      const entered = withStep(state, { ...step, status: 'running', startedAtMs: step.startedAtMs ?? entry.atMs });
      return withScope(entered, entry.stepId, {});
    }
    case 'scope.failed': {
      const { stepId, error, isForced } = entry;
      const next = withScope(state, entry.scope, { failure: { stepId, error, isForced } });
      return entry.scope === rootScope ? { ...next, failedStep: stepId, error } : next;
    }
    case 'scope.compensating': {
      const next = withScope(state, entry.scope, { isCompensating: true });
      return { ...next, status: 'compensating' };
    }
    case 'compensation.started': {
      const step = state.steps[entry.stepId] ?? emptyStep(entry.stepId);
      return withStep(state, { ...step, status: 'compensating' });
    }
    case 'compensation.completed':
      return undone(state, entry);
    case 'scope.resumed': {
      const next = withScope(state, entry.scope, { failure: null });
      return entry.scope === rootScope ? { ...next, cancel: null, failedStep: null, error: null } : next;
    }
    case 'scope.ended':
      return endScope(state, entry);
    case 'step.resolved':
      return resolve(state, entry);
    case 'steps.reused': {
      const { stepId, status, port, output, error = null, fromRunId } = entry;
      return withStep(state, {
        ...emptyStep(stepId),
        status,
        port,
        output,
        error,
        startedAtMs: entry.atMs,
        finishedAtMs: entry.atMs,
        reusedFrom: fromRunId,
      });
    }
    case 'keys.kept':
      return { ...state, keptGenerations: { ...state.keptGenerations, ...entry.generations } };
    case 'reconcile.started': {
      const subject = state.steps[entry.stepId] ?? emptyStep(entry.stepId);
      const finder = state.steps[entry.withStepId] ?? emptyStep(entry.withStepId);
      const asked = withStep(state, {
        ...subject,
        isReconciling: true,
        reconciledAttempt: subject.attempts.at(-1)?.n ?? 0,
      });
      // It may have been asked before, about an earlier attempt: its own attempts stay, and begin to count anew.
      const { attempts } = finder;
      return withStep(asked, { ...emptyStep(finder.id), attempts, forgivenAttempts: attempts.at(-1)?.n ?? 0 });
    }
    case 'step.reconciled':
      return reconciled(state, entry);
    case 'run.timedOut':
      return { ...state, isTimedOut: true };
    case 'run.blocked':
      return { ...state, blockedSinceMs: state.blockedSinceMs ?? entry.atMs };
    case 'run.compensated':
      return {
        ...state,
        status: 'compensated',
        error: entry.error,
        failedStep: entry.stepId,
        finishedAtMs: entry.atMs,
      };
    case 'steps.skipped':
      return {
        ...state,
        steps: {
          ...state.steps,
          ...Object.fromEntries(
            entry.stepIds.map((id) => [id, { ...emptyStep(id), status: 'skipped' as const, finishedAtMs: entry.atMs }]),
          ),
        },
      };
    case 'steps.cancelled':
      return {
        ...state,
        steps: {
          ...state.steps,
          ...Object.fromEntries(
            entry.stepIds.map((id) => [
              id,
              {
                ...(state.steps[id] ?? emptyStep(id)),
                status: 'cancelled' as const,
                attempts: (state.steps[id]?.attempts ?? []).map((attempt) => abandon(attempt, entry.atMs)),
                finishedAtMs: entry.atMs,
                retryAtMs: null,
                timerAtMs: null,
              },
            ]),
          ),
        },
      };
    case 'run.cancelRequested':
      return { ...state, cancel: { actor: entry.actor, reason: entry.reason } };
    case 'run.succeeded':
      return { ...state, status: 'succeeded', output: entry.output, finishedAtMs: entry.atMs };
    case 'run.failed':
      return { ...state, status: 'failed', error: entry.error, failedStep: entry.stepId, finishedAtMs: entry.atMs };
    case 'run.cancelled':
      return { ...state, status: 'cancelled', finishedAtMs: entry.atMs };
    case 'run.terminated':
      return { ...state, status: 'terminated', finishedAtMs: entry.atMs };
    default:
      return entry satisfies never;
  }
}

/** A wait that was given up: nothing had left, so nothing is unknown. */
const abandon = (attempt: AttemptState, atMs: number): AttemptState =>
  attempt.status === 'running' ? { ...attempt, status: 'failed', finishedAtMs: atMs, error: givenUp } : attempt;

const givenUp: StepError = { code: 'step.cancelled', message: 'The wait was given up.', isRetryable: false };

function reconciled(state: RunState, entry: StepReconciled): RunState {
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
function undone(state: RunState, { scope: id, stepId, isSkipped }: CompensationCompleted): RunState {
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
function endScope(state: RunState, entry: ScopeEnded): RunState {
  const { stepId, error, isCaught } = entry;
  const ended = state.scopes[stepId] ?? emptyScope;
  const closed = withStep(withScope(state, stepId, { isCompensating: false }), {
    ...(state.steps[stepId] ?? emptyStep(stepId)),
    status: 'failed',
    port: isCaught ? 'error' : null,
    error,
    finishedAtMs: entry.atMs,
  });
  const isUndoing = Object.values(closed.scopes).some((scope) => scope.isCompensating);
  const next: RunState = { ...closed, status: isUndoing ? 'compensating' : 'running' };
  if (isCaught) return next;
  const around = state.scopes[entry.scope] ?? emptyScope;
  return withScope(next, entry.scope, {
    undone: around.undone + ended.undone,
    undoSkipped: around.undoSkipped + ended.undoSkipped,
  });
}

function resolve(state: RunState, entry: StepResolved): RunState {
  const { stepId, action, atMs } = entry;
  const step = state.steps[stepId] ?? emptyStep(stepId);
  const freed: RunState = {
    ...state,
    blockedSinceMs: null,
    blockedMs: state.blockedMs + (state.blockedSinceMs === null ? 0 : atMs - state.blockedSinceMs),
  };
  switch (action) {
    case 'retry':
      return withStep(freed, {
        ...step,
        status: 'waiting',
        retryAtMs: atMs,
        finishedAtMs: null,
        forgivenAttempts: step.attempts.at(-1)?.n ?? 0,
        keyRenewals: step.keyRenewals + (entry.keepsKey ? 0 : 1),
      });
    case 'skip':
      return withStep(freed, { ...step, status: 'skipped', port: 'out', output: null, finishedAtMs: atMs });
    case 'output':
    case 'answer':
      return withStep(freed, {
        ...step,
        status: 'succeeded',
        port: 'out',
        output: entry.output ?? null,
        error: null,
        finishedAtMs: atMs,
      });
    case 'compensate':
      return withStep(freed, { ...step, status: 'failed', port: null, finishedAtMs: atMs });
    default:
      return action satisfies never;
  }
}

/** Folds a whole journal from nothing, or the rest of one onto what was folded before. */
export const fold = (eventData: JsonValue, entries: Iterable<JournalEntry>, from?: RunState): RunState => {
  let state = from ?? initialState(eventData);
  for (const entry of entries) state = evolve(state, entry);
  return state;
};
