import { describe, expect, it } from 'vitest';
import type { FlowEdge } from '@/core/flow/document';
import { refusalOfEdge } from './connect-rules';
import { drawn } from './testing';

// hook → callA → callB → done        scope: a
//          └comp→ undoA → undoA2
const flow = (() => {
  const document = drawn('hook -> callA -> callB -> done\ncallA -[compensate]-> undoA -> undoA2', { scope: 'a' });
  return { ...document, steps: [...document.steps, { id: 'free', kind: 'data.transform' }] };
})();

describe('a wire that is pulled', () => {
  it.each<[string, FlowEdge, RegExp]>([
    ['into a scope', { from: 'callB', to: 'a' }, /cannot cross the border of a scope/],
    ['from a scope to its own step', { from: 'scope', to: 'a' }, /needs no wire from it/],
    ['from a step to its own scope', { from: 'a', to: 'scope' }, /needs no wire to it/],
    ['from the way forward to what undoes', { from: 'callB', to: 'undoA' }, /undoA undoes a step/],
    ['from what undoes to the way forward', { from: 'undoA2', to: 'done' }, /done is on the way forward/],
    ['to undo by a step of the way forward', { from: 'callB', port: 'compensate', to: 'done' }, /on the way forward/],
    ['to undo two steps by one', { from: 'callB', port: 'compensate', to: 'undoA' }, /undoA undoes callA/],
    ['to undo by a scope', { from: 'callB', port: 'compensate', to: 'scope' }, /A scope cannot undo/],
    ['to undo what undoes', { from: 'undoA', port: 'compensate', to: 'free' }, /undoes a step already|has no port/],
    ['from a step that leaves nothing to undo', { from: 'done', port: 'compensate', to: 'free' }, /has no port/],
  ])('%s is refused with the reason', (_, edge, reason) => {
    expect(refusalOfEdge(flow, edge)).toMatch(reason);
  });

  it.each<[string, FlowEdge]>([
    ['to a step that undoes', { from: 'callB', port: 'compensate', to: 'free' }],
    ['along the way that undoes', { from: 'undoA2', to: 'free' }],
    ['to a second step that undoes the same', { from: 'callA', port: 'compensate', to: 'free' }],
    ['to a scope', { from: 'done', to: 'scope' }],
  ])('%s is drawn', (_, edge) => {
    expect(refusalOfEdge(flow, edge)).toBeNull();
  });

  it('is refused to the point of no return when it would undo', () => {
    const steps = flow.steps.map((step) => (step.id === 'free' ? { ...step, pivot: true } : step));
    const edge = { from: 'callB', port: 'compensate', to: 'free' };
    expect(refusalOfEdge({ ...flow, steps }, edge)).toMatch(/point of no return/);
  });

  it('is refused to a step that finds out', () => {
    const config = { url: 'https://a.example', onUnknown: { reconcile: 'free' } };
    const steps = flow.steps.map((step) => (step.id === 'callB' ? { ...step, config } : step));
    expect(refusalOfEdge({ ...flow, steps }, { from: 'done', to: 'free' })).toMatch(/finds out about callB/);
  });
});
