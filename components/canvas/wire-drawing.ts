/**
 * Which wires are drawn and how each looks: those of the document once each, and those that follow from it. Pure.
 * Refuses geometry; a wire finds its way between the places the library measured.
 */
import { type FlowEdge, labelOf, portOf } from '@/core/flow/document';
import { compensatePort } from '@/core/flow/graph';
import type { Facts, WireEdge } from './drawing';
import { type ImpliedWire, impliedKey, impliedView, impliedWires } from './implied-wires';
import { edgeRunView, type FlowRunView, isMoving } from './run-view';
import { drawnGraph } from './scopes';
import { edgeKey } from './store/command';

export interface WireData extends Record<string, unknown> {
  /**
   * `forward` is drawn by a person and goes on, `compensation` leads to what undoes or lies on that way. Not drawn by
   * anybody: `border` leads from or to the rim of a region, `climb` is the way back, `start` its first stretch, `find`
   * leads to the step that finds out what came of a call.
   */
  readonly kind: 'forward' | 'compensation' | 'border' | 'climb' | 'start' | 'find';
  /** Named beside the wire, because the drawing alone does not say which way it is. */
  readonly portLabel: string | null;
  readonly look: 'plain' | 'taken' | 'skipped';
  /** What it leads to is under way. */
  readonly isMoving: boolean;
  readonly isReadOnly: boolean;
  readonly fromName: string;
  readonly toName: string;
}

export function wiresOf(facts: Facts): WireEdge[] {
  const names = new Map(facts.document.steps.map((step) => [step.id, labelOf(step)]));
  const { graph } = drawnGraph(facts.document);
  const seen = new Set<string>();
  const drawn = facts.document.edges.flatMap((edge): WireEdge[] => {
    const id = edgeKey(edge);
    const fromName = names.get(edge.from);
    const toName = names.get(edge.to);
    if (fromName === undefined || toName === undefined || seen.has(id)) {
      return [];
    }
    seen.add(id);
    const port = portOf(edge);
    return [
      {
        id,
        type: 'wire',
        source: edge.from,
        target: edge.to,
        sourceHandle: port,
        targetHandle: 'in',
        selected: facts.selectedEdges.has(id),
        ariaLabel: `Wire from ${fromName}${port === 'out' ? '' : `, ${port},`} to ${toName}`,
        data: {
          kind: port === compensatePort || graph.undoing.has(edge.from) ? 'compensation' : 'forward',
          portLabel: port === 'out' ? null : port,
          ...lookOf(edge, facts.run),
          isReadOnly: facts.isReadOnly,
          fromName,
          toName,
        },
      },
    ];
  });
  const implied = impliedWires(facts.document, facts.run).map((wire) => impliedEdge(wire, names, facts.run));
  return [...implied, ...drawn];
}

function lookOf(edge: FlowEdge, run: FlowRunView | undefined): Pick<WireData, 'look' | 'isMoving'> {
  const view = run === undefined ? 'pending' : edgeRunView(edge, run);
  const isTaken = view === 'taken';
  return { look: view === 'pending' ? 'plain' : view, isMoving: isTaken && isMoving(run?.steps[edge.to]) };
}

/** Seen, not touched: it cannot be selected, and no key leads to it. */
function impliedEdge(wire: ImpliedWire, names: ReadonlyMap<string, string>, run: FlowRunView | undefined): WireEdge {
  const view = run === undefined ? 'pending' : impliedView(wire, run);
  const ends = {
    enter: { sourceHandle: 'enter', targetHandle: 'in' },
    exit: { sourceHandle: 'out', targetHandle: 'exit' },
    climb: { sourceHandle: 'climb', targetHandle: 'in' },
    find: { sourceHandle: 'climb', targetHandle: 'in' },
  }[wire.type];
  const climb = wire.isFirst ? 'start' : 'climb';
  const isBorder = wire.type === 'enter' || wire.type === 'exit';
  return {
    id: impliedKey(wire),
    type: 'wire',
    source: wire.from,
    target: wire.to,
    ...ends,
    selectable: false,
    focusable: false,
    deletable: false,
    reconnectable: false,
    interactionWidth: 0,
    className: 'implied',
    data: {
      kind: isBorder ? 'border' : wire.type === 'find' ? 'find' : climb,
      portLabel: null,
      look: view === 'pending' ? 'plain' : view,
      isMoving: view === 'taken' && !isBorder && isMoving(run?.steps[wire.to]),
      isReadOnly: true,
      fromName: names.get(wire.from) ?? wire.from,
      toName: names.get(wire.to) ?? wire.to,
    },
  };
}

export const isSameWire = (a: WireEdge, b: WireEdge): boolean =>
  a.selected === b.selected &&
  a.ariaLabel === b.ariaLabel &&
  a.data?.kind === b.data?.kind &&
  a.data?.look === b.data?.look &&
  a.data?.isMoving === b.data?.isMoving;
