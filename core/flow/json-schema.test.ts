import { describe, expect, it } from 'vitest';
import { flowExamples } from '@/core/flow/examples';
import { flowJsonSchema } from '@/core/flow/json-schema';
import { flow, step, transform, trigger } from '@/core/flow/testing';
import { compileJsonSchema } from '@/core/json-schema';
import { stepKinds } from '@/core/steps/registry';

const compiled = compileJsonSchema(flowJsonSchema());
const fits = (value: unknown): boolean => 'schema' in compiled && compiled.schema.check(value).length === 0;

describe('the JSON Schema of a flow', () => {
  it('compiles', () => {
    expect('schema' in compiled).toBe(true);
  });

  it.each(flowExamples.map(({ name, document }) => [name, document] as const))(
    'fits the example "%s"',
    (_name, document) => {
      expect(fits(document)).toBe(true);
    },
  );

  it.each(Object.values(stepKinds).map(({ manifest }) => [manifest.kind, manifest.example] as const))(
    'fits the example of %s',
    (kind, example) => {
      expect(fits(flow([step('a', kind, example)]))).toBe(true);
    },
  );

  it('refuses unknown kinds, unknown fields and wrong config', () => {
    expect(fits(flow([trigger, transform('a', 1)]))).toBe(true);
    expect(fits(flow([step('a', 'flow.fork')]))).toBe(false);
    expect(fits(flow([step('a', 'trigger.manual', { shcema: {} })]))).toBe(false);
    expect(fits(flow([step('a', 'data.transform')]))).toBe(false);
    expect(fits({ ...flow([]), extra: 1 })).toBe(false);
  });
});
