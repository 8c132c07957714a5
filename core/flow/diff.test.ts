import { describe, expect, it } from 'vitest';
import { changedSteps, sameBehaviour } from '@/core/flow/diff';
import { flow, transform, trigger } from '@/core/flow/testing';

//   m → a
const base = flow([trigger, transform('a', { x: 1, y: [1, 2] })], ['m → a']);

describe('two documents behave the same', () => {
  it('when only the canvas differs', () => {
    const moved = { ...base, canvas: { direction: 'right' as const, steps: { a: { x: 20, y: 40 } } } };
    expect(sameBehaviour(base, moved)).toBe(true);
    expect(changedSteps(base, moved).size).toBe(0);
  });

  it('whatever the order of keys', () => {
    expect(sameBehaviour(base, flow([trigger, transform('a', { y: [1, 2], x: 1 })], ['m → a']))).toBe(true);
  });
});

describe('two documents behave differently', () => {
  it.each([
    ['a value', flow([trigger, transform('a', { x: 2, y: [1, 2] })], ['m → a'])],
    ['the order of a list', flow([trigger, transform('a', { x: 1, y: [2, 1] })], ['m → a'])],
    ['a field more', flow([trigger, transform('a', { x: 1, y: [1, 2], z: null })], ['m → a'])],
    ['an edge', flow([trigger, transform('a', { x: 1, y: [1, 2] })])],
    ['the name', { ...base, name: 'Other' }],
    ['a setting', { ...base, settings: { concurrency: 1 } }],
    ['a list instead of an object', flow([trigger, transform('a', [1, 2])], ['m → a'])],
  ])('when %s differs', (_what, other) => {
    expect(sameBehaviour(base, other)).toBe(false);
  });
});

it('steps that are new or defined differently are the changed ones', () => {
  const later = flow([trigger, transform('a', 'other'), transform('b')], ['m → a', 'a → b']);
  expect([...changedSteps(base, later)]).toEqual(['a', 'b']);
});
