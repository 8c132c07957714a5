import { expect, it } from 'vitest';
import { typeOfSample } from '@/core/code/type-of-sample';

it('data is named by what it holds', () => {
  expect(
    typeOfSample({ id: 'a', total: 1, 'a-b': null, lines: [{ price: 1 }, { price: 2, note: 'x' }], none: [] }),
  ).toBe(
    `{
  id: string;
  total: number;
  "a-b": null;
  lines: {
    price: number;
    note?: string;
  }[];
  none: unknown[];
}`,
  );
  expect(typeOfSample([1, 'a', null])).toBe('(number | string | null)[]');
  expect(typeOfSample({})).toBe('{}');
});

it('large data gives a type that can still be read', () => {
  let deep: Parameters<typeof typeOfSample>[0] = 1;
  for (let level = 0; level < 60; level += 1) deep = { deep };
  expect(typeOfSample(deep).split('\n').length).toBeLessThan(20);
  const wide = Object.fromEntries(Array.from({ length: 1000 }, (_, n) => [`f${n}`, n]));
  expect(typeOfSample(wide)).toMatch(/\/\/ and more\n}$/);
});
