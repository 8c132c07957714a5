/**
 * What holds a run until a person decides, and what that person can do about it. Refuses to count what still goes on by
 * itself: a retry that is due some day holds nobody.
 */
import type { CompiledFlow } from '@/core/flow/compiled-flow';
import { labelOf } from '@/core/flow/document';
import { type Place, placesOf } from '@/core/run/places';
import { isHalted, isPastPivot, isUncaught } from '@/core/run/scopes';
import type { ResolveAction, RunReason, RunState } from '@/core/run/types';

export interface BlockedStep {
  /** The iteration it is in; empty for none. */
  readonly path: string;
  readonly stepId: string;
  readonly code: Extract<RunReason['code'], `blocked.${string}`>;
  readonly message: string;
  readonly actions: readonly ResolveAction[];
}

/** Every step that waits for a person, in topological order, those of iterations after those of the run itself. */
export const blockedSteps = (state: RunState, flow: CompiledFlow): BlockedStep[] =>
  placesOf(state, flow).flatMap(blockedAt);

function blockedAt({ path, state, flow }: Place): BlockedStep[] {
  return flow.order.flatMap((id): BlockedStep[] => {
    const step = flow.steps.get(id);
    const known = state.steps[id];
    // What finds out about another step holds nothing by itself: that step does.
    if (step === undefined || known === undefined || step.reconciles !== null || known.isReconciling) return [];
    const label = labelOf(step.step);
    const why = known.error?.message ?? 'its outcome was never seen';
    const isUndoing = step.undoes !== null;
    if (known.status === 'unknown') {
      const message = `It is not known whether ${label} took effect: ${why}`;
      const forward: readonly ResolveAction[] = ['retry', 'output', 'skip', 'compensate'];
      return [
        {
          path,
          stepId: id,
          code: 'blocked.unknown',
          message,
          actions: isUndoing ? ['retry', 'output', 'skip'] : forward,
        },
      ];
    }
    if (!isUncaught(known)) return [];
    if (isUndoing) {
      if (state.steps[step.undoes ?? '']?.status !== 'compensating') return [];
      const message = `Undoing did not succeed: ${label}: ${why}`;
      return [{ path, stepId: id, code: 'blocked.compensation', message, actions: ['retry', 'output', 'skip'] }];
    }
    if (isHalted(state, flow, step.scope) || !isPastPivot(state, flow, step.scope)) return [];
    const message = `${label} failed past the point of no return: ${why}`;
    // What a scope did cannot be done again as one step; its parts are gone.
    const actions: readonly ResolveAction[] =
      step.isContainer || step.body !== null
        ? ['output', 'skip', 'compensate']
        : ['retry', 'output', 'skip', 'compensate'];
    return [{ path, stepId: id, code: 'blocked.pastPivot', message, actions }];
  });
}

/** What holds the run first; null when it goes on by itself. */
export const blockage = (state: RunState, flow: CompiledFlow): BlockedStep | null =>
  blockedSteps(state, flow)[0] ?? null;
