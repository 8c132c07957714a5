import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { zodFaults } from './zod-faults';

const schema = z.strictObject({
  name: z.string().min(1).max(5),
  code: z.string().min(3, 'Take three letters.'),
  tags: z.array(z.string()).min(1).max(2),
});
const messages = (value: unknown): Record<string, string> => {
  const result = schema.safeParse(value);
  const faults = result.success ? [] : zodFaults(result.error, value);
  return Object.fromEntries(faults.map(({ pointer, message }) => [pointer, message]));
};

describe('faults of an input', () => {
  it('speak of lengths as people do', () => {
    expect(messages({ name: '', code: 'abc', tags: [] })).toEqual({
      '/name': 'Must not be empty.',
      '/tags': 'Needs at least one entry.',
    });
    expect(messages({ name: 'too long', code: 'abc', tags: ['a', 'b', 'c'] })).toEqual({
      '/name': 'Use at most 5 characters.',
      '/tags': 'Has more than 2 entries.',
    });
  });

  it('keep the words of a schema that has its own', () => {
    expect(messages({ name: 'a', code: '', tags: ['a'] })).toEqual({ '/code': 'Take three letters.' });
  });

  it('tell what is missing from what is wrong and what is unknown, each at its place', () => {
    expect(messages({ name: 7, tags: [1], 'a/b': true })).toEqual({
      '/name': 'Expected string, received number.',
      '/code': '"code" is required.',
      '/tags/0': 'Expected string, received number.',
      '/a~1b': '"a/b" is not a field here. Remove it or correct its name.',
    });
  });
});
