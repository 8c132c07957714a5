/** The signed-in person's own account. Needs no scope: nobody else's can be named. */
import { changePasswordSchema, updateProfileSchema } from '@/server/auth/schemas';
import { protectedProcedure, router } from '../init';

export const profileRouter = router({
  get: protectedProcedure.query(({ ctx }) => ctx.deps.auth.profile.get(ctx.signedIn)),
  update: protectedProcedure
    .input(updateProfileSchema)
    .mutation(({ ctx, input }) => ctx.deps.auth.profile.update(ctx.signedIn, input)),
  changePassword: protectedProcedure
    .input(changePasswordSchema)
    .mutation(({ ctx, input }) => ctx.deps.auth.profile.changePassword(ctx.signedIn, input)),
});
