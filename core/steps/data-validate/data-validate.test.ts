import { describe, expect, it } from 'vitest';
import type { JsonObject } from '@/core/json';
import { executor } from '@/core/steps/data-validate/execute';
import { manifest } from '@/core/steps/data-validate/manifest';
import { configFaults, planContext } from '@/core/steps/testing';

const schema = { type: 'object', required: ['id'], properties: { id: { type: 'string' } } };
const plan = (config: JsonObject, written: JsonObject = config, input: JsonObject[string] = null) =>
  executor.plan(planContext(config, { written, input }));

describe('validating', () => {
  it('lets data on that fits', async () => {
    expect(await plan({ data: { id: 'a' }, schema })).toEqual({ type: 'complete', output: { id: 'a' }, port: 'out' });
  });

  it('sends data that does not fit to invalid, with its faults, and says what happens when that is not drawn', async () => {
    const faults = [{ pointer: '/id', message: 'Must be string.' }];
    expect(await plan({ data: { id: 1 }, schema })).toEqual({
      type: 'complete',
      port: 'invalid',
      output: { data: { id: 1 }, faults },
      ifUndrawn: {
        code: 'data.invalid',
        message: 'The data does not fit its schema. /id: Must be string.',
        isRetryable: false,
        details: { faults },
      },
    });
  });

  it('checks its input when no data is written, and null when what is written is missing', async () => {
    expect(await plan({ schema }, { schema }, { id: 'in' })).toMatchObject({ output: { id: 'in' }, port: 'out' });
    const missing = await plan({ schema }, { data: '{{ event.data.nothing }}', schema }, { id: 'in' });
    expect(missing).toMatchObject({ output: { data: null }, port: 'invalid' });
  });

  it('takes true and false for schemas', async () => {
    expect(await plan({ data: 1, schema: true })).toMatchObject({ port: 'out' });
    expect(await plan({ data: 1, schema: false })).toMatchObject({ port: 'invalid' });
  });

  it('fails for a schema that is none, and for one that costs too much', async () => {
    expect(await plan({ data: 1, schema: { type: 'objekt' } })).toMatchObject({
      error: { code: 'step.configInvalid' },
    });
    const doubling = Object.fromEntries(
      Array.from({ length: 60 }, (_, n) => [`a${n}`, { allOf: [0, 1].map(() => ({ $ref: `#/$defs/a${n + 1}` })) }]),
    );
    const costly = { $defs: { ...doubling, a60: true }, $ref: '#/$defs/a0' };
    expect(await plan({ data: 1, schema: costly })).toMatchObject({
      type: 'fail',
      error: { code: 'data.uncheckable' },
    });
  });

  it('leaves by out, invalid and error', () => {
    expect(manifest.ports({}).map(({ name }) => name)).toEqual(['out', 'invalid', 'error']);
  });

  it('needs a schema, in which braces are no expression', () => {
    expect(configFaults(manifest, {})).toEqual(['field.required /schema']);
    expect(configFaults(manifest, { schema: { pattern: '{{.*}}' } })).toEqual([]);
    expect(configFaults(manifest, { schema: 'text' })).toEqual(['field.invalid /schema']);
  });
});
