/**
 * Commands that change what is drawn: steps and wires come, go and move. Each leaves a document that is drawn whole:
 * every step keeps its place, wires of what is gone go too. Refuses wires that the connect rules refuse.
 */
import {
  type FlowDocument,
  type FlowEdge,
  type FlowStep,
  portOf,
  reservedStepIds,
  stepIdPattern,
} from '@/core/flow/document';
import { buildGraph, descendantsOf } from '@/core/flow/graph';
import { exampleOf, hasPort, manifestOf } from '../../catalogue';
import { cardSize, columnStep, type Point, rowStep, snap } from '../../geometry';
import { positionsOf } from '../../layout';
import { type Command, edgeKey, selectSteps } from '../command';
import { refusalOfEdge } from '../connect-rules';

/** An outlet that waits for a step: where a wire was released, or `+` was pressed. */
export interface Outlet {
  readonly stepId: string;
  readonly port: string;
}

export const edgeFrom = ({ stepId, port }: Outlet, to: string): FlowEdge =>
  port === 'out' ? { from: stepId, to } : { from: stepId, to, port };

/** Writes every place into the document, so that what was laid out stays where it was seen. */
export function withPlaces(document: FlowDocument, places: ReadonlyMap<string, Point>): FlowDocument {
  const before = document.canvas?.steps ?? {};
  const steps = Object.fromEntries(
    [...places].map(([id, { x, y }]) => {
      const known = before[id];
      return [id, known && known.x === x && known.y === y ? known : { ...known, x, y }];
    }),
  );
  return { ...document, canvas: { ...document.canvas, steps } };
}

/** The id of a new step of a kind: the last word of the kind, numbered when taken. */
export function newStepId(kind: string, taken: ReadonlySet<string>): string {
  const words = kind.split('.').filter((word) => /^[a-zA-Z]\w*$/.test(word));
  const last = words.at(-1) ?? 'step';
  const first = words[0] ?? 'step';
  const base = reservedStepIds.has(last) ? `${last}${first.charAt(0).toUpperCase()}${first.slice(1)}` : last;
  const root = stepIdPattern.test(base) ? base : 'step';
  for (let n = 1; ; n += 1) {
    const id = n === 1 ? root : `${root}${n}`;
    if (!taken.has(id)) {
      return id;
    }
  }
}

const snapped = ({ x, y }: Point): Point => ({ x: Math.round(x / snap) * snap, y: Math.round(y / snap) * snap });

const overlaps = (a: Point, b: Point): boolean =>
  Math.abs(a.x - b.x) < cardSize.width + 16 && Math.abs(a.y - b.y) < cardSize.height + 16;

/** The nearest free place at or to the right of `wish`. */
function freePlace(wish: Point, places: ReadonlyMap<string, Point>): Point {
  let at = wish;
  while ([...places.values()].some((other) => overlaps(at, other))) {
    at = { x: at.x + columnStep, y: at.y };
  }
  return at;
}

function placeBelow(outlet: Outlet | undefined, places: ReadonlyMap<string, Point>): Point {
  const from = outlet && places.get(outlet.stepId);
  if (from) {
    const x = outlet.port === 'error' ? from.x + columnStep : from.x;
    return freePlace({ x, y: from.y + rowStep }, places);
  }
  const lowest = [...places.values()].reduce<Point | null>((low, at) => (low && low.y >= at.y ? low : at), null);
  return lowest ? freePlace({ x: lowest.x, y: lowest.y + rowStep }, places) : { x: 0, y: 0 };
}

export interface NewStep {
  readonly kind: string;
  /** Top left corner; below what it follows when absent. */
  readonly at?: Point;
  /** What the new step follows. Ignored where a wire is refused. */
  readonly after?: Outlet;
}

/** Adds a step with the example config of its kind, wired to what it follows, and selects it. */
export const addStep = ({ kind, at, after }: NewStep): Command => ({
  name: `add ${manifestOf(kind)?.label ?? kind}`,
  apply: (document) => {
    const places = positionsOf(document);
    const step = newStep(document, kind);
    const place = at ? snapped(at) : placeBelow(after, places);
    const added = withPlaces({ ...document, steps: [...document.steps, step] }, new Map(places).set(step.id, place));
    const edge = after && edgeFrom(after, step.id);
    const isWired = edge !== undefined && refusalOfEdge(added, edge) === null;
    return {
      document: isWired ? { ...added, edges: [...added.edges, edge] } : added,
      selection: selectSteps(step.id),
    };
  },
});

function newStep(document: FlowDocument, kind: string): FlowStep {
  const id = newStepId(kind, new Set(document.steps.map((step) => step.id)));
  const config = exampleOf(kind);
  return Object.keys(config).length === 0 ? { id, kind } : { id, kind, config };
}

/** Puts a new step into an edge: it takes the edge's outlet and leads on by its own `out`. */
export const insertStep = (kind: string, key: string): Command => ({
  name: `insert ${manifestOf(kind)?.label ?? kind}`,
  apply: (document) => {
    const edge = document.edges.find((candidate) => edgeKey(candidate) === key);
    if (edge === undefined) {
      return { document };
    }
    const step = newStep(document, kind);
    const places = roomInEdge(document, edge, step.id);
    const added = withPlaces({ ...document, steps: [...document.steps, step] }, places);
    return { document: rewire(added, edge, step.id), selection: selectSteps(step.id) };
  },
});

/** Puts a step that is already drawn into an edge it was dropped on. */
export const insertExisting = (stepId: string, key: string, at: Point): Command => ({
  name: 'insert',
  apply: (document) => {
    const edge = document.edges.find((candidate) => edgeKey(candidate) === key);
    const isFree = document.edges.every((other) => other.from !== stepId && other.to !== stepId);
    const places = new Map(positionsOf(document)).set(stepId, snapped(at));
    const moved = withPlaces(document, places);
    if (edge === undefined || !isFree || refusalOfEdge(document, { ...edge, to: stepId }) !== null) {
      return { document: moved };
    }
    return { document: rewire(withPlaces(document, roomInEdge(moved, edge, stepId)), edge, stepId) };
  },
});

/** Splits an edge around a step. A terminal kind leads nowhere, so the second half is dropped. */
function rewire(document: FlowDocument, edge: FlowEdge, stepId: string): FlowDocument {
  const key = edgeKey(edge);
  const step = document.steps.find((candidate) => candidate.id === stepId);
  const leadsOn = step !== undefined && hasPort(step, 'out');
  const halves: FlowEdge[] = [{ ...edge, to: stepId }, ...(leadsOn ? [{ from: stepId, to: edge.to }] : [])];
  return { ...document, edges: document.edges.flatMap((other) => (edgeKey(other) === key ? halves : [other])) };
}

/** Places with a row for `stepId` between the ends of an edge: what follows moves down when it must. */
function roomInEdge(document: FlowDocument, edge: FlowEdge, stepId: string): Map<string, Point> {
  const places = new Map(positionsOf(document));
  const from = places.get(edge.from) ?? { x: 0, y: 0 };
  const to = places.get(edge.to) ?? { x: from.x, y: from.y + rowStep };
  const place = { x: to.x, y: from.y + rowStep };
  places.set(stepId, place);
  const shift = place.y + rowStep - to.y;
  if (shift > 0) {
    for (const id of [edge.to, ...descendantsOf(buildGraph(document), edge.to)]) {
      const at = places.get(id);
      if (at && id !== stepId && at.y >= to.y) {
        places.set(id, { x: at.x, y: at.y + shift });
      }
    }
  }
  return places;
}

/** Draws a wire; nothing happens where the connect rules refuse it. */
export const connect = (edge: FlowEdge): Command => ({
  name: 'connect',
  apply: (document) =>
    refusalOfEdge(document, edge) === null
      ? { document: { ...document, edges: [...document.edges, edge] } }
      : { document },
});

/** Moves one end of a wire. */
export const reconnect = (key: string, edge: FlowEdge): Command => ({
  name: 'reconnect',
  apply: (document) => {
    const without = { ...document, edges: document.edges.filter((other) => edgeKey(other) !== key) };
    return refusalOfEdge(without, edge) === null
      ? { document: { ...without, edges: [...without.edges, edge] } }
      : { document };
  },
});

export const disconnect = (keys: readonly string[]): Command => ({
  name: 'disconnect',
  apply: (document) => {
    const edges = document.edges.filter((edge) => !keys.includes(edgeKey(edge)));
    return { document: edges.length === document.edges.length ? document : { ...document, edges } };
  },
});

/** Moves steps to new places. Nudges of the same steps in a row are one step of undo. */
export const moveSteps = (to: ReadonlyMap<string, Point>, coalesce?: string): Command => ({
  name: to.size === 1 ? 'move a step' : `move ${to.size} steps`,
  coalesce,
  apply: (document) => {
    const places = new Map(positionsOf(document));
    let isMoved = false;
    for (const [id, wish] of to) {
      const at = places.get(id);
      const next = snapped(wish);
      if (at && (at.x !== next.x || at.y !== next.y)) {
        places.set(id, next);
        isMoved = true;
      }
    }
    return { document: isMoved ? withPlaces(document, places) : document };
  },
});

/** Removes what is selected. A step with one way in and one way out leaves a wire between its neighbours. */
export const deleteSelection = (): Command => ({
  name: 'delete',
  apply: (document, selection) => {
    const withoutEdges = disconnect(selection.edges).apply(document, selection).document;
    const next = selection.steps.reduce(withoutStep, withoutEdges);
    return { document: next, selection: { steps: [], edges: [] } };
  },
});

function withoutStep(document: FlowDocument, stepId: string): FlowDocument {
  if (!document.steps.some((step) => step.id === stepId)) {
    return document;
  }
  const incoming = document.edges.filter((edge) => edge.to === stepId);
  const outgoing = document.edges.filter((edge) => edge.from === stepId);
  const [before] = incoming;
  const [after] = outgoing;
  const { [stepId]: _place, ...places } = document.canvas?.steps ?? {};
  const next: FlowDocument = {
    ...document,
    steps: document.steps.filter((step) => step.id !== stepId),
    edges: document.edges.filter((edge) => edge.from !== stepId && edge.to !== stepId),
    ...(document.canvas ? { canvas: { ...document.canvas, ...(document.canvas.steps ? { steps: places } : {}) } } : {}),
  };
  const isChain = incoming.length === 1 && outgoing.length === 1;
  if (!isChain || before === undefined || after === undefined || portOf(after) !== 'out') {
    return next;
  }
  const bridge = { ...before, to: after.to };
  return refusalOfEdge(next, bridge) === null ? { ...next, edges: [...next.edges, bridge] } : next;
}

/** Lays the whole flow out anew. */
export const tidy = (places: ReadonlyMap<string, Point>): Command => ({
  name: 'tidy the layout',
  apply: (document) => ({ document: withPlaces(document, places) }),
});
