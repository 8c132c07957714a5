import { describe, expect, it } from 'vitest';
import type { JsonObject } from '@/core/json';
import { executor } from '@/core/steps/human-approval/execute';
import { manifest } from '@/core/steps/human-approval/manifest';
import { configFaults, planContext } from '@/core/steps/testing';

const nowMs = Date.UTC(2026, 0, 1);
const plan = async (config: JsonObject, written = config) => executor.plan(planContext(config, { nowMs, written }));

describe('an approval', () => {
  it('asks whom it is told to, with the form as written, until its time has passed', async () => {
    const form = { type: 'object', properties: { note: { type: 'string', default: '{{ not read }}' } } };
    const config = { title: ' Refund 7? ', description: 'Two\nlines', assignee: ' Ines@Example.com ', waitMs: 60_000 };
    expect(await plan(config, { ...config, form })).toEqual({
      type: 'await',
      awaits: {
        on: 'approval',
        title: 'Refund 7?',
        description: 'Two\nlines',
        form,
        assignee: 'ines@example.com',
      },
      untilMs: nowMs + 60_000,
    });
  });

  it('asks everybody, for as long as it takes, unless told', async () => {
    expect(await plan({ title: 7 })).toMatchObject({
      awaits: { title: '7', description: null, form: null, assignee: null },
      untilMs: null,
    });
  });

  it.each<[string, JsonObject]>([
    ['no question', {}],
    ['an empty one', { title: '  ' }],
    ['one of two lines', { title: 'a\nb' }],
    ['one that no column holds', { title: 'a\ud800' }],
    ['one that is too long', { title: 'x'.repeat(301) }],
    ['a question that is an object', { title: { a: 1 } }],
    ['a description with NUL', { title: 'a', description: 'b\u0000' }],
    ['an assignee without an address', { title: 'a', assignee: 'Ines' }],
    ['an assignee that is nobody', { title: 'a', assignee: '' }],
    ['a wait of no time', { title: 'a', waitMs: 0 }],
    ['a wait of more than a year', { title: 'a', waitMs: 400 * 24 * 60 * 60_000 }],
  ])('fails for good with %s', async (_what, config) => {
    expect(await plan(config)).toMatchObject({ type: 'fail', error: { code: 'step.configInvalid' } });
  });

  it('wants a form that is an object and not an expression', () => {
    expect(configFaults(manifest, { title: 'a', form: '{{ vars.form }}' })).toEqual(['field.invalid /form']);
    expect(configFaults(manifest, { title: 'a', form: { type: 'object' } })).toEqual([]);
  });

  it('says on its card who is asked what', () => {
    expect(manifest.summary({ title: 'Refund?', assignee: 'ines@example.com' })).toEqual({
      verb: 'ask',
      rest: 'ines@example.com: Refund?',
    });
  });
});
