/** The columns of an approval that lists and its own page share, and what they become. */
import type { AnswerDoor, ApprovalListRow, ApprovalStatus } from '@/server/services/approvals/approval-store';

/** What lists show, of the tables `a` (approvals) and `f` (flows). */
export const approvalColumns = `
  a.id, a.run_id, a.flow_id, f.name AS flow_name, a.step_id, a.path, a.title, a.assignee, a.form IS NOT NULL AS has_form,
  a.due_at, CASE WHEN a.status = 'open' AND a.due_at <= now() THEN 'expired' ELSE a.status END AS status,
  a.answered_by, a.answered_name, a.answered_at, a.answered_via, a.comment, a.created_at,
  EXISTS (SELECT 1 FROM memberships m JOIN users u ON u.id = m.user_id
    WHERE m.workspace_id = a.workspace_id AND u.email = a.assignee) AS is_assignee_member`;

export interface ApprovalColumns {
  readonly id: string;
  readonly run_id: string;
  readonly flow_id: string;
  readonly flow_name: string;
  readonly step_id: string;
  readonly path: string;
  readonly title: string;
  readonly assignee: string | null;
  readonly has_form: boolean;
  readonly due_at: Date | null;
  readonly status: ApprovalStatus;
  readonly answered_by: string | null;
  readonly answered_name: string | null;
  readonly answered_at: Date | null;
  readonly answered_via: AnswerDoor | null;
  readonly comment: string | null;
  readonly created_at: Date;
  readonly is_assignee_member: boolean;
}

export const presentApprovalRow = (row: ApprovalColumns): ApprovalListRow => ({
  id: row.id,
  runId: row.run_id,
  flowId: row.flow_id,
  flowName: row.flow_name,
  stepId: row.step_id,
  path: row.path,
  title: row.title,
  assignee: row.assignee,
  isAssigneeMember: row.is_assignee_member,
  hasForm: row.has_form,
  dueAtMs: row.due_at?.getTime() ?? null,
  status: row.status,
  answeredBy: row.answered_by,
  answeredName: row.answered_name,
  answeredAtMs: row.answered_at?.getTime() ?? null,
  answeredVia: row.answered_via,
  comment: row.comment,
  createdAtMs: row.created_at.getTime(),
});
