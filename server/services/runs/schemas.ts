/**
 * What callers of the runs service send and receive. Both doors parse with these and OpenAPI is generated from them.
 * Refuses journal internals: entries are presented with an open `data`, because every release may add kinds.
 */
import { z } from 'zod';
import type { JsonValue } from '@/core/json';
import { limits } from '@/core/limits';
import { resolveActions, runStatuses, stepStatuses } from '@/core/run/types';
import { instant, jsonValue, pageInput, pageOf, searchText, text } from '@/server/services/common-schemas';

export const runId = z.uuid();
export const runInput = z.strictObject({ runId });

/** Missing data is `null`, the value of nothing given. */
export const startRunBody = z.strictObject({
  data: jsonValue.optional().describe('Data of the event that starts the run; null when absent'),
  draft: z.boolean().optional().describe('Run a snapshot of the draft instead of the live version'),
});
export const startRunInput = z.strictObject({ flowId: z.uuid(), ...startRunBody.shape });
export const waitMs = z.int().min(0).max(limits.syncWaitMaxMs);
export const waitRunInput = z.strictObject({ runId, waitMs });
export const stopRunInput = z.strictObject({ runId, reason: text(limits.noteLength).optional() });

const stepId = text(limits.nameLength).min(1);
const path = text(limits.pathLength);
const resolveFields = {
  stepId: stepId.describe('The step that holds the run'),
  path: path.optional().describe('The iteration the step is in, such as `lines[3]`; absent for none'),
  action: z.enum(resolveActions).describe('One of those the run gives as its reason'),
  output: jsonValue.optional().describe('Of the action `output`: what the step made'),
  answer: jsonValue.optional().describe('Of the action `answer`: what the form of the approval asks for'),
  decision: z.enum(['approve', 'reject']).optional().describe('Of the action `answer`: yes, unless said otherwise'),
  comment: text(limits.noteLength).optional().describe('Of the action `answer`: what is to be said beside yes or no'),
};
const givesOutput = ({ action, output }: { action: string; output?: JsonValue | undefined }): boolean =>
  action !== 'output' || output !== undefined;
const outputMissing = { path: ['output'], error: 'The action `output` needs an output; `null` is one.' };
export const resolveRunBody = z.strictObject(resolveFields).refine(givesOutput, outputMissing);
export const resolveRunInput = z.strictObject({ runId, ...resolveFields }).refine(givesOutput, outputMissing);

const force = z
  .boolean()
  .optional()
  .describe('Although another run that came from this one still goes on: both will act on the world');
/** How a retry or rerun is asked for beside what it is to do. */
export const repeatQuery = z.strictObject({
  preview: z.boolean().optional().describe('Start nothing; answer what would be reused, executed and skipped'),
  force,
});
export const rerunBody = z.strictObject({
  from: stepId.optional().describe('Execute this step and what is behind it; everything when absent'),
  version: z
    .union([z.enum(['same', 'live']), z.int().min(1)])
    .optional()
    .describe('The version to execute: that of the run (default), the live one, or a number'),
  data: jsonValue.optional().describe('Other data for the event; without, the same event is delivered again'),
});
export const retryRunInput = z.strictObject({ runId, force });
export const rerunRunInput = z.strictObject({ runId, ...rerunBody.shape, force });
/** Previews either: a retry when `retry` is set, else a rerun. */
export const previewRerunInput = z.strictObject({
  runId,
  ...rerunBody.shape,
  retry: z.boolean().optional().describe('Preview the retry of what did not succeed, instead of a rerun'),
});

export const listRunsInput = z.strictObject({
  flow: z.uuid().optional().describe('Only runs of this flow'),
  parent: z.uuid().optional().describe('Only runs that this run started'),
  status: z.array(z.enum(runStatuses)).max(runStatuses.length).optional().describe('Only these statuses; repeatable'),
  from: instant.optional().describe('Created at or after'),
  to: instant.optional().describe('Created before'),
  lane: text(limits.laneKeyBytes).optional().describe('Only runs that stand in the lane of this key now'),
  q: searchText.describe('Text in the id, the error, a tag or the subject'),
  tags: z.record(text(limits.nameLength), text(1000)).optional().describe('Only runs that carry all of these tags'),
  ...pageInput,
});

const json = z.custom<JsonValue>();
const time = z.string();
const stepErrorSchema = z.object({
  code: z.string(),
  message: z.string(),
  isRetryable: z.boolean(),
  details: z.record(z.string(), json).optional(),
});

export const attemptSchema = z.object({
  n: z.int(),
  status: z.enum(['running', 'succeeded', 'failed', 'unknown']),
  startedAt: time,
  finishedAt: time.nullable(),
  input: json,
  output: json,
  error: stepErrorSchema.nullable(),
  idempotencyKey: z.string().nullable(),
  logs: z
    .array(z.object({ level: z.enum(['debug', 'info', 'warn', 'error']), text: z.string() }))
    .optional()
    .describe('What the code of the step printed'),
  endedBy: z
    .discriminatedUnion('by', [
      z.object({ by: z.literal('event'), position: z.int() }),
      z.object({ by: z.literal('person'), actor: z.string() }),
      z.object({ by: z.literal('child'), runId: z.uuid() }),
      z.object({ by: z.literal('time') }),
    ])
    .optional()
    .describe('Of a step that waited: what ended the wait'),
});

/** How far a loop has come. */
export const loopViewSchema = z.object({
  total: z.int().describe('Items of its list'),
  concurrency: z.int(),
  onError: z.enum(['stop', 'continue']),
  begun: z.int(),
  running: z.int(),
  succeeded: z.int(),
  failed: z.int(),
  compensated: z.int().describe('Failed, and what they did is undone'),
  undone: z.int().describe('Succeeded, and were undone later'),
});

export const stepViewSchema = z.object({
  id: z.string(),
  index: z.int().optional().describe('Of a step inside a loop: the place of its item'),
  path: z.string().optional().describe('Of a step inside a loop: the iteration it was in, such as `lines[3]`'),
  status: z.enum(stepStatuses),
  port: z
    .string()
    .nullable()
    .describe('The outlet it was left by: of a success, or `error` when a drawn one caught it'),
  attempts: z.array(attemptSchema),
  input: json,
  output: json,
  error: stepErrorSchema.nullable(),
  startedAt: time.nullable(),
  finishedAt: time.nullable(),
  loop: loopViewSchema.optional().describe('Of a loop that was entered'),
  reusedFrom: z.uuid().optional().describe('The earlier run that did this step; its outcome stands'),
});

export const runReasonSchema = z.object({
  code: z.string(),
  message: z.string(),
  since: time,
  until: time.optional(),
  runId: z.uuid().optional().describe('The run it waits for'),
  stepId: z.string().optional(),
  path: z.string().optional().describe('The iteration the step is in'),
  actions: z.array(z.string()).optional(),
});

export const runSummarySchema = z.object({
  id: z.uuid(),
  flowId: z.uuid(),
  flowName: z.string(),
  version: z.int().nullable(),
  draft: z.boolean(),
  status: z.enum(runStatuses),
  reason: runReasonSchema.nullable(),
  trigger: z.object({ stepId: z.string(), kind: z.string() }),
  event: z.object({ position: z.int(), id: z.string(), type: z.string() }),
  output: json,
  outputBytes: z.int().optional().describe('Set, with `output` null, when a list leaves out a large output'),
  error: stepErrorSchema.nullable(),
  createdAt: time,
  startedAt: time.nullable(),
  finishedAt: time.nullable(),
  parentRunId: z.uuid().nullable(),
  retryOf: z.uuid().nullable(),
  replay: z.boolean(),
  tags: z.record(z.string(), z.string()),
});
export const childRunSchema = z.object({
  runId: z.uuid(),
  stepId: z.string().optional().describe('The step that started it'),
  path: z.string().optional().describe('The iteration that step was in'),
  flowId: z.uuid(),
  flowName: z.string(),
  version: z.int().nullable(),
  status: z.enum(runStatuses),
  createdAt: time,
  startedAt: time.nullable(),
  finishedAt: time.nullable(),
  hasChildren: z.boolean(),
});
export const childRunPageSchema = pageOf(childRunSchema);
export const listChildrenInput = z.strictObject({ runId, ...pageInput });
/** Who started a run, and how what it started stands. */
export interface RunFamilyView {
  /** The first ancestor first, the run itself last. */
  readonly line: readonly ChildRunView[];
  readonly counts: Readonly<Partial<Record<(typeof runStatuses)[number], number>>>;
  /** False: there are more children than were counted. */
  readonly isCountedWhole: boolean;
}
export const runSchema = z.object({
  ...runSummarySchema.shape,
  steps: z.array(stepViewSchema),
  children: z
    .array(childRunSchema)
    .describe('The first runs that it started; all of them are listed by `GET /runs?parent=`'),
});
export const runPageSchema = pageOf(runSummarySchema);
export const startedRunSchema = z.object({ runId: z.uuid() });
export const rerunPreviewSchema = z.object({
  version: z.int().nullable().describe('The version it would execute; null for the snapshot of a draft'),
  reused: z.array(z.string()).describe('Steps whose outcome stands, the trigger included when its event stays'),
  executed: z.array(z.string()).describe('Steps that act again, as far as the way leads to them'),
  skipped: z.array(z.string()).describe('Steps that no way leads to any more'),
  sameKey: z
    .array(z.string())
    .describe('Of those executed: their earlier outcome is unknown, so they carry the same idempotency key again'),
  loops: z
    .array(z.object({ stepId: z.string(), reused: z.int(), resumed: z.int() }))
    .describe('Of the loops executed: iterations whose outcome stands, and those of which only some steps stand'),
});
export const iterationViewSchema = z.object({
  index: z.int(),
  status: z.enum(['pending', 'running', 'compensating', 'succeeded', 'failed', 'compensated', 'undone']),
  item: json,
  output: json,
  error: stepErrorSchema.nullable(),
  startedAt: time.nullable(),
  steps: z.array(stepViewSchema),
});
export const iterationPageSchema = pageOf(iterationViewSchema);
export const listIterationsInput = z.strictObject({
  runId,
  stepId: stepId.describe('The loop'),
  path: path.optional().describe('The iteration around it, of a loop inside a loop'),
  from: z
    .int()
    .min(0)
    .max(limits.loopItems)
    .optional()
    .describe('The index to begin at, where there is no cursor; the first when absent'),
  ...pageInput,
});
export const journalEntrySchema = z.object({ seq: z.int(), type: z.string(), v: z.int(), at: time, data: json });
export const journalPageSchema = pageOf(journalEntrySchema);
export const listJournalInput = z.strictObject({ runId, ...pageInput });

export type StartRunInput = z.infer<typeof startRunInput>;
export type StopRunInput = z.infer<typeof stopRunInput>;
export type ResolveRunInput = z.infer<typeof resolveRunInput>;
export type RetryRunInput = z.infer<typeof retryRunInput>;
export type RerunRunInput = z.infer<typeof rerunRunInput>;
export type PreviewRerunInput = z.infer<typeof previewRerunInput>;
export type RerunPreview = z.infer<typeof rerunPreviewSchema>;
export type ListRunsInput = z.infer<typeof listRunsInput>;
export type ListJournalInput = z.infer<typeof listJournalInput>;
export type RunSummary = z.infer<typeof runSummarySchema>;
export type RunView = z.infer<typeof runSchema>;
export type StepView = z.infer<typeof stepViewSchema>;
export type AttemptView = z.infer<typeof attemptSchema>;
export type LoopView = z.infer<typeof loopViewSchema>;
export type IterationView = z.infer<typeof iterationViewSchema>;
export type ListIterationsInput = z.infer<typeof listIterationsInput>;
export type ChildRunView = z.infer<typeof childRunSchema>;
export type ListChildrenInput = z.infer<typeof listChildrenInput>;
export type RunReasonView = z.infer<typeof runReasonSchema>;
export type JournalEntryView = z.infer<typeof journalEntrySchema>;
