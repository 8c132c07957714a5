/**
 * Publish and promote: how a version becomes live. The draft is validated under the flow's lock, so that what was
 * checked is what is stored. Refuses drafts with problems and webhook paths of other flows; nothing half-published
 * remains, because version, triggers and audit line commit together.
 */

import { auditLine } from '@/server/services/audit';
import { requireScope } from '@/server/services/authorize';
import { behaviourText } from '@/server/services/flows/behaviour';
import type { FlowsDeps } from '@/server/services/flows/create-flows-service';
import { requireValid } from '@/server/services/flows/draft';
import { flowNotFound, staleFlow, versionNotFound } from '@/server/services/flows/errors';
import type { FlowRow, FlowTransaction } from '@/server/services/flows/flow-store';
import { problemsOfCalls } from '@/server/services/flows/look-up-calls';
import { presentVersion } from '@/server/services/flows/present-flow';
import type { FlowVersion, PublishFlowInput } from '@/server/services/flows/schemas';
import { takeTriggers } from '@/server/services/flows/triggers';
import type { Caller } from '@/server/services/ports';

/** @see FlowsService.publish */
export async function publishFlow(
  deps: FlowsDeps,
  caller: Caller,
  input: PublishFlowInput,
): Promise<{ version: number }> {
  requireScope(caller, 'flows:write');
  const version = await deps.store.locked(caller.workspaceId, input.flowId, async (flow, tx) => {
    if (input.revision !== undefined && input.revision !== flow.revision) throw staleFlow(flow.revision);
    requireValid(flow.draft, await problemsOfCalls(deps, caller.workspaceId, flow.draft));
    const live = await findOrInsertVersion(deps, caller, flow, tx, input.note ?? null);
    await takeTriggers(tx, { ...live, document: flow.draft });
    const target = { kind: 'flow', id: flow.id } as const;
    await tx.audit(auditLine(deps.ids, caller, 'flow.published', target, { version: live.version }));
    return live.version;
  });
  if (version === null) throw flowNotFound();
  deps.routesChanged(caller.workspaceId);
  return { version };
}

/** The version that behaves like the draft: an earlier one when there is one, so that numbers mean a difference. */
async function findOrInsertVersion(
  deps: FlowsDeps,
  caller: Caller,
  flow: FlowRow,
  tx: FlowTransaction,
  note: string | null,
): Promise<{ versionId: string; version: number }> {
  const hash = deps.digest.sha256(behaviourText(flow.draft));
  const known = await tx.findByHash(hash, 'version');
  if (known?.version != null) return { versionId: known.versionId, version: known.version };
  const version = (await tx.lastVersion()) + 1;
  const versionId = deps.ids.uuid();
  await tx.insertVersion({ versionId, version, document: flow.draft, hash, note, publishedBy: caller.actor });
  return { versionId, version };
}

/** @see FlowsService.promote */
export async function promoteVersion(
  deps: FlowsDeps,
  caller: Caller,
  input: { flowId: string; version: number },
): Promise<FlowVersion> {
  requireScope(caller, 'flows:write');
  const promoted = await deps.store.locked(caller.workspaceId, input.flowId, async (flow, tx) => {
    const row = await tx.findVersion(input.version);
    if (row === null) throw versionNotFound(input.version);
    await takeTriggers(tx, { versionId: row.versionId, version: input.version, document: row.document });
    const target = { kind: 'flow', id: flow.id } as const;
    const details = { version: input.version, before: flow.liveVersion };
    await tx.audit(auditLine(deps.ids, caller, 'flow.promoted', target, details));
    return presentVersion(row, input.version);
  });
  if (promoted === null) throw flowNotFound();
  deps.routesChanged(caller.workspaceId);
  return promoted;
}
