/**
 * Questions about a drawn graph in the light of what has happened: which edges are taken or dead, which steps are
 * ready, which can never be. Dead-path elimination lives here. Refuses to decide anything: `decide.ts` does.
 */
import type { CompiledFlow, CompiledStep } from '@/core/flow/compiled-flow';
import { rootScope } from '@/core/flow/graph';
import type { JsonValue } from '@/core/json';
import { isHalted, isUncaught } from '@/core/run/scopes';
import { isSettled, type RunState, type StepState, type StepStatus } from '@/core/run/types';
import type { StepError } from '@/core/steps/contract';

type EdgeState = 'open' | 'taken' | 'dead';

export const statusOf = (state: RunState, stepId: string): StepStatus => state.steps[stepId]?.status ?? 'pending';

/** An edge is taken when its step settled by its port, dead when the step settled otherwise, else still open. */
function edgeState(state: RunState, edge: { readonly from: string; readonly port: string }): EdgeState {
  const from = state.steps[edge.from];
  // A failure nobody caught fails its scope, or else holds the run: then a person may still bring the step to success.
  if (from === undefined || !isSettled(from.status) || isUncaught(from)) return 'open';
  return from.port === edge.port ? 'taken' : 'dead';
}

export const takenEdges = (state: RunState, step: CompiledStep) =>
  step.incoming.filter((edge) => edgeState(state, edge) === 'taken');

/**
 * Ready: every incoming edge is resolved and one is taken; with `join: any`, as soon as one is taken. Where a scope, an
 * iteration or a way of undoing begins there is no edge, and nothing to wait for; whether it has begun is the caller's to know.
 */
export function isReady(state: RunState, flow: CompiledFlow, step: CompiledStep): boolean {
  if (step.manifest.isTrigger || statusOf(state, step.id) !== 'pending') return false;
  if (step.incoming.length === 0) {
    return flow.isBody || step.scope !== rootScope || step.undoes !== null || step.reconciles !== null;
  }
  const edges = step.incoming.map((edge) => edgeState(state, edge));
  return edges.includes('taken') && (step.join === 'any' || !edges.includes('open'));
}

/**
 * Steps that can no longer happen: pending, and every incoming edge is dead, or the container around them was passed
 * over. One sweep in topological order finds the whole closure, because a step found dead makes its own edges dead for
 * those behind it. Of a scope that fails nothing is skipped: its steps simply never began. On a way of undoing the same
 * holds once undoing has begun.
 */
export function deadSteps(state: RunState, flow: CompiledFlow): string[] {
  const dead = new Set<string>();
  const halted = new Map<string, boolean>();
  const isScopeHalted = (scope: string): boolean => {
    const known = halted.get(scope);
    if (known !== undefined) return known;
    const answer = isHalted(state, flow, scope);
    halted.set(scope, answer);
    return answer;
  };
  for (const id of flow.order) {
    const step = flow.steps.get(id);
    if (step === undefined || statusOf(state, id) !== 'pending') continue;
    if (isDead(state, flow, step, dead, isScopeHalted)) dead.add(id);
  }
  return [...dead];
}

function isDead(
  state: RunState,
  flow: CompiledFlow,
  step: CompiledStep,
  dead: ReadonlySet<string>,
  isScopeHalted: (scope: string) => boolean,
): boolean {
  const areEdgesDead = (): boolean =>
    step.incoming.length > 0 && step.incoming.every((edge) => dead.has(edge.from) || edgeState(state, edge) === 'dead');
  if (step.reconciles !== null) return false;
  if (step.undoes !== null) return statusOf(state, step.undoes) === 'compensating' && areEdgesDead();
  if (step.scope !== rootScope) {
    if (dead.has(step.scope)) return true;
    const around = statusOf(state, step.scope);
    // Passed over: skipped, or disabled, and so complete without having been entered.
    if (around === 'skipped' || (around === 'succeeded' && state.scopes[step.scope] === undefined)) {
      return !isScopeHalted(flow.scopes.get(step.scope)?.parent ?? rootScope);
    }
  }
  if (isScopeHalted(step.scope)) return false;
  if (step.manifest.isTrigger || (step.incoming.length === 0 && step.scope === rootScope)) {
    return state.triggerStep !== null && step.id !== state.triggerStep;
  }
  return areEdgesDead();
}

/** What a ready step receives: the output behind its one taken edge, or an object by step id when there are several. */
export function inputOf(state: RunState, flow: CompiledFlow, step: CompiledStep): JsonValue {
  if (step.reconciles !== null) return null;
  // Where a scope or a way of undoing begins: what came into the scope, or what the undone step made.
  if (step.incoming.length === 0 && step.undoes !== null) return state.steps[step.undoes]?.output ?? null;
  if (step.incoming.length === 0 && flow.isBody && step.scope === rootScope) return state.eventData;
  const around = step.incoming.length === 0 ? flow.steps.get(step.scope) : undefined;
  if (around !== undefined) return inputOf(state, flow, around);
  const sources = [...new Set(takenEdges(state, step).map((edge) => edge.from))];
  const [only] = sources;
  if (sources.length === 1 && only !== undefined) return state.steps[only]?.output ?? null;
  return Object.fromEntries(sources.map((id) => [id, state.steps[id]?.output ?? null]));
}

/** The error a step on an error path can read: that of the nearest step upstream whose error port was taken. */
export function errorReaching(state: RunState, flow: CompiledFlow, step: CompiledStep): StepError | null {
  // Most runs have no error on their way, and need no search for one.
  if (!Object.values(state.steps).some((known) => known.port === 'error')) return null;
  const seen = new Set<string>();
  let frontier: CompiledStep[] = [step];
  while (frontier.length > 0) {
    const next: CompiledStep[] = [];
    for (const edge of frontier.flatMap((at) => waysInto(state, at))) {
      if (edge.port === 'error') return state.steps[edge.from]?.error ?? null;
      const from = flow.steps.get(edge.from);
      if (from !== undefined && !seen.has(edge.from)) {
        seen.add(edge.from);
        next.push(from);
      }
    }
    frontier = next;
  }
  return null;
}

/** The edges that led to a step; where it begins a scope or a way of undoing, the container or the undone step. */
const waysInto = (state: RunState, step: CompiledStep): readonly { readonly from: string; readonly port: string }[] =>
  step.incoming.length > 0 ? takenEdges(state, step) : [{ from: step.undoes ?? step.scope, port: 'out' }];

/**
 * The output of a container or of the run: that of its one end step, or, with several, an object by step id. An end is a
 * step that completed by a port nothing is drawn behind.
 */
export function outputOf(state: RunState, flow: CompiledFlow, scope: string): JsonValue {
  const ends = (flow.scopes.get(scope)?.members ?? []).flatMap((id): StepState[] => {
    const step = state.steps[id];
    const isEnd = step?.port != null && (flow.steps.get(id)?.outgoing.get(step.port)?.length ?? 0) === 0;
    return isEnd ? [step] : [];
  });
  const [only] = ends;
  if (ends.length === 1 && only !== undefined) return only.output ?? null;
  return Object.fromEntries(ends.map((step) => [step.id, step.output ?? null]));
}
