/** Approvals for the inbox, the run page and the badge of the navigation. */
import { answerInput, approvalInput, listApprovalsInput, makeLinkInput } from '@/server/services/approvals/schemas';
import { protectedProcedure, router } from '../init';

export const approvalsRouter = router({
  list: protectedProcedure
    .input(listApprovalsInput)
    .query(({ ctx, input }) => ctx.services.approvals.list(ctx.caller, input)),
  /** How many open ones ask the person. */
  count: protectedProcedure.query(({ ctx }) => ctx.services.approvals.count(ctx.caller)),
  get: protectedProcedure.input(approvalInput).query(({ ctx, input }) => ctx.services.approvals.get(ctx.caller, input)),
  answer: protectedProcedure
    .input(answerInput)
    .mutation(({ ctx, input }) => ctx.services.approvals.answer(ctx.caller, input)),
  makeLink: protectedProcedure
    .input(makeLinkInput)
    .mutation(({ ctx, input }) => ctx.services.approvals.makeLink(ctx.caller, input)),
  revokeLinks: protectedProcedure
    .input(approvalInput)
    .mutation(({ ctx, input }) => ctx.services.approvals.revokeLinks(ctx.caller, input)),
});
