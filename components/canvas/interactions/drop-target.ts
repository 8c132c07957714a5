/** What a step is held over: the wire that dropping it there inserts it into, the region that it would be in. Pure. */
import { type FlowDocument, portOf } from '@/core/flow/document';
import { rootScope } from '@/core/flow/graph';
import { cardPorts, inletPoint, portPoint, wiredPorts } from '../card-ports';
import { distanceToRoute, isWithin, type Point, routeCrosses, routeWire } from '../geometry';
import { placesOf } from '../places';
import { regionLines } from '../region-lines';
import { containersOf, drawnGraph, insideOf, scopeOf } from '../scopes';
import { edgeKey } from '../store/command';

/** The inner part of a card: a wire through it is meant, one that only touches the rim is not. */
const reach = { width: 88, height: 22 } as const;
/** How far the middle of a step may leave its region and still be in it: a hand is not that steady. */
const slack = 24;

/**
 * @param middle the middle of the held card
 * @param except a step whose own wires do not count
 * @returns the key of the nearest wire in reach, or null
 */
export function wireUnder(document: FlowDocument, middle: Point, except?: string): string | null {
  const places = placesOf(document);
  const wired = wiredPorts(document);
  const steps = new Map(document.steps.map((step) => [step.id, step]));
  let best: { key: string; distance: number } | null = null;
  for (const edge of document.edges) {
    const from = places.get(edge.from);
    const to = places.get(edge.to);
    const step = steps.get(edge.from);
    if (from === undefined || to === undefined || step === undefined || edge.from === except || edge.to === except) {
      continue;
    }
    const ports = cardPorts(step, wired.get(edge.from) ?? [], outLine(document, edge.from));
    const port = ports.find(({ name }) => name === portOf(edge));
    if (port === undefined) {
      continue;
    }
    const entry = inletPoint(to, regionLines(document, edge.to).in);
    const route = routeWire(portPoint(step, from, port), entry, port.side);
    const distance = distanceToRoute(middle, route);
    if (routeCrosses(route, middle, reach) && (best === null || distance < best.distance)) {
      best = { key: edgeKey(edge), distance };
    }
  }
  return best?.key ?? null;
}

const outLine = (document: FlowDocument, id: string): number | undefined =>
  drawnGraph(document).members.has(id) ? regionLines(document, id).out : undefined;

/**
 * @param except regions that do not count
 * @returns the innermost region at this point, {@link rootScope} for none
 */
export function scopeUnder(document: FlowDocument, point: Point, except: ReadonlySet<string> = new Set()): string {
  const places = placesOf(document);
  let found = { id: rootScope, depth: 0 };
  for (const id of drawnGraph(document).members.keys()) {
    const place = places.get(id);
    if (id === rootScope || except.has(id) || place === undefined || !isWithin(point, place)) {
      continue;
    }
    const depth = containersOf(document, id).length + 1;
    if (depth > found.depth) found = { id, depth };
  }
  return found.id;
}

/**
 * The scope that dragged steps belong to when they are let go. A step leaves its region only when its middle is clearly
 * outside of it.
 * @param stepId the step that is held; the others follow it
 * @param middle of that step, where it is held
 */
export function scopeWhenDropped(
  document: FlowDocument,
  stepId: string,
  middle: Point,
  dragged: readonly string[],
): string {
  const own = scopeOf(document, stepId);
  const under = scopeUnder(document, middle, new Set([...dragged, ...insideOf(document, dragged)]));
  const region = placesOf(document).get(own);
  const staysIn = own !== rootScope && region !== undefined && isWithin(middle, region, slack);
  const isDeeper = under !== rootScope && containersOf(document, under).includes(own);
  return staysIn && !isDeeper ? own : under;
}
