/**
 * Gives an answer to the run that waits for it. Whoever it is and whichever way they came, the answer is checked against the
 * form, and the store lets one through. Refuses to know who may: that was decided before.
 */

import type { AnswerDoor, AnswerVerdict, ApprovalRow } from '@/server/services/approvals/approval-store';
import { checkAnswer, outcomeOf } from '@/server/services/approvals/check-answer';
import type { ApprovalsDeps } from '@/server/services/approvals/create-approvals-service';
import type { AnswerBody } from '@/server/services/approvals/schemas';
import { auditLine } from '@/server/services/audit';
import { ringRuns } from '@/server/services/ring';

export interface Answerer {
  readonly actor: string;
  /** As they are called; null for nobody we know. */
  readonly name: string | null;
  readonly via: AnswerDoor;
  readonly linkId: string | null;
  /** In place of whoever is asked. */
  readonly isOverride: boolean;
}

/** @throws HeadraceError `request.invalid` */
export async function giveAnswer(
  deps: ApprovalsDeps,
  workspaceId: string,
  row: ApprovalRow,
  body: AnswerBody,
  { actor, name, via, linkId, isOverride }: Answerer,
): Promise<AnswerVerdict> {
  checkAnswer(row.form, body);
  const isApproved = body.decision === 'approve';
  const comment = body.comment === undefined || body.comment === '' ? null : body.comment;
  const verdict = await deps.store.answer(
    workspaceId,
    {
      approvalId: row.id,
      runId: row.runId,
      status: isApproved ? 'approved' : 'rejected',
      answer: isApproved && row.form !== null ? (body.answer ?? null) : null,
      comment,
      actor,
      name,
      via,
      linkId,
    },
    {
      type: 'endWait',
      waitId: row.id,
      outcome: outcomeOf(
        row.form,
        { ...body, ...(comment === null ? { comment: undefined } : { comment }) },
        name ?? 'Somebody',
      ),
      endedBy: { by: 'person', actor },
    },
    auditLine(
      deps.ids,
      { workspaceId, actor },
      isApproved ? 'approval.approved' : 'approval.rejected',
      { kind: 'approval', id: row.id },
      {
        runId: row.runId,
        stepId: row.stepId,
        path: row.path,
        via,
        assignee: row.assignee,
        inPlaceOfAssignee: isOverride,
      },
    ),
  );
  if (verdict === 'answered') ringRuns(deps, workspaceId, [row.runId]);
  return verdict;
}
