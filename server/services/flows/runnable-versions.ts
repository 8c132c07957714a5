/**
 * The immutable thing a run executes: the live version, or a snapshot of the draft. Equal drafts share a snapshot, so
 * pressing "Run" a hundred times stores one. Refuses drafts with problems: a run could only fail on them.
 */
import { requireScope } from '@/server/services/authorize';
import { behaviourText } from '@/server/services/flows/behaviour';
import type { FlowsDeps } from '@/server/services/flows/create-flows-service';
import { requireValid } from '@/server/services/flows/draft';
import { flowNotFound, notPublished } from '@/server/services/flows/errors';
import type { FlowRow, FlowTransaction } from '@/server/services/flows/flow-store';
import type { RunnableVersion, RunnableVersions } from '@/server/services/flows/flows-service';
import type { Caller } from '@/server/services/ports';

type Deps = Pick<FlowsDeps, 'store' | 'digest' | 'ids'>;

export function createRunnableVersions(deps: Deps): RunnableVersions {
  return {
    async live(workspaceId, flowId) {
      const row = await deps.store.findLive(workspaceId, flowId);
      if (row === null) throw flowNotFound();
      if (row === 'notPublished') throw notPublished();
      return { versionId: row.versionId, version: row.version, document: row.document };
    },
    async draft(caller, flowId) {
      requireScope(caller, 'runs:write');
      const snapshot = await deps.store.locked(caller.workspaceId, flowId, (flow, tx) =>
        findOrInsertSnapshot(deps, caller, flow, tx),
      );
      if (snapshot === null) throw flowNotFound();
      return snapshot;
    },
  };
}

async function findOrInsertSnapshot(
  deps: Deps,
  caller: Caller,
  flow: FlowRow,
  tx: FlowTransaction,
): Promise<RunnableVersion> {
  const document = flow.draft;
  requireValid(document);
  const hash = deps.digest.sha256(behaviourText(document));
  const known = await tx.findByHash(hash, 'snapshot');
  if (known !== null) return { versionId: known.versionId, version: null, document };
  const versionId = deps.ids.uuid();
  await tx.insertVersion({ versionId, version: null, document, hash, note: null, publishedBy: caller.actor });
  return { versionId, version: null, document };
}
