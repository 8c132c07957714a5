/**
 * What a run has to do next, as data: steps to run, or the reason it has nothing to do. The interpreter in `workers`
 * carries it out. Refuses the clock: "due" is judged against an instant the caller brings.
 */
import type { CompiledFlow, CompiledStep } from '@/core/flow/compiled-flow';
import { labelOf } from '@/core/flow/document';
import { blockage } from '@/core/run/blocked';
import { whyStopped } from '@/core/run/children';
import { isReady, statusOf } from '@/core/run/graph-state';
import { timeoutAtMs } from '@/core/run/interventions';
import { noPath } from '@/core/run/iteration-path';
import { type Place, placesOf } from '@/core/run/places';
import { endsUnknown, isHalted } from '@/core/run/scopes';
import { isTerminal, type RunReason, type RunState, type RunStatus, type StepState } from '@/core/run/types';

/** A step that is due, where it stands. */
export interface DueStep extends Place {
  readonly step: CompiledStep;
}

/**
 * Steps whose next attempt may start now, and delays and waits whose time has come, in topological order, those of
 * iterations after those of what is around them. Of a scope that fails only unknowns are resolved; what undoes a step runs
 * while that step is being undone.
 */
export function dueSteps(state: RunState, flow: CompiledFlow, nowMs: number): DueStep[] {
  if (isTerminal(state.status) || state.status === 'queued') return [];
  return placesOf(state, flow).flatMap((place) => dueAt(place, nowMs));
}

function dueAt(place: Place, nowMs: number): DueStep[] {
  const { state, flow } = place;
  const halted = new Map<string, boolean>();
  const isScopeHalted = (scope: string): boolean => {
    const known = halted.get(scope) ?? isHalted(state, flow, scope);
    halted.set(scope, known);
    return known;
  };
  return flow.order.flatMap((id): DueStep[] => {
    const step = flow.steps.get(id);
    if (step === undefined) return [];
    const known = state.steps[id];
    const isAllowed = mayBegin(state, step, isScopeHalted);
    if (known?.status === 'waiting') {
      const dueAtMs = dueAtOf(known);
      const isDue = dueAtMs !== null && dueAtMs <= nowMs;
      return isDue && (isAllowed || endsUnknown(known)) ? [{ ...place, step }] : [];
    }
    return isAllowed && isReady(state, flow, step) ? [{ ...place, step }] : [];
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
  let due = timeoutAtMs(state, flow);
  for (const place of placesOf(state, flow)) {
    for (const step of Object.values(place.state.steps)) {
      const atMs = step.status === 'waiting' ? dueAtOf(step) : null;
      if (atMs !== null && (due === null || atMs < due) && willGoOn(place, step)) due = atMs;
    }
  }
  return due;
}

/** Whether a step that waits is taken up when its time comes. In a scope that fails it waits for the end of that. */
function willGoOn({ state, flow }: Place, step: StepState): boolean {
  const drawn = flow.steps.get(step.id);
  const isAllowed = drawn !== undefined && mayBegin(state, drawn, (scope) => isHalted(state, flow, scope));
  return isAllowed || endsUnknown(step);
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
    const { code, message, stepId, actions, path } = blocked;
    const reason: RunReason = {
      code,
      message,
      sinceMs: state.blockedSinceMs ?? sinceMs,
      stepId,
      ...(path === noPath ? {} : { path }),
      actions: [...actions, 'terminate'],
    };
    return { status: 'blocked', reason };
  }
  const status: RunStatus = state.status === 'compensating' ? 'compensating' : 'waiting';
  const waiting = placesOf(state, flow)
    .flatMap((place) =>
      Object.values(place.state.steps)
        .filter((step) => step.status === 'waiting')
        .map((step) => ({ step, place })),
    )
    .toSorted((a, b) => (dueAtOf(a.step) ?? Infinity) - (dueAtOf(b.step) ?? Infinity))[0];
  if (waiting === undefined) return { status: state.status, reason: null };
  const { step, place } = waiting;
  const drawn = place.flow.steps.get(step.id);
  const untilMs = dueAtOf(step);
  const actions = status === 'compensating' ? ['terminate'] : ['cancel', 'terminate'];
  return {
    status,
    reason: {
      ...whyWaiting(place, step, drawn === undefined ? step.id : labelOf(drawn.step)),
      sinceMs: step.wait?.sinceMs ?? sinceMs,
      ...(untilMs === null ? {} : { untilMs }),
      stepId: step.id,
      ...(place.path === noPath ? {} : { path: place.path }),
      actions: step.wait?.awaits.on === 'approval' ? ['answer', ...actions] : actions,
    },
  };
}

function whyWaiting(place: Place, step: StepState, label: string): Pick<RunReason, 'code' | 'message' | 'runId'> {
  if (step.wait === null) {
    return step.retryAtMs === null
      ? { code: 'timer', message: `${label} waits.` }
      : {
          code: 'retry',
          message: `Waiting to try ${label} again: ${step.error?.message ?? 'the last attempt failed'}`,
        };
  }
  const { awaits } = step.wait;
  switch (awaits.on) {
    case 'event':
      return { code: 'event', message: `${label} waits for ${awaits.eventType} with the key ${shortKey(awaits.key)}.` };
    case 'approval':
      return {
        code: 'approval',
        message: `${label} waits for ${awaits.assignee ?? 'somebody'} to answer: ${awaits.title}`,
      };
    case 'child':
      return {
        code: 'child',
        message:
          whyStopped(place, step) === null
            ? `${label} waits for the run it started.`
            : `${label} has asked the run it started to stop, and waits for its end.`,
        runId: awaits.runId,
      };
    default:
      return awaits satisfies never;
  }
}

/** A key may be a whole object; a reason is one line. */
const shortKey = (key: string): string => (key.length > 80 ? `${key.slice(0, 80)}…` : key);
