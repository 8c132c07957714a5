/** API keys: made, listed, revoked. The key itself is in the answer of `create` and nowhere else. */
import { apiKeyInput, createApiKeyInput } from '@/server/services/api-keys/schemas';
import { protectedProcedure, router } from '../init';

export const apiKeysRouter = router({
  list: protectedProcedure.query(({ ctx }) => ctx.services.apiKeys.list(ctx.caller)),
  create: protectedProcedure
    .input(createApiKeyInput)
    .mutation(({ ctx, input }) => ctx.services.apiKeys.create(ctx.caller, input)),
  revoke: protectedProcedure
    .input(apiKeyInput)
    .mutation(({ ctx, input }) => ctx.services.apiKeys.revoke(ctx.caller, input)),
});
