/**
 * The waits of a run by its state, and as their rows are written. Refuses to end one: whoever has what is waited for leaves a
 * message.
 */
import type { CompiledFlow } from '@/core/flow/compiled-flow';
import { placeAt, placesOf } from '@/core/run/places';
import type { RunState, StepState } from '@/core/run/types';
import type { LoadedRun } from '@/server/repositories/run-store';
import type { OpenedWait } from '@/server/repositories/waits';

/** Every wait of a run that goes on, those of iterations included. */
export function openWaits(state: RunState, flow: CompiledFlow): { readonly path: string; readonly step: StepState }[] {
  return placesOf(state, flow).flatMap(({ path, state: at }) =>
    Object.values(at.steps).flatMap((step) => (step.wait === null ? [] : [{ path, step }])),
  );
}

/** Waits for events with what is needed to look for one; the expression stands in the drawing. */
export const openEventWaits = (loaded: LoadedRun, state: RunState, flow: CompiledFlow): OpenedWait[] =>
  openWaits(state, flow).flatMap(({ path, step }) => {
    const { wait } = step;
    if (wait === null || wait.awaits.on !== 'event') return [];
    const drawn = placeAt(state, flow, path)?.flow.steps.get(step.id);
    const awaits = { ...wait.awaits, eventKey: String(drawn?.lazyConfig.eventKey ?? '') };
    return [openedWait(loaded, { id: wait.id, path, stepId: step.id, awaits, untilMs: step.timerAtMs })];
  });

/** The row of a wait of this run. */
export const openedWait = (
  { row, event }: LoadedRun,
  wait: Pick<OpenedWait, 'id' | 'path' | 'stepId' | 'awaits' | 'untilMs'>,
): OpenedWait => ({ ...wait, runId: row.id, flowId: row.flowId, afterPosition: event.position });
