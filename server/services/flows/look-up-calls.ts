/**
 * How the flows stand that a flow calls, for the designer that warns and for publishing that refuses. Refuses to bind
 * anything: which version is called is decided when the step begins.
 */

import type { FlowDocument } from '@/core/flow/document';
import { type CalleeState, callProblems, namedCalls } from '@/core/flow/flow-calls';
import type { Problem } from '@/core/flow/problems/problem';
import { manualTriggers } from '@/core/flow/triggers';
import { requireScope } from '@/server/services/authorize';
import type { Callee } from '@/server/services/flows/schemas';
import type { Caller } from '@/server/services/ports';
import type { CalledFlows } from '@/server/services/runs/call-flow';

interface Deps {
  readonly calls: CalledFlows;
}

/** @see FlowsService.callees */
export async function lookUpCallees(
  deps: Deps,
  caller: Caller,
  { flows }: { flows: readonly string[] },
): Promise<readonly Callee[]> {
  requireScope(caller, 'flows:read');
  return Promise.all([...new Set(flows)].map((flow) => lookUp(deps, caller.workspaceId, flow.trim())));
}

/** What is wrong with the calls of a draft, by how the other flows stand now. */
export async function problemsOfCalls(deps: Deps, workspaceId: string, document: FlowDocument): Promise<Problem[]> {
  const names = [...new Set(namedCalls(document).map(({ flow }) => flow))];
  const callees = await Promise.all(names.map((flow) => lookUp(deps, workspaceId, flow)));
  return callProblems(document, new Map(callees.map(({ flow, state }) => [flow, state])));
}

async function lookUp({ calls }: Deps, workspaceId: string, flow: string): Promise<Callee> {
  const [found, another] = await calls.find(workspaceId, flow);
  if (found === undefined) return { flow, state: 'unknown', flowId: null, name: null };
  if (another !== undefined) return { flow, state: 'ambiguous', flowId: null, name: found.name };
  const document = found.live === null ? null : await calls.document(workspaceId, found.live.versionId);
  return { flow, state: stateOf(document), flowId: found.flowId, name: found.name };
}

function stateOf(live: FlowDocument | null): CalleeState {
  if (live === null) return 'notPublished';
  return manualTriggers(live).length === 0 ? 'noManualTrigger' : 'ready';
}
