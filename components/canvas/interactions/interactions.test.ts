import { describe, expect, it } from 'vitest';
import { manifests } from '../catalogue';
import { createDrawer, type Facts } from '../drawing';
import { findKinds } from '../step-picker';
import { setName } from '../store/commands/field-commands';
import { drawn } from '../store/testing';
import { wireUnder } from './drop-target';
import { stepInDirection } from './walk';

// hook → a → b
//        └error→ c (to the right)
const flow = (() => {
  const document = drawn('hook -> a -> b\na -[error]-> c');
  return { ...document, canvas: { steps: { ...document.canvas?.steps, c: { x: 300, y: 200 } } } };
})();

describe('walking with the arrows', () => {
  it.each([
    [null, 'down', 'hook'],
    ['hook', 'down', 'a'],
    ['a', 'down', 'b'],
    ['b', 'up', 'a'],
    ['c', 'up', 'a'],
    ['b', 'right', 'c'],
    ['c', 'left', 'b'],
    ['b', 'down', null],
    ['hook', 'up', null],
  ] as const)('from %s %s leads to %s', (from, direction, to) => {
    expect(stepInDirection(flow, from, direction)).toBe(to);
  });
});

describe('a card held over a wire', () => {
  const middleOfWire = { x: 118, y: 78 };
  it('names the wire through its inner part', () => {
    expect(wireUnder(flow, middleOfWire)).toBe('hook.out>a');
    expect(wireUnder(flow, { x: 180, y: 78 })).toBe('hook.out>a');
  });
  it('names none when it only comes near', () => {
    expect(wireUnder(flow, { x: 240, y: 78 })).toBeNull();
  });
  it('does not count its own wires', () => {
    expect(wireUnder(flow, middleOfWire, 'a')).toBeNull();
  });
});

describe('drawing', () => {
  const facts = (document: Facts['document']): Facts => ({
    document,
    selectedSteps: new Set(),
    selectedEdges: new Set(),
    isReadOnly: false,
  });
  it('keeps every card and wire that did not change', () => {
    const draw = createDrawer();
    const before = draw(facts(flow));
    const after = draw(facts(setName('a', 'Add').apply(flow, { steps: [], edges: [] }).document));
    const kept = after.nodes.filter((node) => before.nodes.includes(node)).map((node) => node.id);
    expect(kept).toEqual(['hook', 'b', 'c']);
    expect(after.nodes.find((node) => node.id === 'a')?.data.name).toBe('Add');
  });
  it('draws wires of drafts only between steps that exist, each once', () => {
    const edges = [...flow.edges, { from: 'a', to: 'gone' }, { from: 'hook', to: 'a' }];
    expect(createDrawer()(facts({ ...flow, edges })).edges.map((edge) => edge.id)).toEqual([
      'hook.out>a',
      'a.out>b',
      'a.error>c',
    ]);
  });
  it('draws a step of an unknown kind, and ports that its kind does not have but its wires use', () => {
    const document = {
      ...flow,
      steps: flow.steps.map((step) => (step.id === 'a' ? { ...step, kind: 'new.kind' } : step)),
    };
    const node = createDrawer()(facts(document)).nodes.find(({ id }) => id === 'a');
    expect(node?.data.ports.map((port) => port.name)).toEqual(['out', 'error']);
    expect(node?.data.icon).toBe('unknown');
  });
  it('names what is wrong and what happened for those who cannot see it', () => {
    const { nodes } = createDrawer()({
      ...facts(flow),
      faults: new Map([['a', [{ message: 'No URL.', severity: 'error' }]]]),
      run: { isOver: true, steps: { b: { status: 'succeeded', attempts: 1, tookMs: 3, port: 'out' } } },
    });
    expect(nodes.map((node) => node.ariaLabel)).toContain('a, step a, problem: No URL.');
    expect(nodes.map((node) => node.ariaLabel)).toContain('b, step b, succeeded');
  });
});

describe('the palette', () => {
  it('finds kinds by every typed word, in any order', () => {
    const found = (text: string) => findKinds(text, manifests).flatMap(({ items }) => items.map(({ kind }) => kind));
    expect(found('')).toHaveLength(manifests.length);
    expect(found('request http')).toEqual(['http.request']);
    expect(found('zzz')).toEqual([]);
  });
});
