/**
 * What reaches a run from outside while it is carried: a cancel, its time limit, the decision of a person. Each may come too
 * late or not apply, and then nothing follows from it. Refuses to end the run: that is decided when nothing is in flight.
 */
import type { CompiledFlow } from '@/core/flow/compiled-flow';
import { rootScope } from '@/core/flow/graph';
import type { JsonValue } from '@/core/json';
import { blockedSteps } from '@/core/run/blocked';
import type { JournalEntry } from '@/core/run/entries';
import { noPath } from '@/core/run/iteration-path';
import { hasFailed, isHalted, isPastPivot } from '@/core/run/scopes';
import type { ResolveAction, RunState } from '@/core/run/types';
import type { StepError } from '@/core/steps/contract';

export interface Cancel {
  readonly type: 'cancel';
  readonly atMs: number;
  readonly actor: string;
  readonly reason: string | null;
}

export interface Resolve {
  readonly type: 'resolve';
  readonly atMs: number;
  readonly path?: string;
  readonly stepId: string;
  readonly action: ResolveAction;
  readonly actor: string;
  /** Of the action `output`. */
  readonly output?: JsonValue;
}

/** During compensation and past the pivot a cancel changes nothing. */
export function cancel(state: RunState, flow: CompiledFlow, { atMs, actor, reason }: Cancel): JournalEntry[] {
  const isTooLate = hasFailed(state, rootScope) || isPastPivot(state, flow, rootScope);
  return isTooLate ? [] : [{ type: 'run.cancelRequested', v: 1, atMs, actor, reason }];
}

const outOfTime: StepError = {
  code: 'run.timedOut',
  message: 'The run took longer than the flow allows.',
  isRetryable: false,
};

/** A time limit is a failure of the whole flow. It never interrupts undoing, and pauses while a person is asked. */
export function timeOut(state: RunState, flow: CompiledFlow, atMs: number): JournalEntry[] {
  const deadlineMs = timeoutAtMs(state, flow);
  if (deadlineMs === null || atMs < deadlineMs) return [];
  const isGone = isPastPivot(state, flow, rootScope);
  const entry: JournalEntry = { type: 'run.timedOut', v: 1, atMs, isPastPivot: isGone };
  return isGone
    ? [entry]
    : [entry, { type: 'scope.failed', v: 1, atMs, scope: rootScope, stepId: null, error: outOfTime, isForced: false }];
}

/** When the run will have taken too long; null when it has no limit, or the limit no longer matters. */
export function timeoutAtMs(state: RunState, flow: CompiledFlow): number | null {
  const isMoot = state.isTimedOut || state.blockedSinceMs !== null || hasFailed(state, rootScope);
  if (flow.timeoutMs === null || state.startedAtMs === null || isMoot) return null;
  return state.startedAtMs + flow.timeoutMs + state.blockedMs;
}

/** Nothing when the step does not wait for a person, or not for this. */
export function resolve(state: RunState, flow: CompiledFlow, command: Resolve): JournalEntry[] {
  const { atMs, stepId, action, actor, output } = command;
  const blocked = blockedSteps(state, flow).find(
    (candidate) => candidate.path === noPath && candidate.stepId === stepId,
  );
  const before = state.steps[stepId];
  const step = flow.steps.get(stepId);
  if (blocked === undefined || before === undefined || step === undefined || !blocked.actions.includes(action))
    return [];
  const resolved: JournalEntry = {
    type: 'step.resolved',
    v: 1,
    atMs,
    stepId,
    action,
    actor,
    keepsKey: before.status === 'unknown',
    ...(action === 'output' ? { output: output ?? null } : {}),
  };
  if (action === 'compensate' && !isHalted(state, flow, step.scope)) {
    const error = before.error ?? {
      code: 'run.forced',
      message: 'A person decided to undo the run.',
      isRetryable: false,
    };
    return [resolved, { type: 'scope.failed', v: 1, atMs, scope: step.scope, stepId, error, isForced: true }];
  }
  if (action === 'skip' && step.undoes !== null) {
    const scope = undoingScope(state, flow, step.undoes);
    return [resolved, { type: 'compensation.completed', v: 1, atMs, scope, stepId: step.undoes, isSkipped: true }];
  }
  return [resolved];
}

/** The failing scope that undoes a step: its own, or the nearest around it that does. */
function undoingScope(state: RunState, flow: CompiledFlow, stepId: string): string {
  let at: string | null = flow.steps.get(stepId)?.scope ?? rootScope;
  while (at !== null && state.scopes[at]?.isCompensating !== true) at = flow.scopes.get(at)?.parent ?? null;
  return at ?? rootScope;
}
