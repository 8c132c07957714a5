/**
 * Folds journal entries into the state of a run. It only records: nothing is evaluated, decided or timed here, so a
 * journal of any age folds to the same state for ever. Refuses entries it does not know by failing to compile.
 */
import type { JsonValue } from '@/core/json';
import type { AttemptState, JournalEntry, RunState, StepState } from '@/core/run/types';

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
      const next = withStep(state, {
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
      return isFinal && !caught && state.failedStep === null
        ? { ...next, failedStep: entry.stepId, error: entry.error }
        : next;
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
                finishedAtMs: entry.atMs,
                retryAtMs: null,
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

/** Folds a whole journal from nothing. */
export const fold = (eventData: JsonValue, entries: Iterable<JournalEntry>): RunState => {
  let state = initialState(eventData);
  for (const entry of entries) state = evolve(state, entry);
  return state;
};
