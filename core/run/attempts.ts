/**
 * Attempts of steps: how one begins, what its outcome comes to, and what becomes of those whose worker was lost. Refuses to
 * try anything again by itself: it says when, and the worker does.
 */

import type { CompiledFlow, CompiledStep } from '@/core/flow/compiled-flow';
import type { RunCommand } from '@/core/run/commands';
import { withConsequences } from '@/core/run/consequences';
import type { JournalEntry } from '@/core/run/entries';
import { statusOf } from '@/core/run/graph-state';
import { insideIteration } from '@/core/run/loops';
import { nextAttemptAtMs } from '@/core/run/retry';
import { endsUnknown, isHalted } from '@/core/run/scopes';
import type { AttemptState, RunState, StepState } from '@/core/run/types';
import type { AttemptOutcome, StepError } from '@/core/steps/contract';

export const runningAttempt = (step: StepState | undefined): AttemptState | undefined =>
  step?.attempts.find((attempt) => attempt.status === 'running');

/** Number of the next attempt of a step, from 1. */
export const nextAttemptNumber = (step: StepState | undefined): number => (step?.attempts.at(-1)?.n ?? 0) + 1;

export function startAttempt(state: RunState, command: Extract<RunCommand, { type: 'startAttempt' }>): JournalEntry[] {
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

export function settleAttempt(
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

export function loseAttempts(
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
