/**
 * The decisions of a run: command in, journal entries out. Time, ids, draws and evaluated values arrive inside commands;
 * nothing here waits, evaluates or acts. A command that no longer applies (an outcome of a settled step, a cancel of an
 * ended run) yields no entries: what is late is ignored, not half applied.
 */
import type { CompiledFlow, CompiledStep } from '@/core/flow/compiled-flow';
import { rootScope } from '@/core/flow/graph';
import type { JsonObject, JsonValue } from '@/core/json';
import { blockage } from '@/core/run/blocked';
import { withConsequences } from '@/core/run/consequences';
import { outputOf, statusOf } from '@/core/run/graph-state';
import { type Cancel, cancel, type Resolve, resolve, timeOut } from '@/core/run/interventions';
import { type IterationRef, noPath, splitPath } from '@/core/run/iteration-path';
import { insideIteration } from '@/core/run/loops';
import { type RunSeed, seedEntries } from '@/core/run/replan';
import { nextAttemptAtMs } from '@/core/run/retry';
import {
  endsUnknown,
  hasFailed,
  isComplete,
  isHalted,
  isPastPivot,
  isQuiet,
  leftToUndo,
  stepsWithin,
} from '@/core/run/scopes';
import {
  type AttemptState,
  isTerminal,
  type JournalEntry,
  type RunState,
  type StepState,
  type Wait,
  type WaitEnd,
} from '@/core/run/types';
import type { AttemptOutcome, StepError, WebhookAnswer } from '@/core/steps/contract';

export type RunCommand =
  | {
      readonly type: 'startRun';
      readonly atMs: number;
      readonly triggerStep: string;
      readonly tags: Readonly<Record<string, string>>;
    }
  /** The run does another one again, and takes over what stands of it. Comes right after it has started. */
  | ({ readonly type: 'seed'; readonly atMs: number } & RunSeed)
  | {
      readonly type: 'startAttempt';
      readonly atMs: number;
      readonly path?: string;
      readonly stepId: string;
      readonly input: JsonValue;
      readonly idempotencyKey: string;
      readonly timeoutMs: number;
      readonly effect: 'safe' | 'idempotent' | 'once';
      readonly retriesUnknown: boolean;
    }
  | {
      readonly type: 'settleAttempt';
      readonly atMs: number;
      readonly path?: string;
      readonly stepId: string;
      readonly startedAtMs: number;
      /** Resolved config, for steps that journalled no intent. */
      readonly input?: JsonValue;
      readonly outcome: AttemptOutcome;
      /** Uniform in [0, 1), for jitter. */
      readonly draw: number;
      readonly answer?: WebhookAnswer;
    }
  /** The next attempt of a delay: until then nothing happens. */
  | {
      readonly type: 'startTimer';
      readonly atMs: number;
      readonly path?: string;
      readonly stepId: string;
      readonly input: JsonValue;
      readonly untilMs: number;
    }
  /** A step begins to wait for something from outside. */
  | {
      readonly type: 'startWait';
      readonly atMs: number;
      readonly path?: string;
      readonly stepId: string;
      readonly input: JsonValue;
      readonly waitId: string;
      readonly awaits: Wait;
      readonly untilMs: number | null;
    }
  /** What a step waited for has come, or its time has. */
  | {
      readonly type: 'endWait';
      readonly atMs: number;
      readonly path?: string;
      readonly stepId: string;
      readonly waitId: string;
      readonly outcome: AttemptOutcome;
      readonly endedBy: WaitEnd;
    }
  /** A step has waited for its child as long as it may. */
  | {
      readonly type: 'overrunWait';
      readonly atMs: number;
      readonly path?: string;
      readonly stepId: string;
      readonly waitId: string;
    }
  /** A container is ready. */
  | { readonly type: 'enterScope'; readonly atMs: number; readonly path?: string; readonly stepId: string }
  /** A loop is ready. */
  | {
      readonly type: 'enterLoop';
      readonly atMs: number;
      readonly path?: string;
      readonly stepId: string;
      /** With the items under `items`. */
      readonly input: JsonObject;
      readonly concurrency: number;
      readonly onError: 'stop' | 'continue';
    }
  /** The time limit of the run has passed. */
  | { readonly type: 'timeOut'; readonly atMs: number }
  /** A person decides about a step that holds the run. */
  | Resolve
  /** A new owner found attempts that somebody else started: their outcome is unknown. */
  | { readonly type: 'loseAttempts'; readonly atMs: number; readonly draw: number }
  | Cancel
  | { readonly type: 'terminate'; readonly atMs: number; readonly actor: string; readonly reason: string | null }
  /** Nothing is ready, due or in flight: settle what remains and end the run if it can end. */
  | { readonly type: 'conclude'; readonly atMs: number };

export const runningAttempt = (step: StepState | undefined): AttemptState | undefined =>
  step?.attempts.find((attempt) => attempt.status === 'running');

/** Number of the next attempt of a step, from 1. */
export const nextAttemptNumber = (step: StepState | undefined): number => (step?.attempts.at(-1)?.n ?? 0) + 1;

/**
 * The entries a command causes. Folding them onto `state` is the caller's part.
 * @returns nothing when the command does not apply any more
 */
export function decide(state: RunState, flow: CompiledFlow, command: RunCommand): JournalEntry[] {
  if (isTerminal(state.status)) return [];
  const place = 'path' in command && command.path !== undefined ? splitPath(command.path) : null;
  if (place !== null) return decideInside(state, flow, command, place.head, place.rest);
  switch (command.type) {
    case 'startRun':
      return state.status === 'queued' ? withConsequences(state, flow, [startRun(command)], command.atMs) : [];
    case 'seed':
      return withConsequences(state, flow, seedEntries(state, command, command.atMs), command.atMs, true);
    case 'startAttempt':
      return startAttempt(state, command);
    case 'settleAttempt':
      return withConsequences(state, flow, settleAttempt(state, flow, command), command.atMs);
    case 'startTimer':
      return startTimer(state, command);
    case 'startWait':
      return startWait(state, command);
    case 'endWait':
      return withConsequences(state, flow, endWait(state, flow, command), command.atMs);
    case 'overrunWait':
      return overrunWait(state, command);
    case 'enterLoop':
      return withConsequences(state, flow, enterLoop(state, command), command.atMs);
    case 'enterScope':
      return statusOf(state, command.stepId) === 'pending'
        ? withConsequences(
            state,
            flow,
            [{ type: 'scope.entered', v: 1, atMs: command.atMs, stepId: command.stepId }],
            command.atMs,
          )
        : [];
    case 'timeOut':
      return withConsequences(state, flow, timeOut(state, flow, command.atMs), command.atMs);
    case 'resolve':
      return withConsequences(state, flow, resolve(state, flow, command), command.atMs);
    case 'loseAttempts':
      return withConsequences(state, flow, loseAttempts(state, flow, command), command.atMs);
    case 'cancel':
      return withConsequences(state, flow, cancel(state, flow, command), command.atMs);
    case 'terminate':
      return [{ type: 'run.terminated', v: 1, atMs: command.atMs, actor: command.actor, reason: command.reason }];
    case 'conclude':
      return conclude(state, flow, command.atMs);
    default:
      return command satisfies never;
  }
}

/** Decides for an iteration as for a run of its own, and then for the run around it. */
function decideInside(
  state: RunState,
  flow: CompiledFlow,
  command: RunCommand,
  { stepId, index }: IterationRef,
  rest: string,
): JournalEntry[] {
  const step = flow.steps.get(stepId);
  const iteration = state.steps[stepId]?.loop?.active[index];
  if (step === undefined || step.body === null || iteration === undefined) return [];
  const { path: _, ...relative } = command as RunCommand & { readonly path?: string };
  const inner = decide(iteration, step.body, (rest === noPath ? relative : { ...relative, path: rest }) as RunCommand);
  return inner.length === 0
    ? []
    : withConsequences(state, flow, insideIteration(state, step, index, inner, command.atMs), command.atMs);
}

const startRun = ({ atMs, triggerStep, tags }: Extract<RunCommand, { type: 'startRun' }>): JournalEntry => ({
  type: 'run.started',
  v: 1,
  atMs,
  triggerStep,
  tags,
});

function startTimer(state: RunState, command: Extract<RunCommand, { type: 'startTimer' }>): JournalEntry[] {
  const { atMs, stepId, input, untilMs } = command;
  const step = state.steps[stepId];
  if (step !== undefined && step.status !== 'pending') return [];
  return [{ type: 'step.waiting', v: 1, atMs, stepId, attempt: nextAttemptNumber(step), input, untilMs }];
}

function startWait(state: RunState, command: Extract<RunCommand, { type: 'startWait' }>): JournalEntry[] {
  const { atMs, stepId, input, waitId, awaits, untilMs } = command;
  const step = state.steps[stepId];
  if (step !== undefined && step.status !== 'pending' && step.status !== 'waiting') return [];
  if (step?.wait != null) return [];
  return [
    { type: 'wait.started', v: 1, atMs, stepId, attempt: nextAttemptNumber(step), input, waitId, awaits, untilMs },
  ];
}

/** Of two that end one wait the first counts. */
function endWait(
  state: RunState,
  flow: CompiledFlow,
  command: Extract<RunCommand, { type: 'endWait' }>,
): JournalEntry[] {
  const { atMs, stepId, waitId, outcome, endedBy } = command;
  const known = state.steps[stepId];
  if (known?.wait?.id !== waitId) return [];
  const startedAtMs = known.wait.sinceMs;
  return settleAttempt(state, flow, {
    type: 'settleAttempt',
    atMs,
    stepId,
    startedAtMs,
    outcome: known.wait.isOverdue ? asTooLate(outcome) : outcome,
    draw: 0,
  }).map((entry) =>
    entry.type === 'step.succeeded' || entry.type === 'step.attemptFailed' ? { ...entry, endedBy } : entry,
  );
}

function overrunWait(state: RunState, command: Extract<RunCommand, { type: 'overrunWait' }>): JournalEntry[] {
  const { atMs, stepId, waitId } = command;
  const wait = state.steps[stepId]?.wait;
  if (wait?.id !== waitId || wait.isOverdue) return [];
  return [{ type: 'wait.overrun', v: 1, atMs, stepId, waitId }];
}

/** A child that was stopped because it took too long. One that succeeded all the same could not be stopped any more. */
function asTooLate(outcome: AttemptOutcome): AttemptOutcome {
  if (outcome.type !== 'failed') return outcome;
  const message = `The run it started did not end in time. ${outcome.error.message}`;
  return { ...outcome, error: { ...outcome.error, code: 'child.timedOut', message } };
}

function enterLoop(state: RunState, command: Extract<RunCommand, { type: 'enterLoop' }>): JournalEntry[] {
  const { atMs, stepId, input, concurrency, onError } = command;
  if (statusOf(state, stepId) !== 'pending') return [];
  return [{ type: 'loop.started', v: 1, atMs, stepId, input, concurrency, onError }];
}

function startAttempt(state: RunState, command: Extract<RunCommand, { type: 'startAttempt' }>): JournalEntry[] {
  const { atMs, stepId } = command;
  const step = state.steps[stepId];
  if (step !== undefined && step.status !== 'pending' && step.status !== 'waiting') return [];
  return [
    {
      type: 'step.started',
      v: 1,
      atMs,
      stepId,
      attempt: nextAttemptNumber(step),
      input: command.input,
      idempotencyKey: command.idempotencyKey,
      deadlineAtMs: atMs + command.timeoutMs,
      effect: command.effect,
      retriesUnknown: command.retriesUnknown,
    },
  ];
}

function settleAttempt(
  state: RunState,
  flow: CompiledFlow,
  command: Extract<RunCommand, { type: 'settleAttempt' }>,
): JournalEntry[] {
  const { atMs, stepId, startedAtMs } = command;
  const step = flow.steps.get(stepId);
  const outcome = step === undefined ? command.outcome : asDrawn(step, command.outcome);
  const before = state.steps[stepId];
  const status = statusOf(state, stepId);
  if (step === undefined || (status !== 'running' && status !== 'pending' && status !== 'waiting')) return [];
  const running = runningAttempt(before);
  const attempt = running?.n ?? nextAttemptNumber(before);
  const input = running === undefined && command.input !== undefined ? { input: command.input } : {};
  if (outcome.type === 'succeeded') {
    return [
      {
        type: 'step.succeeded',
        v: 1,
        atMs,
        stepId,
        attempt,
        ...input,
        startedAtMs,
        output: outcome.output,
        port: outcome.port,
        ...(outcome.logs === undefined || outcome.logs.length === 0 ? {} : { logs: outcome.logs }),
        ...(command.answer === undefined ? {} : { answer: command.answer }),
      },
    ];
  }
  const timing = { atMs, startedAtMs, isLost: false, draw: command.draw };
  if (outcome.type === 'failed') {
    // "Not now" says nothing about an earlier attempt that may have taken effect: that stays to be resolved.
    const isStillOpen = before !== undefined && outcome.error.isRetryable && endsUnknown(before);
    // While its scope is failing, a certain failure needs no further try; an unknown must still be resolved.
    const isForward = step.undoes === null && step.reconciles === null;
    const isGivenUp = isForward && !isStillOpen && isHalted(state, flow, step.scope);
    const retryAtMs = isGivenUp
      ? null
      : nextAttemptAtMs(step, before, {
          ...timing,
          isRetryable: outcome.error.isRetryable,
          ...(outcome.retryAfterMs === undefined ? {} : { retryAfterMs: outcome.retryAfterMs }),
        });
    if (isStillOpen && retryAtMs === null) {
      const error = { ...outcome.error, message: `${stillOpen} ${outcome.error.message}` };
      return [
        {
          type: 'step.attemptUnknown',
          v: 1,
          atMs,
          stepId,
          attempt,
          startedAtMs,
          error,
          isLost: false,
          retryAtMs: null,
        },
      ];
    }
    const isCaught = step.hasErrorPort;
    return [
      {
        type: 'step.attemptFailed',
        v: 1,
        atMs,
        stepId,
        attempt,
        ...input,
        startedAtMs,
        error: outcome.error,
        retryAtMs,
        isCaught,
        ...(outcome.logs === undefined || outcome.logs.length === 0 ? {} : { logs: outcome.logs }),
      },
    ];
  }
  const retryAtMs = nextAttemptAtMs(step, before, { ...timing, isRetryable: running?.retriesUnknown ?? false });
  return [
    {
      type: 'step.attemptUnknown',
      v: 1,
      atMs,
      stepId,
      attempt,
      startedAtMs,
      error: outcome.error,
      isLost: false,
      retryAtMs,
    },
  ];
}

/** A port such as `timeout` that nobody drew is a failure of the step. */
function asDrawn(step: CompiledStep, outcome: AttemptOutcome): AttemptOutcome {
  if (outcome.type !== 'succeeded' || outcome.ifUndrawn === undefined || step.outgoing.has(outcome.port))
    return outcome;
  const { ifUndrawn: error, logs } = outcome;
  return { type: 'failed', error, ...(logs === undefined ? {} : { logs }) };
}

const stillOpen = 'An earlier attempt may have taken effect, and the last one could not tell:';

const workerLost: StepError = {
  code: 'step.workerLost',
  message: 'The worker was lost during this attempt, so it is not known whether the call took effect.',
  isRetryable: true,
};

function loseAttempts(
  state: RunState,
  flow: CompiledFlow,
  command: Extract<RunCommand, { type: 'loseAttempts' }>,
): JournalEntry[] {
  return Object.values(state.steps).flatMap((before): JournalEntry[] => {
    const running = runningAttempt(before);
    const step = flow.steps.get(before.id);
    if (step?.body != null) return loseInIterations(state, step, command);
    // What waits is not in flight: it waits for an instant or for somebody, whoever carries the run.
    const isWaiting = before.timerAtMs !== null || before.wait !== null;
    if (running === undefined || step === undefined || isWaiting) return [];
    const retryAtMs = nextAttemptAtMs(step, before, {
      atMs: command.atMs,
      startedAtMs: running.startedAtMs,
      isLost: true,
      isRetryable: running.retriesUnknown,
      draw: command.draw,
    });
    return [
      {
        type: 'step.attemptUnknown',
        v: 1,
        atMs: command.atMs,
        stepId: before.id,
        attempt: running.n,
        startedAtMs: running.startedAtMs,
        error: workerLost,
        isLost: true,
        retryAtMs,
      },
    ];
  });
}

function loseInIterations(
  state: RunState,
  step: CompiledStep,
  command: Extract<RunCommand, { type: 'loseAttempts' }>,
): JournalEntry[] {
  const { body } = step;
  const active = state.steps[step.id]?.loop?.active;
  if (body === null || active === undefined) return [];
  return Object.entries(active).flatMap(([index, iteration]) => {
    const inner = withConsequences(iteration, body, loseAttempts(iteration, body, command), command.atMs);
    return inner.length === 0 ? [] : insideIteration(state, step, Number(index), inner, command.atMs);
  });
}

/**
 * 1. What follows by itself is decided first: scopes that fail, undo, complete.
 * 2. A run that waits for a person says so, once.
 * 3. A flow that goes forward has succeeded when every step has settled; one that fails ends when nothing is in flight
 *    any more, nothing waits, and nothing is left to undo.
 */
function conclude(state: RunState, flow: CompiledFlow, atMs: number): JournalEntry[] {
  const followed = withConsequences(state, flow, [], atMs, true);
  if (followed.length > 0) return followed;
  const blocked = blockage(state, flow);
  if (blocked !== null) {
    const { stepId, code, path } = blocked;
    const inside = path === noPath ? {} : { in: path };
    return state.blockedSinceMs === null ? [{ type: 'run.blocked', v: 1, atMs, stepId, code, ...inside }] : [];
  }
  if (!hasFailed(state, rootScope)) {
    return isComplete(state, flow, rootScope)
      ? [{ type: 'run.succeeded', v: 1, atMs, output: outputOf(state, flow, rootScope) }]
      : [];
  }
  return hasEnded(state, flow) ? [endOf(state, atMs)] : [];
}

function hasEnded(state: RunState, flow: CompiledFlow): boolean {
  const isWaiting = stepsWithin(flow, rootScope).some((step) => {
    const status = statusOf(state, step.id);
    return status === 'waiting' || status === 'compensating';
  });
  const isForced = state.scopes[rootScope]?.failure?.isForced === true;
  const isDone = (isPastPivot(state, flow, rootScope) && !isForced) || leftToUndo(state, flow, rootScope).length === 0;
  return isQuiet(state, flow, rootScope) && !isWaiting && isDone;
}

/** A cancel that won; else undone whole; else failed, with what could not or was not meant to be undone. */
function endOf(state: RunState, atMs: number): JournalEntry {
  if (state.cancel !== null) return { type: 'run.cancelled', v: 1, atMs, ...state.cancel };
  const error = state.error ?? {
    code: 'internal.bug',
    message: 'The run failed without an error.',
    isRetryable: false,
  };
  const root = state.scopes[rootScope];
  const isUndone = (root?.undone ?? 0) > 0 && root?.undoSkipped === 0;
  return { type: isUndone ? 'run.compensated' : 'run.failed', v: 1, atMs, stepId: state.failedStep, error };
}
