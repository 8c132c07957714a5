/** The processes that serve this installation, for the settings page. */
import { protectedProcedure, router } from '../init';

export const workersRouter = router({
  list: protectedProcedure.query(({ ctx }) => ctx.services.workers.list(ctx.caller)),
});
