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
import { compensatePort, rootScope } from '@/core/flow/graph';
import { exampleOf, hasPort, isTrigger, manifestOf } from '../../catalogue';
import type { Place, Point } from '../../geometry';
import { placesOf } from '../../places';
import { insideOf, outermost, scopeOf } from '../../scopes';
import { type Command, edgeKey, selectSteps } from '../command';
import { refusalOfEdge } from '../connect-rules';
import { withScope } from './field-commands';
import { makeRoom, movedPlaces, placeBelow, roomInEdge, sizeOfKind, snapped, withPlaces } from './placing';

/** An outlet that waits for a step: where a wire was released, or `+` was pressed. */
export interface Outlet {
  readonly stepId: string;
  readonly port: string;
}

export const edgeFrom = ({ stepId, port }: Outlet, to: string): FlowEdge =>
  port === 'out' ? { from: stepId, to } : { from: stepId, to, port };

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

export interface NewStep {
  readonly kind: string;
  /** Top left corner; below what it follows when absent. */
  readonly at?: Point;
  /** What the new step follows, in the same scope. Ignored where a wire is refused. */
  readonly after?: Outlet;
  /** The region it was dropped into; a trigger stays outside. */
  readonly into?: string;
}

/** Adds a step with the example config of its kind, wired to what it follows, and selects it. */
export const addStep = ({ kind, at, after, into = rootScope }: NewStep): Command => ({
  name: `add ${manifestOf(kind)?.label ?? kind}`,
  apply: (document) => {
    const scope = isTrigger(kind) ? rootScope : after ? scopeOf(document, after.stepId) : into;
    const step = withScope(newStep(document, kind), scope);
    const size = sizeOfKind(kind);
    const place = at ? { ...snapped(at), ...size } : placeBelow(document, after, scope, size);
    const places = new Map(placesOf(document)).set(step.id, place);
    const added = makeRoom(document, withPlaces({ ...document, steps: [...document.steps, step] }, places));
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
    const step = withScope(newStep(document, kind), scopeOf(document, edge.from));
    const places = roomInEdge(document, edge, step.id, sizeOfKind(kind));
    const added = withPlaces({ ...document, steps: [...document.steps, step] }, places);
    return { document: makeRoom(document, rewire(added, edge, step.id)), selection: selectSteps(step.id) };
  },
});

/** Puts a step that is already drawn into an edge it was dropped on, and into the scope of that edge. */
export const insertExisting = (stepId: string, key: string, at: Point): Command => ({
  name: 'insert',
  apply: (document) => {
    const edge = document.edges.find((candidate) => edgeKey(candidate) === key);
    const isFree = document.edges.every((other) => other.from !== stepId && other.to !== stepId);
    const moved = withPlaces(document, movedPlaces(document, new Map([[stepId, snapped(at)]])));
    if (edge === undefined || !isFree) {
      return { document: moved };
    }
    const scope = scopeOf(document, edge.from);
    const steps = document.steps.map((step) => (step.id === stepId ? withScope(step, scope) : step));
    const inside = { ...moved, steps };
    if (refusalOfEdge(inside, { ...edge, to: stepId }) !== null) {
      return { document: moved };
    }
    const placed = withPlaces(inside, roomInEdge(inside, edge, stepId));
    return { document: makeRoom(document, rewire(placed, edge, stepId)) };
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

/** Moves steps to new places, a region with all inside it. Nudges of the same steps in a row are one step of undo. */
export const moveSteps = (to: ReadonlyMap<string, Point>, coalesce?: string): Command => ({
  name: to.size === 1 ? 'move a step' : `move ${to.size} steps`,
  coalesce,
  apply: (document) => {
    const before = placesOf(document);
    const places = movedPlaces(document, to);
    const isMoved = [...places].some(([id, { x, y }]) => before.get(id)?.x !== x || before.get(id)?.y !== y);
    return { document: isMoved ? withPlaces(document, places) : document };
  },
});

/**
 * Removes what is selected, a region with all inside it. A step with one way in and one way on leaves a wire between its
 * neighbours.
 */
export const deleteSelection = (): Command => ({
  name: 'delete',
  apply: (document, selection) => {
    const withoutEdges = disconnect(selection.edges).apply(document, selection).document;
    const inside = insideOf(document, selection.steps);
    const next = outermost(document, selection.steps).reduce(withoutStep, withoutSteps(withoutEdges, inside));
    return { document: next, selection: { steps: [], edges: [] } };
  },
});

/** Without these steps, their wires and places. */
export function withoutSteps(document: FlowDocument, gone: ReadonlySet<string>): FlowDocument {
  if (gone.size === 0) {
    return document;
  }
  const places = document.canvas?.steps;
  const kept = places && Object.fromEntries(Object.entries(places).filter(([id]) => !gone.has(id)));
  return {
    ...document,
    steps: document.steps.filter((step) => !gone.has(step.id)),
    edges: document.edges.filter((edge) => !gone.has(edge.from) && !gone.has(edge.to)),
    ...(kept ? { canvas: { ...document.canvas, steps: kept } } : {}),
  };
}

function withoutStep(document: FlowDocument, stepId: string): FlowDocument {
  if (!document.steps.some((step) => step.id === stepId)) {
    return document;
  }
  const incoming = document.edges.filter((edge) => edge.to === stepId);
  const onward = document.edges.filter((edge) => edge.from === stepId && portOf(edge) !== compensatePort);
  const [before] = incoming;
  const [after] = onward;
  const next = withoutSteps(document, new Set([stepId]));
  const isChain = incoming.length === 1 && onward.length === 1;
  if (!isChain || before === undefined || after === undefined || portOf(after) !== 'out') {
    return next;
  }
  const bridge = { ...before, to: after.to };
  return refusalOfEdge(next, bridge) === null ? { ...next, edges: [...next.edges, bridge] } : next;
}

/** Lays the whole flow out anew. */
export const tidy = (places: ReadonlyMap<string, Place>): Command => ({
  name: 'tidy the layout',
  apply: (document) => ({ document: withPlaces(document, places) }),
});
