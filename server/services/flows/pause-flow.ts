/**
 * Pause and resume. A paused flow still accepts events and fixes their runs, but none starts; resuming lets them go in
 * one statement under the flow's lock, so no run is held by a pause that is over. Refuses nothing that is already so:
 * pausing twice is pausing.
 */
import { auditLine } from '@/server/services/audit';
import { requireScope } from '@/server/services/authorize';
import type { FlowsDeps } from '@/server/services/flows/create-flows-service';
import { flowNotFound } from '@/server/services/flows/errors';
import { presentSummary } from '@/server/services/flows/present-flow';
import type { FlowSummary } from '@/server/services/flows/schemas';
import type { Caller } from '@/server/services/ports';
import { ringRuns } from '@/server/services/ring';

/** @see FlowsService.pause */
export async function pauseFlow(deps: FlowsDeps, caller: Caller, input: { flowId: string }): Promise<FlowSummary> {
  requireScope(caller, 'flows:write');
  const paused = await deps.store.locked(caller.workspaceId, input.flowId, async (flow, tx) => {
    if (flow.isPaused) return flow;
    await tx.setPaused(true);
    await tx.audit(auditLine(deps.ids, caller, 'flow.paused', { kind: 'flow', id: flow.id }));
    return { ...flow, isPaused: true };
  });
  if (paused === null) throw flowNotFound();
  deps.routesChanged(caller.workspaceId);
  return presentSummary(paused);
}

/** @see FlowsService.resume */
export async function resumeFlow(deps: FlowsDeps, caller: Caller, input: { flowId: string }): Promise<FlowSummary> {
  requireScope(caller, 'flows:write');
  const { workspaceId } = caller;
  const resumed = await deps.store.locked(workspaceId, input.flowId, async (flow, tx) => {
    if (!flow.isPaused) return { flow, released: [] };
    await tx.setPaused(false);
    const released = await tx.releaseHeld();
    const details = { released: released.length };
    await tx.audit(auditLine(deps.ids, caller, 'flow.resumed', { kind: 'flow', id: flow.id }, details));
    return { flow: { ...flow, isPaused: false }, released };
  });
  if (resumed === null) throw flowNotFound();
  deps.routesChanged(workspaceId);
  ringRuns(deps, workspaceId, resumed.released);
  return presentSummary(resumed.flow);
}
