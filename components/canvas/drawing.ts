/**
 * Turns a flow document into what the canvas library draws: one node per step, one edge per wire, each with all it needs
 * to paint itself. Keeps the object of a card or wire whose facts did not change, so that a thousand steps re-render
 * only where something happened. Refuses state of its own beyond that memory.
 */
import type { Edge, Node } from '@xyflow/react';
import type { IconName } from '@/components/ui/icon';
import { type FlowDocument, type FlowStep, labelOf, portOf } from '@/core/flow/document';
import type { PortManifest } from '@/core/steps/contract';
import { iconOf, isTrigger, portsOf, summaryOf } from './catalogue';
import { fitSummary } from './fit-summary';
import { bottomOffset, cardSize, type Point, sideOfPort } from './geometry';
import { positionsOf } from './layout';
import { edgeRunView, type FlowRunView, type StepRunView } from './run-view';
import { edgeKey } from './store/command';

export interface CardPort extends PortManifest {
  readonly isWired: boolean;
  readonly side: 'bottom' | 'right' | 'left';
  /** From the left edge of the card, for ports at the bottom. */
  readonly offset: number;
}

export interface CardFault {
  readonly message: string;
  readonly severity: 'error' | 'warning';
}

export interface CardData extends Record<string, unknown> {
  readonly stepId: string;
  readonly name: string;
  readonly icon: IconName;
  readonly verb: string;
  readonly rest: string;
  readonly wholeSummary: string;
  readonly isTrigger: boolean;
  readonly isDisabled: boolean;
  readonly isChanged: boolean;
  readonly ports: readonly CardPort[];
  /** The first error, else the first warning; the strip shows errors only. */
  readonly fault: CardFault | null;
  readonly warnings: number;
  readonly run: StepRunView | null;
  readonly isReadOnly: boolean;
}

export type CardNode = Node<CardData, 'step'>;

export interface WireData extends Record<string, unknown> {
  /** Named beside the wire, because the drawing alone does not say which way it is. */
  readonly portLabel: string | null;
  readonly look: 'plain' | 'taken' | 'skipped';
  readonly isReadOnly: boolean;
  readonly fromName: string;
  readonly toName: string;
}

export type WireEdge = Edge<WireData, 'wire'>;

export interface Facts {
  readonly document: FlowDocument;
  readonly selectedSteps: ReadonlySet<string>;
  readonly selectedEdges: ReadonlySet<string>;
  /** Problems by step id. */
  readonly faults?: ReadonlyMap<string, readonly CardFault[]>;
  /** Ids of steps that differ from the live version. */
  readonly changed?: ReadonlySet<string>;
  readonly run?: FlowRunView;
  readonly isReadOnly: boolean;
}

export interface Drawing {
  readonly nodes: CardNode[];
  readonly edges: WireEdge[];
}

/** The outlets of a step with their places. */
export function cardPorts(step: FlowStep, wired: readonly string[]): readonly CardPort[] {
  const ports = portsOf(step, wired).map((port) => ({ ...port, side: sideOfPort(port.name) }));
  const bottom = ports.filter((port) => port.side === 'bottom');
  return ports.map((port) => ({
    ...port,
    isWired: wired.includes(port.name),
    offset: port.side === 'bottom' ? bottomOffset(bottom.indexOf(port), bottom.length) : 0,
  }));
}

/** Names of the ports that edges leave by, per step. */
export function wiredPorts(document: FlowDocument): ReadonlyMap<string, readonly string[]> {
  const wired = new Map<string, string[]>();
  for (const edge of document.edges) {
    const ports = wired.get(edge.from);
    if (ports === undefined) {
      wired.set(edge.from, [portOf(edge)]);
    } else if (!ports.includes(portOf(edge))) {
      ports.push(portOf(edge));
    }
  }
  return wired;
}

/** Where a port stands on the canvas, given the place of its card. */
export function portPoint(card: Point, port: CardPort): Point {
  if (port.side === 'bottom') {
    return { x: card.x + port.offset, y: card.y + cardSize.height };
  }
  return { x: port.side === 'right' ? card.x + cardSize.width : card.x, y: card.y + cardSize.height / 2 };
}

/** Where edges enter a card. */
export const inletPoint = (card: Point): Point => ({ x: card.x + cardSize.width / 2, y: card.y });

/** All a card is drawn from. Equal inputs, equal card. */
interface CardInputs {
  readonly step: FlowStep;
  readonly x: number;
  readonly y: number;
  readonly wired: string;
  readonly isSelected: boolean;
  readonly isChanged: boolean;
  readonly faults: string;
  readonly run: StepRunView | null;
  readonly isReadOnly: boolean;
}

/** Draws with a memory: each call reuses what it drew before where nothing changed. */
export function createDrawer(): (facts: Facts) => Drawing {
  let cards = new Map<string, { inputs: CardInputs; node: CardNode }>();
  let edges = new Map<string, WireEdge>();
  return (facts) => {
    const places = positionsOf(facts.document);
    const wired = wiredPorts(facts.document);
    const nextCards: typeof cards = new Map();
    for (const step of facts.document.steps) {
      const place = places.get(step.id) ?? { x: 0, y: 0 };
      const inputs: CardInputs = {
        step,
        x: place.x,
        y: place.y,
        wired: (wired.get(step.id) ?? []).join(' '),
        isSelected: facts.selectedSteps.has(step.id),
        isChanged: facts.changed?.has(step.id) ?? false,
        faults: JSON.stringify(facts.faults?.get(step.id) ?? []),
        run: facts.run?.steps[step.id] ?? null,
        isReadOnly: facts.isReadOnly,
      };
      const before = cards.get(step.id);
      const isSame = before !== undefined && shallowEqual(before.inputs, inputs);
      // A draft may hold an id twice; the canvas library draws each id once.
      const key = nextCards.has(step.id) ? `${step.id}#${nextCards.size}` : step.id;
      const node = isSame
        ? before.node
        : cardNode(inputs, key, wired.get(step.id) ?? [], facts.faults?.get(step.id) ?? []);
      nextCards.set(key, { inputs, node });
    }
    const nextEdges = wires(facts).map((edge) => {
      const before = edges.get(edge.id);
      return before && isSameWire(before, edge) ? before : edge;
    });
    cards = nextCards;
    edges = new Map(nextEdges.map((edge) => [edge.id, edge]));
    return { nodes: [...nextCards.values()].map(({ node }) => node), edges: nextEdges };
  };
}

function shallowEqual<T extends object>(a: T, b: T): boolean {
  return (Object.keys(a) as (keyof T)[]).every((key) => a[key] === b[key]);
}

function cardNode(inputs: CardInputs, key: string, wired: readonly string[], faults: readonly CardFault[]): CardNode {
  const { step, run } = inputs;
  const summary = summaryOf(step);
  const error = faults.find((fault) => fault.severity === 'error');
  const name = labelOf(step);
  return {
    id: key,
    type: 'step',
    position: { x: inputs.x, y: inputs.y },
    selected: inputs.isSelected,
    ariaRole: 'button',
    ariaLabel: [
      `${name}, step ${step.id}`,
      ...(run ? [run.status] : []),
      ...(step.disabled ? ['disabled'] : []),
      ...(error ? [`problem: ${error.message}`] : []),
    ].join(', '),
    initialWidth: cardSize.width,
    initialHeight: cardSize.height,
    data: {
      stepId: step.id,
      name,
      icon: iconOf(step.kind),
      verb: summary.verb,
      rest: fitSummary(summary.verb, summary.rest),
      wholeSummary: `${summary.verb} ${summary.rest}`.trim(),
      isTrigger: isTrigger(step.kind),
      isDisabled: step.disabled === true,
      isChanged: inputs.isChanged,
      ports: cardPorts(step, wired),
      fault: error ?? faults[0] ?? null,
      warnings: faults.filter((fault) => fault.severity === 'warning').length,
      run,
      isReadOnly: inputs.isReadOnly,
    },
  };
}

function wires(facts: Facts): WireEdge[] {
  const names = new Map(facts.document.steps.map((step) => [step.id, labelOf(step)]));
  const seen = new Set<string>();
  return facts.document.edges.flatMap((edge): WireEdge[] => {
    const id = edgeKey(edge);
    const fromName = names.get(edge.from);
    const toName = names.get(edge.to);
    if (fromName === undefined || toName === undefined || seen.has(id)) {
      return [];
    }
    seen.add(id);
    const port = portOf(edge);
    const view = facts.run ? edgeRunView(edge, facts.run) : 'pending';
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
          portLabel: port === 'out' ? null : port,
          look: view === 'pending' ? 'plain' : view,
          isReadOnly: facts.isReadOnly,
          fromName,
          toName,
        },
      },
    ];
  });
}

const isSameWire = (a: WireEdge, b: WireEdge): boolean =>
  a.selected === b.selected && a.ariaLabel === b.ariaLabel && a.data?.look === b.data?.look;
