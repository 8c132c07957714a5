import { describe, expect, it } from 'vitest';
import { flow, step, trigger } from '@/core/flow/testing';
import { validate } from '@/core/flow/validate';
import type { JsonObject, JsonValue } from '@/core/json';
import { executor } from '@/core/steps/event-wait/execute';
import { manifest } from '@/core/steps/event-wait/manifest';
import { waitKeyOf } from '@/core/steps/event-wait/wait-key';
import { configFaults, planContext } from '@/core/steps/testing';

const nowMs = Date.UTC(2026, 0, 1);
const written = { type: 'payment.received', key: '{{ event.data.id }}', eventKey: '{{ event.data.order }}' };
const plan = (config: JsonObject) =>
  executor.plan(planContext({ type: 'payment.received', ...config }, { written, nowMs }));

describe('a wait', () => {
  it('begins with its key and the expression that candidates are asked', async () => {
    expect(await plan({ key: 'A-1', waitMs: 1500 })).toEqual({
      type: 'await',
      awaits: { on: 'event', eventType: 'payment.received', key: '"A-1"', eventKey: '{{ event.data.order }}' },
      untilMs: nowMs + 1500,
    });
    expect(await plan({ key: 7 })).toMatchObject({ awaits: { key: '"7"' }, untilMs: null });
  });

  it.each<[string, JsonObject]>([
    ['a missing key', {}],
    ['null', { key: null }],
    ['an empty text', { key: '' }],
    ['a document', { key: 'x'.repeat(10_000) }],
  ])('whose key is %s fails for good', async (_name, config) => {
    expect(await plan(config)).toMatchObject({ type: 'fail', error: { code: 'wait.keyInvalid', isRetryable: false } });
  });

  it('fails for a time that is none', async () => {
    for (const waitMs of ['soon', -1, 1e15]) {
      expect(await plan({ key: 1, waitMs })).toMatchObject({ type: 'fail', error: { code: 'step.configInvalid' } });
    }
  });

  it('says on its card what it waits for', () => {
    expect(manifest.summary(written)).toEqual({ verb: 'wait', rest: 'payment.received · {id}' });
  });
});

describe('a key', () => {
  it.each<[JsonValue, JsonValue]>([
    [7, '7'],
    [true, 'true'],
    [
      { b: 1, a: [2, { d: 3, c: 4 }] },
      { a: [2, { c: 4, d: 3 }], b: 1 },
    ],
  ])('%j equals %j', (one, other) => {
    expect(waitKeyOf(one)).toBe(waitKeyOf(other));
  });

  it('tells apart what is not the same, and holds nothing that a column of text cannot', () => {
    const keys = [1, '1 ', [1], ['1'], { a: 1 }, '{"a":1}', '[1]', 0, false].map(waitKeyOf);
    expect(new Set(keys).size).toBe(keys.length);
    expect(waitKeyOf('a\u0000\ud800')).toBe('"a\\u0000\\ud800"');
  });
});

describe('when it is written', () => {
  it.each(['order.*', '*', 'headrace.webhook.received', '', 'a b', '{{ vars.type }}'])(
    'a type may not be "%s"',
    (type) => {
      expect(configFaults(manifest, { ...written, type })).toEqual(['field.invalid /type']);
    },
  );

  it('a type may be one of another system', () => {
    expect(configFaults(manifest, { ...written, type: 'com.github.pull_request/opened' })).toEqual([]);
  });

  it('a key of the event is an expression', () => {
    expect(configFaults(manifest, { ...written, eventKey: 'event.data.order' })).toEqual(['field.invalid /eventKey']);
  });

  it('a key of the event reads nothing but the event', () => {
    const document = flow(
      [
        trigger,
        step('w', 'event.wait', {
          type: 'a.b',
          key: '{{ run.id }}',
          eventKey: '{{ event.data.x & run.id & steps.m.output }}',
        }),
      ],
      ['m → w'],
    );
    expect(validate(document).map(({ code, pointer }) => `${code} ${pointer}`)).toEqual([
      'expression.rootNotHere /steps/1/config/eventKey',
      'expression.rootNotHere /steps/1/config/eventKey',
    ]);
  });
});
