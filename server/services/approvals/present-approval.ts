/** Approvals in the words of the API. Refuses forms and answers in lists: they may be large. */

import type { Standing } from '@/server/services/approvals/access';
import type { ApprovalListRow, ApprovalRow } from '@/server/services/approvals/approval-store';
import type { ApprovalSummary, ApprovalView } from '@/server/services/approvals/schemas';
import { presentTime } from '@/server/services/common-schemas';

const timeOrNull = (timeMs: number | null): string | null => (timeMs === null ? null : presentTime(timeMs));

export const presentApprovalSummary = (row: ApprovalListRow): ApprovalSummary => ({
  id: row.id,
  status: row.status,
  title: row.title,
  assignee: row.assignee,
  assigneeIsMember: row.isAssigneeMember,
  hasForm: row.hasForm,
  askedAt: presentTime(row.createdAtMs),
  dueAt: timeOrNull(row.dueAtMs),
  flowId: row.flowId,
  flowName: row.flowName,
  runId: row.runId,
  stepId: row.stepId,
  path: row.path,
  answeredAt: timeOrNull(row.answeredAtMs),
  answeredBy:
    row.answeredBy === null || row.answeredVia === null
      ? null
      : { actor: row.answeredBy, name: row.answeredName, via: row.answeredVia },
  comment: row.comment,
});

export const presentApproval = (row: ApprovalRow, standing: Standing, mayMakeLinks: boolean): ApprovalView => ({
  ...presentApprovalSummary(row),
  description: row.description,
  form: row.form,
  answer: row.answer,
  mayAnswer: standing,
  mayMakeLinks,
  openLinks: row.openLinks,
});
