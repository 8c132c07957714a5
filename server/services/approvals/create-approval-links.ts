/**
 * Answers by those who have nothing but a link. What the link is good for stands in the database; it is used up in the
 * transaction of the answer. Refuses to say why a link does not work any more.
 */
import { giveAnswer } from '@/server/services/approvals/answer-approval';
import type { ApprovalRow } from '@/server/services/approvals/approval-store';
import type { ApprovalLinks, LinkedApproval } from '@/server/services/approvals/approvals-service';
import type { ApprovalsDeps } from '@/server/services/approvals/create-approvals-service';
import { linkSpent, linkUnknown } from '@/server/services/approvals/errors';
import { hashOfLink, readLinkToken } from '@/server/services/approvals/link-token';

interface OpenLink {
  readonly linkId: string;
  readonly workspaceId: string;
  readonly row: ApprovalRow;
}

export function createApprovalLinks(deps: ApprovalsDeps): ApprovalLinks {
  const { store, digest } = deps;

  const open = async (token: string): Promise<OpenLink> => {
    const read = readLinkToken(token);
    const link = read === null ? null : await store.findLink(read.linkId);
    if (read === null || link === null || !digest.isSame(link.secretHash, hashOfLink(digest, read)))
      throw linkUnknown();
    const row = link.isUsable ? await store.find(link.workspaceId, link.approvalId) : null;
    if (row === null || row.status !== 'open') throw linkSpent();
    return { linkId: read.linkId, workspaceId: link.workspaceId, row };
  };

  return {
    look: async (token) => shown((await open(token)).row),
    async answer(token, body) {
      const { linkId, workspaceId, row } = await open(token);
      const verdict = await giveAnswer(deps, workspaceId, row, body, {
        actor: `link:${linkId}`,
        // Whoever has the link: it may have been passed on.
        name: null,
        via: 'link',
        linkId,
        isOverride: false,
      });
      if (verdict !== 'answered') throw linkSpent();
      return shown(row);
    },
  };
}

const shown = (row: ApprovalRow): LinkedApproval => ({
  title: row.title,
  description: row.description,
  form: row.form,
  flowName: row.flowName,
  askedAtMs: row.createdAtMs,
  dueAtMs: row.dueAtMs,
});
