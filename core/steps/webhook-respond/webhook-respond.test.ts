import { describe, expect, it } from 'vitest';
import type { JsonObject } from '@/core/json';
import { configFaults, planContext } from '@/core/steps/testing';
import { executor } from '@/core/steps/webhook-respond/execute';
import { manifest } from '@/core/steps/webhook-respond/manifest';

const plan = async (config: JsonObject) => executor.plan(planContext(config));

describe('an answer', () => {
  it('is 200 without a body unless told otherwise', async () => {
    expect(await plan({})).toEqual({ type: 'respond', answer: { status: 200, headers: {}, body: null } });
  });

  it('carries status, headers and body', async () => {
    expect(
      await plan({ status: 201, headers: { Location: '/orders/7', 'X-Count': 2, 'X-None': null }, body: { id: 7 } }),
    ).toEqual({
      type: 'respond',
      answer: { status: 201, headers: { Location: '/orders/7', 'X-Count': '2' }, body: { id: 7 } },
    });
  });

  it.each<[string, JsonObject]>([
    ['a status that is none', { status: 700 }],
    ['a status that is text', { status: 'fine' }],
    ['a body where there is none', { status: 204, body: { a: 1 } }],
    ['a cookie', { headers: { 'Set-Cookie': 'a=b' } }],
    ['a line break in a header', { headers: { 'X-A': 'a\nb' } }],
  ])('fails for good with %s', async (_what, config) => {
    expect(await plan(config)).toMatchObject({
      type: 'fail',
      error: { code: 'step.configInvalid', isRetryable: false },
    });
  });
});

describe('faults', () => {
  it.each<[JsonObject, string]>([
    [{ status: 199 }, 'field.invalid /status'],
    [{ headers: { 'set-cookie': 'a' } }, 'field.invalid /headers/set-cookie'],
    [{ headers: { Connection: 'close' } }, 'field.invalid /headers/Connection'],
    [{ headers: { 'Content-Security-Policy': 'x' } }, 'field.invalid /headers/Content-Security-Policy'],
    [{ headers: { 'X-A': '1', 'x-a': '2' } }, 'http.headerRepeated /headers/x-a'],
    [{ status: 304, body: 'x' }, 'webhook.bodyNotAllowed /body'],
  ])('%j: %s', (config, fault) => {
    expect(configFaults(manifest, config)).toEqual([fault]);
  });

  it('are none where the status is an expression', () => {
    expect(
      configFaults(manifest, { status: '{{ steps.a.output.status }}', headers: '{{ steps.a.output.headers }}' }),
    ).toEqual([]);
  });
});
