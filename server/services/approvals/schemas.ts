/**
 * What callers of the approvals service send and receive. Both doors parse with these and OpenAPI is generated from them.
 */
import { z } from 'zod';
import type { JsonObject, JsonValue } from '@/core/json';
import { limits } from '@/core/limits';
import { answerDoors, approvalStatuses } from '@/server/services/approvals/approval-store';
import { jsonValue, pageInput, pageOf, searchText, text } from '@/server/services/common-schemas';

export const approvalInput = z.strictObject({ approvalId: z.uuid() });

export const listApprovalsInput = z.strictObject({
  status: z
    .array(z.enum(approvalStatuses))
    .max(approvalStatuses.length)
    .optional()
    .describe('Only these statuses; repeatable'),
  mine: z.boolean().optional().describe('Only those that ask the caller: by name, or nobody in particular'),
  flow: z.uuid().optional().describe('Only those of this flow'),
  run: z.uuid().optional().describe('Only those of this run'),
  q: searchText.describe('Text in the question, the flow, or the address of whoever is asked'),
  order: z.enum(['newest', 'due']).optional().describe('Newest first (default), or those due next first'),
  ...pageInput,
});

const comment = text(limits.noteLength).optional().describe('What is to be said beside yes or no');
const answer = jsonValue.optional().describe('Of an approval with a form: what the form asks for');

export const answerBody = z.strictObject({ decision: z.enum(['approve', 'reject']), answer, comment });
export const answerInput = z.strictObject({ ...approvalInput.shape, ...answerBody.shape });

export const makeLinkBody = z.strictObject({
  expiresInMs: z
    .int()
    .min(60_000)
    .max(limits.approvalLinkMaxMs)
    .optional()
    .describe('How long it works, a week by default; never longer than the approval waits'),
});
export const makeLinkInput = z.strictObject({ ...approvalInput.shape, ...makeLinkBody.shape });

const time = z.string();

export const approvalSummarySchema = z.object({
  id: z.uuid(),
  status: z.enum(approvalStatuses),
  title: z.string(),
  assignee: z.string().nullable().describe('E-mail address; null: everybody who may answer approvals'),
  assigneeIsMember: z.boolean(),
  hasForm: z.boolean(),
  askedAt: time,
  dueAt: time.nullable(),
  flowId: z.uuid(),
  flowName: z.string(),
  runId: z.uuid(),
  stepId: z.string(),
  path: z.string().describe('The iteration the step is in; empty for none'),
  answeredAt: time.nullable(),
  answeredBy: z.object({ actor: z.string(), name: z.string().nullable(), via: z.enum(answerDoors) }).nullable(),
  comment: z.string().nullable(),
});

export const approvalSchema = z.object({
  ...approvalSummarySchema.shape,
  description: z.string().nullable(),
  form: z.custom<JsonObject>().nullable().describe('A JSON Schema of the answer'),
  answer: z.custom<JsonValue>().describe('What the form said, once approved'),
  mayAnswer: z
    .enum(['yes', 'asOwner', 'no'])
    .describe('Whether the caller may answer, were it open; `asOwner`: in place of whoever is asked'),
  mayMakeLinks: z.boolean(),
  openLinks: z.int().describe('Links that could still be used'),
});

export const approvalPageSchema = pageOf(approvalSummarySchema);
export const approvalLinkSchema = z.object({
  url: z.url().describe('Works once. Shown now and never again'),
  expiresAt: time,
});

export type ListApprovalsInput = z.infer<typeof listApprovalsInput>;
export type AnswerInput = z.infer<typeof answerInput>;
export type AnswerBody = z.infer<typeof answerBody>;
export type MakeLinkInput = z.infer<typeof makeLinkInput>;
export type ApprovalSummary = z.infer<typeof approvalSummarySchema>;
export type ApprovalView = z.infer<typeof approvalSchema>;
export type ApprovalLink = z.infer<typeof approvalLinkSchema>;
