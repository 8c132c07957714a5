import { describe, expect, it } from 'vitest';
import { executor } from '@/core/steps/saga-scope/execute';
import { manifest } from '@/core/steps/saga-scope/manifest';
import { configFaults, planContext } from '@/core/steps/testing';

describe('a saga scope', () => {
  it('opens, and leaves the rest to its steps', async () => {
    expect(await executor.plan(planContext({}))).toEqual({ type: 'enter' });
  });

  it('holds steps and has nothing to configure', () => {
    expect(manifest.isContainer).toBe(true);
    expect(configFaults(manifest, { timeout: 1 })).toHaveLength(1);
  });
});
