/** Checks the data. A schema is compiled once and kept as long as the version that holds it. */
import type { JsonValue } from '@/core/json';
import { type CompiledJsonSchema, compileJsonSchema, schemaTooCostly } from '@/core/json-schema';
import type { StepExecutor, StepPlan } from '@/core/steps/contract';
import { failConfig } from '@/core/steps/templated';

type Compiled = ReturnType<typeof compileJsonSchema>;

const compiledSchemas = new WeakMap<object, Compiled>();

function compiled(schema: JsonValue | undefined): Compiled {
  if (typeof schema !== 'object' || schema === null) return compileJsonSchema(schema);
  const known = compiledSchemas.get(schema) ?? compileJsonSchema(schema);
  compiledSchemas.set(schema, known);
  return known;
}

export const executor: StepExecutor = {
  plan: ({ written, config, input }) => {
    const reading = compiled(written.schema);
    if ('faults' in reading) return failConfig(reading.faults.map(({ message }) => message).join(' '));
    return check(reading.schema, 'data' in written ? (config.data ?? null) : input);
  },
};

function check(schema: CompiledJsonSchema, data: JsonValue): StepPlan {
  const faults = schema.check(data).map(({ pointer, code, message }) => ({ pointer, code, message }));
  const [first] = faults;
  if (first === undefined) return { type: 'complete', output: data, port: 'out' };
  if (first.code === schemaTooCostly) {
    return { type: 'fail', error: { code: 'data.uncheckable', message: first.message, isRetryable: false } };
  }
  const shown = faults.map(({ pointer, message }) => ({ pointer, message }));
  const more = shown.length > 1 ? ` (and ${shown.length - 1} more)` : '';
  const where = first.pointer === '' ? 'The data' : first.pointer;
  return {
    type: 'complete',
    port: 'invalid',
    output: { data, faults: shown },
    ifUndrawn: {
      code: 'data.invalid',
      message: `The data does not fit its schema. ${where}: ${first.message}${more}`,
      isRetryable: false,
      details: { faults: shown },
    },
  };
}
