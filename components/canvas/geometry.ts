/**
 * Where things stand on the canvas and how edges run: the flow falls, `out` leaves at the bottom, `error` on the right,
 * a step is entered at the top; what undoes stands to the left, and the way back climbs. Pure numbers in canvas units (pixels at 100 %). Refuses to measure the DOM: a card's
 * size is known, so an edge can be drawn before its cards are.
 */

export interface Point {
  readonly x: number;
  readonly y: number;
}

/** A box on the canvas: its top left corner and its size. */
export interface Place extends Point {
  readonly width: number;
  readonly height: number;
}

/** A step card as the look draws it. */
export const cardSize = { width: 236, height: 56 } as const;
/** From the top of one card to the top of the next below it: room for an arrow, a port name and the `+`. */
export const rowStep = 100;
/** From the left of one card to the left of the next beside it. */
export const columnStep = 284;
/**
 * Between the border of a region and what is in it: room for its title above, for what is wrong with a
 * step, a pivot and its name below. */
export const regionPadding = { left: 20, top: 40, right: 40, bottom: 60 } as const;
/** A region that nothing is in yet: wide enough to drop a card into. */
export const emptyRegion = { width: 360, height: 160 } as const;
/** From the lower edge of the step that is the pivot to its line. */
export const pivotGap = 22;
/** From the left of a card to the left of what undoes it, or finds out about it: room for the name of the wire. */
export const asideStep = 320;
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

const isLeftOf = (entry: Point, from: Point): boolean => entry.x + cardSize.width / 2 + corner <= from.x;

/**
 * The corners of any drawn wire. One that leads to what undoes a step enters that card from its right side.
 * @param entry the middle of the upper edge of the card it leads to
 * @param side where it leaves
 */
export function routeWire(from: Point, entry: Point, side: PortSide): Point[] {
  if (side !== 'left' || !isLeftOf(entry, from)) {
    return routeEdge(from, entry, side);
  }
  const level = entry.y + cardSize.height / 2;
  // Two cards in one row: half a pixel of border is no reason to bend.
  const to = { x: entry.x + cardSize.width / 2, y: Math.abs(level - from.y) < 2 ? from.y : level };
  const middle = from.x - Math.min((from.x - to.x) / 2, stub);
  return tidyRoute([from, { x: middle, y: from.y }, { x: middle, y: to.y }, to]);
}

/**
 * The corners of the way back from a step to what is undone next: up where that stands above, else around its left.
 * @param isFirst whether it begins at the step that failed: there it leaves by the left side
 */
export function routeClimb(from: Place, to: Place, isFirst: boolean): Point[] {
  const below = { x: to.x + to.width / 2, y: to.y + to.height };
  const side = { x: from.x, y: from.y + from.height / 2 };
  if (isFirst && below.x <= side.x - corner && below.y <= side.y - corner) {
    return tidyRoute([side, { x: below.x, y: side.y }, below]);
  }
  if (!isFirst && below.y <= from.y - corner) {
    const top = { x: from.x + from.width / 2, y: from.y };
    const middle = (top.y + below.y) / 2;
    return tidyRoute([top, { x: top.x, y: middle }, { x: below.x, y: middle }, below]);
  }
  const end = { x: to.x, y: to.y + to.height / 2 };
  const aside = Math.min(side.x, end.x) - stub;
  return tidyRoute([side, { x: aside, y: side.y }, { x: aside, y: end.y }, end]);
}

/** The corners from the right side of a card to the left side of one beside it, or over the top of one elsewhere. */
export function routeAside(from: Place, to: Place): Point[] {
  const start = { x: from.x + from.width, y: from.y + from.height / 2 };
  const end = { x: to.x, y: to.y + to.height / 2 };
  if (end.x < start.x + corner) {
    return routeEdge(start, { x: to.x + to.width / 2, y: to.y }, 'right');
  }
  const level = Math.abs(end.y - start.y) < 2 ? start.y : end.y;
  const middle = (start.x + end.x) / 2;
  return tidyRoute([start, { x: middle, y: start.y }, { x: middle, y: level }, { x: end.x, y: level }]);
}

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

/** The arrow head at the end of a route, pointing where its last stretch goes. */
export function arrowOf(route: readonly Point[]): string {
  const to = route.at(-1) ?? { x: 0, y: 0 };
  const from = route.at(-2) ?? to;
  const [dx, dy] = [Math.sign(to.x - from.x), Math.sign(to.y - from.y)];
  const [x, y] = dx === 0 && dy === 0 ? [0, 1] : [dx, dx === 0 ? dy : 0];
  const base = { x: to.x - 7 * x, y: to.y - 7 * y };
  return `${to.x},${to.y} ${base.x - 4 * y},${base.y - 4 * x} ${base.x + 4 * y},${base.y + 4 * x}`;
}

/** The smallest box around all. */
export function boxAround(places: readonly Place[]): Place | null {
  if (places.length === 0) {
    return null;
  }
  const x = Math.min(...places.map((place) => place.x));
  const y = Math.min(...places.map((place) => place.y));
  const right = Math.max(...places.map((place) => place.x + place.width));
  const bottom = Math.max(...places.map((place) => place.y + place.height));
  return { x, y, width: right - x, height: bottom - y };
}

/** The box of a region whose content fills this one. */
export const padded = ({ x, y, width, height }: Place): Place => ({
  x: x - regionPadding.left,
  y: y - regionPadding.top,
  width: width + regionPadding.left + regionPadding.right,
  height: height + regionPadding.top + regionPadding.bottom,
});

export const middleOfPlace = ({ x, y, width, height }: Place): Point => ({ x: x + width / 2, y: y + height / 2 });

/** @param margin how far outside still counts as inside */
export const isWithin = (point: Point, place: Place, margin = 0): boolean =>
  point.x >= place.x - margin &&
  point.x <= place.x + place.width + margin &&
  point.y >= place.y - margin &&
  point.y <= place.y + place.height + margin;

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
