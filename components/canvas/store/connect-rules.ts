/**
 * Which wires may be drawn. The same rules for a drag, for the palette and for paste, each refusal a sentence. Refuses
 * nothing that a person must pass through on the way: a step without edges is fine.
 */
import { type FlowDocument, type FlowEdge, labelOf, portOf } from '@/core/flow/document';
import { buildGraph, wouldClose } from '@/core/flow/graph';
import { hasPort, isTrigger } from '../catalogue';
import { edgeKey } from './command';

/**
 * Why this edge may not be drawn.
 * @returns one sentence, or null when it may
 */
export function refusalOfEdge(document: FlowDocument, edge: FlowEdge): string | null {
  const from = document.steps.find((step) => step.id === edge.from);
  const to = document.steps.find((step) => step.id === edge.to);
  if (from === undefined || to === undefined) {
    return 'One of the two steps does not exist.';
  }
  if (from.id === to.id) {
    return 'A step cannot follow itself.';
  }
  if (isTrigger(to.kind)) {
    return `${labelOf(to)} starts the flow, so nothing can lead to it.`;
  }
  if (from.in !== to.in) {
    return 'A wire cannot leave or enter a container.';
  }
  if (!hasPort(from, portOf(edge))) {
    return `${labelOf(from)} has no port ${portOf(edge)}.`;
  }
  const key = edgeKey(edge);
  if (document.edges.some((other) => edgeKey(other) === key)) {
    return 'These two are already connected.';
  }
  return wouldClose(buildGraph(document), from.id, to.id)
    ? 'That would be a loop, and a flow only runs forward.'
    : null;
}
