/**
 * What is inside what, and what undoes what, as the canvas asks it a hundred times per gesture: the graph of a document,
 * made once for as long as its steps and wires stay. Refuses to judge: containers that are none and steps inside
 * themselves are left out, `validate` reports them.
 */
import type { FlowDocument } from '@/core/flow/document';
import { buildGraph, compensatePort, containersAround, type FlowGraph, rootScope } from '@/core/flow/graph';
import { isContainer } from './catalogue';

export interface Drawn {
  readonly graph: FlowGraph;
  /** Ids by container, in document order; a container without steps has an empty list. The flow itself: {@link rootScope}. */
  readonly members: ReadonlyMap<string, readonly string[]>;
  /** The step that each undoing step belongs to; of several the first. */
  readonly undoes: ReadonlyMap<string, string>;
}

const known = new WeakMap<FlowDocument['steps'], { edges: FlowDocument['edges']; drawn: Drawn }>();

/** The graph of a document and who holds whom. Documents share what did not change, so most calls only look it up. */
export function drawnGraph(document: FlowDocument): Drawn {
  const before = known.get(document.steps);
  if (before !== undefined && before.edges === document.edges) {
    return before.drawn;
  }
  const graph = buildGraph(document);
  const drawn = { graph, members: membersOf(graph), undoes: undoneSteps(graph) };
  known.set(document.steps, { edges: document.edges, drawn });
  return drawn;
}

function membersOf(graph: FlowGraph): ReadonlyMap<string, readonly string[]> {
  const members = new Map<string, string[]>([[rootScope, []]]);
  for (const [id, { step }] of graph.nodes) {
    if (isContainer(step.kind)) {
      members.set(id, []);
    }
  }
  for (const [id, { scope }] of graph.nodes) {
    members.get(scope)?.push(id);
  }
  return members;
}

function undoneSteps(graph: FlowGraph): ReadonlyMap<string, string> {
  const undoes = new Map<string, string>();
  for (const [id, { outgoing }] of graph.nodes) {
    const pending = (outgoing.get(compensatePort) ?? []).map(({ to }) => to);
    for (let at = pending.shift(); at !== undefined; at = pending.shift()) {
      if (!undoes.has(at)) {
        undoes.set(at, id);
        pending.push(...[...(graph.nodes.get(at)?.outgoing.values() ?? [])].flat().map(({ to }) => to));
      }
    }
  }
  return undoes;
}

/** Id of the container a step is drawn in, {@link rootScope} for none. */
export const scopeOf = (document: FlowDocument, stepId: string): string =>
  drawnGraph(document).graph.nodes.get(stepId)?.scope ?? rootScope;

/** The containers around a step, the innermost first. */
export const containersOf = (document: FlowDocument, stepId: string): string[] =>
  containersAround(drawnGraph(document).graph, stepId);

/** Everything inside these steps, at every depth, without the steps themselves. */
export function insideOf(document: FlowDocument, stepIds: Iterable<string>): ReadonlySet<string> {
  const { members } = drawnGraph(document);
  const inside = new Set<string>();
  const pending = [...stepIds];
  for (let id = pending.pop(); id !== undefined; id = pending.pop()) {
    for (const member of members.get(id) ?? []) {
      if (!inside.has(member)) {
        inside.add(member);
        pending.push(member);
      }
    }
  }
  return inside;
}

/** Those of the steps that no other of them holds. */
export function outermost(document: FlowDocument, stepIds: readonly string[]): string[] {
  const inside = insideOf(document, stepIds);
  return stepIds.filter((id) => !inside.has(id));
}

/** Whether a step goes forward: it undoes nothing, and does not find out about another. */
export const goesForward = ({ graph }: Drawn, id: string): boolean =>
  !graph.undoing.has(id) && !graph.reconciles.has(id);

/** Steps of a scope's way forward at which it begins. */
export const entriesOf = (drawn: Drawn, scope: string): string[] =>
  (drawn.members.get(scope) ?? []).filter(
    (id) => goesForward(drawn, id) && drawn.graph.nodes.get(id)?.incoming.length === 0,
  );

/** Steps of a scope's way forward that nothing follows. */
export const endsOf = (drawn: Drawn, scope: string): string[] =>
  (drawn.members.get(scope) ?? []).filter((id) => {
    const ports = [...(drawn.graph.nodes.get(id)?.outgoing.keys() ?? [])];
    return goesForward(drawn, id) && ports.every((port) => port === compensatePort);
  });
