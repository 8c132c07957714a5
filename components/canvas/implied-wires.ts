/**
 * Wires that nobody draws and everybody should see: from the border of a region to the steps it begins with, from those
 * it ends with to its outlet, and the way back: which step is undone after which when something fails, the last that
 * completed first; and from a step to the one that finds out about it. Pure; refuses to be edited, since each follows from what is drawn.
 */
import type { FlowDocument } from '@/core/flow/document';
import { compensatePort, descendantsOf, type FlowGraph } from '@/core/flow/graph';
import { hasPort } from './catalogue';
import { type FlowRunView, hasBegun } from './run-view';
import { type Drawn, drawnGraph, endsOf, entriesOf, goesForward } from './scopes';

export interface ImpliedWire {
  readonly type: 'enter' | 'exit' | 'climb' | 'find';
  readonly from: string;
  readonly to: string;
  /** Of a climb: it begins at a step of the way forward, whose failure starts it. */
  readonly isFirst: boolean;
}

export const impliedKey = ({ type, from, to }: ImpliedWire): string => `${type}:${from}>${to}`;

/** Of drawings without a run: they stay while neither steps nor wires change, and are asked for at every selection. */
const known = new WeakMap<Drawn, readonly ImpliedWire[]>();

/** @param run with it, the way back begins where the run failed; without it, at the last steps of a scope */
export function impliedWires(document: FlowDocument, run?: FlowRunView): readonly ImpliedWire[] {
  const drawn = drawnGraph(document);
  const before = run === undefined ? known.get(drawn) : undefined;
  if (before !== undefined) {
    return before;
  }
  const wires = followFrom(drawn, run);
  if (run === undefined) {
    known.set(drawn, wires);
  }
  return wires;
}

function followFrom(drawn: Drawn, run: FlowRunView | undefined): ImpliedWire[] {
  const ways = [...drawn.members.keys()].flatMap((scope) => [
    ...(drawn.graph.nodes.has(scope) ? borderWires(drawn, scope) : []),
    ...climbs(drawn, scope, run),
  ]);
  const finds = [...drawn.graph.reconciles].map(([to, from]) => ({ type: 'find' as const, from, to, isFirst: false }));
  return [...ways, ...finds];
}

function borderWires(drawn: Drawn, scope: string): ImpliedWire[] {
  const leads = (id: string): boolean => {
    const step = drawn.graph.nodes.get(id)?.step;
    return step !== undefined && hasPort(step, 'out');
  };
  return [
    ...entriesOf(drawn, scope).map((to) => ({ type: 'enter' as const, from: scope, to, isFirst: false })),
    ...endsOf(drawn, scope)
      .filter(leads)
      .map((from) => ({ type: 'exit' as const, from, to: scope, isFirst: false })),
  ];
}

/**
 * 1. Of each step of a scope, the steps with a compensation that come nearest before it: an undone step is looked
 *    through to nothing, any other to what comes before it.
 * 2. Between two steps with a compensation, the way back leads from where the later one's ends to where the earlier
 *    one's begins.
 * 3. It starts at the step that failed; before there is a run, at the steps that end the scope.
 */
function climbs(drawn: Drawn, scope: string, run: FlowRunView | undefined): ImpliedWire[] {
  const { graph, members } = drawn;
  const forward = (members.get(scope) ?? []).filter((id) => goesForward(drawn, id));
  if (forward.every((id) => !graph.nodes.get(id)?.outgoing.has(compensatePort))) {
    return [];
  }
  const nearest = nearestUndone(graph, new Set(forward));
  const starts = new Set(
    run === undefined
      ? endsBeforePivot(drawn, scope, forward)
      : forward.filter((id) => run.steps[id]?.status === 'failed' && run.steps[id]?.port === null),
  );
  return forward.flatMap((id) => {
    const firsts = (of: string): string[] =>
      (graph.nodes.get(of)?.outgoing.get(compensatePort) ?? []).map(({ to }) => to);
    const targets = [...(nearest.get(id) ?? [])].flatMap(firsts);
    const own = firsts(id).flatMap((first) => lastsOf(graph, first));
    const climb = (from: string, isFirst: boolean): ImpliedWire[] =>
      targets.filter((to) => to !== from).map((to) => ({ type: 'climb', from, to, isFirst }));
    return [...own.flatMap((from) => climb(from, false)), ...(starts.has(id) ? climb(id, true) : [])];
  });
}

/** Where a failure may still be answered by undoing: the last steps of a scope, of a committed one its pivot. */
function endsBeforePivot(drawn: Drawn, scope: string, forward: readonly string[]): string[] {
  const pivots = forward.filter((id) => drawn.graph.nodes.get(id)?.step.pivot === true);
  const committed = new Set(pivots.flatMap((id) => [...descendantsOf(drawn.graph, id)]));
  const isOpen = (id: string): boolean =>
    !committed.has(id) && !drawn.graph.nodes.get(id)?.outgoing.has(compensatePort);
  // One of them tells it; all of them would be a web.
  return [...new Set([...pivots, ...endsOf(drawn, scope)])].filter(isOpen).slice(0, 1);
}

/** More neighbours than this are not followed: nobody reads a fan of that width. */
const fanMax = 8;

function nearestUndone(graph: FlowGraph, members: ReadonlySet<string>): ReadonlyMap<string, ReadonlySet<string>> {
  const nearest = new Map<string, Set<string>>();
  for (const id of graph.order) {
    if (!members.has(id)) continue;
    const found = new Set<string>();
    for (const { from, port } of graph.nodes.get(id)?.incoming ?? []) {
      if (port === compensatePort || !members.has(from)) continue;
      const through = graph.nodes.get(from)?.outgoing.has(compensatePort) ? [from] : (nearest.get(from) ?? []);
      for (const step of through) {
        if (found.size < fanMax) found.add(step);
      }
    }
    nearest.set(id, found);
  }
  return nearest;
}

/** Where the way that undoes ends. */
function lastsOf(graph: FlowGraph, first: string): string[] {
  const seen = new Set([first]);
  for (const id of seen) {
    for (const edges of graph.nodes.get(id)?.outgoing.values() ?? []) {
      for (const { to } of edges) seen.add(to);
    }
  }
  return [...seen].filter((id) => graph.nodes.get(id)?.outgoing.size === 0);
}

/** How an implied wire looks in a run: the way back was gone, or will not be. */
export function impliedView(wire: ImpliedWire, run: FlowRunView): 'taken' | 'skipped' | 'pending' {
  const from = run.steps[wire.from];
  const hasLeft = from?.port === 'out' || from?.tally?.ports.includes('out') === true;
  const hasGone = wire.type === 'exit' ? hasLeft : hasBegun(run, wire.from) && hasBegun(run, wire.to);
  if (hasGone) return 'taken';
  const isKnown = [from, run.steps[wire.to]].every((step) => step?.tally?.isWhole !== false);
  return run.isOver && isKnown ? 'skipped' : 'pending';
}
