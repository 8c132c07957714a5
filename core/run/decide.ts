/**
 * The decisions of a run: command in, journal entries out. Time, ids, draws and evaluated values arrive inside commands;
 * nothing here waits, evaluates or acts. A command that no longer applies (an outcome of a settled step, a cancel of an
 * ended run) yields no entries: what is late is ignored, not half applied.
 */
import type { CompiledFlow } from '@/core/flow/compiled-flow';
import type { JsonValue } from '@/core/json';
import { evolve } from '@/core/run/evolve';
import { deadSteps, outputOf, statusOf } from '@/core/run/graph-state';
import { nextAttemptAtMs } from '@/core/run/retry';
import { type AttemptState, isTerminal, type JournalEntry, type RunState, type StepState } from '@/core/run/types';
import type { AttemptOutcome, StepError, WebhookAnswer } from '@/core/steps/contract';

export type RunCommand =
  | {
      readonly type: 'startRun';
      readonly atMs: number;
      readonly triggerStep: string;
      readonly tags: Readonly<Record<string, string>>;
    }
  | {
      readonly type: 'startAttempt';
      readonly atMs: number;
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
      readonly stepId: string;
      readonly startedAtMs: number;
      /** Resolved config, for steps that journalled no intent. */
      readonly input?: JsonValue;
      readonly outcome: AttemptOutcome;
      /** Uniform in [0, 1), for jitter. */
      readonly draw: number;
      readonly answer?: WebhookAnswer;
    }
  /** A new owner found attempts that somebody else started: their outcome is unknown. */
  | { readonly type: 'loseAttempts'; readonly atMs: number; readonly draw: number }
  | { readonly type: 'cancel'; readonly atMs: number; readonly actor: string; readonly reason: string | null }
  | { readonly type: 'terminate'; readonly atMs: number; readonly actor: string; readonly reason: string | null }
  /** Nothing is ready, due or in flight: settle what remains and end the run if it can end. */
  | { readonly type: 'conclude'; readonly atMs: number };

/** Whether no new steps may start: a step failed uncaught, or somebody cancelled. */
export const isEnding = (state: RunState): boolean => state.failedStep !== null || state.cancel !== null;

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
  switch (command.type) {
    case 'startRun':
      return state.status === 'queued' ? withSkipped(state, flow, [startRun(command)], command.atMs) : [];
    case 'startAttempt':
      return startAttempt(state, command);
    case 'settleAttempt':
      return withSkipped(state, flow, settleAttempt(state, flow, command), command.atMs);
    case 'loseAttempts':
      return loseAttempts(state, flow, command);
    case 'cancel':
      return state.cancel === null
        ? [
            {
              type: 'run.cancelRequested',
              v: 1,
              atMs: command.atMs,
              actor: command.actor,
              reason: command.reason,
            },
          ]
        : [];
    case 'terminate':
      return [{ type: 'run.terminated', v: 1, atMs: command.atMs, actor: command.actor, reason: command.reason }];
    case 'conclude':
      return conclude(state, flow, command.atMs);
    default:
      return command satisfies never;
  }
}

const startRun = ({ atMs, triggerStep, tags }: Extract<RunCommand, { type: 'startRun' }>): JournalEntry => ({
  type: 'run.started',
  v: 1,
  atMs,
  triggerStep,
  tags,
});

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
  const { atMs, stepId, startedAtMs, outcome } = command;
  const step = flow.steps.get(stepId);
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
        ...(command.answer === undefined ? {} : { answer: command.answer }),
      },
    ];
  }
  const timing = { atMs, startedAtMs, isLost: false, draw: command.draw };
  if (outcome.type === 'failed') {
    // While the run is ending, a certain failure needs no further try; an unknown must still be resolved.
    const retryAtMs = isEnding(state)
      ? null
      : nextAttemptAtMs(step, before, {
          ...timing,
          isRetryable: outcome.error.isRetryable,
          ...(outcome.retryAfterMs === undefined ? {} : { retryAfterMs: outcome.retryAfterMs }),
        });
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
    if (running === undefined || step === undefined) return [];
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

/** Adds the dead paths that the given entries create, so that no step is left pending behind a closed door. */
function withSkipped(state: RunState, flow: CompiledFlow, entries: JournalEntry[], atMs: number): JournalEntry[] {
  if (!entries.some((entry) => mayCloseDoors(flow, entry))) return entries;
  const after = entries.reduce(evolve, state);
  if (isEnding(after)) return entries;
  const stepIds = deadSteps(after, flow);
  return stepIds.length === 0 ? entries : [...entries, { type: 'steps.skipped', v: 1, atMs, stepIds }];
}

/** Whether an edge may be dead after this entry. A step that is left by its only wired port closes none. */
function mayCloseDoors(flow: CompiledFlow, entry: JournalEntry): boolean {
  if (entry.type !== 'step.succeeded') return true;
  const ports = flow.steps.get(entry.stepId)?.outgoing;
  return ports === undefined || ports.size > (ports.has(entry.port) ? 1 : 0);
}

/**
 * 1. Anything running, or unknown with another try to come, is awaited; unknown without one blocks the run.
 * 2. A failing or cancelled run gives up the retries that certain failures were waiting for.
 * 3. Then it ends: cancelled, failed, or succeeded when every step is settled.
 */
function conclude(state: RunState, flow: CompiledFlow, atMs: number): JournalEntry[] {
  const steps = Object.values(state.steps);
  if (steps.some((step) => step.status === 'running' || step.status === 'unknown')) return [];
  const waiting = steps.filter((step) => step.status === 'waiting');
  if (!isEnding(state)) {
    const isDone = waiting.length === 0 && flow.order.every((id) => statusOf(state, id) !== 'pending');
    return isDone ? [{ type: 'run.succeeded', v: 1, atMs, output: outputOf(state, flow) }] : [];
  }
  if (waiting.some(endsUnknown)) return [];
  const entries: JournalEntry[] =
    waiting.length === 0 ? [] : [{ type: 'steps.cancelled', v: 1, atMs, stepIds: waiting.map((step) => step.id) }];
  if (state.cancel !== null) {
    return [...entries, { type: 'run.cancelled', v: 1, atMs, ...state.cancel }];
  }
  const error = state.error ?? {
    code: 'internal.bug',
    message: 'The run failed without an error.',
    isRetryable: false,
  };
  return [...entries, { type: 'run.failed', v: 1, atMs, stepId: state.failedStep, error }];
}

/** Whether the last attempt of a step left it open if the effect took place. */
export const endsUnknown = (step: StepState): boolean => step.attempts.at(-1)?.status === 'unknown';
