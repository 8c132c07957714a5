import { describe, expect, it } from 'vitest';
import type { FlowDocument } from '@/core/flow/document';
import type { JsonValue } from '@/core/json';
import { createDrawer, type Facts } from './drawing';
import { arrowOf, isWithin, middleOfPlace, type Place, routeAside, routeClimb, routeWire } from './geometry';
import { impliedWires } from './implied-wires';
import { scopeUnder, scopeWhenDropped } from './interactions/drop-target';
import { stepInDirection } from './interactions/walk';
import { layOut } from './layout';
import { loopWords, partsOf } from './loop-bar';
import { placesOf } from './places';
import { regionWords } from './region-words';
import { edgeRunView, type FlowRunView } from './run-view';
import { drawn } from './store/testing';

// hook → ┌ scope ────────────────────────┐ → done
//        │ callA → callB → callC         │
//        │   └c→ undoA  └c→ undoB → tell │
//        └───────────────────────────────┘
const saga = drawn(
  'hook -> scope -> done\ncallA -> callB -> callC\ncallA -[compensate]-> undoA\ncallB -[compensate]-> undoB -> tell',
  { scope: 'callA callB callC undoA undoB tell' },
);
const undrawn: FlowDocument = { ...saga, canvas: undefined };
const at = (document: FlowDocument, id: string): Place => {
  const place = placesOf(document).get(id);
  if (place === undefined) throw new Error(`no place for ${id}`);
  return place;
};
const overlap = (a: Place, b: Place): boolean =>
  a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;

describe('the layout of an undrawn saga', () => {
  const places = layOut(undrawn);
  const place = (id: string): Place => places.get(id) ?? { x: 0, y: 0, width: 0, height: 0 };

  it('puts what undoes left of the step it undoes, the first in its row', () => {
    for (const [undo, step] of [
      ['undoA', 'callA'],
      ['undoB', 'callB'],
    ] as const) {
      expect(place(undo).x + place(undo).width).toBeLessThan(place(step).x);
      expect(place(undo).y).toBe(place(step).y);
    }
    expect(place('tell').y).toBeGreaterThan(place('undoB').y);
  });

  it('draws the region around all that is in it, and lets nothing overlap', () => {
    const inside = ['callA', 'callB', 'callC', 'undoA', 'undoB', 'tell'];
    for (const id of inside) {
      expect(isWithin(middleOfPlace(place(id)), place('scope'))).toBe(true);
    }
    const loose = [...inside, 'hook', 'done'];
    const touching = loose.flatMap((a, index) =>
      loose
        .slice(index + 1)
        .filter((b) => overlap(place(a), place(b)))
        .map((b) => `${a} ${b}`),
    );
    expect(touching).toEqual([]);
    expect(overlap(place('hook'), place('scope')) || overlap(place('done'), place('scope'))).toBe(false);
  });

  it('leads straight in and out', () => {
    expect(place('hook').x).toBe(place('callA').x);
    expect(place('done').x).toBe(place('callC').x);
  });

  it('puts what finds out right of the call', () => {
    const config = { onUnknown: { reconcile: 'look' } };
    const flow = { ...drawn('hook -> call'), canvas: undefined };
    const steps = flow.steps.map((step) => (step.id === 'call' ? { ...step, config } : step));
    const laid = layOut({ ...flow, steps: [...steps, { id: 'look', kind: 'http.request' }] });
    expect(laid.get('look')?.y).toBe(laid.get('call')?.y);
    expect(laid.get('look')?.x).toBeGreaterThan((laid.get('call')?.x ?? 0) + 236);
  });

  it('ends for scopes inside each other forty deep', () => {
    const deep = Object.fromEntries(Array.from({ length: 40 }, (_, n) => [`scope${n}`, `scope${n + 1}`]));
    expect(layOut({ ...drawn('hook -> scope0', deep), canvas: undefined }).size).toBe(42);
  });
});

describe('places', () => {
  it('are the same inside a region and outside: absolute', () => {
    const placed = { ...saga, canvas: { steps: { ...saga.canvas?.steps, callA: { x: 40, y: 60 } } } };
    expect(at(placed, 'callA')).toMatchObject({ x: 40, y: 60 });
  });

  it('let a region grow to hold its steps, and never shrink below its own size', () => {
    const steps = { ...saga.canvas?.steps, scope: { x: 0, y: 0, width: 2000, height: 90 }, callC: { x: 50, y: 900 } };
    const region = at({ ...saga, canvas: { steps } }, 'scope');
    expect(region.width).toBeGreaterThanOrEqual(2000);
    expect(region.y + region.height).toBeGreaterThan(956);
  });

  it('put unplaced steps of a placed region into it, below the others', () => {
    const { tell: _tell, ...steps } = saga.canvas?.steps ?? {};
    const document = { ...saga, canvas: { steps } };
    expect(isWithin(middleOfPlace(at(document, 'tell')), at(document, 'scope'))).toBe(true);
    expect(at(document, 'tell').y).toBeGreaterThan(at(document, 'undoB').y);
  });
});

describe('a step held over regions', () => {
  const steps = {
    hook: { x: 0, y: 0 },
    scope: { x: 0, y: 100, width: 600, height: 400 },
    scope2: { x: 40, y: 200, width: 400, height: 200 },
    a: { x: 60, y: 260 },
    b: { x: 900, y: 0 },
  };
  const nested = { ...drawn('hook -> scope\nb', { scope: 'scope2', scope2: 'a' }), canvas: { steps } };

  it('is over the innermost', () => {
    expect(scopeUnder(nested, { x: 100, y: 250 })).toBe('scope2');
    expect(scopeUnder(nested, { x: 500, y: 450 })).toBe('scope');
    expect(scopeUnder(nested, { x: 900, y: 50 })).toBe('');
  });

  it('leaves its region only when it is clearly outside', () => {
    expect(scopeWhenDropped(nested, 'a', { x: 100, y: 405 }, ['a'])).toBe('scope2');
    expect(scopeWhenDropped(nested, 'a', { x: 100, y: 460 }, ['a'])).toBe('scope');
    expect(scopeWhenDropped(nested, 'a', { x: 900, y: 460 }, ['a'])).toBe('');
  });

  it('goes in with its middle, and not into a region that is dragged along', () => {
    expect(scopeWhenDropped(nested, 'b', { x: 500, y: 450 }, ['b'])).toBe('scope');
    expect(scopeWhenDropped(nested, 'b', { x: 100, y: 250 }, ['b', 'scope'])).toBe('');
  });
});

describe('wires of a saga', () => {
  const card = (x: number, y: number): Place => ({ x, y, width: 236, height: 56 });
  it('lead to what undoes from the left side into its right side', () => {
    const route = routeWire({ x: 400, y: 128 }, { x: 118, y: 100 }, 'left');
    expect(route).toEqual([
      { x: 400, y: 128 },
      { x: 236, y: 128 },
    ]);
    expect(arrowOf(route)).toBe('236,128 243,132 243,124');
  });
  it('climb from card to card, and from the left of the step that failed', () => {
    expect(routeClimb(card(0, 200), card(0, 100), false)).toEqual([
      { x: 118, y: 200 },
      { x: 118, y: 156 },
    ]);
    expect(routeClimb(card(300, 300), card(0, 100), true)).toEqual([
      { x: 300, y: 328 },
      { x: 118, y: 328 },
      { x: 118, y: 156 },
    ]);
  });
  it('find a way at right angles wherever the cards stand', () => {
    const places = [card(0, 0), card(300, 40), card(-500, 300), card(10, -400)];
    for (const from of places) {
      for (const to of places.filter((place) => place !== from)) {
        for (const route of [routeClimb(from, to, true), routeClimb(from, to, false), routeAside(from, to)]) {
          expect(route.slice(1).every((point, n) => point.x === route[n]?.x || point.y === route[n]?.y)).toBe(true);
        }
      }
    }
  });
});

describe('wires that follow from the drawing', () => {
  const keys = (document: FlowDocument, run?: FlowRunView): string[] =>
    impliedWires(document, run)
      .map(({ type, from, to }) => `${type} ${from} ${to}`)
      .sort();

  it('lead into a region and out of it, and back from the last step that can fail', () => {
    expect(keys(saga)).toEqual(['climb callC undoB', 'climb tell undoA', 'enter scope callA', 'exit callC scope']);
  });

  it('do not lead back from behind the pivot', () => {
    const steps = saga.steps.map((step) => (step.id === 'callA' ? { ...step, pivot: true } : step));
    expect(keys({ ...saga, steps })).not.toContain('climb callC undoB');
  });

  it('lead back from where a run failed', () => {
    const failed = { status: 'failed', attempts: 1, tookMs: 1, port: null } as const;
    expect(keys(saga, { isOver: true, steps: { callB: failed } })).toContain('climb callB undoA');
  });
});

describe('a saga in a run', () => {
  const view = (status: 'compensating' | 'compensated' | 'succeeded' | 'running' | 'pending') => ({
    status,
    attempts: 1,
    tookMs: 1,
    port: status === 'running' || status === 'pending' ? null : 'out',
  });
  const wire = { from: 'callA', port: 'compensate', to: 'undoA' };

  it.each([
    ['undone', 'compensated', 'succeeded', true, 'taken'],
    ['being undone', 'compensating', 'running', false, 'taken'],
    ['about to be undone', 'compensating', 'pending', false, 'pending'],
    ['left standing', 'succeeded', 'pending', true, 'skipped'],
  ] as const)('shows the compensation wire of a step that is %s', (_, step, undo, isOver, expected) => {
    expect(edgeRunView(wire, { isOver, steps: { callA: view(step), undoA: view(undo) } })).toBe(expected);
  });

  it('shows the way forward of a step that was undone as taken', () => {
    const run = { isOver: true, steps: { callA: view('compensated') } };
    expect(edgeRunView({ from: 'callA', to: 'callB' }, run)).toBe('taken');
  });

  it('moves the wire of the compensation that is under way, and only that', () => {
    const facts: Facts = {
      document: saga,
      selectedSteps: new Set(),
      selectedEdges: new Set(),
      isReadOnly: true,
      run: {
        isOver: false,
        steps: {
          callA: view('compensating'),
          undoA: view('running'),
          callB: view('compensated'),
          undoB: view('succeeded'),
        },
      },
    };
    const moving = createDrawer()(facts).edges.filter((edge) => edge.data?.isMoving);
    expect(moving.map(({ id }) => id)).toContain('callA.compensate>undoA');
    expect(moving.map(({ id }) => id)).not.toContain('callB.compensate>undoB');
  });
});

describe('drawing regions', () => {
  const facts = (document: FlowDocument): Facts => ({
    document,
    selectedSteps: new Set(),
    selectedEdges: new Set(),
    isReadOnly: false,
  });

  it('puts a region before its steps, which stand relative to it', () => {
    const { nodes } = createDrawer()(facts(saga));
    const ids = nodes.map(({ id }) => id);
    expect(ids.indexOf('scope')).toBeLessThan(ids.indexOf('callA'));
    const member = nodes.find(({ id }) => id === 'callA');
    expect(member).toMatchObject({
      parentId: 'scope',
      position: { x: at(saga, 'callA').x - at(saga, 'scope').x, y: at(saga, 'callA').y - at(saga, 'scope').y },
    });
  });

  it('says what a card is to those who cannot see it', () => {
    const labels = createDrawer()(facts(saga)).nodes.map(({ ariaLabel }) => ariaLabel);
    expect(labels).toContain('undoA, step undoA, compensation');
  });

  it('ends for a step inside itself and for scopes inside each other in a ring', () => {
    const ring = drawn('hook -> scope', { scope: 'scope2', scope2: 'scope' });
    expect(createDrawer()(facts(ring)).nodes).toHaveLength(3);
    expect(createDrawer()(facts(drawn('hook', { scope: 'scope' }))).nodes).toHaveLength(2);
  });
});

describe('walking a saga with the arrows', () => {
  it.each([
    ['hook', 'down', 'scope'],
    ['scope', 'down', 'callA'],
    ['callC', 'down', 'done'],
    ['callA', 'up', 'scope'],
    ['callA', 'left', 'undoA'],
    ['undoA', 'right', 'callA'],
    ['undoB', 'down', 'tell'],
    ['tell', 'right', 'callB'],
  ] as const)('from %s %s leads to %s', (from, direction, to) => {
    expect(stepInDirection(saga, from, direction)).toBe(to);
  });
});

describe('the title of a region', () => {
  const words = (config: Record<string, JsonValue>): string => regionWords({ id: 'a', kind: 'logic.forEach', config });

  it('says of a loop what it goes through, how many at a time, and what follows from a failure', () => {
    expect(words({ items: '{{ event.data.body.lines }}', concurrency: 5, onError: 'continue' })).toBe(
      'for each {lines}, 5 at a time, goes on after failures',
    );
    expect(words({ items: [1, 2] })).toBe('for each of 2 items, one after the other, stops at the first failure');
    expect(words({ items: '', concurrency: '{{ vars.width }}' })).toContain('for each item, {width} at a time');
  });

  it('says of a scope that it succeeds whole', () => {
    expect(regionWords({ id: 'a', kind: 'saga.scope' })).toBe('saga scope, succeeds whole or is compensated');
  });
});

describe('the parts of a loop', () => {
  const loop = { total: 9, begun: 5, running: 2, succeeded: 2, failed: 1, compensated: 0, undone: 0 };

  it('add up to its items, and are told in words', () => {
    expect(partsOf(loop).reduce((sum, { count }) => sum + count, 0)).toBe(9);
    expect(loopWords(loop)).toBe('2 succeeded, 1 failed, 2 under way, 4 not begun of 9');
  });

  it('are none of an empty list', () => {
    const empty = { total: 0, begun: 0, running: 0, succeeded: 0, failed: 0, compensated: 0, undone: 0 };
    expect(partsOf(empty)).toEqual([]);
    expect(loopWords(empty)).toContain('nothing to do');
  });
});
