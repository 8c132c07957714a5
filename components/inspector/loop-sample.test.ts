import { describe, expect, it } from 'vitest';
import type { FlowStep } from '@/core/flow/document';
import { itemsOf, sampleInLoops } from './loop-sample';
import { previewOf } from './preview';
import { frameOfRun, frameOfSample, type SampleData } from './sample-frame';

const nowMs = () => 0;
const loop = (id: string, items: string): FlowStep => ({ id, kind: 'logic.forEach', config: { items } });
const sample: SampleData = frameOfSample(
  undefined,
  {},
  {
    lines: [
      { sku: 'A', parts: [1, 2] },
      { sku: 'B', parts: [3] },
    ],
    note: 'x',
  },
);
const lines = loop('lines', '{{ event.data.lines }}');
const parts = loop('parts', '{{ item.parts }}');
const shown = (expression: string, at: SampleData): string => {
  const preview = previewOf(expression, at, nowMs);
  return preview.type === 'value' ? preview.text : preview.type;
};

describe('previews inside a loop', () => {
  it('read the chosen item and its index, the first while none is chosen', () => {
    const first = sampleInLoops(sample, [lines], new Map(), () => [], 0);
    expect(first.loops).toEqual([
      { stepId: 'lines', name: 'lines', index: 0, total: 2, item: { sku: 'A', parts: [1, 2] } },
    ]);
    const second = sampleInLoops(sample, [lines], new Map([['lines', 1]]), () => [], 0).sample;
    expect([shown('{{ item.sku }}', second), shown('{{ index }}', second)]).toEqual(['B', '1']);
  });

  it('read the item of the innermost loop, whose list may be a part of the outer item', () => {
    const chosen = new Map([['parts', 1]]);
    const inner = sampleInLoops(sample, [lines, parts], chosen, () => [], 0);
    expect(shown('{{ item }}', inner.sample)).toBe('2');
    expect(inner.loops.map(({ total }) => total)).toEqual([2, 2]);
  });

  it('read the last item when the list has become shorter', () => {
    expect(sampleInLoops(sample, [lines], new Map([['lines', 9]]), () => [], 0).loops[0]?.index).toBe(1);
  });

  it('read what the steps of that iteration gave, and of no other', () => {
    const stepsIn = (path: string) => (path === 'lines[1]' ? [{ id: 'reserve', output: 'R-B' }] : []);
    const second = sampleInLoops(sample, [lines], new Map([['lines', 1]]), stepsIn, 0).sample;
    const first = sampleInLoops(sample, [lines], new Map(), stepsIn, 0).sample;
    expect(shown('{{ steps.reserve.output }}', second)).toBe('R-B');
    expect(shown('{{ steps.reserve.output }}', first)).toBe('missing');
  });

  it('have no item where the list is none or is not known', () => {
    for (const items of ['{{ event.data.note }}', '{{ event.data.nothing }}', '{{ ( }}']) {
      const { loops, sample: at } = sampleInLoops(sample, [loop('lines', items)], new Map(), () => [], 0);
      expect([loops[0]?.total, shown('{{ item }}', at)]).toEqual([null, 'missing']);
    }
    expect(itemsOf(loop('lines', '{{ event.data.note }}'), sample, 0)).toBe('x');
  });
});

it('Outside a loop, what the steps of single iterations gave is no output of theirs', () => {
  const run = {
    id: 'r',
    flowId: 'f',
    version: 1,
    startedAt: null,
    steps: [
      { id: 'reserve', output: null },
      { id: 'reserve', path: 'lines[0]', output: 'R-A' },
    ],
  };
  expect(frameOfRun(run, {}, {}, null).frame.steps).toEqual({ reserve: { output: null } });
});
