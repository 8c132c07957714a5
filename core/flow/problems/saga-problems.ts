/**
 * Problems of scopes and of undoing: what is inside what, what compensation wires may lead to, and where the point of no
 * return stands. Faults are what the engine could not execute honestly, so `compileFlow` insists on their absence too;
 * warnings are sagas that would run, and leave behind what their author did not mean to.
 */
import { type FlowDocument, labelOf, portOf } from '@/core/flow/document';
import {
  ancestorsOf,
  compensatePort,
  containersAround,
  descendantsOf,
  type FlowGraph,
  type GraphNode,
  loopsAround,
  rootScope,
} from '@/core/flow/graph';
import { flowProblem, type Problem, stepProblem } from '@/core/flow/problems/problem';
import { type JsonObject, jsonPointer } from '@/core/json';
import { limits } from '@/core/limits';
import { effectOf, reconcileStepOf } from '@/core/steps/http-request/config';
import { findKind } from '@/core/steps/registry';

/** @param graph of the same document */
export const sagaFaults = (document: FlowDocument, graph: FlowGraph): Problem[] => [
  ...containerFaults(graph),
  ...borderFaults(document, graph),
  ...compensationFaults(document, graph),
  ...pivotFaults(graph),
  ...loopFaults(graph),
  ...reconcileFaults(document, graph),
];

/** @param graph of the same document */
export const sagaWarnings = (graph: FlowGraph): Problem[] => [...emptyScopes(graph), ...irreversibleSteps(graph)];

const nodeProblem = (node: GraphNode, inside: string, code: string, message: string, severity?: 'warning'): Problem =>
  stepProblem({ index: node.index, stepId: node.step.id }, inside, code, message, severity);

const isContainer = ({ step }: GraphNode): boolean => findKind(step.kind)?.manifest.isContainer === true;

function containerFaults(graph: FlowGraph): Problem[] {
  return [...graph.nodes.values()].flatMap((node): Problem[] => {
    const { step } = node;
    if (step.in === undefined) return [];
    const around = graph.nodes.get(step.in);
    if (around === undefined) {
      return [nodeProblem(node, '/in', 'container.unknown', `There is no step "${step.in}" to be inside of.`)];
    }
    if (!isContainer(around)) {
      const message = `"${labelOf(around.step)}" cannot hold other steps. Move this step out of it.`;
      return [nodeProblem(node, '/in', 'container.notOne', message)];
    }
    if (node.scope === rootScope) {
      return [nodeProblem(node, '/in', 'container.inItself', 'This step is inside itself. Move it out.')];
    }
    if (findKind(step.kind)?.manifest.isTrigger === true) {
      const message = 'A trigger starts the whole flow. Move it out of the scope.';
      return [nodeProblem(node, '/in', 'container.trigger', message)];
    }
    const depth = containersAround(graph, step.id).length;
    return depth > limits.scopeDepth
      ? [
          nodeProblem(
            node,
            '/in',
            'container.tooDeep',
            `Scopes may be nested ${limits.scopeDepth} deep; this is inside ${depth}.`,
          ),
        ]
      : [];
  });
}

function borderFaults(document: FlowDocument, graph: FlowGraph): Problem[] {
  return document.edges.flatMap((edge, index): Problem[] => {
    const [from, to] = [graph.nodes.get(edge.from), graph.nodes.get(edge.to)];
    if (from === undefined || to === undefined || from.scope === to.scope) return [];
    const message =
      `The wire from "${labelOf(from.step)}" to "${labelOf(to.step)}" crosses the border of a scope. ` +
      'Wire the scope itself, or move one of the steps.';
    return [{ ...flowProblem(jsonPointer('edges', index), 'edge.crossesScope', message), stepId: edge.from }];
  });
}

function compensationFaults(document: FlowDocument, graph: FlowGraph): Problem[] {
  const found: Problem[] = [];
  const undoneBy = new Map<string, Set<string>>();
  for (const id of graph.order) {
    for (const [port, edges] of graph.nodes.get(id)?.outgoing ?? []) {
      const undone = port === compensatePort ? [id] : [...(undoneBy.get(id) ?? [])];
      for (const { to } of undone.length === 0 ? [] : edges) {
        undoneBy.set(to, new Set([...(undoneBy.get(to) ?? []), ...undone]));
      }
    }
  }
  for (const [index, edge] of document.edges.entries()) {
    const [from, to] = [graph.nodes.get(edge.from), graph.nodes.get(edge.to)];
    if (from === undefined || to === undefined || from.scope !== to.scope) continue;
    const at = (code: string, message: string): void => {
      found.push({ ...flowProblem(jsonPointer('edges', index), code, message), stepId: edge.from });
    };
    if (portOf(edge) === compensatePort && graph.undoing.has(edge.from)) {
      at(
        'compensation.ofCompensation',
        `"${labelOf(from.step)}" undoes a step already; undoing it again means nothing.`,
      );
    } else if (portOf(edge) !== compensatePort && graph.undoing.has(edge.to) && !graph.undoing.has(edge.from)) {
      const message =
        `"${labelOf(to.step)}" undoes another step, and this wire also makes it part of the way forward. ` +
        'Remove one of the two, or use a second step.';
      at('compensation.bothWays', message);
    }
  }
  for (const id of graph.undoing) {
    const node = graph.nodes.get(id);
    if (node === undefined) continue;
    const undone = [...(undoneBy.get(id) ?? [])];
    if (undone.length > 1) {
      const names = undone.map((other) => `"${labelOf(graph.nodes.get(other)?.step ?? { id: other })}"`).join(' and ');
      const message = `This step would undo ${names}. Give each a step of its own, so that each can be told apart.`;
      found.push(nodeProblem(node, '', 'compensation.shared', message));
    }
    if (isContainer(node)) {
      const message = 'A scope cannot be part of undoing a step. Draw its steps one after another instead.';
      found.push(nodeProblem(node, '', 'compensation.container', message));
    }
    if (node.step.pivot === true) {
      const message = 'A step that undoes another cannot be the point of no return.';
      found.push(nodeProblem(node, '/pivot', 'compensation.pivot', message));
    }
  }
  return found;
}

/**
 * A pivot commits its scope and those around it, so nothing there may still be under way beside it: every other step of
 * these scopes comes before it, after it, or on a way that is never taken together with it.
 */
function pivotFaults(graph: FlowGraph): Problem[] {
  const pivots = [...graph.nodes.values()].filter(({ step }) => step.pivot === true);
  return pivots.slice(0, limits.flowPivots + 1).flatMap((pivot, index): Problem[] => {
    if (index === limits.flowPivots) {
      const message = `A flow may have ${limits.flowPivots} points of no return; this is one too many.`;
      return [nodeProblem(pivot, '/pivot', 'pivot.tooMany', message)];
    }
    const concurrent = [pivot.step.id, ...containersAround(graph, pivot.step.id)].flatMap((id) => besides(graph, id));
    if (concurrent.length === 0) return [];
    const names = concurrent.slice(0, 3).map((id) => `"${labelOf(graph.nodes.get(id)?.step ?? { id })}"`);
    const more = concurrent.length > 3 ? ` and ${concurrent.length - 3} more` : '';
    const message = `${names.join(', ')}${more} may still be under way when this point of no return is passed. Put it before or behind.`;
    return [nodeProblem(pivot, '/pivot', 'pivot.concurrent', message)];
  });
}

/** What holds for the flow as a whole cannot happen once per item, and a loop without steps would be as long for nothing. */
function loopFaults(graph: FlowGraph): Problem[] {
  return [...graph.nodes.values()].flatMap((node): Problem[] => {
    const { step } = node;
    if (step.pivot === true && loopsAround(graph, step.id).length > 0) {
      const message = 'A point of no return cannot be passed once per item. Put it before or behind the loop.';
      return [nodeProblem(node, '/pivot', 'pivot.inLoop', message)];
    }
    return isLoop(node) && isEmpty(graph, node)
      ? [nodeProblem(node, '', 'loop.empty', 'Nothing is done for an item. Drag steps into the loop.')]
      : [];
  });
}

const isLoop = ({ step }: GraphNode): boolean => findKind(step.kind)?.manifest.isLoop === true;

/** Nothing goes forward in it. */
const isEmpty = (graph: FlowGraph, container: GraphNode): boolean =>
  ![...graph.nodes.values()].some(({ step, scope }) => scope === container.step.id && !graph.undoing.has(step.id));

/** Steps of the same scope that may run at the same time as `id`. */
function besides(graph: FlowGraph, id: string): string[] {
  const scope = graph.nodes.get(id)?.scope ?? rootScope;
  const members = [...graph.nodes.values()].filter(
    ({ step, scope: own }) =>
      own === scope && step.id !== id && !graph.undoing.has(step.id) && !graph.reconciles.has(step.id),
  );
  const earlier = ancestorsOf(graph, id);
  const later = descendantsOf(graph, id);
  const unordered = members
    .map(({ step }) => step.id)
    .filter((other) => graph.reachable.has(other) && !earlier.has(other) && !later.has(other))
    .filter((other) => !graph.triggers.includes(other));
  if (unordered.length === 0) return [];
  const together = companions(graph, scope, id);
  return unordered.filter((other) => together.every((reached) => reached.has(other)));
}

/** Choices looked at per pivot: whoever hides one behind more is told that the steps may meet. */
const choicesMax = 200;

/**
 * One set per choice that leads to `id` by some of its ports only: what a run still gets to that takes one of these
 * ports. A step outside any of the sets never runs together with `id`. Several triggers are a choice as well.
 */
function companions(graph: FlowGraph, scope: string, id: string): Set<string>[] {
  const starts = [...graph.nodes.values()].filter(
    (node) =>
      node.scope === scope &&
      !graph.undoing.has(node.step.id) &&
      (scope === rootScope ? graph.triggers.includes(node.step.id) : node.incoming.length === 0),
  );
  const reach = (from: readonly string[], passes: (at: string, port: string) => boolean): Set<string> => {
    const seen = new Set(from);
    const pending = [...from];
    for (let at = pending.pop(); at !== undefined; at = pending.pop()) {
      for (const [port, edges] of graph.nodes.get(at)?.outgoing ?? []) {
        if (port === compensatePort || !passes(at, port)) continue;
        for (const { to } of edges) {
          if (seen.has(to)) continue;
          seen.add(to);
          pending.push(to);
        }
      }
    }
    return seen;
  };
  const startIds = starts.map(({ step }) => step.id);
  const all = (): boolean => true;
  const sets: Set<string>[] = [];
  if (scope === rootScope && startIds.length > 1) {
    sets.push(
      reach(
        startIds.filter((start) => reach([start], all).has(id)),
        all,
      ),
    );
  }
  const earlier = ancestorsOf(graph, id);
  for (const [choice, node] of graph.nodes) {
    const ports = [...node.outgoing.keys()].filter((port) => port !== compensatePort);
    if (node.scope !== scope || ports.length < 2 || !earlier.has(choice)) continue;
    if (sets.length === choicesMax) break;
    const leading = new Set(
      ports.filter((port) =>
        reach(
          (node.outgoing.get(port) ?? []).map(({ to }) => to),
          all,
        ).has(id),
      ),
    );
    const isOnlyWay = !reach(startIds, (at, port) => at !== choice || !leading.has(port)).has(id);
    if (leading.size < ports.length && isOnlyWay) {
      sets.push(reach(startIds, (at, port) => at !== choice || leading.has(port)));
    }
  }
  return sets;
}

const emptyScopes = (graph: FlowGraph): Problem[] =>
  [...graph.nodes.values()]
    .filter((node) => isContainer(node) && !isLoop(node) && isEmpty(graph, node))
    .map((node) =>
      nodeProblem(
        node,
        '',
        'container.empty',
        'Nothing is in this scope, so it does nothing. Drag steps into it.',
        'warning',
      ),
    );

/** What finds out about another step stands beside it, unwired, and belongs to it alone. */
function reconcileFaults(document: FlowDocument, graph: FlowGraph): Problem[] {
  const wired = new Set(document.edges.flatMap((edge) => [edge.from, edge.to]));
  return [...graph.nodes.values()].flatMap((node): Problem[] => {
    const named = reconcileStepOf(node.step.config);
    if (named === null) return [];
    const at = (code: string, message: string): Problem[] => [
      nodeProblem(node, '/config/onUnknown/reconcile', code, message),
    ];
    const other = graph.nodes.get(named);
    if (other === undefined || named === node.step.id) {
      return at('reconcile.unknown', `There is no other step "${named}" that could find out what came of this one.`);
    }
    const label = labelOf(other.step);
    if (isContainer(other) || findKind(other.step.kind)?.manifest.isTrigger === true || other.scope !== node.scope) {
      return at('reconcile.notOne', `"${label}" cannot find out: choose a call in the same scope.`);
    }
    if (wired.has(named) || graph.undoing.has(named)) {
      return at('reconcile.wired', `"${label}" is wired. A step that finds out stands by itself; remove its wires.`);
    }
    return graph.reconciles.get(named) === node.step.id
      ? []
      : at('reconcile.shared', `"${label}" finds out about another step already. Give this one a step of its own.`);
  });
}

/** Calls that change the world for good if nothing undoes them. */
const changesTheWorld = ({ step }: GraphNode): boolean =>
  step.kind === 'http.request' && step.disabled !== true && effectOf((step.config ?? {}) as JsonObject) !== 'safe';

const canFail = ({ step }: GraphNode): boolean =>
  step.disabled !== true && (step.kind === 'http.request' || step.kind === 'logic.fail');

/**
 * In a saga (a scope where something is undone), a step that changes the world, that nothing undoes, and behind which
 * another can still fail: after that failure its effect stands alone. What stands at or behind the pivot is meant to.
 */
function irreversibleSteps(graph: FlowGraph): Problem[] {
  const nodes = [...graph.nodes.values()].filter(({ step }) => !graph.undoing.has(step.id));
  const sagas = new Set(nodes.filter(({ outgoing }) => outgoing.has(compensatePort)).map(({ scope }) => scope));
  const pivots = nodes.filter(({ step }) => step.pivot === true).map(({ step }) => step.id);
  const committed = committedBy(graph, pivots);
  const failing = new Map(
    nodes
      .filter((node) => canFail(node) && !node.outgoing.has('error') && !committed.has(node.step.id))
      .map(({ step, scope }) => [step.id, scope]),
  );
  return nodes
    .filter((node) => sagas.has(node.scope) && changesTheWorld(node) && !node.outgoing.has(compensatePort))
    .filter(({ step }) => !pivots.includes(step.id) && !committed.has(step.id))
    .flatMap((node): Problem[] => {
      const next = [...descendantsOf(graph, node.step.id)].find((id) => failing.get(id) === node.scope);
      if (next === undefined) return [];
      const message =
        `Nothing undoes this step, and "${labelOf(graph.nodes.get(next)?.step ?? { id: next })}" behind it can still fail. ` +
        'Draw a compensation for it, move it to the end, or mark it as the point of no return.';
      return [nodeProblem(node, '', 'saga.irreversible', message, 'warning')];
    });
}

/** What runs only behind a pivot, or behind a scope that holds one. */
function committedBy(graph: FlowGraph, pivots: readonly string[]): ReadonlySet<string> {
  const behind = new Set(
    pivots
      .slice(0, limits.flowPivots)
      .flatMap((id) => [id, ...containersAround(graph, id)])
      .flatMap((id) => [...descendantsOf(graph, id)]),
  );
  return new Set(
    [...graph.nodes.keys()].filter((id) => [id, ...containersAround(graph, id)].some((around) => behind.has(around))),
  );
}
