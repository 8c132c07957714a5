/**
 * The flow document, version 1: the file format that the canvas edits, Postgres stores, git diffs and the engine
 * executes. Two schemas read it. `draftSchema` is permissive about meaning (a draft may be incomplete) but strict about
 * shape; it refuses unknown fields so that nothing is ever silently ignored. What a *version* must fulfil beyond its
 * shape lives in `validate.ts`.
 */
import { z } from 'zod';
import type { JsonValue } from '@/core/json';
import { limits } from '@/core/limits';

const json: z.ZodType<JsonValue> = z.json() as z.ZodType<JsonValue>;
const durationMs = z.int().min(0);

export const stepIdPattern = /^[a-z][a-zA-Z0-9_]*$/;

/** Names that are roots of expressions or would be confused with them; a step may not take one as its id. */
export const reservedStepIds: ReadonlySet<string> = new Set([
  'event',
  'steps',
  'run',
  'vars',
  'item',
  'index',
  'error',
  'and',
  'or',
  'in',
  'true',
  'false',
  'null',
  'function',
  // What every object has: state and expressions look steps up by id.
  'constructor',
  'prototype',
  'toString',
  'valueOf',
  'hasOwnProperty',
]);

export const retrySchema = z.strictObject({
  attempts: z.int().min(1).max(100).optional(),
  backoff: z.enum(['exponential', 'fixed']).optional(),
  initialMs: durationMs.optional(),
  maxMs: durationMs.optional(),
  jitter: z.enum(['full', 'none']).optional(),
});

export const stepSchema = z.strictObject({
  id: z.string().min(1).max(limits.nameLength),
  kind: z.string().min(1).max(limits.nameLength),
  name: z.string().max(limits.nameLength).optional(),
  note: z.string().max(limits.noteLength).optional(),
  in: z.string().optional(),
  config: z.record(z.string(), json).optional(),
  retry: retrySchema.optional(),
  timeoutMs: durationMs.optional(),
  deadlineMs: durationMs.optional(),
  join: z.enum(['all', 'any']).optional(),
  disabled: z.boolean().optional(),
  pivot: z.boolean().optional(),
});

export const edgeSchema = z.strictObject({
  from: z.string().min(1),
  to: z.string().min(1),
  /** Outlet of `from`; `out` when absent. */
  port: z.string().min(1).optional(),
});

const positionSchema = z.strictObject({
  x: z.number(),
  y: z.number(),
  width: z.number().optional(),
  height: z.number().optional(),
});

export const canvasSchema = z.strictObject({
  direction: z.enum(['down', 'right']).optional(),
  steps: z.record(z.string(), positionSchema).optional(),
  notes: z
    .array(
      z.strictObject({
        id: z.string().min(1),
        x: z.number(),
        y: z.number(),
        width: z.number().optional(),
        height: z.number().optional(),
        text: z.string().max(limits.noteLength),
      }),
    )
    .optional(),
});

export const settingsSchema = z.strictObject({
  lane: z.strictObject({ key: z.string() }).optional(),
  concurrency: z.int().min(1).optional(),
  timeoutMs: durationMs.optional(),
  keepRunsDays: z.int().min(1).optional(),
  tags: z.record(z.string(), z.string()).optional(),
});

/** The shape of a draft. Bounds are those of `limits`; graph faults and unknown kinds pass. */
export const draftSchema = z.strictObject({
  headrace: z.literal(1),
  name: z.string().trim().min(1).max(limits.nameLength),
  steps: z.array(stepSchema).max(limits.flowSteps),
  edges: z.array(edgeSchema).max(limits.flowEdges),
  canvas: canvasSchema.optional(),
  settings: settingsSchema.optional(),
});

export type FlowDocument = z.infer<typeof draftSchema>;
export type FlowStep = z.infer<typeof stepSchema>;
export type FlowEdge = z.infer<typeof edgeSchema>;
export type FlowCanvas = z.infer<typeof canvasSchema>;
export type FlowSettings = z.infer<typeof settingsSchema>;
export type RetryPolicyInput = z.infer<typeof retrySchema>;

/** The outlet an edge leaves by. */
export const portOf = (edge: FlowEdge): string => edge.port ?? 'out';

/** What a person calls the step: its name, else its id. */
export const labelOf = (step: Pick<FlowStep, 'id' | 'name'>): string => step.name ?? step.id;
