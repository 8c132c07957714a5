import { expect, it } from 'vitest';
import { sourceProblems, validateWithSources } from '@/core/code/source-problems';
import { flow, step, transform, trigger } from '@/core/flow/testing';

it('a source that does not parse is a problem of its field, with line and column', () => {
  const source = 'export default (input: string) => {\n  return {;\n};';
  const document = flow([trigger, transform('t'), step('c', 'code.run', { source })], ['m → t', 't → c']);
  const problem = {
    pointer: '/steps/2/config/source',
    code: 'code.invalid',
    message: 'Line 2, column 11: Unexpected token.',
    stepId: 'c',
    severity: 'error',
  };
  expect(sourceProblems(document)).toEqual([problem]);
  expect(validateWithSources(document)).toEqual([problem]);
});

it('a source that parses, and one that is not there yet, are none', () => {
  const written = step('c', 'code.run', { source: 'export default (a: number) => a' });
  expect(sourceProblems(flow([trigger, written, step('d', 'code.run', {})]))).toEqual([]);
});
