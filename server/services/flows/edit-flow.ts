/**
 * The life of a draft: create, save, duplicate, delete. Saving holds the revision it was made on, so that two editors
 * never overwrite each other unseen. Refuses documents that are not drafts; what a draft means is not judged here.
 */
import { HeadraceError } from '@/core/errors';
import type { FlowDocument } from '@/core/flow/document';
import { flowExamples } from '@/core/flow/examples';
import { limits } from '@/core/limits';
import { auditLine } from '@/server/services/audit';
import { requireScope } from '@/server/services/authorize';
import type { FlowsDeps } from '@/server/services/flows/create-flows-service';
import { requireDraft } from '@/server/services/flows/draft';
import { flowNotFound, staleFlow } from '@/server/services/flows/errors';
import type { SavedFlow, SaveFlowInput } from '@/server/services/flows/schemas';
import type { Caller } from '@/server/services/ports';
import { ringRuns } from '@/server/services/ring';

/** @see FlowsService.create */
export async function createFlow(deps: FlowsDeps, caller: Caller, input: { document: unknown }): Promise<SavedFlow> {
  requireScope(caller, 'flows:write');
  return insertFlow(deps, caller, requireDraft(input.document), 'flow.created');
}

/** @see FlowsService.createExample */
export async function createExample(deps: FlowsDeps, caller: Caller, input: { exampleId: string }): Promise<SavedFlow> {
  requireScope(caller, 'flows:write');
  const example = flowExamples.find(({ id }) => id === input.exampleId);
  if (example === undefined) throw new HeadraceError('resource.notFound', 'There is no such example.');
  return insertFlow(deps, caller, example.document, 'flow.created');
}

/** @see FlowsService.duplicate */
export async function duplicateFlow(deps: FlowsDeps, caller: Caller, input: { flowId: string }): Promise<SavedFlow> {
  requireScope(caller, 'flows:write');
  const flow = await deps.store.find(caller.workspaceId, input.flowId);
  if (flow === null) throw flowNotFound();
  return insertFlow(deps, caller, { ...flow.draft, name: copyName(flow.draft.name) }, 'flow.duplicated');
}

async function insertFlow(deps: FlowsDeps, caller: Caller, document: FlowDocument, action: string): Promise<SavedFlow> {
  const id = deps.ids.uuid();
  const audit = auditLine(deps.ids, caller, action, { kind: 'flow', id });
  await deps.store.create(caller.workspaceId, { id, document, actor: caller.actor }, audit);
  return { id, revision: 1 };
}

const copySuffix = ' (copy)';
const copyName = (name: string): string => name.slice(0, limits.nameLength - copySuffix.length) + copySuffix;

/** @see FlowsService.save */
export async function saveFlow(deps: FlowsDeps, caller: Caller, input: SaveFlowInput): Promise<SavedFlow> {
  requireScope(caller, 'flows:write');
  const { flowId, revision } = input;
  const document = requireDraft(input.document);
  const details = { revision: revision + 1 };
  const audit = auditLine(deps.ids, caller, 'flow.saved', { kind: 'flow', id: flowId }, details);
  const change = { flowId, revision, document, actor: caller.actor };
  const saved = await deps.store.save(caller.workspaceId, change, audit);
  if (saved !== null) return { id: flowId, revision: saved };
  const current = await deps.store.find(caller.workspaceId, flowId);
  throw current === null ? flowNotFound() : staleFlow(current.revision);
}

/** @see FlowsService.remove */
export async function removeFlow(deps: FlowsDeps, caller: Caller, input: { flowId: string }): Promise<void> {
  requireScope(caller, 'flows:write');
  const { workspaceId } = caller;
  const released = await deps.store.locked(workspaceId, input.flowId, async (flow, tx) => {
    await tx.replaceTriggers([]);
    await tx.replaceSchedules([]);
    // Nobody could resume a deleted flow, so runs that its pause kept back go on now.
    await tx.setPaused(false);
    await tx.markDeleted(caller.actor);
    await tx.audit(auditLine(deps.ids, caller, 'flow.deleted', { kind: 'flow', id: flow.id }));
    return tx.releaseHeld();
  });
  if (released === null) throw flowNotFound();
  deps.routesChanged(workspaceId);
  ringRuns(deps, workspaceId, released);
}
