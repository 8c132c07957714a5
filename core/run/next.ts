/**
 * What a run has to do next, as data: steps to run, or the reason it has nothing to do. The interpreter in `workers`
 * carries it out. Refuses the clock: "due" is judged against an instant the caller brings.
 */
import type { CompiledFlow, CompiledStep } from '@/core/flow/compiled-flow';
import { labelOf } from '@/core/flow/document';
import { endsUnknown, isEnding } from '@/core/run/decide';
import { isReady } from '@/core/run/graph-state';
import { isTerminal, type RunReason, type RunState, type RunStatus } from '@/core/run/types';

/** Steps whose next attempt may start now, in topological order. While the run is ending, only unknowns are resolved. */
export function dueSteps(state: RunState, flow: CompiledFlow, nowMs: number): CompiledStep[] {
  if (isTerminal(state.status) || state.status === 'queued') return [];
  const ending = isEnding(state);
  return flow.order.flatMap((id): CompiledStep[] => {
    const step = flow.steps.get(id);
    if (step === undefined) return [];
    const known = state.steps[id];
    if (known?.status === 'waiting') {
      const isDue = known.retryAtMs !== null && known.retryAtMs <= nowMs;
      return isDue && (!ending || endsUnknown(known)) ? [step] : [];
    }
    return !ending && isReady(state, step) ? [step] : [];
  });
}

/** The earliest instant at which a retry becomes due, or null. */
export function nextRetryAtMs(state: RunState): number | null {
  const due = Object.values(state.steps).flatMap((step) =>
    step.status === 'waiting' && step.retryAtMs !== null ? [step.retryAtMs] : [],
  );
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
  const dueAtMs = nextRetryAtMs(state);
  if (dueAtMs !== null) {
    const step = Object.values(state.steps).find((candidate) => candidate.retryAtMs === dueAtMs);
    const drawn = step === undefined ? undefined : flow.steps.get(step.id);
    const message =
      step === undefined || drawn === undefined
        ? 'Waiting to try again.'
        : `Waiting to try ${labelOf(drawn.step)} again: ${step.error?.message ?? 'the last attempt failed'}`;
    return {
      status: 'waiting',
      reason: {
        code: 'retry',
        message,
        sinceMs,
        untilMs: dueAtMs,
        ...(step === undefined ? {} : { stepId: step.id }),
        actions: ['cancel', 'terminate'],
      },
    };
  }
  const unknown = Object.values(state.steps).find((step) => step.status === 'unknown');
  if (unknown !== undefined) {
    const drawn = flow.steps.get(unknown.id);
    return {
      status: 'blocked',
      reason: {
        code: 'blocked.unknown',
        message: `It is not known whether ${drawn === undefined ? unknown.id : labelOf(drawn.step)} took effect: ${
          unknown.error?.message ?? 'its outcome was never seen'
        }`,
        sinceMs,
        stepId: unknown.id,
        actions: ['terminate'],
      },
    };
  }
  return { status: 'running', reason: null };
}
