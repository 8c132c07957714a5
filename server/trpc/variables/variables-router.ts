/** Variables for the settings page and for completion in expressions. */
import { listVariablesInput, putVariableInput, variableInput } from '@/server/services/variables/schemas';
import { protectedProcedure, router } from '../init';

export const variablesRouter = router({
  list: protectedProcedure
    .input(listVariablesInput)
    .query(({ ctx, input }) => ctx.services.variables.list(ctx.caller, input)),
  put: protectedProcedure
    .input(putVariableInput)
    .mutation(({ ctx, input }) => ctx.services.variables.put(ctx.caller, input)),
  remove: protectedProcedure
    .input(variableInput)
    .mutation(({ ctx, input }) => ctx.services.variables.remove(ctx.caller, input)),
});
