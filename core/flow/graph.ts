/**
 * The drawing as a graph: who comes before whom, in what order, and where it bites its own tail. Works on drafts too, so
 * edges that lead nowhere and repeated ids are left out rather than refused; `validate.ts` reports those.
 */
import { type FlowDocument, type FlowStep, portOf } from '@/core/flow/document';
import { findKind } from '@/core/steps/registry';

export interface GraphEdge {
  readonly from: string;
  readonly to: string;
  readonly port: string;
  /** Index in `edges` of the document. */
  readonly index: number;
}

export interface GraphNode {
  readonly step: FlowStep;
  /** Index in `steps` of the document. */
  readonly index: number;
  readonly incoming: readonly GraphEdge[];
  /** By port, in document order. */
  readonly outgoing: ReadonlyMap<string, readonly GraphEdge[]>;
}

export interface FlowGraph {
  /** In document order; of steps with the same id the first. */
  readonly nodes: ReadonlyMap<string, GraphNode>;
  /** Topological, document order among equals. Steps on a cycle, and those behind one, are absent. */
  readonly order: readonly string[];
  /** One per knot of steps that lead to each other: ids along the way, the first not repeated at the end. */
  readonly cycles: readonly (readonly string[])[];
  readonly triggers: readonly string[];
  /** Steps a run can get to from some trigger, triggers included. */
  readonly reachable: ReadonlySet<string>;
}

interface OpenNode extends GraphNode {
  readonly incoming: GraphEdge[];
  readonly outgoing: Map<string, GraphEdge[]>;
}

/** @param document any draft; edges from or to unknown steps, and from a step to itself, are left out */
export function buildGraph(document: FlowDocument): FlowGraph {
  const nodes = new Map<string, OpenNode>();
  for (const [index, step] of document.steps.entries()) {
    if (!nodes.has(step.id)) {
      nodes.set(step.id, { step, index, incoming: [], outgoing: new Map() });
    }
  }
  for (const [index, written] of document.edges.entries()) {
    const from = nodes.get(written.from);
    const to = nodes.get(written.to);
    if (from === undefined || to === undefined || from === to) {
      continue;
    }
    const edge: GraphEdge = { from: written.from, to: written.to, port: portOf(written), index };
    to.incoming.push(edge);
    const siblings = from.outgoing.get(edge.port);
    if (siblings === undefined) {
      from.outgoing.set(edge.port, [edge]);
    } else {
      siblings.push(edge);
    }
  }
  const order = sortTopologically(nodes);
  const triggers = [...nodes.values()].filter(isTriggerNode).map((node) => node.step.id);
  return { nodes, order, cycles: findCycles(nodes, order), triggers, reachable: walk(triggers, successorsIn(nodes)) };
}

const isTriggerNode = (node: GraphNode): boolean => findKind(node.step.kind)?.manifest.isTrigger === true;

const successorsIn =
  (nodes: ReadonlyMap<string, GraphNode>) =>
  (id: string): string[] =>
    [...(nodes.get(id)?.outgoing.values() ?? [])].flatMap((edges) => edges.map((edge) => edge.to));

/** Every step from which a path leads to `id`; `id` itself only when it stands on a cycle. */
export function ancestorsOf(graph: FlowGraph, id: string): ReadonlySet<string> {
  const parents = (at: string): string[] => graph.nodes.get(at)?.incoming.map((edge) => edge.from) ?? [];
  return walk(parents(id), parents);
}

/** Whether a path leads from `id` to `later`. Looks backwards and stops at the first finding: most readers are near. */
export function isBefore(graph: FlowGraph, id: string, later: string): boolean {
  const seen = new Set<string>();
  let frontier = [later];
  while (frontier.length > 0) {
    const parents = frontier.flatMap((at) => graph.nodes.get(at)?.incoming.map((edge) => edge.from) ?? []);
    if (parents.includes(id)) return true;
    frontier = [...new Set(parents)].filter((at) => !seen.has(at));
    for (const at of frontier) seen.add(at);
  }
  return false;
}

/** Every step that a path from `id` leads to. */
export function descendantsOf(graph: FlowGraph, id: string): ReadonlySet<string> {
  const next = successorsIn(graph.nodes);
  return walk(next(id), next);
}

/** Every step that some way leads to which left a step by `port`. */
export function behindPort(graph: FlowGraph, port: string): ReadonlySet<string> {
  const first = [...graph.nodes.values()].flatMap(({ outgoing }) => outgoing.get(port) ?? []);
  return walk(
    first.map((edge) => edge.to),
    successorsIn(graph.nodes),
  );
}

/** Whether an edge from `from` to `to` would close a cycle. */
export const wouldClose = (graph: FlowGraph, from: string, to: string): boolean =>
  from === to || isBefore(graph, to, from);

function walk(starts: readonly string[], next: (id: string) => readonly string[]): Set<string> {
  const seen = new Set(starts);
  const pending = [...seen];
  for (let id = pending.pop(); id !== undefined; id = pending.pop()) {
    for (const following of next(id)) {
      if (!seen.has(following)) {
        seen.add(following);
        pending.push(following);
      }
    }
  }
  return seen;
}

/** Kahn's algorithm; the ready steps are kept sorted by their place in the document, so that the order is stable. */
function sortTopologically(nodes: ReadonlyMap<string, GraphNode>): string[] {
  const open = new Map([...nodes].map(([id, node]) => [id, node.incoming.length]));
  const indexOf = (id: string): number => nodes.get(id)?.index ?? 0;
  const ready = [...nodes.keys()].filter((id) => open.get(id) === 0);
  const order: string[] = [];
  for (let id = ready.shift(); id !== undefined; id = ready.shift()) {
    order.push(id);
    for (const following of successorsIn(nodes)(id)) {
      const left = (open.get(following) ?? 0) - 1;
      open.set(following, left);
      if (left === 0) {
        const at = ready.findIndex((other) => indexOf(other) > indexOf(following));
        ready.splice(at < 0 ? ready.length : at, 0, following);
      }
    }
  }
  return order;
}

/**
 * 1. What has no topological place stands on a cycle or behind one.
 * 2. The knot of such a step is what it leads to and what leads to it; without the step itself in it, the step only
 *    stands behind a cycle.
 * 3. Of each knot the shortest way from its first step back to that step is named: once that wire is gone, the next
 *    look names the next one, while all cycles of a knot could be more than there are steps.
 */
function findCycles(nodes: ReadonlyMap<string, GraphNode>, order: readonly string[]): string[][] {
  const settled = new Set(order);
  const successors = successorsIn(nodes);
  const next = (id: string): string[] => successors(id).filter((other) => !settled.has(other));
  const previous = (id: string): string[] => nodes.get(id)?.incoming.map((edge) => edge.from) ?? [];
  const cycles: string[][] = [];
  for (const start of nodes.keys()) {
    if (settled.has(start)) {
      continue;
    }
    const cycle = shortestWayBack(start, next);
    if (cycle === null) {
      settled.add(start);
      continue;
    }
    cycles.push(cycle);
    const ahead = walk([start], next);
    for (const id of walk([start], previous)) {
      if (ahead.has(id)) {
        settled.add(id);
      }
    }
  }
  return cycles;
}

function shortestWayBack(start: string, next: (id: string) => readonly string[]): string[] | null {
  const cameFrom = new Map<string, string>();
  let frontier = [start];
  while (frontier.length > 0) {
    const following: string[] = [];
    for (const id of frontier) {
      for (const other of next(id)) {
        if (other === start) {
          return wayTo(id, start, cameFrom);
        }
        if (!cameFrom.has(other)) {
          cameFrom.set(other, id);
          following.push(other);
        }
      }
    }
    frontier = following;
  }
  return null;
}

function wayTo(end: string, start: string, cameFrom: ReadonlyMap<string, string>): string[] {
  const way = [end];
  for (let at: string | undefined = end; at !== undefined && at !== start; ) {
    at = cameFrom.get(at);
    if (at !== undefined) {
      way.unshift(at);
    }
  }
  return way;
}
