/**
 * The flow document as a JSON Schema (2020-12), for editors and for people who write flows by hand. Describes what this
 * build can publish: one shape per step kind. Refuses to describe what only `validate` can know, such as cycles.
 */
import { z } from 'zod';
import { draftSchema, stepSchema } from '@/core/flow/document';
import type { JsonObject } from '@/core/json';
import type { StepManifest } from '@/core/steps/contract';
import { stepKinds } from '@/core/steps/registry';
import { asWritten } from '@/core/steps/templated';

/** The schema, made anew on every call. */
export function flowJsonSchema(): JsonObject {
  const shapes = Object.values(stepKinds).map(({ manifest }) => stepShape(manifest));
  const document = draftSchema.extend({ steps: z.array(z.union(shapes)) });
  const schema = z.toJSONSchema(document, { io: 'input', unrepresentable: 'any', target: 'draft-2020-12' });
  return { title: 'Headrace flow, version 1', ...(schema as unknown as JsonObject) };
}

function stepShape(manifest: StepManifest): z.ZodType {
  const config = manifest.config(asWritten);
  const isOptional = config.safeParse({}).success;
  return stepSchema
    .extend({ kind: z.literal(manifest.kind), config: isOptional ? config.optional() : config })
    .describe(manifest.description);
}
