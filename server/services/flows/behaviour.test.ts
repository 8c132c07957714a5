import { describe, expect, it } from 'vitest';
import { sameBehaviour } from '@/core/flow/diff';
import type { FlowDocument } from '@/core/flow/document';
import { behaviourText } from '@/server/services/flows/behaviour';

const base: FlowDocument = {
  headrace: 1,
  name: 'A',
  steps: [{ id: 'a', kind: 'data.transform', config: { output: { x: 1, y: [1, { b: 2, a: null }] } } }],
  edges: [],
};

describe('the text of a behaviour', () => {
  it.each<[string, FlowDocument]>([
    ['layout', { ...base, canvas: { direction: 'right' } }],
    ['the order of keys', { edges: [], steps: base.steps, name: 'A', headrace: 1 }],
    ['an absent member', { ...base, settings: undefined }],
    ['the name', { ...base, name: 'B' }],
    ['the order of steps', { ...base, steps: [...base.steps, { id: 'b', kind: 'x' }].reverse() }],
    [
      'null against nothing',
      { ...base, steps: [{ id: 'a', kind: 'data.transform', config: { output: { x: 1, y: [1, { b: 2 }] } } }] },
    ],
    ['a number against its text', { ...base, steps: [{ id: 'a', kind: 'data.transform', config: { output: '1' } }] }],
  ])('agrees with sameBehaviour about %s', (_, other) => {
    expect(behaviourText(base) === behaviourText(other)).toBe(sameBehaviour(base, other));
  });
});
