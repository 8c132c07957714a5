/**
 * Questions about scopes in the light of what has happened: which of them go forward, fail, have passed their pivot, and
 * what is left to undo in which order. Refuses to decide anything: `consequences.ts` does.
 */
import type { CompiledFlow, CompiledStep } from '@/core/flow/compiled-flow';
import { rootScope } from '@/core/flow/graph';
import { backwards } from '@/core/run/sparse-list';
import { isSettled, type RunState, type StepState } from '@/core/run/types';

export const hasFailed = (state: RunState, scope: string): boolean =>
  (state.scopes[scope]?.failure ?? null) !== null || (scope === rootScope && state.cancel !== null);

/** Whether the scope or one around it fails or is over: then none of its steps begins. */
export function isHalted(state: RunState, flow: CompiledFlow, scope: string): boolean {
  for (let at: string | null = scope; at !== null; at = flow.scopes.get(at)?.parent ?? null) {
    if (hasFailed(state, at)) return true;
    if (at !== rootScope && state.steps[at]?.status !== 'running') return true;
  }
  return false;
}

/** A scope that was entered and has not ended. */
export const isOpen = (state: RunState, scope: string): boolean =>
  scope === rootScope || state.steps[scope]?.status === 'running';

/** Whether `inner` is `outer` or somewhere inside it. */
export function isWithin(flow: CompiledFlow, inner: string, outer: string): boolean {
  for (let at: string | null = inner; at !== null; at = flow.scopes.get(at)?.parent ?? null) {
    if (at === outer) return true;
  }
  return false;
}

/** The scope around the step that fails when the step does. */
export const scopeOf = (flow: CompiledFlow, stepId: string): string => flow.steps.get(stepId)?.scope ?? rootScope;

/** A completed pivot commits its scope and all enclosing ones. */
export const isPastPivot = (state: RunState, flow: CompiledFlow, scope: string): boolean =>
  flow.pivots.some((id) => state.steps[id]?.status === 'succeeded' && isWithin(flow, scopeOf(flow, id), scope));

/** A failure that nothing caught: its own error port is not drawn. */
export const isUncaught = (step: StepState | undefined): boolean => step?.status === 'failed' && step.port === null;

/**
 * Whether the attempts of a step leave it open if the effect took place. One whose outcome is unknown does, and goes on
 * doing so when a later one is only told "not now": that says nothing about the earlier. What only reads leaves nothing
 * behind; for it the last attempt alone counts.
 */
export const endsUnknown = (step: StepState): boolean =>
  step.attempts.at(-1)?.status === 'unknown' ||
  step.attempts.some(({ n, status, effect }) => n > step.forgivenAttempts && status === 'unknown' && effect !== 'safe');

/**
 * A step of the way forward that is still in the world: running, or unknown with another try to come or without one, or
 * with a run of another flow that has not ended.
 */
const isInFlight = (step: StepState): boolean =>
  step.status === 'running' ||
  step.status === 'unknown' ||
  (step.status === 'waiting' && (endsUnknown(step) || step.wait?.awaits.on === 'child'));

/** Every step of the way forward in a scope and in the scopes inside it, containers included. */
export const stepsWithin = (flow: CompiledFlow, scope: string): readonly CompiledStep[] =>
  flow.scopes.get(scope)?.within ?? [];

/**
 * Whether nothing of a failing scope is under way any more: no call, no unknown outcome, and no scope inside that is
 * undoing its own steps.
 */
export const isQuiet = (state: RunState, flow: CompiledFlow, scope: string): boolean =>
  stepsWithin(flow, scope).every((step) => {
    const known = state.steps[step.id];
    if (known === undefined) return true;
    if (step.body !== null) return !isLoopBusy(state, known);
    return step.isContainer ? !(known.status === 'running' && hasFailed(state, step.id)) : !isInFlight(known);
  });

/** A loop with iterations under way, or one that is undoing its own before it fails. */
const isLoopBusy = (state: RunState, step: StepState): boolean =>
  step.status === 'running' && (hasFailed(state, step.id) || Object.keys(step.loop?.active ?? {}).length > 0);

/** Whether every step of the scope's way forward has settled, and none by a failure nobody caught. */
export const isComplete = (state: RunState, flow: CompiledFlow, scope: string): boolean =>
  (flow.scopes.get(scope)?.members ?? []).every((id) => {
    const step = state.steps[id];
    return step !== undefined && isSettled(step.status) && !isUncaught(step);
  });

/** Completed, with a way to undo it, and nobody decided that it stays. What an earlier run completed counts too. */
const isUndoable = (step: CompiledStep, known: StepState | undefined): boolean =>
  step.undo.length > 0 &&
  !step.isDisabled &&
  !(known?.isUndoSkipped ?? false) &&
  (known?.status === 'succeeded' || known?.status === 'compensating');

/** A loop without a way of its own whose iterations have steps to undo; or that is in the middle of it. */
const hasIterationsToUndo = (step: CompiledStep, known: StepState | undefined): boolean =>
  known !== undefined &&
  !step.isDisabled &&
  !known.isUndoSkipped &&
  known.status !== 'compensated' &&
  (known.status === 'compensating' || iterationToUndo(step, known) !== null);

/** The last iteration that is over and has steps to undo. */
export function iterationToUndo(step: CompiledStep, known: StepState): number | null {
  if (step.body === null || known.loop === null || known.loop.keptCount === 0) return null;
  for (const [index, iteration] of backwards(known.loop.kept)) {
    if (leftToUndo(iteration, step.body, rootScope).length > 0) return index;
  }
  return null;
}

/**
 * The steps a failing scope still has to undo, in topological order. A completed container with a way of its own is
 * undone as a whole; any other hands its steps on.
 */
export function leftToUndo(state: RunState, flow: CompiledFlow, scope: string): CompiledStep[] {
  const members = flow.scopes.get(scope)?.members ?? [];
  return members.flatMap((id): CompiledStep[] => {
    const step = flow.steps.get(id);
    if (step === undefined) return [];
    const known = state.steps[id];
    if (isUndoable(step, known)) return [step];
    if (step.body !== null) return hasIterationsToUndo(step, known) ? [step] : [];
    if (!step.isContainer || known?.status === 'compensated' || known?.isUndoSkipped === true) return [];
    return leftToUndo(state, flow, id);
  });
}

/**
 * Which of these may be undone now: those behind which nothing is left to undo, along any path of the drawing. One sweep
 * against the direction of the wires; what is inside a container comes before everything behind the container.
 */
export function readyToUndo(flow: CompiledFlow, scope: string, left: readonly CompiledStep[]): CompiledStep[] {
  const open = new Set(left.map((step) => step.id));
  /** Whether something is left behind this step in its own scope. */
  const hasBehind = new Map<string, boolean>();
  const holds = (id: string): boolean => {
    const step = flow.steps.get(id);
    if (step === undefined) return false;
    return open.has(id) || (step.isContainer && (flow.scopes.get(id)?.members ?? []).some(holds));
  };
  const visit = (at: string): void => {
    for (const id of (flow.scopes.get(at)?.members ?? []).toReversed()) {
      const step = flow.steps.get(id);
      if (step === undefined) continue;
      const next = [...step.outgoing.values()].flat();
      hasBehind.set(
        id,
        next.some((other) => holds(other) || hasBehind.get(other) === true),
      );
      if (step.isContainer) visit(id);
    }
  };
  visit(scope);
  return left.filter((step) => {
    for (let at = step.id; at !== scope; at = scopeOf(flow, at)) {
      if (hasBehind.get(at) === true) return false;
    }
    return true;
  });
}
