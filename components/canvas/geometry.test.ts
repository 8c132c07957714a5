import { describe, expect, it } from 'vitest';
import { fitSummary } from './fit-summary';
import { bottomOffset, cardSize, distanceToRoute, middleOf, pathOf, routeEdge } from './geometry';
import { layOut } from './layout';
import { placesOf } from './places';
import { edgeRunView, type FlowRunView } from './run-view';
import { drawn } from './store/testing';

const isOrthogonal = (route: readonly { x: number; y: number }[]): boolean =>
  route.slice(1).every((to, at) => to.x === route[at]?.x || to.y === route[at]?.y);

describe('an edge', () => {
  it('falls straight onto a step below', () => {
    expect(pathOf(routeEdge({ x: 118, y: 56 }, { x: 118, y: 100 }, 'bottom'), 7)).toBe('M118 56L118 93');
  });

  it.each([
    ['beside', { x: 400, y: 160 }, 'bottom'],
    ['above', { x: 118, y: -300 }, 'bottom'],
    ['far above and aside', { x: 900, y: -300 }, 'bottom'],
    ['below, from the error port', { x: 500, y: 200 }, 'right'],
    ['below on the other side, from the error port', { x: -300, y: 200 }, 'right'],
    ['below, from the compensation port', { x: -300, y: 200 }, 'left'],
  ] as const)('turns only at right angles to a step %s', (_, to, side) => {
    const from = { x: 118, y: 56 };
    const route = routeEdge(from, to, side);
    expect(isOrthogonal(route)).toBe(true);
    expect(route[0]).toEqual(from);
    expect(route.at(-1)).toEqual(to);
    expect(route.at(-2)?.x).toBe(to.x);
    expect(route.at(-2)?.y).toBeLessThan(to.y);
  });

  it('has its middle on the line, and knows how far a point is from it', () => {
    const route = routeEdge({ x: 0, y: 0 }, { x: 100, y: 100 }, 'bottom');
    expect(distanceToRoute(middleOf(route), route)).toBe(0);
    expect(distanceToRoute({ x: -30, y: 10 }, route)).toBe(30);
  });
});

describe('ports at the bottom', () => {
  it('stand in the middle when alone and spread evenly otherwise', () => {
    expect(bottomOffset(0, 1)).toBe(cardSize.width / 2);
    expect([0, 1].map((at) => bottomOffset(at, 2))).toEqual([59, 177]);
  });
});

describe('the line of a card', () => {
  it.each([
    ['POST', '/hooks/main/orders', '/hooks/main/orders'],
    ['DELETE', 'stock.internal/reservations/{id}', '…/reservations/{id}'],
    [
      'POST',
      'api.very-long-host.example.com/a-very-long-segment-that-fills-the-line',
      '…/a-very-long-segment-that-fills-the-line',
    ],
    ['when', 'one, two, three, four, five, six, seven', 'one, two, three, four, five, six, seven'],
  ])('%s %s is shown as %s', (verb, rest, shown) => {
    expect(fitSummary(verb, rest)).toBe(shown);
  });
});

describe('the layout of an undrawn flow', () => {
  // hook → a → c
  //   └──→ b ──┘
  const document = { ...drawn('hook -> a -> c\nhook -> b -> c'), canvas: undefined };

  it('puts every step below all it comes from, and no two in one place', () => {
    const places = layOut(document);
    for (const { from, to } of document.edges) {
      expect(places.get(from)?.y).toBeLessThan(places.get(to)?.y as number);
    }
    expect(new Set([...places.values()].map(({ x, y }) => `${x},${y}`)).size).toBe(4);
  });

  it('ends for a draft that holds a cycle', () => {
    expect(layOut(drawn('a -> b -> c -> a')).size).toBe(3);
  });

  it('leaves placed steps where they are and stands clear of them', () => {
    const placed = { ...document, canvas: { steps: { hook: { x: 30, y: 70 } } } };
    const places = placesOf(placed);
    expect(places.get('hook')).toMatchObject({ x: 30, y: 70 });
    expect(places.get('a')?.y).toBeGreaterThan(70 + cardSize.height);
  });

  it('survives a chain of a thousand steps', () => {
    const chain = Array.from({ length: 1000 }, (_, at) => `s${at}`).join(' -> ');
    expect(layOut(drawn(chain)).get('s999')?.y).toBe(99_900);
  });
});

describe('an edge of a run', () => {
  const run = (isOver: boolean): FlowRunView => ({
    isOver,
    steps: {
      a: { status: 'succeeded', attempts: 1, tookMs: 1, port: 'out' },
      b: { status: 'failed', attempts: 3, tookMs: 1, port: null },
      c: { status: 'running', attempts: 1, tookMs: null, port: null },
      d: { status: 'failed', attempts: 1, tookMs: 1, port: 'error' },
    },
  });
  it.each([
    ['a', undefined, false, 'taken'],
    ['a', 'error', false, 'skipped'],
    ['b', undefined, false, 'skipped'],
    ['c', undefined, false, 'pending'],
    ['c', undefined, true, 'skipped'],
    ['d', 'error', false, 'taken'],
    ['later', undefined, false, 'pending'],
    ['later', undefined, true, 'skipped'],
  ] as const)('from %s by %s, over: %s, is %s', (from, port, isOver, view) => {
    expect(edgeRunView({ from, to: 'z', port }, run(isOver))).toBe(view);
  });
});
