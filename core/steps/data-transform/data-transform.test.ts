import { describe, expect, it } from 'vitest';
import { executor } from '@/core/steps/data-transform/execute';
import { manifest } from '@/core/steps/data-transform/manifest';
import { configFaults, planContext } from '@/core/steps/testing';

describe('a transform', () => {
  it('puts out the value it resolved to', async () => {
    expect(await executor.plan(planContext({ output: { a: 1 } }))).toEqual({
      type: 'complete',
      output: { a: 1 },
      port: 'out',
    });
  });

  it('puts out null when the whole value is missing', async () => {
    expect(await executor.plan(planContext({}))).toMatchObject({ output: null });
  });

  it('may be null, but not absent', () => {
    expect(configFaults(manifest, { output: null })).toEqual([]);
    expect(configFaults(manifest, {})).toEqual(['field.required /output']);
  });
});
