/** Lists of approvals: newest first, or what is due next. Refuses a cursor of the other order. */
import { HeadraceError } from '@/core/errors';
import type {
  ApprovalCursor,
  ApprovalListRow,
  ApprovalOrder,
  ApprovalStore,
} from '@/server/services/approvals/approval-store';
import { presentApprovalSummary } from '@/server/services/approvals/present-approval';
import type { ApprovalSummary, ListApprovalsInput } from '@/server/services/approvals/schemas';
import { requireScope } from '@/server/services/authorize';
import type { Page } from '@/server/services/common-schemas';
import { cursorShapes, decodeCursor, pageFrom, pageSizeOf } from '@/server/services/paging';
import type { Caller } from '@/server/services/ports';

/** When it is due in milliseconds (`-` for never) and its id. */
const dueShape = /^(\d{1,15}|-)_([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$/;

/** @see ApprovalsService.list */
export async function listApprovals(
  store: ApprovalStore,
  caller: Caller,
  input: ListApprovalsInput,
): Promise<Page<ApprovalSummary>> {
  requireScope(caller, 'approvals:read');
  const { status, mine = false, flow = null, run = null, q, order = 'newest' } = input;
  if (order === 'due' && status?.some((one) => one !== 'open')) {
    const message = 'Only open approvals are due. Leave out the order, or ask for open ones alone.';
    throw new HeadraceError('request.invalid', message, {
      faults: [{ pointer: '?order', code: 'field.invalid', message }],
    });
  }
  const limit = pageSizeOf(input.limit);
  const who = mine ? await store.findActor(caller.workspaceId, caller.actor) : null;
  const rows = await store.list(caller.workspaceId, {
    statuses: order === 'due' ? ['open'] : status === undefined || status.length === 0 ? null : status,
    asks: mine ? { email: who?.email ?? null } : null,
    flowId: flow,
    runId: run,
    q: q === undefined || q.trim() === '' ? null : q.trim(),
    order,
    after: readCursor(order, input.cursor),
    take: limit + 1,
  });
  return pageFrom('approvals', rows, limit, (row) => cursorOf(order, row), presentApprovalSummary);
}

const cursorOf = (order: ApprovalOrder, { id, dueAtMs }: ApprovalListRow): string =>
  order === 'newest' ? id : `${dueAtMs ?? '-'}_${id}`;

function readCursor(order: ApprovalOrder, cursor: string | undefined): ApprovalCursor | null {
  const key = decodeCursor('approvals', cursor, order === 'newest' ? cursorShapes.uuid : dueShape);
  if (key === null) return null;
  if (order === 'newest') return { id: key, dueAtMs: null };
  const [, due = '-', id = ''] = dueShape.exec(key) ?? [];
  return { id, dueAtMs: due === '-' ? null : Number(due) };
}
