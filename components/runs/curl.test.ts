import { spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import type { JsonObject, JsonValue } from '@/core/json';
import { hookCurl, shellWord } from './curl';

const origin = 'http://localhost:3000';

const event = (data: JsonObject): JsonObject => ({
  source: '/hooks/main/018f/received',
  data: { method: 'POST', path: 'orders', query: {}, headers: {}, body: null, ...data },
});
const json = (body: JsonValue) => ({ headers: { 'content-type': 'application/json' }, body });

describe('a word for the shell', () => {
  it.each([
    'plain/word.json',
    '',
    'two words',
    "it's",
    "'; touch /tmp/owned; '",
    '$(id) `id` $HOME !! \\',
    'first\nsecond\ttab',
    '*?[a-z] ~ #comment',
    'ä 😀',
  ])('reaches a program as it is: %j', (text) => {
    const { stdout } = spawnSync('sh', ['-c', `printf %s ${shellWord(text)}`], { encoding: 'utf8' });
    expect(stdout).toBe(text);
  });
});

describe('a webhook as a command', () => {
  it('has method, address, headers and body', () => {
    expect(hookCurl(event({ ...json({ id: 'SO-1' }), query: { a: ['1', '2'], b: 'x y' } }), origin)).toBe(
      `curl -X POST 'http://localhost:3000/hooks/main/orders?a=1&a=2&b=x+y' \\
  -H 'content-type: application/json' \\
  --data-raw '{"id":"SO-1"}'`,
    );
  });

  it('leaves out what curl sets, what proxies added and what names the delivery', () => {
    const headers = {
      host: 'h',
      'content-length': '2',
      'user-agent': 'shop/1',
      accept: '*/*',
      'x-forwarded-for': '10.0.0.1',
      'idempotency-key': 'k',
      'x-delivery': 'd',
      'x-shop': 'north',
    };
    expect(hookCurl(event({ headers }), origin, 'X-Delivery')).toBe(
      `curl -X POST http://localhost:3000/hooks/main/orders \\\n  -H 'x-shop: north'`,
    );
  });

  it('sends a form as a form and text as text', () => {
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };
    expect(hookCurl(event({ headers, body: { a: ['1', '2'], b: 'x&y' } }), origin)).toContain(
      `--data-raw 'a=1&a=2&b=x%26y'`,
    );
    expect(hookCurl(event({ headers: { 'content-type': 'text/plain' }, body: '@file' }), origin)).toContain(
      '--data-raw @file',
    );
  });

  it('feeds other bodies byte for byte', () => {
    const headers = { 'content-type': 'image/png' };
    const command = hookCurl(event({ headers, body: 'iVBORw==' }), origin);
    expect(command).toMatch(/^printf %s iVBORw== \| base64 -d \| curl /);
    expect(command).toMatch(/--data-binary @-$/);
  });

  it('sends no body where there was none', () => {
    expect(hookCurl(event({ method: 'GET' }), origin)).toBe('curl -X GET http://localhost:3000/hooks/main/orders');
  });

  it('does not exist for an event that came another way', () => {
    expect(hookCurl({ source: '/flows/018f', data: {} }, origin)).toBeNull();
  });
});
