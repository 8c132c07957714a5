/**
 * What callers of the flows service send and receive, as schemas that both doors parse with and OpenAPI is generated
 * from. Refuses to look into documents: a draft is read by `core/flow`, which reports every fault at its pointer.
 */
import { z } from 'zod';
import type { FlowDocument } from '@/core/flow/document';
import type { CalleeState } from '@/core/flow/flow-calls';
import { limits } from '@/core/limits';
import { jsonValue, pageInput, pageOf, searchText, text } from '@/server/services/common-schemas';

/** Versions and revisions are columns of 32 bits. */
export const int32Max = 2_147_483_647;

export const flowId = z.uuid();
export const versionNumber = z.int().min(1).max(int32Max);

export const flowInput = z.strictObject({ flowId });
export const listFlowsInput = z.strictObject({ q: searchText, ...pageInput });
/** `document` stays unparsed here, so that its faults have pointers into the document itself. */
export const createFlowInput = z.strictObject({ document: jsonValue });
export const saveFlowInput = z.strictObject({
  flowId,
  revision: z.int().min(0).max(int32Max).describe('The revision the change was made on'),
  document: jsonValue,
});
export const validateFlowInput = z.strictObject({ document: jsonValue });
export const publishBody = z.strictObject({ note: text(limits.noteLength).optional() });
export const publishFlowInput = z.strictObject({
  flowId,
  note: text(limits.noteLength).optional(),
  revision: z.int().min(1).max(int32Max).optional().describe('Publish only if the draft still has this revision'),
});
export const listVersionsInput = z.strictObject({ flowId, ...pageInput });
export const versionInput = z.strictObject({ flowId, version: versionNumber });
export const createExampleInput = z.strictObject({ exampleId: text(limits.nameLength) });

/** Flows as steps name them: ids or names. */
export const calleesInput = z.strictObject({ flows: z.array(text(limits.nameLength).min(1)).max(limits.pageSizeMax) });
export interface Callee {
  /** As it was asked for. */
  readonly flow: string;
  readonly state: CalleeState;
  /** Null when it is not one flow. */
  readonly flowId: string | null;
  readonly name: string | null;
}

export const documentSchema = z.custom<FlowDocument>().describe('The flow document, version 1');

export const flowSummarySchema = z.object({
  id: z.uuid(),
  name: z.string(),
  revision: z.int(),
  liveVersion: z.int().nullable(),
  paused: z.boolean(),
  updatedAt: z.string(),
});
export const flowSchema = z.object({ ...flowSummarySchema.shape, document: documentSchema });
export const flowPageSchema = pageOf(flowSummarySchema);
export const savedFlowSchema = z.object({ id: z.uuid(), revision: z.int() });
export const publishedFlowSchema = z.object({ version: z.int() });
export const versionSummarySchema = z.object({
  version: z.int(),
  live: z.boolean(),
  publishedAt: z.string(),
  publishedBy: z.string(),
  note: z.string().nullable(),
});
export const versionSchema = z.object({ ...versionSummarySchema.shape, document: documentSchema });
export const versionSummaryPageSchema = pageOf(versionSummarySchema);
export const versionPageSchema = pageOf(versionSchema);
export const exampleSchema = z.object({ id: z.string(), name: z.string(), description: z.string() });

export type ListFlowsInput = z.infer<typeof listFlowsInput>;
export type PublishFlowInput = z.infer<typeof publishFlowInput>;
export type SaveFlowInput = z.infer<typeof saveFlowInput>;
export type ListVersionsInput = z.infer<typeof listVersionsInput>;
export type FlowSummary = z.infer<typeof flowSummarySchema>;
export type Flow = z.infer<typeof flowSchema>;
export type SavedFlow = z.infer<typeof savedFlowSchema>;
export type FlowVersionSummary = z.infer<typeof versionSummarySchema>;
export type FlowVersion = z.infer<typeof versionSchema>;
export type FlowExample = z.infer<typeof exampleSchema>;
