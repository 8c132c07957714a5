/** Workers as the settings page and operators see them. */
import { z } from 'zod';

export const listWorkersInput = z.strictObject({});

export const workerSchema = z.object({
  id: z.uuid(),
  role: z.string(),
  host: z.string(),
  pid: z.int(),
  startedAt: z.string(),
  lastSeenAt: z.string(),
});
export const workerListSchema = z.object({ items: z.array(workerSchema), nextCursor: z.null() });

export type Worker = z.infer<typeof workerSchema>;
