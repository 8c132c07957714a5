/** The only procedures for people who are not signed in: they work until there is an owner. */
import { createOwnerSchema } from '@/server/auth/schemas';
import { publicProcedure, router } from '../init';

export const firstVisitRouter = router({
  state: publicProcedure.query(({ ctx }) => ctx.deps.auth.firstVisit.state()),
  createOwner: publicProcedure
    .input(createOwnerSchema)
    .mutation(({ ctx, input }) => ctx.deps.auth.firstVisit.createOwner(input)),
});
