/**
 * Where things stand on the canvas and how edges run: the flow falls, `out` leaves at the bottom, `error` on the right,
 * a step is entered at the top. Pure numbers in canvas units (pixels at 100 %). Refuses to measure the DOM: a card's
 * size is known, so an edge can be drawn before its cards are.
 */

export interface Point {
  readonly x: number;
  readonly y: number;
}

/** A step card as the look draws it. */
export const cardSize = { width: 236, height: 56 } as const;
/** From the top of one card to the top of the next below it: room for an arrow, a port name and the `+`. */
export const rowStep = 100;
/** From the left of one card to the left of the next beside it. */
export const columnStep = 284;
/** Cards snap to half of the dot grid, so that they align without feeling sticky. */
export const snap = 10;

export type PortSide = 'bottom' | 'right' | 'left';

/** The side of the card an outlet leaves by. */
export function sideOfPort(port: string): PortSide {
  if (port === 'error') {
    return 'right';
  }
  return port === 'compensate' ? 'left' : 'bottom';
}

/** Offset of the n-th of `count` outlets along the bottom of a card, from its left edge. One stands in the middle. */
export function bottomOffset(index: number, count: number): number {
  return Math.round((cardSize.width * (2 * index + 1)) / (2 * count));
}

/** Radius of the corners of an edge. */
const corner = 12;
/** How far an edge leaves straight before it may turn. */
const stub = 22;

/**
 * The corners of an edge from an outlet to the top of a card.
 * @returns at least two points, the first `from`, the last `to`; neighbours share x or y
 */
export function routeEdge(from: Point, to: Point, side: PortSide): Point[] {
  if (side === 'bottom') {
    return routeDown(from, to);
  }
  const turn = side === 'right' ? from.x + stub : from.x - stub;
  const above = to.y - stub;
  if (above >= from.y && (side === 'right' ? to.x >= turn : to.x <= turn)) {
    return tidyRoute([from, { x: to.x, y: from.y }, to]);
  }
  return tidyRoute([from, { x: turn, y: from.y }, { x: turn, y: above }, { x: to.x, y: above }, to]);
}

function routeDown(from: Point, to: Point): Point[] {
  if (Math.abs(from.x - to.x) < 1) {
    if (to.y >= from.y) {
      return [{ x: to.x, y: from.y }, to];
    }
  } else if (to.y - from.y >= 2 * corner) {
    const middle = from.y + Math.min((to.y - from.y) / 2, stub);
    return tidyRoute([from, { x: from.x, y: middle }, { x: to.x, y: middle }, to]);
  }
  // The target stands above: leave downwards, pass beside it, come in from above.
  const below = from.y + stub;
  const above = to.y - stub;
  const aside =
    Math.abs(from.x - to.x) > cardSize.width
      ? (from.x + to.x) / 2
      : Math.max(from.x, to.x) + cardSize.width / 2 + 2 * corner;
  return tidyRoute([
    from,
    { x: from.x, y: below },
    { x: aside, y: below },
    { x: aside, y: above },
    { x: to.x, y: above },
    to,
  ]);
}

/** Drops points that repeat or lie on a straight line. */
function tidyRoute(points: readonly Point[]): Point[] {
  return points.filter((point, at) => {
    const before = points[at - 1];
    const after = points[at + 1];
    if (before === undefined) {
      return true;
    }
    if (before.x === point.x && before.y === point.y) {
      return false;
    }
    if (after === undefined) {
      return true;
    }
    return !((before.x === point.x && point.x === after.x) || (before.y === point.y && point.y === after.y));
  });
}

const distance = (a: Point, b: Point): number => Math.abs(a.x - b.x) + Math.abs(a.y - b.y);

/** SVG path data of a route, its corners rounded, ending `short` units before the last point (room for the arrow). */
export function pathOf(route: readonly Point[], short = 0): string {
  const [start, ...rest] = route;
  if (start === undefined) {
    return '';
  }
  let path = `M${start.x} ${start.y}`;
  rest.forEach((point, at) => {
    const before = route[at] as Point;
    const after = rest[at + 1];
    if (after === undefined) {
      const end = towards(point, before, Math.min(short, distance(point, before)));
      path += `L${end.x} ${end.y}`;
      return;
    }
    const radius = Math.min(corner, distance(before, point) / 2, distance(point, after) / 2);
    const enter = towards(point, before, radius);
    const leave = towards(point, after, radius);
    path += `L${enter.x} ${enter.y}Q${point.x} ${point.y} ${leave.x} ${leave.y}`;
  });
  return path;
}

/** The point `by` units from `from` in the direction of `to`; the two share x or y. */
function towards(from: Point, to: Point, by: number): Point {
  return { x: from.x + Math.sign(to.x - from.x) * by, y: from.y + Math.sign(to.y - from.y) * by };
}

/** The point half-way along a route, where the `+` stands. */
export function middleOf(route: readonly Point[]): Point {
  const lengths = route.slice(1).map((point, at) => distance(route[at] as Point, point));
  let left = lengths.reduce((sum, length) => sum + length, 0) / 2;
  for (const [at, length] of lengths.entries()) {
    const from = route[at] as Point;
    const to = route[at + 1] as Point;
    if (left <= length) {
      return towards(from, to, left);
    }
    left -= length;
  }
  return route.at(-1) ?? { x: 0, y: 0 };
}

/** The arrow head of an edge that enters a card from above, tip at `to`. */
export const arrowAt = (to: Point): string => `${to.x},${to.y} ${to.x - 4},${to.y - 7} ${to.x + 4},${to.y - 7}`;

/** Distance of a point to a route, for dropping a step on a wire. */
export function distanceToRoute(point: Point, route: readonly Point[]): number {
  let nearest = Number.POSITIVE_INFINITY;
  for (const [at, to] of route.slice(1).entries()) {
    const from = route[at] as Point;
    const x = clamp(point.x, Math.min(from.x, to.x), Math.max(from.x, to.x));
    const y = clamp(point.y, Math.min(from.y, to.y), Math.max(from.y, to.y));
    nearest = Math.min(nearest, Math.hypot(point.x - x, point.y - y));
  }
  return nearest;
}

/** Whether a route passes through the box around `middle`. */
export function routeCrosses(route: readonly Point[], middle: Point, half: { width: number; height: number }): boolean {
  return route.slice(1).some((to, at) => {
    const from = route[at] as Point;
    return (
      Math.min(from.x, to.x) <= middle.x + half.width &&
      Math.max(from.x, to.x) >= middle.x - half.width &&
      Math.min(from.y, to.y) <= middle.y + half.height &&
      Math.max(from.y, to.y) >= middle.y - half.height
    );
  });
}

const clamp = (value: number, min: number, max: number): number => Math.min(max, Math.max(min, value));
