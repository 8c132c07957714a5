/** Drafts, versions and their lives for the designer. A draft travels by POST even where nothing changes: it is large. */
import {
  calleesInput,
  createExampleInput,
  createFlowInput,
  flowInput,
  listFlowsInput,
  listVersionsInput,
  publishFlowInput,
  saveFlowInput,
  validateFlowInput,
  versionInput,
} from '@/server/services/flows/schemas';
import { protectedProcedure, router } from '../init';

export const flowsRouter = router({
  list: protectedProcedure.input(listFlowsInput).query(({ ctx, input }) => ctx.services.flows.list(ctx.caller, input)),
  get: protectedProcedure.input(flowInput).query(({ ctx, input }) => ctx.services.flows.get(ctx.caller, input)),
  /** Also imports: a document that was exported is a document. */
  create: protectedProcedure
    .input(createFlowInput)
    .mutation(({ ctx, input }) => ctx.services.flows.create(ctx.caller, input)),
  save: protectedProcedure
    .input(saveFlowInput)
    .mutation(({ ctx, input }) => ctx.services.flows.save(ctx.caller, input)),
  remove: protectedProcedure
    .input(flowInput)
    .mutation(({ ctx, input }) => ctx.services.flows.remove(ctx.caller, input)),
  duplicate: protectedProcedure
    .input(flowInput)
    .mutation(({ ctx, input }) => ctx.services.flows.duplicate(ctx.caller, input)),
  validate: protectedProcedure
    .input(validateFlowInput)
    .mutation(({ ctx, input }) => ctx.services.flows.validate(ctx.caller, input)),
  /** How the flows stand that steps call. */
  callees: protectedProcedure
    .input(calleesInput)
    .query(({ ctx, input }) => ctx.services.flows.callees(ctx.caller, input)),
  publish: protectedProcedure
    .input(publishFlowInput)
    .mutation(({ ctx, input }) => ctx.services.flows.publish(ctx.caller, input)),
  pause: protectedProcedure.input(flowInput).mutation(({ ctx, input }) => ctx.services.flows.pause(ctx.caller, input)),
  resume: protectedProcedure
    .input(flowInput)
    .mutation(({ ctx, input }) => ctx.services.flows.resume(ctx.caller, input)),
  versions: protectedProcedure
    .input(listVersionsInput)
    .query(({ ctx, input }) => ctx.services.flows.versions(ctx.caller, input)),
  version: protectedProcedure
    .input(versionInput)
    .query(({ ctx, input }) => ctx.services.flows.version(ctx.caller, input)),
  promote: protectedProcedure
    .input(versionInput)
    .mutation(({ ctx, input }) => ctx.services.flows.promote(ctx.caller, input)),
  examples: protectedProcedure.query(({ ctx }) => ctx.services.flows.examples()),
  createExample: protectedProcedure
    .input(createExampleInput)
    .mutation(({ ctx, input }) => ctx.services.flows.createExample(ctx.caller, input)),
});
