/** What the approvals area refuses, in one wording each. */
import { HeadraceError } from '@/core/errors';
import { limits } from '@/core/limits';
import type { ApprovalListRow } from '@/server/services/approvals/approval-store';
import { presentTime } from '@/server/services/common-schemas';

/** Unknown and of another workspace look alike to a stranger. */
export const approvalNotFound = (): HeadraceError =>
  new HeadraceError('resource.notFound', 'There is no such approval.');

/** Of an approval that is not open: what became of it, and by whom. */
export function notOpen(row: ApprovalListRow): HeadraceError {
  if (row.answeredAtMs !== null && row.answeredBy !== null) {
    const who = row.answeredName ?? (row.answeredVia === 'link' ? 'Somebody with a link' : 'Somebody');
    const answeredAt = presentTime(row.answeredAtMs);
    const verb = row.status === 'approved' ? 'approved' : 'rejected';
    return new HeadraceError('approval.answered', `${who} ${verb} this on ${answeredAt}.`, {
      details: { approvalStatus: row.status, answeredAt, answeredBy: who },
    });
  }
  if (row.status === 'expired') {
    const dueAt = row.dueAtMs === null ? null : presentTime(row.dueAtMs);
    return new HeadraceError('approval.expired', `It could be answered until ${dueAt}.`, { details: { dueAt } });
  }
  return withdrawn();
}

export const withdrawn = (): HeadraceError =>
  new HeadraceError('approval.withdrawn', 'The run has ended or goes another way, so nothing is asked any more.');

export const linkUnknown = (): HeadraceError =>
  new HeadraceError(
    'approval.linkUnknown',
    'No approval can be answered by this link. It may not have been copied whole.',
  );

/** The same for every reason: whoever has it learns nothing of what became of the approval. */
export const linkSpent = (): HeadraceError =>
  new HeadraceError('approval.linkSpent', 'The link was used, was withdrawn, or its time is over.');

export const tooManyLinks = (): HeadraceError =>
  new HeadraceError(
    'approval.tooManyLinks',
    `An approval has ${limits.approvalLinks} links at most. Revoke them first.`,
  );
