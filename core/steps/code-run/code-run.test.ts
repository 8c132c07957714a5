import { describe, expect, it } from 'vitest';
import { compileFlow } from '@/core/flow/compile';
import { renameStep } from '@/core/flow/rename-step';
import { flow, step, transform, trigger } from '@/core/flow/testing';
import { validate } from '@/core/flow/validate';
import { limits } from '@/core/limits';
import { executor } from '@/core/steps/code-run/execute';
import { manifest } from '@/core/steps/code-run/manifest';
import { configFaults, planContext } from '@/core/steps/testing';

const source = 'export default (input) => input;';

describe('a code step', () => {
  it('plans its source as written, with the input and the instant of the attempt', async () => {
    const context = planContext({ input: { a: 1 } }, { written: { source, input: { a: '{{ vars.a }}' } } });
    expect(await executor.plan(context)).toEqual({
      type: 'code',
      task: { source, input: { a: 1 }, timeoutMs: 30_000, nowMs: context.nowMs, seed: 'key-1' },
    });
  });

  it('hands on what came before when no input is written, and null when what is written is missing', async () => {
    const before = planContext({}, { written: { source }, input: [1] });
    expect(await executor.plan(before)).toMatchObject({ task: { input: [1] } });
    const missing = planContext({}, { written: { source, input: '{{ vars.nothing }}' }, input: [1] });
    expect(await executor.plan(missing)).toMatchObject({ task: { input: null } });
  });

  it('never takes longer than code may', async () => {
    const long = planContext({}, { written: { source }, timeoutMs: 10 * limits.codeTimeoutMaxMs });
    expect(await executor.plan(long)).toMatchObject({ task: { timeoutMs: limits.codeTimeoutMaxMs } });
    const document = flow(
      [trigger, step('c', 'code.run', { source }, { timeoutMs: limits.codeTimeoutMaxMs + 1 })],
      ['m → c'],
    );
    expect(validate(document)).toMatchObject([{ code: 'step.durationOutOfRange', pointer: '/steps/1/timeoutMs' }]);
  });

  it('is not tried again', () => {
    const document = flow([trigger, step('c', 'code.run', { source }, { retry: { attempts: 2 } })], ['m → c']);
    expect(validate(document)).toMatchObject([{ code: 'step.fieldNotAccepted', pointer: '/steps/1/retry' }]);
    const plain = flow([trigger, step('c', 'code.run', { source })], ['m → c']);
    expect(compileFlow(plain).steps.get('c')?.retry.attempts).toBe(1);
  });

  it('needs code, which is text', () => {
    expect(configFaults(manifest, {})).toEqual(['field.required /source']);
    expect(configFaults(manifest, { source: 7 })).toEqual(['field.invalid /source']);
    expect(configFaults(manifest, { source: 'x'.repeat(limits.codeSourceLength + 1) })).toEqual([
      'field.invalid /source',
    ]);
  });
});

describe('braces in code', () => {
  const braces = 'export default (input) => ({ a: `{{ steps.t.output }}`, b: {{}} });';
  const document = flow(
    [trigger, transform('t', 1), step('c', 'code.run', { source: braces, input: '{{ steps.t.output }}' })],
    ['m → t', 't → c'],
  );

  it('are no expression, when published or run', () => {
    expect(validate(document)).toEqual([]);
    expect(compileFlow(document).steps.get('c')?.config.references.steps).toEqual(new Set(['t']));
  });

  it('keep what they say when the step they seem to name is renamed', () => {
    expect(renameStep(document, 't', 'u').steps[2]?.config).toEqual({ source: braces, input: '{{ steps.u.output }}' });
  });
});
