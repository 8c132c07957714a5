/**
 * A folded state as it is kept, so that a long run resumes without folding its whole journal. Refuses a shape it does not
 * know: a snapshot is only ever a shortcut, and the journal is there.
 */
import type { JsonValue } from '@/core/json';
import { readList } from '@/core/run/sparse-list';
import type { LoopState, RunState } from '@/core/run/types';

/** Raise it with every change of {@link RunState}: snapshots of other shapes are passed over. */
export const snapshotShape = 2;

/** The event's data, which is the trigger's output too, is read with the run and not kept twice. */
export function writeSnapshot(state: RunState): string {
  const trigger = state.triggerStep === null ? undefined : state.steps[state.triggerStep];
  const steps = trigger === undefined ? state.steps : { ...state.steps, [trigger.id]: { ...trigger, output: null } };
  return JSON.stringify({ ...state, eventData: null, steps });
}

/**
 * @param text what {@link writeSnapshot} made
 * @param shape the shape it was made with
 * @param eventData data of the run's event
 * @returns null when the shape is another
 */
export function readSnapshot(text: string, shape: number, eventData: JsonValue): RunState | null {
  if (shape !== snapshotShape) return null;
  const state = JSON.parse(text) as RunState;
  const trigger = state.triggerStep === null ? undefined : state.steps[state.triggerStep];
  const steps =
    trigger === undefined ? state.steps : { ...state.steps, [trigger.id]: { ...trigger, output: eventData } };
  return withoutGaps({ ...state, eventData, steps });
}

/** JSON drops what is undefined; a fold holds it. Both read alike, and compare alike once it is there again. */
const withoutGaps = (state: RunState): RunState => ({
  ...state,
  output: state.output,
  steps: Object.fromEntries(
    Object.entries(state.steps).map(([id, step]) => [
      id,
      { ...step, output: step.output, loop: step.loop === null ? null : loopWithoutGaps(step.loop) },
    ]),
  ),
});

const loopWithoutGaps = (loop: LoopState): LoopState => ({
  ...loop,
  active: Object.fromEntries(Object.entries(loop.active).map(([index, iteration]) => [index, withoutGaps(iteration)])),
  kept: readList(loop.kept, withoutGaps),
  outcomes: readList(loop.outcomes, (outcome) => outcome),
});
