/** The stream, read. The browser publishes nothing: a manual run is started through `runs.start`. */
import { eventInput, listEventsInput } from '@/server/services/events/schemas';
import { protectedProcedure, router } from '../init';

export const eventsRouter = router({
  list: protectedProcedure
    .input(listEventsInput)
    .query(({ ctx, input }) => ctx.services.events.list(ctx.caller, input)),
  get: protectedProcedure.input(eventInput).query(({ ctx, input }) => ctx.services.events.get(ctx.caller, input)),
});
