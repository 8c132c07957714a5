import { describe, expect, test } from 'vitest';
import type { PreparedRequest } from '@/server/adapters/http-client/prepare-request';
import { nextRequest } from '@/server/adapters/http-client/redirect';
import { parseRetryAfter } from '@/server/adapters/http-client/retry-after';

const request = (over: Partial<PreparedRequest> = {}): PreparedRequest => ({
  url: new URL('https://a.test/orders'),
  method: 'POST',
  headers: {
    accept: '*/*',
    authorization: 'Bearer x',
    'content-type': 'application/json',
    cookie: 'a=b',
    'idempotency-key': 'k',
    'x-api-key': 'literal',
    'x-custom': 'from a secret',
    'x-tenant': '7',
    'headrace-hops': '2',
  },
  body: '{}',
  secretHeaders: new Set(),
  hasSecretBody: false,
  revealed: [],
  ...over,
});
const refused = expect.objectContaining({ code: 'http.redirects' });

describe('the method', () => {
  test.each([
    [301, 'POST', 'GET'],
    [302, 'POST', 'GET'],
    [303, 'POST', 'GET'],
    [307, 'POST', 'POST'],
    [308, 'POST', 'POST'],
    [301, 'PUT', 'PUT'],
    [302, 'DELETE', 'DELETE'],
    [303, 'PUT', 'GET'],
    [303, 'HEAD', 'HEAD'],
  ])('after %i a %s becomes a %s', (status, method, expected) => {
    const next = nextRequest(request({ method }), status, '/next');
    expect(next.method).toBe(expected);
    expect(next.body).toBe(expected === method && method !== 'HEAD' ? '{}' : next.body);
    if (expected === 'GET') {
      expect(next.body).toBeNull();
      expect(next.headers).not.toHaveProperty('content-type');
    }
  });
});

describe('credentials', () => {
  test('stay with the origin and travel inside it', () => {
    expect(nextRequest(request(), 307, '/next').headers).toEqual(request().headers);
    expect(nextRequest(request(), 307, '/next').url.href).toBe('https://a.test/next');
  });

  test('do not follow to another host, port or scheme', () => {
    const secretHeaders = new Set(['x-custom']);
    for (const location of ['https://b.test/', 'https://a.test:444/', 'https://sub.a.test/']) {
      expect(nextRequest(request({ secretHeaders }), 307, location).headers).toEqual({
        accept: '*/*',
        'content-type': 'application/json',
        'x-tenant': '7',
        'headrace-hops': '2',
      });
    }
  });

  test('a body with a secret is not sent to another origin, but a redirect that drops it is followed', () => {
    expect(() => nextRequest(request({ hasSecretBody: true }), 307, 'https://b.test/')).toThrow(refused);
    expect(nextRequest(request({ hasSecretBody: true }), 303, 'https://b.test/').body).toBeNull();
  });

  test('a step down to http is refused with credentials and followed without', () => {
    expect(() => nextRequest(request(), 307, 'http://a.test/')).toThrow(refused);
    expect(() => nextRequest(request({ headers: {}, hasSecretBody: true }), 303, 'http://a.test/')).toThrow(refused);
    expect(nextRequest(request({ headers: { accept: '*/*' } }), 307, 'http://a.test/').url.protocol).toBe('http:');
  });
});

test.each(['ftp://a.test/', 'https://user:pass@a.test/', 'javascript:1', 'http://[/'])('%s is refused', (location) => {
  expect(() => nextRequest(request(), 307, location)).toThrow(refused);
});

describe('Retry-After', () => {
  const nowMs = Date.parse('2026-11-22T12:00:00Z');
  test.each([
    ['120', 120_000],
    ['0', 0],
    [' 7 ', 7_000],
    ['Sun, 22 Nov 2026 12:00:30 GMT', 30_000],
    ['Sunday, 22-Nov-26 12:00:30 GMT', 30_000],
    ['Sun, 22 Nov 2026 11:00:00 GMT', 0],
    ['99999999999999999999', 86_400_000],
    ['soon', undefined],
    ['-5', undefined],
    ['1.5', undefined],
    ['', undefined],
    [undefined, undefined],
  ])('%j is %j ms', (header, expected) => {
    expect(parseRetryAfter(header, nowMs)).toBe(expected);
  });
});
