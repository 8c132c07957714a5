import { describe, expect, it } from 'vitest';
import { executor } from '@/core/steps/logic-fail/execute';
import { manifest } from '@/core/steps/logic-fail/manifest';
import { configFaults, planContext } from '@/core/steps/testing';

describe('failing on purpose', () => {
  it('is terminal and says why, by the code of the author', async () => {
    expect(await executor.plan(planContext({ message: 'No lines', code: 'order.empty' }))).toEqual({
      type: 'fail',
      error: { code: 'order.empty', message: 'No lines', isRetryable: false },
    });
    expect(await executor.plan(planContext({ message: 'No lines' }))).toMatchObject({
      error: { code: 'step.failedOnPurpose' },
    });
  });

  it('still says something when the message did not resolve', async () => {
    expect(await executor.plan(planContext({}))).toMatchObject({ type: 'fail', error: { code: 'step.configInvalid' } });
  });

  it('needs words, and a code that is one', () => {
    expect(configFaults(manifest, { message: ' ', code: 'not one word' })).toEqual([
      'field.invalid /message',
      'field.invalid /code',
    ]);
  });

  it('has no outlet', () => {
    expect(manifest.ports({})).toEqual([]);
  });
});
