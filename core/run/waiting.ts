/**
 * Steps that wait: for an instant, for an event, for a person, for another run. Of several that end one wait the first counts.
 * Refuses to look for what is waited for: whoever has it says so.
 */

import type { CompiledFlow } from '@/core/flow/compiled-flow';
import { nextAttemptNumber, settleAttempt } from '@/core/run/attempts';
import type { RunCommand } from '@/core/run/commands';
import type { JournalEntry } from '@/core/run/entries';
import type { RunState } from '@/core/run/types';
import type { AttemptOutcome } from '@/core/steps/contract';

export function startTimer(state: RunState, command: Extract<RunCommand, { type: 'startTimer' }>): JournalEntry[] {
  const { atMs, stepId, input, untilMs } = command;
  const step = state.steps[stepId];
  if (step !== undefined && step.status !== 'pending') return [];
  return [{ type: 'step.waiting', v: 1, atMs, stepId, attempt: nextAttemptNumber(step), input, untilMs }];
}

export function startWait(state: RunState, command: Extract<RunCommand, { type: 'startWait' }>): JournalEntry[] {
  const { atMs, stepId, input, waitId, awaits, untilMs } = command;
  const step = state.steps[stepId];
  if (step !== undefined && step.status !== 'pending' && step.status !== 'waiting') return [];
  if (step?.wait != null) return [];
  return [
    { type: 'wait.started', v: 1, atMs, stepId, attempt: nextAttemptNumber(step), input, waitId, awaits, untilMs },
  ];
}

/** Of two that end one wait the first counts. */
export function endWait(
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

export function overrunWait(state: RunState, command: Extract<RunCommand, { type: 'overrunWait' }>): JournalEntry[] {
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
