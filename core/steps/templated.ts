/**
 * The two readings of a config schema: as written, where a field may be an expression, and as resolved, where only
 * values are left. It exists so that a kind defines its config once. Refuses to parse expressions: that is the
 * compiler's work, which sees every string of the document anyway.
 */
import { z } from 'zod';
import { hasExpression } from '@/core/expression/scan-template';
import type { JsonObject, JsonValue } from '@/core/json';
import type { StepPlan, Templated } from '@/core/steps/contract';
import { zodFaults } from '@/core/zod-faults';

const expressionText = z.string().regex(/\{\{/);

/** Admits any text with `{{ }}` in place of the value. */
export const asWritten: Templated = <T extends z.ZodType>(schema: T): T =>
  z.union([expressionText, schema]) as unknown as T;

/** Admits the value alone. */
export const asResolved: Templated = <T extends z.ZodType>(schema: T): T => schema;

/** Any JSON. The document's own schema has checked that already, so nothing is walked a second time. */
export const anyJson = z.unknown() as unknown as z.ZodType<JsonValue>;

/** {@link anyJson} for a field that has to be there; `null` is there. */
export const requiredJson = z.unknown().refine((value) => value !== undefined, {
  error: 'This field is required; null is allowed.',
}) as unknown as z.ZodType<JsonValue>;

/** Text; numbers and booleans are written out, because an id is often a number on one side and text on the other. */
export const textValue = z
  .union([z.string(), z.number(), z.boolean()], { error: 'Text, a number or true/false is expected.' })
  .transform((value) => String(value));

/** Whether the value is a text with an expression in it. */
export const isExpression = (value: unknown): value is string => typeof value === 'string' && hasExpression(value);

/** A plan that fails the step for good because its resolved config does not fit. */
export const failConfig = (message: string, details?: JsonObject): StepPlan => ({
  type: 'fail',
  error: { code: 'step.configInvalid', message, isRetryable: false, ...(details ? { details } : {}) },
});

/**
 * Reads resolved config with the schema made by `config(asResolved)`.
 * @returns the parsed config, or the plan that says what is wrong with it
 */
export function readConfig<T extends z.ZodType>(
  schema: T,
  config: JsonObject,
): { readonly isValid: true; readonly config: z.output<T> } | { readonly isValid: false; readonly plan: StepPlan } {
  const parsed = schema.safeParse(config);
  if (parsed.success) {
    return { isValid: true, config: parsed.data };
  }
  const faults = zodFaults(parsed.error, config);
  const message = faults.map((fault) => `${fault.pointer || 'config'}: ${fault.message}`).join(' ');
  return { isValid: false, plan: failConfig(`The values do not fit this step. ${message}`) };
}
