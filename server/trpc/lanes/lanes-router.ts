/** Lanes and limits for their page. */
import { listLanesInput } from '@/server/services/lanes/schemas';
import { protectedProcedure, router } from '../init';

export const lanesRouter = router({
  list: protectedProcedure.input(listLanesInput).query(({ ctx, input }) => ctx.services.lanes.list(ctx.caller, input)),
  /** Flows that limit how many of their runs are under way. */
  limits: protectedProcedure
    .input(listLanesInput)
    .query(({ ctx, input }) => ctx.services.lanes.limits(ctx.caller, input)),
});
