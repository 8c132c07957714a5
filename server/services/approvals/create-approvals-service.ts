/** Puts the verbs of the approvals area together. */
import { HeadraceError } from '@/core/errors';
import { mayMakeLinks, requireStanding, type Standing, standingOf } from '@/server/services/approvals/access';
import { giveAnswer } from '@/server/services/approvals/answer-approval';
import type { ApprovalRow, ApprovalStore } from '@/server/services/approvals/approval-store';
import type { ApprovalsService } from '@/server/services/approvals/approvals-service';
import { approvalNotFound, notOpen, withdrawn } from '@/server/services/approvals/errors';
import { listApprovals } from '@/server/services/approvals/list-approvals';
import { makeApprovalLink } from '@/server/services/approvals/make-approval-link';
import { presentApproval } from '@/server/services/approvals/present-approval';
import type { AnswerBody } from '@/server/services/approvals/schemas';
import { auditLine } from '@/server/services/audit';
import { requireScope } from '@/server/services/authorize';
import { presentTime } from '@/server/services/common-schemas';
import type { Digest } from '@/server/services/digest';
import type { Caller, Ids } from '@/server/services/ports';
import type { RingDeps } from '@/server/services/ring';

export interface ApprovalsDeps extends RingDeps {
  readonly store: ApprovalStore;
  readonly digest: Digest;
  readonly ids: Ids;
  /** Origin without a trailing slash: where links lead. */
  readonly publicUrl: string;
}

/** Counted no further than a person reads. */
const countedMax = 99;

/** An approval as one caller stands to it. */
interface Seen {
  readonly row: ApprovalRow;
  readonly standing: Standing;
  readonly name: string | null;
}

export function createApprovalsService(deps: ApprovalsDeps): ApprovalsService {
  const { store } = deps;

  const see = async (caller: Caller, approvalId: string): Promise<Seen> => {
    const [row, who] = await Promise.all([
      store.find(caller.workspaceId, approvalId),
      store.findActor(caller.workspaceId, caller.actor),
    ]);
    if (row === null) throw approvalNotFound();
    return { row, standing: standingOf(caller, who?.email ?? null, row.assignee), name: who?.name ?? null };
  };

  const present = (caller: Caller, { row, standing }: Seen) =>
    presentApproval(row, standing, mayMakeLinks(caller, standing));

  /** @throws HeadraceError as ApprovalsService.answer */
  const answer = async (caller: Caller, approvalId: string, body: AnswerBody): Promise<void> => {
    const { row, standing, name } = await see(caller, approvalId);
    requireStanding(caller, standing, row.assignee);
    if (row.status !== 'open') throw notOpen(row);
    const verdict = await giveAnswer(deps, caller.workspaceId, row, body, {
      actor: caller.actor,
      name,
      via: caller.actor.startsWith('user:') ? 'ui' : 'key',
      linkId: null,
      isOverride: standing === 'asOwner',
    });
    if (verdict === 'answered') return;
    const after = await store.find(caller.workspaceId, approvalId);
    throw after === null || after.status === 'open' ? withdrawn() : notOpen(after);
  };

  return {
    list: (caller, input) => listApprovals(store, caller, input),

    async count(caller) {
      requireScope(caller, 'approvals:read');
      const who = await store.findActor(caller.workspaceId, caller.actor);
      const counted = await store.countOpen(caller.workspaceId, { email: who?.email ?? null }, countedMax + 1);
      return { count: Math.min(counted, countedMax), isAll: counted <= countedMax };
    },

    async get(caller, { approvalId }) {
      requireScope(caller, 'approvals:read');
      return present(caller, await see(caller, approvalId));
    },

    async answer(caller, { approvalId, ...body }) {
      await answer(caller, approvalId, body);
      return present(caller, await see(caller, approvalId));
    },

    async answerStep(caller, { runId, stepId, path }, body) {
      const approvalId = await store.findOfStep(caller.workspaceId, runId, stepId, path);
      if (approvalId === null) {
        throw new HeadraceError('run.notWaiting', `Step "${stepId}" does not wait for an answer.`);
      }
      await answer(caller, approvalId, body);
    },

    async makeLink(caller, { approvalId, expiresInMs }) {
      const { row, standing } = await see(caller, approvalId);
      if (!mayMakeLinks(caller, standing)) requireStanding(caller, standing, row.assignee);
      const { url, expiresAtMs } = await makeApprovalLink(deps, caller, approvalId, expiresInMs);
      return { url, expiresAt: presentTime(expiresAtMs) };
    },

    async revokeLinks(caller, { approvalId }) {
      const { row, standing } = await see(caller, approvalId);
      if (!mayMakeLinks(caller, standing)) requireStanding(caller, standing, row.assignee);
      const target = { kind: 'approval', id: approvalId } as const;
      const audit = auditLine(deps.ids, caller, 'approval.linksRevoked', target);
      return { revoked: await store.revokeLinks(caller.workspaceId, approvalId, audit) };
    },
  };
}
