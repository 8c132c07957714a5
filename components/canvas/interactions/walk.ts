/**
 * Where an arrow key leads from a step: along a wire where there is one, else to the nearest card that way. It exists so
 * that the whole flow can be walked without a mouse. Pure.
 */
import type { FlowDocument } from '@/core/flow/document';
import { compensatePort, type FlowGraph, rootScope } from '@/core/flow/graph';
import type { Point } from '../geometry';
import { placesOf } from '../places';
import { drawnGraph, entriesOf } from '../scopes';

export type Direction = 'up' | 'down' | 'left' | 'right';

/**
 * @param from the step that is selected; without one the walk begins at the topmost
 * @returns the id of the next step, or null when there is none that way
 */
export function stepInDirection(document: FlowDocument, from: string | null, direction: Direction): string | null {
  const places = placesOf(document);
  const here = from === null ? undefined : places.get(from);
  if (from === null || here === undefined) {
    return topmost(places);
  }
  const along = nearest(here, alongWires(document, from, direction), places, () => true);
  return (
    along ??
    nearest(
      here,
      [...places.keys()].filter((id) => id !== from),
      places,
      (at) => liesTowards(here, at, direction),
    )
  );
}

/**
 * Down leads on, up leads back; a region is entered at its first steps and left from its last ones. Left leads to what
 * undoes a step, right from there to the step that is undone.
 */
function alongWires(document: FlowDocument, from: string, direction: Direction): string[] {
  const drawn = drawnGraph(document);
  const { graph, undoes } = drawn;
  const node = graph.nodes.get(from);
  if (node === undefined) {
    return [];
  }
  const isUndoing = graph.undoing.has(from);
  const outgoing = [...node.outgoing].flatMap(([port, edges]) => edges.map(({ to }) => ({ port, to })));
  switch (direction) {
    case 'left':
      return outgoing.flatMap(({ port, to }) => (port === compensatePort ? [to] : []));
    case 'right':
      return isUndoing ? [undoes.get(from) ?? from] : [];
    case 'down': {
      const inside = entriesOf(drawn, from);
      const next = outgoing.flatMap(({ port, to }) => (port === compensatePort ? [] : [to]));
      return inside.length > 0 ? inside : next.length > 0 || isUndoing ? next : leftBy(graph, node.scope);
    }
    case 'up': {
      const before = node.incoming.flatMap(({ from: id, port }) => (port === compensatePort ? [] : [id]));
      return before.length > 0 || isUndoing || node.scope === rootScope ? before : [node.scope];
    }
  }
}

/** What follows the region around the last step. */
const leftBy = (graph: FlowGraph, scope: string): string[] =>
  [...(graph.nodes.get(scope)?.outgoing ?? [])].flatMap(([port, edges]) =>
    port === compensatePort ? [] : edges.map(({ to }) => to),
  );

function topmost(places: ReadonlyMap<string, Point>): string | null {
  let found: { id: string; at: Point } | null = null;
  for (const [id, at] of places) {
    if (found === null || at.y < found.at.y || (at.y === found.at.y && at.x < found.at.x)) {
      found = { id, at };
    }
  }
  return found?.id ?? null;
}

/** Whether `at` lies in the quarter of the plane that the direction points to. */
function liesTowards(here: Point, at: Point, direction: Direction): boolean {
  const [dx, dy] = [at.x - here.x, at.y - here.y];
  switch (direction) {
    case 'up':
      return dy < 0 && -dy >= Math.abs(dx) / 3;
    case 'down':
      return dy > 0 && dy >= Math.abs(dx) / 3;
    case 'left':
      return dx < 0 && -dx >= Math.abs(dy) / 3;
    case 'right':
      return dx > 0 && dx >= Math.abs(dy) / 3;
  }
}

function nearest(
  here: Point,
  ids: readonly string[],
  places: ReadonlyMap<string, Point>,
  accepts: (at: Point) => boolean,
): string | null {
  let best: { id: string; distance: number } | null = null;
  for (const id of ids) {
    const at = places.get(id);
    if (at === undefined || !accepts(at)) {
      continue;
    }
    const distance = Math.hypot(at.x - here.x, at.y - here.y);
    if (best === null || distance < best.distance) {
      best = { id, distance };
    }
  }
  return best?.id ?? null;
}
