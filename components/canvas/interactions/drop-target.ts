/** Which wire a step is held over, so that dropping it there inserts it. Pure: places in, an edge key out. */
import { type FlowDocument, portOf } from '@/core/flow/document';
import { cardPorts, inletPoint, portPoint, wiredPorts } from '../drawing';
import { distanceToRoute, type Point, routeCrosses, routeEdge } from '../geometry';
import { positionsOf } from '../layout';
import { edgeKey } from '../store/command';

/** The inner part of a card: a wire through it is meant, one that only touches the rim is not. */
const reach = { width: 88, height: 22 } as const;

/**
 * @param middle the middle of the held card
 * @param except a step whose own wires do not count
 * @returns the key of the nearest wire in reach, or null
 */
export function wireUnder(document: FlowDocument, middle: Point, except?: string): string | null {
  const places = positionsOf(document);
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
    const port = cardPorts(step, wired.get(edge.from) ?? []).find(({ name }) => name === portOf(edge));
    if (port === undefined) {
      continue;
    }
    const route = routeEdge(portPoint(from, port), inletPoint(to), port.side);
    const distance = distanceToRoute(middle, route);
    if (routeCrosses(route, middle, reach) && (best === null || distance < best.distance)) {
      best = { key: edgeKey(edge), distance };
    }
  }
  return best?.key ?? null;
}
