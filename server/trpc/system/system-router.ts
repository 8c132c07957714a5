/** What the installation is made of, for the About page. */
import { protectedProcedure, router } from '../init';

export const systemRouter = router({
  version: protectedProcedure.query(({ ctx }) => ctx.services.system.versions()),
});
