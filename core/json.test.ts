import { describe, expect, test } from 'vitest';
import {
  byteLengthOfJson,
  hasDepthOver,
  isPlainObject,
  type JsonValue,
  jsonPointer,
  parseJsonPointer,
} from '@/core/json';

describe('JSON pointers', () => {
  test('escape slashes and tildes, and read back to the same parts', () => {
    expect(jsonPointer()).toBe('');
    expect(jsonPointer('steps', 0, 'a/b', 'm~n', '')).toBe('/steps/0/a~1b/m~0n/');
    expect(parseJsonPointer('/steps/0/a~1b/m~0n/')).toEqual(['steps', '0', 'a/b', 'm~n', '']);
    expect(parseJsonPointer(jsonPointer('~1'))).toEqual(['~1']);
    expect(parseJsonPointer('')).toEqual([]);
  });
});

describe('the depth of JSON', () => {
  test('counts containers, not scalars', () => {
    expect(hasDepthOver(1, 0)).toBe(false);
    expect(hasDepthOver([], 0)).toBe(true);
    expect(hasDepthOver({ a: [{}] }, 3)).toBe(false);
    expect(hasDepthOver({ a: [{}] }, 2)).toBe(true);
  });

  test('is found without using up the stack', () => {
    const value: JsonValue = JSON.parse(`${'['.repeat(200_000)}${']'.repeat(200_000)}`);
    expect(hasDepthOver(value, 64)).toBe(true);
    expect(hasDepthOver(value, 200_000)).toBe(false);
  });
});

describe('the byte length of JSON', () => {
  test.each<[string, JsonValue]>([
    ['nothing inside', { a: [], b: {} }],
    ['scalars', [null, true, false, 0, -1.5e-7, 1e21]],
    ['text of one to four bytes a character', 'aé€😀'],
    ['quotes, backslashes and controls', '"\\\b\f\n\r\t\u000b\u0000\u001f\u007f'],
    ['lone surrogates', '\ud800x\udc00'],
    ['members', { 'k"é': { deep: [1, [2, ['three']]] }, empty: '' }],
  ])('equals that of the written text: %s', (_name, value) => {
    expect(byteLengthOfJson(value)).toBe(new TextEncoder().encode(JSON.stringify(value)).length);
  });

  test('may stop counting early', () => {
    expect(byteLengthOfJson(['aaaa', 'bbbb', 'cccc'], 8)).toBeGreaterThan(8);
  });
});

test('only what JSON.parse makes is a plain object', () => {
  expect(isPlainObject({})).toBe(true);
  expect(isPlainObject(Object.create(null))).toBe(true);
  for (const other of [[], null, new Date(0), new Map(), () => 1, 'x']) {
    expect(isPlainObject(other)).toBe(false);
  }
});
