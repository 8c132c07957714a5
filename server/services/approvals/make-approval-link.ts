/**
 * Makes a link that answers an approval once. It is handed on and not kept: of a request of a flow each attempt makes
 * another. Refuses approvals that nothing waits for any more; who may make one was decided before.
 */
import { limits } from '@/core/limits';
import type { ApprovalStore } from '@/server/services/approvals/approval-store';
import { approvalNotFound, notOpen, tooManyLinks } from '@/server/services/approvals/errors';
import { makeLinkToken } from '@/server/services/approvals/link-token';
import { auditLine } from '@/server/services/audit';
import type { Digest } from '@/server/services/digest';
import type { Ids } from '@/server/services/ports';

export interface LinkMakerDeps {
  readonly store: Pick<ApprovalStore, 'find' | 'makeLink'>;
  readonly digest: Digest;
  readonly ids: Ids;
  /** Origin without a trailing slash. */
  readonly publicUrl: string;
}

export interface LinkSender {
  readonly workspaceId: string;
  /** `user:<id>`, `key:<id>` or `flow:<id>`. */
  readonly actor: string;
  /** Whose request carries it, of a flow. */
  readonly runId?: string;
}

/**
 * @param forMs at the longest; it never outlives the approval
 * @returns the address, which is told here and never again
 * @throws HeadraceError `resource.notFound` · `approval.answered` · `approval.expired` · `approval.withdrawn` ·
 *   `approval.tooManyLinks`
 */
export async function makeApprovalLink(
  { store, digest, ids, publicUrl }: LinkMakerDeps,
  { workspaceId, actor, runId }: LinkSender,
  approvalId: string,
  forMs: number = limits.approvalLinkMs,
): Promise<{ readonly url: string; readonly expiresAtMs: number }> {
  const row = await store.find(workspaceId, approvalId);
  if (row === null) throw approvalNotFound();
  if (row.status !== 'open') throw notOpen(row);
  const linkId = ids.uuid();
  const { token, secretHash } = makeLinkToken(digest, linkId);
  const made = await store.makeLink(
    workspaceId,
    { id: linkId, approvalId, secretHash, madeBy: actor, forMs },
    auditLine(
      ids,
      { workspaceId, actor },
      'approval.linkMade',
      { kind: 'approval', id: approvalId },
      { linkId, ...(runId === undefined ? {} : { byRun: runId }) },
    ),
  );
  if (made === 'tooMany') throw tooManyLinks();
  if (made === 'closed') throw notOpen((await store.find(workspaceId, approvalId)) ?? row);
  return { url: `${publicUrl}/approve/${token}`, expiresAtMs: made.expiresAtMs };
}
