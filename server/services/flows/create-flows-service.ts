/** Puts the verbs of the flows area together. Refuses logic of its own. */
import { flowExamples } from '@/core/flow/examples';
import type { Digest } from '@/server/services/digest';
import { createExample, createFlow, duplicateFlow, removeFlow, saveFlow } from '@/server/services/flows/edit-flow';
import type { FlowStore } from '@/server/services/flows/flow-store';
import type { FlowsService } from '@/server/services/flows/flows-service';
import { lookUpCallees } from '@/server/services/flows/look-up-calls';
import { pauseFlow, resumeFlow } from '@/server/services/flows/pause-flow';
import { promoteVersion, publishFlow } from '@/server/services/flows/publish-flow';
import {
  getFlow,
  getVersion,
  listFlows,
  listVersions,
  listVersionsWithDocuments,
  validateFlow,
} from '@/server/services/flows/read-flows';
import type { Ids } from '@/server/services/ports';
import type { RingDeps } from '@/server/services/ring';
import type { CalledFlows } from '@/server/services/runs/call-flow';

export interface FlowsDeps extends RingDeps {
  readonly store: FlowStore;
  readonly calls: CalledFlows;
  readonly ids: Ids;
  readonly digest: Digest;
  /** After the commit: drops cached routes here and tells the other processes. */
  readonly routesChanged: (workspaceId: string) => void;
}

export function createFlowsService(deps: FlowsDeps): FlowsService {
  return {
    list: (caller, input) => listFlows(deps, caller, input),
    get: (caller, input) => getFlow(deps, caller, input),
    create: (caller, input) => createFlow(deps, caller, input),
    createExample: (caller, input) => createExample(deps, caller, input),
    examples: () => flowExamples.map(({ id, name, description }) => ({ id, name, description })),
    save: (caller, input) => saveFlow(deps, caller, input),
    remove: (caller, input) => removeFlow(deps, caller, input),
    duplicate: (caller, input) => duplicateFlow(deps, caller, input),
    validate: (caller, input) => validateFlow(deps, caller, input),
    callees: (caller, input) => lookUpCallees(deps, caller, input),
    publish: (caller, input) => publishFlow(deps, caller, input),
    pause: (caller, input) => pauseFlow(deps, caller, input),
    resume: (caller, input) => resumeFlow(deps, caller, input),
    versions: (caller, input) => listVersions(deps, caller, input),
    versionsWithDocuments: (caller, input) => listVersionsWithDocuments(deps, caller, input),
    version: (caller, input) => getVersion(deps, caller, input),
    promote: (caller, input) => promoteVersion(deps, caller, input),
  };
}
