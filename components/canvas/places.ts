/**
 * Where every step stands. A place in the document is absolute, also inside a region, so that drawing a region around
 * steps or taking it away moves nothing; a region is as large as it was drawn, and grows to hold what is in it. Steps
 * that nobody has placed (flows written by hand or by a program carry no canvas) are laid out. Refuses to move what a
 * person has placed.
 */
import type { FlowDocument } from '@/core/flow/document';
import { rootScope } from '@/core/flow/graph';
import { boxAround, cardSize, emptyRegion, type Place, type Point, padded, regionPadding, rowStep } from './geometry';
import { layOut } from './layout';
import { drawnGraph } from './scopes';

const known = new WeakMap<FlowDocument, ReadonlyMap<string, Place>>();

/** Where every step stands and how large it is, in absolute canvas units. */
export function placesOf(document: FlowDocument): ReadonlyMap<string, Place> {
  const before = known.get(document);
  if (before !== undefined) {
    return before;
  }
  const places = computed(document);
  known.set(document, places);
  return places;
}

function computed(document: FlowDocument): ReadonlyMap<string, Place> {
  const placed = document.canvas?.steps ?? {};
  const hasAll = document.steps.every((step) => placed[step.id] !== undefined);
  const laidOut = hasAll ? new Map<string, Place>() : layOut(document);
  const shift = shifts(document, laidOut);
  const places = new Map<string, Place>();
  for (const step of document.steps) {
    const at = placed[step.id];
    const otherwise = laidOut.get(step.id) ?? { x: 0, y: 0 };
    const by = at === undefined ? shift(drawnGraph(document).graph.nodes.get(step.id)?.scope ?? rootScope) : null;
    const corner = at ?? { x: otherwise.x + (by?.x ?? 0), y: otherwise.y + (by?.y ?? 0) };
    places.set(step.id, { x: corner.x, y: corner.y, ...cardSize });
  }
  growRegions(document, places);
  return places;
}

/**
 * How far what was laid out moves: below the placed steps of its scope, else into its region where that is placed, else
 * along with the region.
 */
function shifts(document: FlowDocument, laidOut: ReadonlyMap<string, Place>): (scope: string) => Point {
  const placed = document.canvas?.steps ?? {};
  const { members, graph } = drawnGraph(document);
  const known = new Map<string, Point>();
  const shift = (scope: string): Point => {
    const found = known.get(scope);
    if (found !== undefined) return found;
    const beside = (members.get(scope) ?? []).flatMap((id) => placed[id] ?? []);
    const lowest = beside.length === 0 ? null : Math.max(...beside.map(({ y }) => y)) + rowStep;
    const region = scope === rootScope ? undefined : laidOut.get(scope);
    const own = placed[scope];
    let by: Point = { x: 0, y: lowest ?? 0 };
    if (region !== undefined) {
      const content = { x: region.x + regionPadding.left, y: region.y + regionPadding.top };
      if (lowest !== null) {
        by = { x: Math.min(...beside.map(({ x }) => x)) - content.x, y: lowest - content.y };
      } else if (own !== undefined) {
        by = { x: own.x - region.x, y: own.y - region.y };
      } else {
        by = shift(graph.nodes.get(scope)?.scope ?? rootScope);
      }
    }
    known.set(scope, by);
    return by;
  };
  return shift;
}

/** Gives regions their size, the inner ones first. */
function growRegions(document: FlowDocument, places: Map<string, Place>): void {
  const { members } = drawnGraph(document);
  const grow = (id: string): void => {
    const inside = members.get(id) ?? [];
    for (const member of inside) {
      if (members.has(member)) grow(member);
    }
    const content = boxAround(inside.flatMap((member) => places.get(member) ?? []));
    places.set(id, regionBox(document, id, content, places.get(id) ?? { x: 0, y: 0 }));
  };
  for (const id of members.get(rootScope) ?? []) {
    if (members.has(id)) grow(id);
  }
}

/** @param corner of a region that the document does not place */
function regionBox(document: FlowDocument, id: string, content: Place | null, corner: Point): Place {
  const drawn = document.canvas?.steps?.[id];
  const fitting = content && padded(content);
  if (drawn === undefined) {
    return fitting ?? { x: corner.x, y: corner.y, ...emptyRegion };
  }
  const { x, y } = drawn;
  if (fitting === null) {
    return { x, y, width: drawn.width ?? emptyRegion.width, height: drawn.height ?? emptyRegion.height };
  }
  const own = { x, y, width: drawn.width ?? 0, height: drawn.height ?? 0 };
  return boxAround([own, fitting]) ?? own;
}
