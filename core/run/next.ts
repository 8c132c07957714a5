/**
 * What a run has to do next, as data: steps to run, or the reason it has nothing to do. The interpreter in `workers`
 * carries it out. Refuses the clock: "due" is judged against an instant the caller brings.
 */
import type { CompiledFlow, CompiledStep } from '@/core/flow/compiled-flow';
import { labelOf } from '@/core/flow/document';
import { blockage } from '@/core/run/blocked';
import { isReady, statusOf } from '@/core/run/graph-state';
import { timeoutAtMs } from '@/core/run/interventions';
import { endsUnknown, isHalted } from '@/core/run/scopes';
import { isTerminal, type RunReason, type RunState, type RunStatus, type StepState } from '@/core/run/types';

/**
 * Steps whose next attempt may start now, and delays that are over, in topological order. Of a scope that fails only
 * unknowns are resolved; what undoes a step runs while that step is being undone.
 */
export function dueSteps(state: RunState, flow: CompiledFlow, nowMs: number): CompiledStep[] {
  if (isTerminal(state.status) || state.status === 'queued') return [];
  const halted = new Map<string, boolean>();
  const isScopeHalted = (scope: string): boolean => {
    const known = halted.get(scope) ?? isHalted(state, flow, scope);
    halted.set(scope, known);
    return known;
  };
  return flow.order.flatMap((id): CompiledStep[] => {
    const step = flow.steps.get(id);
    if (step === undefined) return [];
    const known = state.steps[id];
    const isAllowed = mayBegin(state, step, isScopeHalted);
    if (known?.status === 'waiting') {
      const dueAtMs = dueAtOf(known);
      const isDue = dueAtMs !== null && dueAtMs <= nowMs;
      return isDue && (isAllowed || endsUnknown(known)) ? [step] : [];
    }
    return isAllowed && isReady(state, step) ? [step] : [];
  });
}

/** Whether the way the step belongs to is under way: forward, undoing, or finding out. */
function mayBegin(state: RunState, step: CompiledStep, isScopeHalted: (scope: string) => boolean): boolean {
  if (step.reconciles !== null) return state.steps[step.reconciles]?.isReconciling === true;
  if (step.undoes !== null) return statusOf(state, step.undoes) === 'compensating';
  return !isScopeHalted(step.scope);
}

const dueAtOf = (step: StepState): number | null => step.retryAtMs ?? step.timerAtMs;

/** The earliest instant at which something becomes due by itself: a retry, the end of a delay, the run's time limit. */
export function nextDueAtMs(state: RunState, flow: CompiledFlow): number | null {
  const due = Object.values(state.steps).flatMap((step) => {
    const atMs = step.status === 'waiting' ? dueAtOf(step) : null;
    return atMs === null ? [] : [atMs];
  });
  const limitMs = timeoutAtMs(state, flow);
  if (limitMs !== null) due.push(limitMs);
  return due.length === 0 ? null : Math.min(...due);
}

/**
 * Status and reason of a run that has nothing in flight: why it stands still and what a person can do.
 * @param sinceMs instant of parking
 */
export function parkedAs(
  state: RunState,
  flow: CompiledFlow,
  sinceMs: number,
): { readonly status: RunStatus; readonly reason: RunReason | null } {
  if (isTerminal(state.status)) return { status: state.status, reason: null };
  const blocked = blockage(state, flow);
  if (blocked !== null) {
    const { code, message, stepId, actions } = blocked;
    const reason: RunReason = {
      code,
      message,
      sinceMs: state.blockedSinceMs ?? sinceMs,
      stepId,
      actions: [...actions, 'terminate'],
    };
    return { status: 'blocked', reason };
  }
  const status: RunStatus = state.status === 'compensating' ? 'compensating' : 'waiting';
  const waiting = Object.values(state.steps)
    .filter((step) => step.status === 'waiting')
    .toSorted((a, b) => (dueAtOf(a) ?? 0) - (dueAtOf(b) ?? 0))[0];
  if (waiting === undefined) return { status: state.status, reason: null };
  const drawn = flow.steps.get(waiting.id);
  const label = drawn === undefined ? waiting.id : labelOf(drawn.step);
  const isTimer = waiting.retryAtMs === null;
  return {
    status,
    reason: {
      code: isTimer ? 'timer' : 'retry',
      message: isTimer
        ? `${label} waits.`
        : `Waiting to try ${label} again: ${waiting.error?.message ?? 'the last attempt failed'}`,
      sinceMs,
      ...(dueAtOf(waiting) === null ? {} : { untilMs: dueAtOf(waiting) as number }),
      stepId: waiting.id,
      actions: status === 'compensating' ? ['terminate'] : ['cancel', 'terminate'],
    },
  };
}
