import { describe, expect, test } from 'vitest';
import { createMask, maskForms, maskText } from '@/core/secrets/mask-secrets';

const secret = 'p/ss "w+rd" ü~1';
const mask = createMask(maskForms([secret]));
const base64 = Buffer.from(secret).toString('base64');

describe('every form of a secret is masked', () => {
  test.each([
    ['as it is', secret],
    ['escaped for JSON', JSON.stringify(secret).slice(1, -1)],
    ['escaped for JSON with slashes', JSON.stringify(secret).slice(1, -1).replaceAll('/', '\\/')],
    ['percent-encoded', encodeURIComponent(secret)],
    ['percent-encoded in lower case', encodeURIComponent(secret).replace(/%../g, (octet) => octet.toLowerCase())],
    ['as form data', encodeURIComponent(secret).replaceAll('%20', '+')],
    ['in base64', base64],
    ['in base64 without padding', base64.replace(/=+$/, '')],
    ['in base64url', Buffer.from(secret).toString('base64url')],
    ['in hex', Buffer.from(secret).toString('hex')],
  ])('%s', (_name, form) => {
    expect(mask.text(`before ${form} after`)).toBe(`before ${maskText} after`);
  });

  test('without its scheme', () => {
    expect(createMask(maskForms(['Bearer abcdef123'])).text('token=abcdef123;')).toBe(`token=${maskText};`);
  });
});

test('the longer of two secrets wins where one contains the other', () => {
  expect(createMask(maskForms(['abcdef', 'abcdefghi'])).text('abcdefghi abcdef')).toBe(`${maskText} ${maskText}`);
});

test('masks inside JSON: strings, keys, and numbers that spell the secret', () => {
  const numeric = createMask(maskForms(['12345678']));
  expect(numeric.json({ a: ['x12345678'], '12345678': 1, n: 12345678, m: 1234567 })).toEqual({
    a: [`x${maskText}`],
    [maskText]: 1,
    n: maskText,
    m: 1234567,
  });
});

test('returns the same object when nothing is masked', () => {
  const value = { a: [1, 'two', null], b: { c: true } };
  expect(mask.json(value)).toBe(value);
});

test('a secret shorter than six characters is left alone, because masking it would blank out words', () => {
  expect(maskForms(['abc12'])).toEqual([]);
  expect(createMask([]).text('abc12')).toBe('abc12');
});

test('a secret with lone surrogates does not break masking', () => {
  expect(createMask(maskForms(['abcdef\ud800'])).text('x abcdef\ud800 y')).toBe(`x ${maskText} y`);
});

test('pattern characters in a secret are taken literally', () => {
  expect(createMask(maskForms(['a.*b|(c)[d]']))?.text('a.*b|(c)[d] aXXb')).toBe(`${maskText} aXXb`);
});
