/**
 * The immutable thing a run executes: the live version, or a snapshot of the draft. Equal drafts share a snapshot, so
 * pressing "Run" a hundred times stores one. Refuses drafts with problems: a run could only fail on them.
 */
import type { FlowDocument } from '@/core/flow/document';
import { requireScope } from '@/server/services/authorize';
import { behaviourText } from '@/server/services/flows/behaviour';
import type { FlowsDeps } from '@/server/services/flows/create-flows-service';
import { requireValid } from '@/server/services/flows/draft';
import { flowNotFound, notPublished } from '@/server/services/flows/errors';
import type { FlowRow, FlowTransaction } from '@/server/services/flows/flow-store';
import type { RunnableVersion, RunnableVersions } from '@/server/services/flows/flows-service';
import type { Caller } from '@/server/services/ports';

type Deps = Pick<FlowsDeps, 'store' | 'digest' | 'ids'>;

/** Documents kept per process: versions are immutable, so only memory ends them. */
const keptDocuments = 200;

export function createRunnableVersions(deps: Deps): RunnableVersions {
  const kept = new Map<string, FlowDocument>();

  const documentOf = async (workspaceId: string, versionId: string): Promise<FlowDocument> => {
    const known = kept.get(versionId);
    if (known !== undefined) return known;
    const document = await deps.store.document(workspaceId, versionId);
    if (document === null) throw notPublished();
    const [oldest] = kept.keys();
    if (kept.size >= keptDocuments && oldest !== undefined) kept.delete(oldest);
    kept.set(versionId, document);
    return document;
  };

  return {
    async live(workspaceId, flowId) {
      const live = await deps.store.findLive(workspaceId, flowId);
      if (live === null) throw flowNotFound();
      if (live === 'notPublished') throw notPublished();
      return { ...live, document: await documentOf(workspaceId, live.versionId) };
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
