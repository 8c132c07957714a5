/**
 * The shapes a folded state begins with, and the few ways a fold changes it. Refuses to know entries: `evolve.ts` does.
 */
import type { JsonValue } from '@/core/json';
import type { AttemptState, ReusedStep, RunState, ScopeState, StepState } from '@/core/run/types';

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
  loopSeeds: {},
  answer: null,
  tags: {},
  cancel: null,
});

export const emptyStep = (id: string): StepState => ({
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
  wait: null,
  loop: null,
  forgivenAttempts: 0,
  keyRenewals: 0,
  isUndoSkipped: false,
  isReconciling: false,
  reconciledAttempt: 0,
  reusedFrom: null,
});

export const emptyScope: ScopeState = { failure: null, isCompensating: false, undone: 0, undoSkipped: 0 };

export const withScope = (state: RunState, id: string, change: Partial<ScopeState>): RunState => ({
  ...state,
  scopes: { ...state.scopes, [id]: { ...(state.scopes[id] ?? emptyScope), ...change } },
});

export const withStep = (state: RunState, step: StepState): RunState => ({
  ...state,
  steps: { ...state.steps, [step.id]: step },
});

/** Replaces the attempt with the same number, or adds it. */
export const withAttempt = (attempts: readonly AttemptState[], attempt: AttemptState): readonly AttemptState[] =>
  attempts.some((known) => known.n === attempt.n)
    ? attempts.map((known) => (known.n === attempt.n ? attempt : known))
    : [...attempts, attempt];

/** The attempt an outcome belongs to: the started one, or a fresh one for steps that journal no intent. */
export const attemptOf = (
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
    effect: null,
    retriesUnknown: false,
    isLost: false,
    logs: [],
    endedBy: null,
  };

/** Whether a scope of the run or of an iteration is undoing steps. */
export const isAnythingUndoing = (state: RunState): boolean =>
  Object.values(state.scopes).some((scope) => scope.isCompensating) ||
  Object.values(state.steps).some(({ loop }) =>
    Object.values(loop?.active ?? {}).some((iteration) => iteration.status === 'compensating'),
  );

/** A step whose outcome in an earlier run stands. */
export const reuseStep = (
  state: RunState,
  reused: Omit<ReusedStep, 'output' | 'error' | 'id'> & {
    readonly stepId: string;
    readonly output?: JsonValue | undefined;
    readonly error?: StepState['error'] | undefined;
  },
  fromRunId: string,
  atMs: number,
): RunState => {
  const { stepId, status, port, output, error = null } = reused;
  return withStep(state, {
    ...emptyStep(stepId),
    status,
    port,
    output,
    error,
    startedAtMs: atMs,
    finishedAtMs: atMs,
    reusedFrom: fromRunId,
  });
};
