/**
 * Which wires may be drawn. The same rules for a drag, for the palette and for paste, each refusal a sentence. Refuses
 * nothing that a person must pass through on the way: a step without edges is fine.
 */
import { type FlowDocument, type FlowEdge, labelOf, portOf } from '@/core/flow/document';
import { compensatePort, descendantsOf, type FlowGraph, wouldClose } from '@/core/flow/graph';
import { hasPort, isContainer, isTrigger, regionWord } from '../catalogue';
import { type Drawn, drawnGraph } from '../scopes';
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
    return refusalAtBorder(document, edge);
  }
  if (!hasPort(from, portOf(edge))) {
    return `${labelOf(from)} has no port ${portOf(edge)}.`;
  }
  const key = edgeKey(edge);
  if (document.edges.some((other) => edgeKey(other) === key)) {
    return 'These two are already connected.';
  }
  const drawn = drawnGraph(document);
  if (wouldClose(drawn.graph, from.id, to.id)) {
    return 'That would be a loop, and a flow only runs forward.';
  }
  return refusalOfUndoing(drawn, edge);
}

function refusalAtBorder(document: FlowDocument, { from, to }: FlowEdge): string {
  const byId = new Map(document.steps.map((step) => [step.id, step]));
  const word = (id: string | undefined) => regionWord(byId.get(id ?? '')?.kind);
  if (byId.get(to)?.in === from) {
    const begin = word(from) === 'loop' ? 'begin with every item' : 'begin when the scope does';
    return `What begins in a ${word(from)} needs no wire from it: steps without one ${begin}.`;
  }
  if (byId.get(from)?.in === to) {
    const ends = word(to) === 'loop' ? 'an iteration ends when its steps have' : 'the scope ends when its steps have';
    return `What ends in a ${word(to)} needs no wire to it: ${ends}.`;
  }
  const crossed = word(byId.get(from)?.in ?? byId.get(to)?.in);
  return `A wire cannot cross the border of a ${crossed}. Wire the ${crossed} itself.`;
}

const nameIn = (graph: FlowGraph, id: string): string => labelOf(graph.nodes.get(id)?.step ?? { id });

/** What undoes a step belongs to that step alone, and takes no part in the way forward. */
function refusalOfUndoing({ graph, undoes }: Drawn, edge: FlowEdge): string | null {
  const finder = [edge.from, edge.to].find((id) => graph.reconciles.has(id));
  if (finder !== undefined) {
    return `${nameIn(graph, finder)} finds out about ${nameIn(graph, graph.reconciles.get(finder) ?? '')}, so it stands by itself.`;
  }
  const isUndoing = graph.undoing.has(edge.from);
  const isCompensation = portOf(edge) === compensatePort;
  if (isCompensation && isUndoing) {
    return `${nameIn(graph, edge.from)} undoes a step already; undoing it again means nothing.`;
  }
  if (!isCompensation && !isUndoing) {
    return graph.undoing.has(edge.to)
      ? `${nameIn(graph, edge.to)} undoes a step, so the way forward cannot lead to it.`
      : null;
  }
  const undone = isCompensation ? edge.from : undoes.get(edge.from);
  const way = new Set([edge.to, ...descendantsOf(graph, edge.to)]);
  for (const id of way) {
    const node = graph.nodes.get(id);
    const owner = undoes.get(id);
    if (node === undefined) continue;
    if (isContainer(node.step.kind)) {
      return `A ${regionWord(node.step.kind)} cannot undo a step. Draw the steps one after another instead.`;
    }
    if (node.step.pivot === true) {
      return `${nameIn(graph, id)} is the point of no return, so it cannot undo anything.`;
    }
    if (owner !== undefined && owner !== undone) {
      return `${nameIn(graph, id)} undoes ${nameIn(graph, owner)}. Give each step its own way back.`;
    }
    if (
      node.incoming.some(
        (other) => !way.has(other.from) && !graph.undoing.has(other.from) && other.port !== compensatePort,
      )
    ) {
      return `${nameIn(graph, id)} is on the way forward. What undoes needs a step of its own.`;
    }
  }
  return null;
}
