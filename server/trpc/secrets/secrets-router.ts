/** Secrets by name. Refuses values on the way out: no procedure here gives one. */
import { listSecretsInput, putSecretInput, secretInput } from '@/server/services/secrets/schemas';
import { protectedProcedure, router } from '../init';

export const secretsRouter = router({
  list: protectedProcedure
    .input(listSecretsInput)
    .query(({ ctx, input }) => ctx.services.secrets.list(ctx.caller, input)),
  put: protectedProcedure
    .input(putSecretInput)
    .mutation(({ ctx, input }) => ctx.services.secrets.put(ctx.caller, input)),
  remove: protectedProcedure
    .input(secretInput)
    .mutation(({ ctx, input }) => ctx.services.secrets.remove(ctx.caller, input)),
});
