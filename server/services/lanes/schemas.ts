/** Lanes as the page, the API and operators see them: what stands in line at this moment. */
import { z } from 'zod';
import { runStatuses } from '@/core/run/types';
import { pageInput, pageOf } from '@/server/services/common-schemas';

export const listLanesInput = z.strictObject({
  flow: z.uuid().optional().describe('Only lanes of this flow'),
  ...pageInput,
});

const time = z.string();
const oldestSchema = z
  .object({ runId: z.uuid(), since: time })
  .nullable()
  .describe('The run that is next in line, and since when it waits');

export const laneSchema = z.object({
  flowId: z.uuid(),
  flowName: z.string(),
  key: z.string().describe('Runs of one key go one after the other; a long key ends in a digest'),
  depth: z.int().describe('Runs that wait for their turn'),
  turn: z
    .object({ runId: z.uuid(), status: z.enum(runStatuses), since: time })
    .nullable()
    .describe('The run whose turn it is'),
  oldest: oldestSchema,
});
export const lanePageSchema = pageOf(laneSchema);

export const limitSchema = z.object({
  flowId: z.uuid(),
  flowName: z.string(),
  limit: z.int().describe('Most runs at the same time, by the version of the newest run'),
  used: z.int().describe('Runs under way'),
  waiting: z.int().describe('Runs that could move and wait for a place'),
  oldest: oldestSchema,
});
export const limitPageSchema = pageOf(limitSchema);

export type ListLanesInput = z.infer<typeof listLanesInput>;
export type Lane = z.infer<typeof laneSchema>;
export type Limit = z.infer<typeof limitSchema>;
