import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { readBody } from '@/server/adapters/http-client/read-body';

const limits = { maxBytes: 1024, maxDepth: 8 };
const json = { 'content-type': 'application/json' };
const read = (bytes: Buffer | string, headers: Record<string, string>) => readBody(Buffer.from(bytes), headers, limits);
const fault = (code: string) => expect.objectContaining({ code });

describe('the content type decides', () => {
  test.each([
    ['application/json', '{"a":1}', { a: 1 }],
    ['application/problem+json; charset=utf-8', '{"a":1}', { a: 1 }],
    ['Application/JSON', ' ', null],
    ['text/plain', 'hello', 'hello'],
    ['application/xml', '<a/>', '<a/>'],
    ['application/atom+xml', '<a/>', '<a/>'],
    ['application/octet-stream', 'hi', 'aGk='],
    ['image/png', '\u0000', 'AA=='],
    ['', 'plain', 'plain'],
  ])('%s', async (type, body, expected) => {
    expect(await read(body, { 'content-type': type })).toEqual(expected);
  });

  test('bytes without a type that are not text become base64', async () => {
    expect(await read(Buffer.from([0xff, 0xfe]), {})).toBe('//4=');
  });

  test('nothing is null, whatever the type', async () => {
    expect(await read('', json)).toBeNull();
    expect(await read('', { 'content-type': 'application/json', 'content-encoding': 'gzip' })).toBeNull();
  });
});

describe('charsets', () => {
  test('the declared one is used', async () => {
    const type = { 'content-type': 'text/plain; charset="ISO-8859-1"' };
    expect(await read(Buffer.from([0xe4]), type)).toBe('ä');
  });

  test('an unknown label and bytes that do not fit are unreadable, never guessed', async () => {
    await expect(read('x', { 'content-type': 'text/plain; charset=klingon' })).rejects.toThrow(
      fault('http.unreadable'),
    );
    await expect(read(Buffer.from([0xff]), json)).rejects.toThrow(fault('http.unreadable'));
    await expect(read(Buffer.from([0xff]), { 'content-type': 'text/html' })).rejects.toThrow(fault('http.unreadable'));
  });
});

describe('encodings', () => {
  test.each([
    ['gzip', gzipSync],
    ['x-gzip', gzipSync],
    ['deflate', deflateSync],
    ['deflate', deflateRawSync],
    ['br', brotliCompressSync],
  ])('%s is undone', async (encoding, compress) => {
    expect(await read(compress('{"a":1}'), { ...json, 'content-encoding': encoding })).toEqual({ a: 1 });
  });

  test('two layers are undone in order, three are refused', async () => {
    const twice = gzipSync(deflateSync('{"a":1}'));
    expect(await read(twice, { ...json, 'content-encoding': 'deflate, gzip' })).toEqual({ a: 1 });
    const headers = { ...json, 'content-encoding': 'gzip, gzip, gzip' };
    await expect(read(twice, headers)).rejects.toThrow(fault('http.unreadable'));
  });

  test('a bomb is stopped at the limit', async () => {
    const bomb = gzipSync(Buffer.alloc(50 * 1024 * 1024));
    await expect(read(bomb, { ...json, 'content-encoding': 'gzip' })).rejects.toThrow(fault('http.responseTooLarge'));
  });

  test('truncated, wrong and unknown encodings are unreadable', async () => {
    const whole = gzipSync('{"a":1}');
    const headers = { ...json, 'content-encoding': 'gzip' };
    await expect(read(whole.subarray(0, whole.length - 6), headers)).rejects.toThrow(fault('http.unreadable'));
    await expect(read('{"a":1}', headers)).rejects.toThrow(fault('http.unreadable'));
    await expect(read('x', { ...json, 'content-encoding': 'zstd' })).rejects.toThrow(fault('http.unreadable'));
  });
});

describe('JSON', () => {
  test('keys that reach prototypes are removed', async () => {
    const body = await read('{"a":{"__proto__":{"x":1},"b":2},"constructor":{"prototype":{"x":1}}}', json);
    expect(body).toEqual({ a: { b: 2 } });
    expect(JSON.stringify(body)).toBe('{"a":{"b":2}}');
  });

  test('what does not parse or nests too deeply is unreadable', async () => {
    await expect(read('{"a":', json)).rejects.toThrow(fault('http.unreadable'));
    await expect(read('['.repeat(9) + ']'.repeat(9), json)).rejects.toThrow(fault('http.unreadable'));
  });
});
