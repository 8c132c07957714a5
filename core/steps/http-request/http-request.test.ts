import { describe, expect, it } from 'vitest';
import type { JsonObject } from '@/core/json';
import type { HttpCall, HttpResult, PlanContext } from '@/core/steps/contract';
import { effectOf, onUnknownOf } from '@/core/steps/http-request/config';
import { executor } from '@/core/steps/http-request/execute';
import { manifest } from '@/core/steps/http-request/manifest';
import { configFaults, planContext } from '@/core/steps/testing';

const url = 'https://api.example.com/charges';
const faults = (config: JsonObject) => configFaults(manifest, { method: 'POST', url, ...config });
const plan = async (config: JsonObject, rest: Partial<PlanContext> = {}) =>
  executor.plan(planContext({ method: 'POST', url, ...config }, rest));
const call = async (config: JsonObject, rest: Partial<PlanContext> = {}): Promise<HttpCall> => {
  const planned = await plan(config, rest);
  if (planned.type !== 'call') {
    throw new Error(JSON.stringify(planned));
  }
  return planned.call;
};
const settle = (result: HttpResult, config: JsonObject = {}) =>
  executor.settle?.({ method: 'POST', url: `${url}?key=hidden`, ...config }, result);
const answer = (status: number, rest: Partial<Extract<HttpResult, { type: 'response' }>> = {}): HttpResult => ({
  type: 'response',
  status,
  headers: { 'content-type': 'application/json' },
  body: { ok: true },
  ...rest,
});

describe('the call', () => {
  it('carries method, address, headers, body and time limit', async () => {
    expect(await call({ headers: { 'X-Trace': 'a' }, body: { sku: 'L' } }, { timeoutMs: 5000 })).toEqual({
      method: 'POST',
      url,
      headers: { 'X-Trace': 'a', 'Content-Type': 'application/json', 'Idempotency-Key': 'key-1' },
      body: { sku: 'L' },
      timeoutMs: 5000,
      idempotencyKey: 'key-1',
    });
  });

  it('joins the query: encoded, lists repeated, nothing for null, after what the address has', async () => {
    const query = { q: 'a b&c', tag: ['x', 2, null], none: null, on: true };
    expect((await call({ method: 'GET', url: 'https://a.example/s?v=1#part', query })).url).toBe(
      'https://a.example/s?v=1&q=a+b%26c&tag=x&tag=2&on=true',
    );
  });

  it('writes numbers into headers and leaves out what is null', async () => {
    expect((await call({ method: 'GET', headers: { 'X-Count': 3, 'X-None': null } })).headers).toEqual({
      'X-Count': '3',
    });
  });

  it('sends text as text, and JSON when the author says what it is', async () => {
    expect((await call({ body: 'hello' })).headers['Content-Type']).toBe('text/plain; charset=utf-8');
    expect((await call({ body: [1], headers: { 'content-type': 'application/vnd.api+json' } })).headers).toEqual({
      'content-type': 'application/vnd.api+json',
      'Idempotency-Key': 'key-1',
    });
  });

  it('has no Content-Type without a body', async () => {
    expect((await call({})).headers).toEqual({ 'Idempotency-Key': 'key-1' });
  });

  it('sends an object as a form when the Content-Type is one', async () => {
    const headers = { 'Content-Type': 'application/x-www-form-urlencoded' };
    expect((await call({ headers, body: { a: 'x y', b: [1, 2], c: null } })).body).toBe('a=x+y&b=1&b=2&c=');
    expect(await plan({ headers, body: { a: { deep: 1 } } })).toMatchObject({
      type: 'fail',
      error: { code: 'step.configInvalid' },
    });
  });
});

describe('the idempotency key', () => {
  it('is sent wherever sending twice could matter, and not with what only reads', async () => {
    expect((await call({ method: 'DELETE', effect: 'once' })).idempotencyKey).toBe('key-1');
    expect(await call({ method: 'GET' })).toMatchObject({ headers: {}, idempotencyKey: null });
    expect(await call({ method: 'POST', effect: 'safe' })).toMatchObject({ headers: {}, idempotencyKey: null });
  });

  it('is the one the author chose, when there is one', async () => {
    expect(await call({ headers: { 'idempotency-key': 'mine' } })).toMatchObject({
      headers: { 'idempotency-key': 'mine' },
      idempotencyKey: 'mine',
    });
  });
});

describe('sending it twice', () => {
  it.each<[JsonObject, string, string]>([
    [{ method: 'GET' }, 'safe', 'retry'],
    [{ method: 'HEAD' }, 'safe', 'retry'],
    [{ method: 'POST' }, 'idempotent', 'retry'],
    [{ method: 'GET', effect: 'once' }, 'once', 'block'],
    [{ method: 'POST', effect: 'safe' }, 'safe', 'retry'],
    [{ method: 'POST', onUnknown: 'block' }, 'idempotent', 'block'],
  ])('%j is %s; when unknown: %s', async (config, effect, onUnknown) => {
    expect([effectOf(config), onUnknownOf(config)]).toEqual([effect, onUnknown]);
    expect(await plan(config)).toMatchObject({ effect, retriesUnknown: onUnknown === 'retry' });
  });
});

describe('secrets', () => {
  const token = { $secret: 'token', prefix: 'Bearer ' };

  it('stay references where the author wrote them', async () => {
    expect(
      (await call({ headers: { Authorization: token }, body: { key: { $secret: 'k' } } })).headers.Authorization,
    ).toEqual(token);
  });

  it.each<[string, JsonObject, JsonObject]>([
    ['a whole body', { body: '{{ event.data.body }}' }, { body: { $secret: 'token' } }],
    ['a field of the body', { body: { a: '{{ event.data.a }}' } }, { body: { a: { b: [{ $secret: 'token' }] } } }],
    ['a header', { headers: { 'X-A': '{{ event.data.a }}' } }, { headers: { 'X-A': { $secret: 'token' } } }],
    ['all headers', { headers: '{{ event.data.h }}' }, { headers: { Authorization: { $secret: 'token' } } }],
    [
      'a secret of the author, elsewhere',
      { headers: { A: token }, body: '{{ event.data }}' },
      { headers: { A: token }, body: token },
    ],
  ])('are refused when they come in with the data as %s', async (_what, written, resolved) => {
    const planned = await plan(resolved, { written: { method: 'POST', url, ...written } });
    expect(planned).toMatchObject({ type: 'fail', error: { code: 'step.configInvalid', isRetryable: false } });
  });
});

describe('resolved config that does not fit fails the step for good', () => {
  it.each<[string, JsonObject]>([
    ['an address that is missing', { url: null }],
    ['an address that is not one', { url: '/charges' }],
    ['another scheme', { url: 'file:///etc/passwd' }],
    ['credentials in the address', { url: 'https://user:pass@example.com/' }],
    ['a line break in a header', { headers: { 'X-A': 'a\r\nX-B: b' } }],
    ['text that no header can hold', { headers: { 'X-A': '→' } }],
    ['a header the transport sets', { headers: { 'Transfer-Encoding': 'chunked' } }],
    ['another host', { headers: { Host: 'internal' } }],
    ['an object in the query', { query: { a: { b: 1 } } }],
  ])('%s', async (_what, config) => {
    expect(await plan(config)).toMatchObject({
      type: 'fail',
      error: { code: 'step.configInvalid', isRetryable: false },
    });
  });
});

describe('faults of written config', () => {
  it('are none where expressions stand for whole fields or parts of them', () => {
    const config = {
      url: '{{ vars.stock }}/reservations/{{ event.data.body.id }}',
      query: '{{ event.data.query }}',
      headers: { 'X-A': '{{ event.data.a }}' },
      acceptStatus: ['2xx', 404],
    };
    expect(faults(config)).toEqual([]);
  });

  it.each<[JsonObject, string]>([
    [{ url: 'example.com' }, 'field.invalid /url'],
    [{ headers: { 'X A': 'a' } }, 'field.invalid /headers/X A'],
    [{ headers: { 'Content-Length': '1' } }, 'field.invalid /headers/Content-Length'],
    [{ headers: { Accept: 'a', accept: 'b' } }, 'http.headerRepeated /headers/accept'],
    [{ headers: { A: ['x'] } }, 'field.invalid /headers/A'],
    [{ acceptStatus: [] }, 'field.invalid /acceptStatus'],
    [{ acceptStatus: [99] }, 'field.invalid /acceptStatus/0'],
    [{ acceptStatus: ['6xx'] }, 'field.invalid /acceptStatus/0'],
    [{ method: 'GET', body: { a: 1 } }, 'http.bodyNotAllowed /body'],
    [{ effect: 'once', onUnknown: 'retry' }, 'http.onceNotRetried /onUnknown'],
    [{ headers: { authorization: 'Bearer abc' } }, 'http.credentialInClear /headers/authorization'],
  ])('%j: %s', (config, fault) => {
    expect(faults(config)).toEqual([fault]);
  });
});

describe('an answer', () => {
  it('that is accepted is the output', () => {
    expect(settle(answer(201))).toEqual({
      type: 'succeeded',
      output: { status: 201, headers: { 'content-type': 'application/json' }, body: { ok: true } },
      port: 'out',
    });
  });

  it('is accepted by number or class, and then 2xx only when listed', () => {
    const acceptStatus = ['4xx', 503];
    expect([404, 503, 200, 500].map((status) => settle(answer(status), { acceptStatus })?.type)).toEqual([
      'succeeded',
      'succeeded',
      'failed',
      'failed',
    ]);
  });

  it.each([408, 425, 429, 500, 502, 503, 504])('%i asks to try again, and Retry-After is obeyed', (status) => {
    expect(settle(answer(status, { retryAfterMs: 7000 }))).toMatchObject({
      type: 'failed',
      error: { code: 'http.statusRetryable', isRetryable: true, details: { status } },
      retryAfterMs: 7000,
    });
  });

  it.each([301, 400, 401, 404, 409, 422, 501])('%i cannot succeed later', (status) => {
    const outcome = settle(answer(status, { retryAfterMs: 7000 }));
    expect(outcome).toMatchObject({ type: 'failed', error: { code: 'http.status', isRetryable: false } });
    expect(outcome).not.toHaveProperty('retryAfterMs');
  });

  it('that fails the step is quoted in part, without the query of the address', () => {
    const outcome = settle(answer(400, { body: 'x'.repeat(50_000) }));
    const error = outcome?.type === 'failed' ? outcome.error : undefined;
    expect(error?.message).toBe('POST https://api.example.com/charges answered 400.');
    expect(String(error?.details?.body)).toHaveLength(2001);
  });

  it('that was accepted but could not be read leaves the outcome unknown', () => {
    const unreadable = { code: 'http.unreadable', message: 'The body broke off', isRetryable: false };
    expect(settle(answer(200, { body: null, unreadable }))).toEqual({
      type: 'unknown',
      error: { ...unreadable, details: { status: 200 } },
    });
    expect(settle(answer(500, { body: null, unreadable }))).toMatchObject({
      type: 'failed',
      error: { isRetryable: true },
    });
  });
});

describe('without an answer', () => {
  const error = { code: 'http.connection', message: 'refused', isRetryable: true };

  it('the step failed when nothing was sent, and is unknown when something may have been', () => {
    expect(settle({ type: 'refused', error })).toEqual({ type: 'failed', error });
    expect(settle({ type: 'unknown', error })).toEqual({ type: 'unknown', error });
  });
});

describe('the card', () => {
  it('says the method, and the address without scheme and with short expressions', () => {
    const config = { method: 'DELETE', url: 'https://stock.internal/reservations/{{ steps.reserve.output.body.id }}' };
    expect(manifest.summary(config)).toEqual({ verb: 'DELETE', rest: 'stock.internal/reservations/{id}' });
    expect(manifest.summary({ url: '{{ vars.pay }}/charges' })).toEqual({ verb: 'GET', rest: '{pay}/charges' });
  });
});
