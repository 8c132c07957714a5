/**
 * The drawing as a graph: who comes before whom, in what order, inside what, and where it bites its own tail. Works on
 * drafts too, so edges that lead nowhere or across the border of a container, repeated ids and containers that are none
 * are left out rather than refused; `validate.ts` reports those.
 */
import { type FlowDocument, type FlowStep, portOf } from '@/core/flow/document';
import { reconcileStepOf } from '@/core/steps/http-request/config';
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
  /** Id of the container around it, {@link rootScope} for none. */
  readonly scope: string;
}

/** The flow itself as a scope; no step has this id. */
export const rootScope = '';
export const compensatePort = 'compensate';

export interface FlowGraph {
  /** In document order; of steps with the same id the first. */
  readonly nodes: ReadonlyMap<string, GraphNode>;
  /**
   * Topological, document order among equals; a container comes before what is in it, and that before what follows the
   * container. Steps on a cycle, and those behind one, are absent.
   */
  readonly order: readonly string[];
  /** One per knot of steps that lead to each other: ids along the way, the first not repeated at the end. */
  readonly cycles: readonly (readonly string[])[];
  readonly triggers: readonly string[];
  /** Steps a run can get to from some trigger, triggers and the ways that undo steps included. */
  readonly reachable: ReadonlySet<string>;
  /** Steps that a way leads to which begins with a `compensate` wire: they undo, and take no part in the way forward. */
  readonly undoing: ReadonlySet<string>;
  /**
   * Steps that find out what came of another one, by their id: they stand in its scope without a wire, and run when its
   * outcome is unknown.
   */
  readonly reconciles: ReadonlyMap<string, string>;
}

interface OpenNode extends GraphNode {
  readonly incoming: GraphEdge[];
  readonly outgoing: Map<string, GraphEdge[]>;
}

/** @param document any draft; edges from or to unknown steps, and from a step to itself, are left out */
export function buildGraph(document: FlowDocument): FlowGraph {
  const scopes = scopesOf(document);
  const nodes = new Map<string, OpenNode>();
  for (const [index, step] of document.steps.entries()) {
    if (!nodes.has(step.id)) {
      nodes.set(step.id, { step, index, incoming: [], outgoing: new Map(), scope: scopes.get(step.id) ?? rootScope });
    }
  }
  for (const [index, written] of document.edges.entries()) {
    const from = nodes.get(written.from);
    const to = nodes.get(written.to);
    if (from === undefined || to === undefined || from === to || from.scope !== to.scope) {
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
  const order = insideOut(nodes, sortTopologically(nodes));
  const triggers = [...nodes.values()].filter(isTriggerNode).map((node) => node.step.id);
  const undoing = behindPort({ nodes }, compensatePort);
  const reconciles = reconcilingSteps(nodes);
  return {
    nodes,
    order,
    cycles: findCycles(nodes, order),
    triggers,
    reachable: walk(triggers, reachedFrom(nodes, undoing, reconciles)),
    undoing,
    reconciles,
  };
}

/**
 * The container of each step: a step that exists, holds others, and is not inside itself.
 * @returns ids by step; steps of the flow itself are absent
 */
function scopesOf(document: FlowDocument): ReadonlyMap<string, string> {
  const containers = new Map<string, FlowStep>();
  for (const step of document.steps) {
    if (findKind(step.kind)?.manifest.isContainer === true && !containers.has(step.id)) containers.set(step.id, step);
  }
  const isInItself = (id: string): boolean => {
    const seen = new Set<string>();
    for (let at: string | undefined = id; at !== undefined && !seen.has(at); at = containers.get(at)?.in) {
      seen.add(at);
      if (containers.get(at)?.in === id) return true;
    }
    return false;
  };
  const scopes = new Map<string, string>();
  for (const step of document.steps) {
    const around = step.in;
    if (around !== undefined && containers.has(around) && !isInItself(step.id) && !scopes.has(step.id)) {
      scopes.set(step.id, around);
    }
  }
  return scopes;
}

function reconcilingSteps(nodes: ReadonlyMap<string, OpenNode>): ReadonlyMap<string, string> {
  const reconciles = new Map<string, string>();
  for (const [id, node] of nodes) {
    const named = reconcileStepOf(node.step.config);
    const other = named === null ? undefined : nodes.get(named);
    const isFit = other !== undefined && named !== id && other.scope === node.scope && !isTriggerNode(other);
    if (named !== null && isFit && !reconciles.has(named)) reconciles.set(named, id);
  }
  return reconciles;
}

/** Puts what is in a container right behind it, at every depth; the order within each scope stays. */
function insideOut(nodes: ReadonlyMap<string, OpenNode>, order: readonly string[]): string[] {
  const members = new Map<string, string[]>();
  for (const id of order) {
    const scope = nodes.get(id)?.scope ?? rootScope;
    const known = members.get(scope);
    if (known === undefined) members.set(scope, [id]);
    else known.push(id);
  }
  if (members.size <= 1) return [...order];
  const unfold = (id: string): string[] => [id, ...(members.get(id) ?? []).flatMap(unfold)];
  return (members.get(rootScope) ?? []).flatMap(unfold);
}

/** Where a run can get from a step: along its wires, and into a container at every step that begins there. */
function reachedFrom(
  nodes: ReadonlyMap<string, OpenNode>,
  undoing: ReadonlySet<string>,
  reconciles: ReadonlyMap<string, string>,
): (id: string) => readonly string[] {
  const entries = new Map<string, string[]>();
  for (const [id, node] of nodes) {
    if (node.scope === rootScope || node.incoming.length > 0 || undoing.has(id) || reconciles.has(id)) continue;
    entries.set(node.scope, [...(entries.get(node.scope) ?? []), id]);
  }
  const successors = successorsIn(nodes);
  const finders = new Map([...reconciles].map(([finder, subject]) => [subject, [finder]]));
  return (id) => [...successors(id), ...(entries.get(id) ?? []), ...(finders.get(id) ?? [])];
}

const isTriggerNode = (node: GraphNode): boolean => findKind(node.step.kind)?.manifest.isTrigger === true;

const successorsIn =
  (nodes: ReadonlyMap<string, GraphNode>) =>
  (id: string): string[] =>
    [...(nodes.get(id)?.outgoing.values() ?? [])].flatMap((edges) => edges.map((edge) => edge.to));

/**
 * Every step that may have run before `id`: those a path leads from, those inside the containers among them, and those
 * before the containers around it. `id` itself only when it stands on a cycle.
 */
export function ancestorsOf(graph: FlowGraph, id: string): ReadonlySet<string> {
  const parents = (at: string): string[] => graph.nodes.get(at)?.incoming.map((edge) => edge.from) ?? [];
  const starts = [id, ...containersAround(graph, id)].flatMap(parents);
  const inside = new Map<string, string[]>();
  for (const [member, node] of graph.nodes) inside.set(node.scope, [...(inside.get(node.scope) ?? []), member]);
  return walk(starts, (at) => [...parents(at), ...(inside.get(at) ?? [])]);
}

/** The containers around a step, the innermost first. */
export function containersAround(graph: Pick<FlowGraph, 'nodes'>, id: string): string[] {
  const around: string[] = [];
  for (let at = graph.nodes.get(id)?.scope; at !== undefined && at !== rootScope; at = graph.nodes.get(at)?.scope) {
    around.push(at);
  }
  return around;
}

/** The loops around a step, the innermost first. */
export const loopsAround = (graph: Pick<FlowGraph, 'nodes'>, id: string): string[] =>
  containersAround(graph, id).filter(
    (around) => findKind(graph.nodes.get(around)?.step.kind ?? '')?.manifest.isLoop === true,
  );

/**
 * The two steps themselves, or the containers around them, that stand in the same scope; null when one is inside the
 * other, and nothing is before anything.
 */
export function liftToCommonScope(
  graph: Pick<FlowGraph, 'nodes'>,
  a: string,
  b: string,
): readonly [string, string] | null {
  const wayOut = (id: string): string[] => [id, ...containersAround(graph, id)];
  const scopeOf = (id: string): string => graph.nodes.get(id)?.scope ?? rootScope;
  const [fromA, fromB] = [wayOut(a), wayOut(b)];
  const byScope = new Map(fromB.map((id) => [scopeOf(id), id]));
  const liftedA = fromA.find((id) => byScope.has(scopeOf(id)));
  const liftedB = liftedA === undefined ? undefined : byScope.get(scopeOf(liftedA));
  return liftedA === undefined || liftedB === undefined || liftedA === liftedB ? null : [liftedA, liftedB];
}

/**
 * Whether `id` may have run before `later`: a path leads from it, or from the container it is in, to `later` or the
 * container that is in. Looks backwards and stops at the first finding: most readers are near.
 */
export function isBefore(graph: Pick<FlowGraph, 'nodes'>, id: string, later: string): boolean {
  if (graph.nodes.get(id)?.scope !== graph.nodes.get(later)?.scope) {
    const lifted = liftToCommonScope(graph, id, later);
    return lifted !== null && isBefore(graph, ...lifted);
  }
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
export function behindPort(graph: Pick<FlowGraph, 'nodes'>, port: string): ReadonlySet<string> {
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
