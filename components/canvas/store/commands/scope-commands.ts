/**
 * Commands about regions: steps go in and out, a region is drawn around steps or taken away from around them. A wire
 * never crosses a border, so each of these rewires or removes what would, in the same step of undo. Refuses to delete
 * steps; that is `deleteSelection`.
 */
import { type FlowDocument, type FlowEdge, labelOf, portOf } from '@/core/flow/document';
import { compensatePort, rootScope } from '@/core/flow/graph';
import { exampleOf, hasPort, isTrigger, regionWord } from '../../catalogue';
import { boxAround, type Place, type Point, padded, regionPadding, rowStep } from '../../geometry';
import { placesOf } from '../../places';
import { drawnGraph, endsOf, entriesOf, insideOf, outermost, scopeOf } from '../../scopes';
import { type Command, edgeKey, selectSteps } from '../command';
import { refusalOfEdge } from '../connect-rules';
import { withScope } from './field-commands';
import { newStepId, withoutSteps } from './graph-commands';
import { clearBelow, makeRoom, movedPlaces, snapped, withPlaces } from './placing';

/** The regions that can be drawn around steps. */
export type RegionKind = 'saga.scope' | 'logic.forEach';

/** Whether a step may be put into a region: no trigger, and no region into itself. */
export const canGoInto = (document: FlowDocument, stepId: string, scope: string): boolean => {
  const step = document.steps.find(({ id }) => id === stepId);
  return step !== undefined && !isTrigger(step.kind) && scope !== stepId && !insideOf(document, [stepId]).has(scope);
};

/** Gives steps another scope; wires that would cross a border go. */
function rescoped(document: FlowDocument, stepIds: ReadonlySet<string>, scope: string): FlowDocument {
  const steps = document.steps.map((step) => (stepIds.has(step.id) ? withScope(step, scope) : step));
  const around = new Map(steps.map((step) => [step.id, step.in]));
  const crosses = ({ from, to }: FlowEdge): boolean =>
    (stepIds.has(from) || stepIds.has(to)) && around.get(from) !== around.get(to);
  return { ...document, steps, edges: document.edges.filter((edge) => !crosses(edge)) };
}

/**
 * Moves steps to new places and into another scope, as one step of undo.
 * @param to places of what was dragged, absolute
 * @param stepIds those that change their scope
 * @param scope a container, or {@link rootScope}
 */
export const dropInto = (to: ReadonlyMap<string, Point>, stepIds: readonly string[], scope: string): Command => ({
  name: scope === rootScope ? 'move out of the scope' : 'move into the scope',
  apply: (document) => {
    const going = new Set(stepIds.filter((id) => canGoInto(document, id, scope)));
    const moved = withPlaces(document, movedPlaces(document, to));
    return { document: going.size === 0 ? moved : makeRoom(document, rescoped(moved, going, scope)) };
  },
});

/** Puts steps into a scope, or out of it, without a mouse: they go to a free place there. */
export const putInto = (stepIds: readonly string[], scope: string): Command => ({
  name: scope === rootScope ? 'take out of the scope' : 'put into the scope',
  apply: (document) => {
    const going = outermost(document, stepIds).filter(
      (id) => scopeOf(document, id) !== scope && canGoInto(document, id, scope),
    );
    const places = placesOf(document);
    const box = boxAround(going.flatMap((id) => places.get(id) ?? []));
    const corner = box && freeCorner(document, box, scope, going);
    if (box === null || corner === null) {
      return { document };
    }
    const to = new Map(
      going.flatMap((id) => {
        const at = places.get(id);
        return at ? [[id, { x: corner.x + at.x - box.x, y: corner.y + at.y - box.y }] as const] : [];
      }),
    );
    return dropInto(to, going, scope).apply(document, selectSteps());
  },
});

/** Inside: below what is there. Outside: right of the region they come from. */
function freeCorner(document: FlowDocument, box: Place, scope: string, going: readonly string[]): Point {
  const places = placesOf(document);
  const members = (drawnGraph(document).members.get(scope) ?? []).flatMap((id) => places.get(id) ?? []);
  const region = places.get(scope);
  if (region !== undefined) {
    const content = boxAround(members);
    return content === null
      ? { x: region.x + regionPadding.left, y: region.y + regionPadding.top }
      : { x: content.x, y: content.y + content.height + rowStep / 2 };
  }
  const from = places.get(scopeOf(document, going[0] ?? ''));
  return from === undefined ? box : { x: from.x + from.width + rowStep / 2, y: box.y };
}

/**
 * Draws a saga scope or a loop around the selected steps and what undoes them. Wires from outside lead to the region, wires
 * to the outside leave it by its own ports; what neither has a port for goes. Steps of other scopes than the first stay.
 */
export const wrapIn = (kind: RegionKind): Command => ({
  name: `put into a ${regionWord(kind)}`,
  apply: (document, selection) => {
    const inside = wrappable(document, selection.steps);
    if (inside.size === 0) {
      return { document };
    }
    const around = scopeOf(document, [...inside][0] as string);
    const id = newStepId(kind, new Set(document.steps.map((step) => step.id)));
    const config = exampleOf(kind);
    const region = { id, kind, ...(Object.keys(config).length === 0 ? {} : { config }) };
    const scope = withScope(region, around);
    const first = document.steps.findIndex((step) => inside.has(step.id));
    const steps = document.steps.map((step) => (inside.has(step.id) ? withScope(step, id) : step));
    const wrapped = { ...document, steps: [...steps.slice(0, first), scope, ...steps.slice(first)] };
    const rewired = withEdges(
      { ...wrapped, edges: document.edges.filter((edge) => inside.has(edge.from) === inside.has(edge.to)) },
      document.edges.flatMap((edge) => atBorder(edge, inside, id)),
    );
    return { document: placedAround(document, rewired, inside, id), selection: selectSteps(id) };
  },
});

/** What the selection would put into a scope: of one scope, no triggers, with the steps that undo them. */
export function wrappable(document: FlowDocument, selected: readonly string[]): ReadonlySet<string> {
  const { graph, undoes } = drawnGraph(document);
  const chosen = outermost(document, selected).filter((id) => {
    const node = graph.nodes.get(id);
    return node !== undefined && !isTrigger(node.step.kind);
  });
  const scope = scopeOf(document, chosen[0] ?? '');
  const inside = new Set(chosen.filter((id) => scopeOf(document, id) === scope));
  for (const [id, undone] of undoes) {
    if (inside.has(undone)) inside.add(id);
  }
  return inside;
}

/** The wires of the scope that stand for a wire across its border. */
function atBorder(edge: FlowEdge, inside: ReadonlySet<string>, id: string): FlowEdge[] {
  if (inside.has(edge.from) === inside.has(edge.to)) {
    return [];
  }
  if (inside.has(edge.to)) {
    return portOf(edge) === compensatePort ? [] : [{ ...edge, to: id }];
  }
  return portOf(edge) === 'out' || portOf(edge) === 'error' ? [{ ...edge, from: id }] : [];
}

/** Adds wires one by one, each only where the rules allow it. */
function withEdges(document: FlowDocument, edges: readonly FlowEdge[]): FlowDocument {
  let next = document;
  for (const edge of edges) {
    if (refusalOfEdge(next, edge) === null) {
      next = { ...next, edges: [...next.edges, edge] };
    }
  }
  return next;
}

/** Makes room above the wrapped steps for the title of their region, and below for what follows. */
function placedAround(
  before: FlowDocument,
  after: FlowDocument,
  inside: ReadonlySet<string>,
  id: string,
): FlowDocument {
  const places = placesOf(before);
  const content = boxAround([...inside].flatMap((member) => places.get(member) ?? []));
  if (content === null) {
    return after;
  }
  const to = new Map(
    [...inside].flatMap((member) => {
      const at = places.get(member);
      return at ? [[member, { x: at.x, y: at.y + regionPadding.top }] as const] : [];
    }),
  );
  const moved = movedPlaces(before, to);
  const box = padded({ ...content, y: content.y + regionPadding.top });
  return clearBelow(withPlaces(after, new Map([...moved, [id, box]])), id, content.y);
}

/** Takes a region away from around its steps: they stay where they are, its wires lead to the first and from the last. */
export const dissolveScope = (scopeId: string): Command => ({
  name: 'dissolve the scope',
  apply: (document) => {
    const drawn = drawnGraph(document);
    const members = drawn.members.get(scopeId);
    if (members === undefined) {
      return { document };
    }
    const around = scopeOf(document, scopeId);
    const steps = document.steps.map((step) => (members.includes(step.id) ? withScope(step, around) : step));
    const loose = withoutSteps({ ...withPlaces(document, placesOf(document)), steps }, new Set([scopeId]));
    const byId = new Map(document.steps.map((step) => [step.id, step]));
    const ends = endsOf(drawn, scopeId).filter((id) => {
      const step = byId.get(id);
      return step !== undefined && hasPort(step, 'out');
    });
    const edges = document.edges.flatMap((edge): FlowEdge[] => {
      if (edge.to === scopeId) return entriesOf(drawn, scopeId).map((to) => ({ ...edge, to }));
      return edge.from === scopeId && portOf(edge) === 'out' ? ends.map((from) => ({ from, to: edge.to })) : [];
    });
    return { document: withEdges(loose, edges), selection: selectSteps(...members) };
  },
});

/** Gives a region another box; it never becomes smaller than what is in it. */
export const resizeRegion = (scopeId: string, wish: Place): Command => ({
  name: 'resize the scope',
  apply: (document) => {
    const corner = snapped(wish);
    const end = snapped({ x: wish.x + wish.width, y: wish.y + wish.height });
    const box = { ...corner, width: end.x - corner.x, height: end.y - corner.y };
    return {
      document: withPlaces(document, new Map(placesOf(document)).set(scopeId, boxWithContent(document, scopeId, box))),
    };
  },
});

/** The same for a box as the canvas library tells it: relative to the region around. */
export const resizeRegionWithin = (scopeId: string, box: Place): Command => ({
  name: 'resize the scope',
  apply: (document, selection) => {
    const around = placesOf(document).get(scopeOf(document, scopeId)) ?? { x: 0, y: 0 };
    const { width, height } = box;
    return resizeRegion(scopeId, { x: box.x + around.x, y: box.y + around.y, width, height }).apply(
      document,
      selection,
    );
  },
});

/** Makes a region as small as its steps allow. */
export const fitRegion = (scopeId: string): Command => ({
  name: 'fit the scope to its steps',
  apply: (document) => {
    const content = contentOf(document, scopeId);
    const at = placesOf(document).get(scopeId);
    return content === null || at === undefined
      ? { document }
      : { document: withPlaces(document, new Map(placesOf(document)).set(scopeId, padded(content))) };
  },
});

const contentOf = (document: FlowDocument, scopeId: string): Place | null =>
  boxAround((drawnGraph(document).members.get(scopeId) ?? []).flatMap((id) => placesOf(document).get(id) ?? []));

function boxWithContent(document: FlowDocument, scopeId: string, box: Place): Place {
  const content = contentOf(document, scopeId);
  return (content && boxAround([box, padded(content)])) ?? box;
}

/**
 * What a person is told about wires that a command took away.
 * @returns null when it took none
 */
export function lostWires(before: FlowDocument, after: FlowDocument): string | null {
  const kept = new Set(after.edges.map(edgeKey));
  const steps = new Map(before.steps.map((step) => [step.id, step]));
  const lost = before.edges.filter((edge) => !kept.has(edgeKey(edge)));
  const [only] = lost;
  if (only === undefined) {
    return null;
  }
  const name = (id: string): string => labelOf(steps.get(id) ?? { id });
  const border = `the border of a ${borderWord(after, only)}`;
  return lost.length === 1
    ? `The wire from ${name(only.from)} to ${name(only.to)} would have crossed ${border} and was removed.`
    : `${lost.length} wires would have crossed ${border} and were removed.`;
}

/** What is around one end of a wire and not around the other. */
function borderWord({ steps }: FlowDocument, { from, to }: FlowEdge): 'loop' | 'scope' {
  const byId = new Map(steps.map((step) => [step.id, step]));
  const [first, second] = [byId.get(from)?.in, byId.get(to)?.in];
  return regionWord(byId.get(first === second ? '' : (first ?? second ?? ''))?.kind);
}
