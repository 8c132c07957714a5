import { describe, expect, test } from 'vitest';
import { limits } from '@/core/limits';
import { groupValues, readHookBody } from '@/server/ingress/read-hook-body';

const read = (bytes: string | Uint8Array, type?: string, more: Record<string, string> = {}) =>
  readHookBody(Buffer.from(bytes), { ...(type === undefined ? {} : { 'content-type': type }), ...more });
const fault = (code: string) => expect.objectContaining({ code });
const form = 'application/x-www-form-urlencoded';

describe('the content type decides', () => {
  test.each([
    ['application/json', '{"a":[1,"x",null]}', { a: [1, 'x', null] }],
    ['application/vnd.github+json', '{}', {}],
    ['APPLICATION/JSON ; charset="UTF-8"', '"x"', 'x'],
    [form, 'a=1&b=x+y&b=%C3%A4&c', { a: '1', b: ['x y', 'ä'], c: '' }],
    [form, 'a=1&b=2&b=3&b=4&&=5', { a: '1', b: ['2', '3', '4'], '': '5' }],
    [form, 'discount=10%&rate=%zz', { discount: '10%', rate: '%zz' }],
    ['text/plain', 'hello', 'hello'],
    ['application/xml', '<a/>', '<a/>'],
    ['application/octet-stream', 'hi', 'aGk='],
    ['multipart/form-data; boundary=x', '--x--', 'LS14LS0='],
    [undefined, '{"a":1}', 'eyJhIjoxfQ=='],
  ])('%s', (type, body, expected) => {
    expect(read(body, type).value).toEqual(expected);
  });

  test('nothing is null, whatever the type says', () => {
    expect(read('', 'application/json')).toEqual({ value: null, raw: null });
    expect(read('')).toEqual({ value: null, raw: null });
  });

  test('a declared charset is used', () => {
    expect(read(Uint8Array.of(0xe4), 'text/plain; charset=iso-8859-1').value).toBe('ä');
  });
});

describe('the raw bytes are kept where the value cannot give them back', () => {
  test.each([
    ['application/json', '{"a":1}', false],
    ['application/json', '{ "a": 1 }', true],
    ['application/json', '{"a":1,"a":1}', true],
    ['application/json', '{"a":1.0}', true],
    ['application/json', '{"big":12345678901234567890}', true],
    ['application/json', '\ufeff{"a":1}', true],
    ['application/json', '{"2":0,"1":0}', true],
    ['text/plain', 'grüße', false],
    ['text/plain', '\ufeffx', true],
    ['application/octet-stream', 'x', false],
    [form, 'a=1', true],
  ])('%s %s', (type, body, isKept) => {
    expect(read(body, type).raw !== null).toBe(isKept);
  });

  test('another charset cannot be given back', () => {
    expect(read(Uint8Array.of(0xe4), 'text/plain; charset=latin1').raw).toEqual(Buffer.of(0xe4));
  });
});

describe('what cannot be read for certain is refused', () => {
  test.each([
    ['application/json', '{"a":', 'request.malformed'],
    ['application/json', '{"a":1} x', 'request.malformed'],
    ['application/json', 'NaN', 'request.malformed'],
    ['application/json', '{"__proto__":{"admin":true}}', 'request.malformed'],
    ['application/json', '[{"\\u005f_proto__":1}]', 'request.malformed'],
    ['application/json', '{"constructor":{"prototype":{"x":1}}}', 'request.malformed'],
    ['application/json', '['.repeat(limits.jsonDepth + 1) + ']'.repeat(limits.jsonDepth + 1), 'request.tooDeep'],
    ['application/json', '['.repeat(200_000), 'request.malformed'],
    [form, '__proto__=1', 'request.malformed'],
    [form, 'a=%ff', 'request.malformed'],
    ['text/plain; charset=klingon', 'x', 'request.unsupportedType'],
  ])('%s %.40s', (type, body, code) => {
    expect(() => read(body, type)).toThrow(fault(code));
  });

  test.each(['application/json', 'text/plain', form])('%s that is not UTF-8', (type) => {
    expect(() => read(Uint8Array.of(0x22, 0xff, 0x22), type)).toThrow(fault('request.malformed'));
  });

  test('a compressed body', () => {
    expect(() => read('x', 'application/json', { 'content-encoding': 'gzip' })).toThrow(
      fault('request.unsupportedType'),
    );
    expect(read('1', 'application/json', { 'content-encoding': 'identity' }).value).toBe(1);
  });
});

test('deep nesting up to the limit is read', () => {
  const text = '['.repeat(limits.jsonDepth) + ']'.repeat(limits.jsonDepth);
  expect(JSON.stringify(read(text, 'application/json').value)).toBe(text);
});

test('names of objects in general are ordinary names of values', () => {
  expect(
    groupValues([
      ['toString', '1'],
      ['toString', '2'],
      ['constructor', 'x'],
    ]),
  ).toEqual({
    toString: ['1', '2'],
    constructor: 'x',
  });
});
