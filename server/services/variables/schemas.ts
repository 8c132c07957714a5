/** Variables: JSON values that every expression reads as `vars.name`, so their names are identifiers. */
import { z } from 'zod';
import type { JsonValue } from '@/core/json';
import { limits } from '@/core/limits';
import { jsonValue, pageInput, pageOf } from '@/server/services/common-schemas';

export const variableName = z
  .string()
  .max(limits.nameLength)
  .regex(/^[A-Za-z_][A-Za-z0-9_]*$/, { error: 'The name of a variable is letters, digits and "_".' });
export const variableInput = z.strictObject({ name: variableName });
export const putVariableBody = z.strictObject({ value: jsonValue });
export const putVariableInput = z.strictObject({ name: variableName, value: jsonValue });
export const listVariablesInput = z.strictObject(pageInput);

export const variableSchema = z.object({
  name: z.string(),
  value: z.custom<JsonValue>(),
  updatedAt: z.string(),
});
export const variablePageSchema = pageOf(variableSchema);

export type ListVariablesInput = z.infer<typeof listVariablesInput>;
export type Variable = z.infer<typeof variableSchema>;
