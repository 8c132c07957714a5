/**
 * The places of a run: the run itself, and every iteration that is under way in its loops, at any depth. Each has a state and a
 * flow of its own, so that questions asked of a run can be asked of all of them. Refuses what is over: it has no place.
 */
import type { CompiledFlow } from '@/core/flow/compiled-flow';
import { iterationText, joinPath, noPath, splitPath } from '@/core/run/iteration-path';
import { getAt } from '@/core/run/sparse-list';
import type { LoopState, RunState } from '@/core/run/types';

/** A place in a run: the run itself, or an iteration with the flow it goes through. */
export interface Place {
  /** Empty for the run itself. */
  readonly path: string;
  readonly state: RunState;
  readonly flow: CompiledFlow;
}

/** The run and every iteration under way in it, from the outside in. */
export function placesOf(state: RunState, flow: CompiledFlow, path: string = noPath): Place[] {
  const inside = flow.loops.flatMap((id) => {
    const { body } = flow.steps.get(id) ?? { body: null };
    const active = state.steps[id]?.loop?.active;
    if (body === null || active === undefined) return [];
    return Object.entries(active).flatMap(([index, iteration]) =>
      placesOf(iteration, body, joinPath(path, iterationText({ stepId: id, index: Number(index) }))),
    );
  });
  return inside.length === 0 ? [{ path, state, flow }] : [{ path, state, flow }, ...inside];
}

/** One place by its path; null when the iteration is not under way. */
export function placeAt(state: RunState, flow: CompiledFlow, path: string): Place | null {
  let at: Place = { path, state, flow };
  for (let rest = path; rest !== noPath; ) {
    const split = splitPath(rest);
    const iteration = split === null ? undefined : at.state.steps[split.head.stepId]?.loop?.active[split.head.index];
    const body = split === null ? null : (at.flow.steps.get(split.head.stepId)?.body ?? null);
    if (split === null || iteration === undefined || body === null) return null;
    at = { path, state: iteration, flow: body };
    rest = split.rest;
  }
  return at;
}

/** The state of one iteration, also of one that is over if it is remembered; undefined when it is not. */
export function iterationAt(state: RunState, path: string): RunState | undefined {
  let at: RunState | undefined = state;
  for (let split = splitPath(path); split !== null && at !== undefined; split = splitPath(split.rest)) {
    const { stepId, index } = split.head;
    const loop: LoopState | null | undefined = at.steps[stepId]?.loop;
    at = loop == null ? undefined : (loop.active[index] ?? getAt(loop.kept, index));
  }
  return at;
}
