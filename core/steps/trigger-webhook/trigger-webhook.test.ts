import { describe, expect, it } from 'vitest';
import type { JsonObject } from '@/core/json';
import { asWritten } from '@/core/steps/templated';
import { configFaults } from '@/core/steps/testing';
import { signedTemplate, webhookConfig } from '@/core/steps/trigger-webhook/config';
import { manifest } from '@/core/steps/trigger-webhook/manifest';
import {
  comparePatterns,
  matchPath,
  type PathPattern,
  parsePathPattern,
  pathKey,
} from '@/core/steps/trigger-webhook/path-pattern';

const faults = (config: JsonObject) => configFaults(manifest, { path: 'orders', ...config });
const pattern = (path: string): PathPattern => {
  const parsed = parsePathPattern(path);
  if ('fault' in parsed) {
    throw new Error(parsed.fault);
  }
  return parsed.pattern;
};

describe('a path', () => {
  it.each(['orders', 'orders/:id', 'v1.2/a-b_c~d/:orderId/lines/:line_2', ':all'])('may be %s', (path) => {
    expect(faults({ path })).toEqual([]);
  });

  it.each([
    '',
    '/orders',
    'orders/',
    'a//b',
    '.',
    'a/../b',
    'a b',
    'ä',
    'a%2fb',
    'a?b',
    ':',
    ':1st',
    ':id/:id',
    'a:b',
    ':constructor',
    'x'.repeat(600),
    `${'a/'.repeat(40)}a`,
  ])('may not be "%s"', (path) => {
    expect(faults({ path })).toEqual(['field.invalid /path']);
  });

  it('matches segment by segment and hands out its parameters', () => {
    expect(matchPath(pattern('orders/:id/lines'), 'orders/7 b/lines')).toEqual({ id: '7 b' });
    expect(matchPath(pattern('orders/:id'), 'orders')).toBeNull();
    expect(matchPath(pattern('orders/:id'), 'orders/')).toBeNull();
    expect(matchPath(pattern('orders/:id'), 'orders/1/lines')).toBeNull();
    expect(matchPath(pattern('orders'), 'Orders')).toBeNull();
  });

  it('collides with another when they match the same addresses', () => {
    expect(pathKey(pattern('orders/:id'))).toBe(pathKey(pattern('orders/:order')));
    expect(pathKey(pattern('orders/:id'))).not.toBe(pathKey(pattern('orders/id')));
  });

  it('with a fixed segment goes before one with a parameter', () => {
    const sorted = [':any/new', 'orders/:id', 'orders/new'].map(pattern).toSorted(comparePatterns);
    expect(sorted.map(({ path }) => path)).toEqual(['orders/new', 'orders/:id', ':any/new']);
  });
});

describe('verification', () => {
  const secrets = [{ $secret: 'hook' }];

  it('fills in what is usual: SHA-256, hex, the body alone', () => {
    const parsed = webhookConfig(asWritten).parse({ path: 'a', verify: { hmac: { header: 'x-signature' }, secrets } });
    expect(parsed.verify).toEqual({ hmac: { header: 'x-signature', algorithm: 'sha256', encoding: 'hex' }, secrets });
    expect(signedTemplate({})).toBe('{body}');
    expect(signedTemplate({ timestampHeader: 'x-time' })).toBe('{timestamp}.{body}');
    expect(signedTemplate({ timestampHeader: 'x-time', signed: 'v0:{timestamp}:{body}' })).toBe(
      'v0:{timestamp}:{body}',
    );
  });

  it.each<[string, JsonObject]>([
    [
      'an HMAC with a timestamp',
      { hmac: { header: 'x-sig', timestampHeader: 'x-time', toleranceMs: 60_000, prefix: 'v1=' }, secrets },
    ],
    ['a bearer token', { bearer: { $secret: 'token' } }],
    ['a user and password', { basic: { username: 'shop', password: { $secret: 'pass' } } }],
  ])('may be %s', (_what, verify) => {
    expect(faults({ verify })).toEqual([]);
  });

  it.each<[string, JsonObject, string[]]>([
    ['without a way', {}, ['field.invalid /verify']],
    [
      'by two ways',
      { bearer: { $secret: 'a' }, basic: { username: 'b', password: { $secret: 'c' } } },
      ['field.invalid /verify'],
    ],
    ['with a password in clear', { basic: { username: 'a', password: 'b' } }, ['field.invalid /verify/basic/password']],
    ['without a secret', { hmac: { header: 'x' }, secrets: [] }, ['field.invalid /verify/secrets']],
    [
      'that does not sign the body',
      { hmac: { header: 'x', signed: 'fixed' }, secrets },
      ['field.invalid /verify/hmac/signed'],
    ],
    [
      'with a tolerance but no time',
      { hmac: { header: 'x', toleranceMs: 1000 }, secrets },
      ['webhook.timestampMissing /verify/hmac/toleranceMs'],
    ],
    [
      'that signs a time nobody sends',
      { hmac: { header: 'x', signed: '{timestamp}{body}' }, secrets },
      ['webhook.timestampMissing /verify/hmac/signed'],
    ],
    [
      'by an old algorithm',
      { hmac: { header: 'x', algorithm: 'md5' }, secrets },
      ['field.invalid /verify/hmac/algorithm'],
    ],
  ])('is refused %s', (_what, verify, expected) => {
    expect(faults({ verify })).toEqual(expected);
  });
});

describe('deduplication and limits', () => {
  it('remember a delivery for a day unless told otherwise', () => {
    expect(webhookConfig(asWritten).parse({ path: 'a', dedup: { header: 'X-Delivery' } }).dedup).toEqual({
      header: 'X-Delivery',
      windowMs: 86_400_000,
    });
  });

  it.each<[JsonObject, string]>([
    [{ waitMs: 60_001 }, 'field.invalid /waitMs'],
    [{ maxBodyBytes: 100 * 1024 * 1024 }, 'field.invalid /maxBodyBytes'],
    [{ dedup: { header: 'x', windowMs: 30 * 86_400_000 } }, 'field.invalid /dedup/windowMs'],
    [{ dedup: { header: 'not a name' } }, 'field.invalid /dedup/header'],
    [{ method: 'HEAD' }, 'field.invalid /method'],
  ])('%j goes too far', (config, fault) => {
    expect(faults(config)).toEqual([fault]);
  });
});
