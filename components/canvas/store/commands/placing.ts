/**
 * Where commands put things: free places for new steps, room between steps, and what must move out of the way of a
 * region that grew. Pure functions from documents to places. Refuses to change anything but `canvas`.
 */
import type { FlowDocument, FlowEdge } from '@/core/flow/document';
import { compensatePort, descendantsOf, rootScope } from '@/core/flow/graph';
import { isContainer } from '../../catalogue';
import { asideStep, cardSize, columnStep, emptyRegion, type Place, type Point, rowStep, snap } from '../../geometry';
import { placesOf } from '../../places';
import { regionLines } from '../../region-lines';
import { drawnGraph, insideOf, scopeOf } from '../../scopes';

/** Between the lower edge of one thing and the upper edge of the next. */
const rowGap = rowStep - cardSize.height;

export const snapped = ({ x, y }: Point): Point => ({
  x: Math.round(x / snap) * snap,
  y: Math.round(y / snap) * snap,
});

export const cardAt = ({ x, y }: Point): Place => ({ x, y, ...cardSize });

/** The size of a step that is being added. */
export const sizeOfKind = (kind: string): Size => (isContainer(kind) ? emptyRegion : cardSize);
type Size = Pick<Place, 'width' | 'height'>;

/** Writes every place into the document, so that what was laid out stays where it was seen. Only regions have sizes. */
export function withPlaces(document: FlowDocument, places: ReadonlyMap<string, Place>): FlowDocument {
  const before = document.canvas?.steps ?? {};
  const regions = new Set(document.steps.filter(({ kind }) => isContainer(kind)).map(({ id }) => id));
  const steps = Object.fromEntries(
    [...places].map(([id, { x, y, width, height }]) => {
      const known = before[id];
      const hasSize = regions.has(id);
      const isSame = known !== undefined && known.x === x && known.y === y;
      if (isSame && (!hasSize || (known.width === width && known.height === height))) {
        return [id, known];
      }
      return [id, hasSize ? { ...known, x, y, width, height } : { ...known, x, y }];
    }),
  );
  return { ...document, canvas: { ...document.canvas, steps } };
}

/** The places of all steps after some moved; what is inside a moved region moves along. */
export function movedPlaces(document: FlowDocument, to: ReadonlyMap<string, Point>): Map<string, Place> {
  const before = placesOf(document);
  const places = new Map(before);
  const shift = (id: string, by: Point): void => {
    const at = before.get(id);
    if (at) places.set(id, { ...at, x: at.x + by.x, y: at.y + by.y });
  };
  for (const [id, wish] of to) {
    const at = before.get(id);
    if (at === undefined) continue;
    const { x, y } = snapped(wish);
    const by = { x: x - at.x, y: y - at.y };
    for (const member of [id, ...insideOf(document, [id])]) {
      if (member === id || !to.has(member)) shift(member, by);
    }
  }
  return places;
}

const overlaps = (a: Place, b: Place, margin: number): boolean =>
  a.x < b.x + b.width + margin &&
  b.x < a.x + a.width + margin &&
  a.y < b.y + b.height + margin &&
  b.y < a.y + a.height + margin;

/** The first free place at `wish` or further that way; only what is in the same scope is in the way. */
function freePlace(wish: Point, size: Size, others: readonly Place[], by: Point): Place {
  let at = { ...wish, ...size };
  while (others.some((other) => overlaps(at, other, 16))) {
    at = { ...at, x: at.x + by.x, y: at.y + by.y };
  }
  return at;
}

/** Where a new step goes that follows an outlet, or nothing; what undoes a step stands left of it. */
export function placeBelow(
  document: FlowDocument,
  outlet: { readonly stepId: string; readonly port: string } | undefined,
  scope: string,
  size: Size = cardSize,
): Place {
  const places = placesOf(document);
  const others = placesIn(document, scope).map(({ place }) => place);
  const from = outlet && places.get(outlet.stepId);
  if (outlet && from) {
    if (outlet.port === compensatePort) {
      return freePlace({ x: from.x - asideStep, y: from.y }, size, others, { x: 0, y: rowStep });
    }
    const line = from.x + regionLines(document, outlet.stepId).out;
    const x = outlet.port === 'error' ? from.x + from.width + columnStep - cardSize.width : line - size.width / 2;
    return freePlace({ x, y: from.y + from.height + rowGap }, size, others, { x: columnStep, y: 0 });
  }
  const lowest = others.reduce<Place | null>(
    (low, at) => (low && low.y + low.height >= at.y + at.height ? low : at),
    null,
  );
  if (lowest) {
    return freePlace({ x: lowest.x, y: lowest.y + lowest.height + rowGap }, size, others, { x: columnStep, y: 0 });
  }
  const region = scope === rootScope ? undefined : places.get(scope);
  return { ...(region ? { x: region.x + 40, y: region.y + 50 } : { x: 0, y: 0 }), ...size };
}

interface Placed {
  readonly id: string;
  readonly place: Place;
}

function placesIn(document: FlowDocument, scope: string): Placed[] {
  const places = placesOf(document);
  return (drawnGraph(document).members.get(scope) ?? []).flatMap((id) => {
    const place = places.get(id);
    return place ? [{ id, place }] : [];
  });
}

/** Places with a row for `stepId` between the ends of an edge: what follows moves down when it must. */
export function roomInEdge(
  document: FlowDocument,
  edge: FlowEdge,
  stepId: string,
  size: Size = cardSize,
): Map<string, Place> {
  const places = new Map(placesOf(document));
  const from = places.get(edge.from) ?? cardAt({ x: 0, y: 0 });
  const to = places.get(edge.to) ?? cardAt({ x: from.x, y: from.y + rowStep });
  if (edge.port === compensatePort) {
    return places.set(stepId, cardAt({ x: from.x - asideStep, y: from.y + rowStep }));
  }
  const line = to.x + regionLines(document, edge.to).in;
  const place = { x: line - size.width / 2, y: from.y + from.height + rowGap, ...size };
  places.set(stepId, place);
  const shift = place.y + place.height + rowGap - to.y;
  if (shift > 0) {
    const { graph } = drawnGraph(document);
    const below = [edge.to, ...descendantsOf(graph, edge.to)].filter((id) => (places.get(id)?.y ?? 0) >= to.y);
    for (const id of new Set([...below, ...insideOf(document, below)])) {
      const at = places.get(id);
      if (at && id !== stepId) {
        places.set(id, { ...at, y: at.y + shift });
      }
    }
  }
  return places;
}

/**
 * Moves what stands below a region down when the region has grown over it, from the inside out.
 * @param before the document of which nobody's place was in the way
 */
export function makeRoom(before: FlowDocument, after: FlowDocument): FlowDocument {
  const { members } = drawnGraph(after);
  const depth = (id: string): number => (id === rootScope ? 0 : 1 + depth(scopeOf(after, id)));
  const regions = [...members.keys()].filter((id) => id !== rootScope).sort((a, b) => depth(b) - depth(a));
  return regions.reduce((document, id) => {
    const was = placesOf(before).get(id);
    const is = placesOf(document).get(id);
    const hasGrown = was !== undefined && is !== undefined && is.y + is.height > was.y + was.height;
    return hasGrown ? clearBelow(document, id, was.y + was.height) : document;
  }, after);
}

/**
 * Moves what stands below `fromY` in the scope of a region down until it no longer touches the region.
 * @param fromY what begins above it stays
 */
export function clearBelow(document: FlowDocument, regionId: string, fromY: number): FlowDocument {
  const region = placesOf(document).get(regionId);
  if (region === undefined) return document;
  const below = placesIn(document, scopeOf(document, regionId)).filter(
    ({ id, place }) => id !== regionId && place.y >= fromY,
  );
  const reach = { ...region, height: region.height + rowGap };
  const nearest = Math.min(...below.filter(({ place }) => overlaps(place, reach, 0)).map(({ place }) => place.y));
  if (nearest === Number.POSITIVE_INFINITY) return document;
  const by = region.y + region.height + rowGap - nearest;
  const to = new Map(
    below.filter(({ place }) => place.y >= nearest).map(({ id, place }) => [id, { x: place.x, y: place.y + by }]),
  );
  return withPlaces(document, movedPlaces(document, to));
}
