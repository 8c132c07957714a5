/**
 * Turns a flow document into what the canvas library draws: one node per step, regions around theirs, one edge per wire
 * and per implied wire, each with all it needs to paint itself. Keeps the object of a card or wire whose facts did not
 * change, so that a thousand steps re-render only where something happened. Refuses state of its own beyond that memory.
 */
import type { Edge, Node } from '@xyflow/react';
import type { IconName } from '@/components/ui/icon';
import { type FlowDocument, type FlowStep, labelOf } from '@/core/flow/document';
import { rootScope } from '@/core/flow/graph';
import { type CardPort, cardPorts, wiredPorts } from './card-ports';
import { iconOf, isLoop, isTrigger, summaryOf } from './catalogue';
import { fitSummary } from './fit-summary';
import { boxAround, cardSize, type Place, type Point, regionPadding } from './geometry';
import { loopWords } from './loop-bar';
import { placesOf } from './places';
import { regionLines } from './region-lines';
import { regionWords } from './region-words';
import type { FlowRunView, StepRunView } from './run-view';
import { type Drawn, drawnGraph } from './scopes';
import { isSameWire, type WireData, wiresOf } from './wire-drawing';

export type { WireData } from './wire-drawing';

export interface CardFault {
  readonly message: string;
  readonly severity: 'error' | 'warning';
}

/** What a card and a region are drawn from. */
interface StepData extends Record<string, unknown> {
  readonly stepId: string;
  readonly name: string;
  readonly icon: IconName;
  readonly isDisabled: boolean;
  readonly isChanged: boolean;
  readonly ports: readonly CardPort[];
  /** The first error, else the first warning; the strip shows errors only. */
  readonly fault: CardFault | null;
  readonly warnings: number;
  readonly run: StepRunView | null;
  readonly isReadOnly: boolean;
}

export interface CardData extends StepData {
  readonly verb: string;
  readonly rest: string;
  readonly wholeSummary: string;
  readonly isTrigger: boolean;
  /** It stands beside the way forward: it undoes another step, or finds out about one. */
  readonly isAside: boolean;
  /** Wires without ports may begin here. */
  readonly hasAnchor: boolean;
  /** The line across its scope behind which the run only goes forward, from the left edge of the card. */
  readonly pivot: { readonly left: number; readonly width: number } | null;
}

export interface RegionData extends StepData {
  /** What kind of region, in small letters: "saga scope, …", "for each {lines}, 5 at a time, …". */
  readonly says: string;
  /** What is in it happens once per item. */
  readonly isLoop: boolean;
  readonly isEmpty: boolean;
  /** From its left edge to the line on which it is entered. */
  readonly inLine: number;
}

export type CardNode = Node<CardData, 'step'>;
export type RegionNode = Node<RegionData, 'region'>;
export type DrawnNode = CardNode | RegionNode;
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
  readonly nodes: DrawnNode[];
  readonly edges: WireEdge[];
}

/** All a card is drawn from. Equal inputs, equal card. */
interface Inputs {
  readonly step: FlowStep;
  /** Relative to the region around it. */
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly parent: string | undefined;
  readonly wired: string;
  readonly inLine: number;
  readonly outLine: number;
  readonly isEmpty: boolean;
  readonly aside: 'compensation' | 'finds out' | null;
  readonly hasAnchor: boolean;
  readonly pivotLeft: number;
  readonly pivotWidth: number;
  readonly isSelected: boolean;
  readonly isChanged: boolean;
  readonly faults: string;
  readonly run: StepRunView | null;
  readonly isReadOnly: boolean;
}

/** Draws with a memory: each call reuses what it drew before where nothing changed. */
export function createDrawer(): (facts: Facts) => Drawing {
  let nodes = new Map<string, { inputs: Inputs; node: DrawnNode }>();
  let edges = new Map<string, WireEdge>();
  return (facts) => {
    const drawn = drawnGraph(facts.document);
    const places = placesOf(facts.document);
    const wired = wiredPorts(facts.document);
    const next: typeof nodes = new Map();
    for (const step of inDrawingOrder(facts.document, drawn)) {
      // A draft may hold an id twice; the canvas library draws each id once.
      const key = next.has(step.id) ? `${step.id}#${next.size}` : step.id;
      const inputs = inputsOf(step, facts, drawn, places, wired.get(step.id) ?? []);
      const before = nodes.get(key);
      const isSame = before !== undefined && shallowEqual(before.inputs, inputs);
      const faults = facts.faults?.get(step.id) ?? [];
      next.set(key, {
        inputs,
        node: isSame ? before.node : nodeOf(inputs, key, drawn, wired.get(step.id) ?? [], faults),
      });
    }
    const nextEdges = wiresOf(facts).map((edge) => {
      const before = edges.get(edge.id);
      return before && isSameWire(before, edge) ? before : edge;
    });
    nodes = next;
    edges = new Map(nextEdges.map((edge) => [edge.id, edge]));
    return { nodes: [...next.values()].map(({ node }) => node), edges: nextEdges };
  };
}

/** A region comes right before what is in it: the library asks for it, and so does whoever walks with the Tab key. */
function inDrawingOrder(document: FlowDocument, { graph, members }: Drawn): FlowStep[] {
  if (members.size === 1) {
    return document.steps;
  }
  const first = new Set<FlowStep>();
  const visit = (id: string): void => {
    const step = graph.nodes.get(id)?.step;
    if (step !== undefined) first.add(step);
    for (const member of members.get(id) ?? []) visit(member);
  };
  visit(rootScope);
  return [...first, ...document.steps.filter((step) => !first.has(step))];
}

function inputsOf(
  step: FlowStep,
  facts: Facts,
  drawn: Drawn,
  places: ReadonlyMap<string, Place>,
  wired: readonly string[],
): Inputs {
  const place = places.get(step.id) ?? { x: 0, y: 0, ...cardSize };
  const node = drawn.graph.nodes.get(step.id);
  const parent = node?.step === step && node.scope !== rootScope ? node.scope : undefined;
  const origin: Point = (parent === undefined ? undefined : places.get(parent)) ?? { x: 0, y: 0 };
  const isRegion = drawn.members.has(step.id);
  const lines = isRegion ? regionLines(facts.document, step.id) : { in: 0, out: 0 };
  const pivot = step.pivot === true ? pivotLine(drawn, places, place, parent ?? rootScope) : { left: 0, width: 0 };
  return {
    step,
    x: place.x - origin.x,
    y: place.y - origin.y,
    width: place.width,
    height: place.height,
    parent,
    wired: wired.join(' '),
    inLine: lines.in,
    outLine: lines.out,
    isEmpty: isRegion && drawn.members.get(step.id)?.length === 0,
    aside: drawn.graph.undoing.has(step.id) ? 'compensation' : drawn.graph.reconciles.has(step.id) ? 'finds out' : null,
    hasAnchor: drawn.graph.undoing.size + drawn.graph.reconciles.size > 0,
    pivotLeft: pivot.left,
    pivotWidth: pivot.width,
    isSelected: facts.selectedSteps.has(step.id),
    isChanged: facts.changed?.has(step.id) ?? false,
    faults: JSON.stringify(facts.faults?.get(step.id) ?? []),
    run: facts.run?.steps[step.id] ?? null,
    isReadOnly: facts.isReadOnly,
  };
}

/** The line goes across the scope: of a region from border to border, of the flow itself as wide as what is drawn. */
function pivotLine(
  { members }: Drawn,
  places: ReadonlyMap<string, Place>,
  card: Place,
  scope: string,
): { left: number; width: number } {
  const inside = (members.get(scope) ?? []).flatMap((id) => places.get(id) ?? []);
  const around = places.get(scope) ?? boxAround(inside) ?? card;
  const margin = scope === rootScope ? -regionPadding.left : regionPadding.left;
  return { left: around.x - card.x + margin, width: around.width - 2 * margin };
}

function shallowEqual<T extends object>(a: T, b: T): boolean {
  return (Object.keys(a) as (keyof T)[]).every((key) => a[key] === b[key]);
}

function nodeOf(
  inputs: Inputs,
  key: string,
  drawn: Drawn,
  wired: readonly string[],
  faults: readonly CardFault[],
): DrawnNode {
  return drawn.members.has(key) ? regionNode(inputs, wired, faults) : cardNode(inputs, key, wired, faults);
}

function sharedOf({ step, run, isChanged, isReadOnly }: Inputs, faults: readonly CardFault[]) {
  const error = faults.find((fault) => fault.severity === 'error');
  return {
    stepId: step.id,
    name: labelOf(step),
    icon: iconOf(step.kind),
    isDisabled: step.disabled === true,
    isChanged,
    fault: error ?? faults[0] ?? null,
    warnings: faults.filter((fault) => fault.severity === 'warning').length,
    run,
    isReadOnly,
  };
}

const spoken = ({ step, run, aside }: Inputs, faults: readonly CardFault[]): string => {
  const error = faults.find((fault) => fault.severity === 'error');
  return [
    `${labelOf(step)}, step ${step.id}`,
    ...(aside === null ? [] : [aside]),
    ...(run ? runWords(run) : []),
    ...(step.disabled ? ['disabled'] : []),
    ...(step.pivot ? ['point of no return'] : []),
    ...(error ? [`problem: ${error.message}`] : []),
  ].join(', ');
};

/** How it stands in the run; in several iterations, in how many how. */
const runWords = ({ status, loop, iteration, tally }: StepRunView): string[] => {
  if (tally !== undefined && tally.counts.length > 0) {
    return [tally.counts.map((each) => `${each.status} in ${each.count}`).join(' and ')];
  }
  return [
    status,
    ...(loop === undefined ? [] : [loopWords(loop)]),
    ...(iteration === undefined ? [] : [`iteration ${iteration} is shown`]),
  ];
};

const placed = ({ x, y, parent, isSelected }: Inputs) => ({
  position: { x, y },
  selected: isSelected,
  ariaRole: 'button' as const,
  ...(parent === undefined ? {} : { parentId: parent }),
});

function cardNode(inputs: Inputs, key: string, wired: readonly string[], faults: readonly CardFault[]): CardNode {
  const { step } = inputs;
  const summary = summaryOf(step);
  return {
    id: key,
    type: 'step',
    ...placed(inputs),
    ariaLabel: spoken(inputs, faults),
    initialWidth: cardSize.width,
    initialHeight: cardSize.height,
    data: {
      ...sharedOf(inputs, faults),
      verb: summary.verb,
      rest: fitSummary(summary.verb, summary.rest),
      wholeSummary: `${summary.verb} ${summary.rest}`.trim(),
      isTrigger: isTrigger(step.kind),
      ports: cardPorts(step, wired),
      isAside: inputs.aside !== null,
      hasAnchor: inputs.hasAnchor && !isTrigger(step.kind),
      pivot: step.pivot === true ? { left: inputs.pivotLeft, width: inputs.pivotWidth } : null,
    },
  };
}

function regionNode(inputs: Inputs, wired: readonly string[], faults: readonly CardFault[]): RegionNode {
  const { step, width, height } = inputs;
  return {
    id: step.id,
    type: 'region',
    ...placed(inputs),
    ariaLabel: spoken(inputs, faults),
    width,
    height,
    // Only its title and rim take the pointer: what is inside can be selected by a box drawn in it.
    style: { pointerEvents: 'none' },
    data: {
      ...sharedOf(inputs, faults),
      says: regionWords(step),
      isLoop: isLoop(step.kind),
      isEmpty: inputs.isEmpty,
      inLine: inputs.inLine,
      ports: cardPorts(step, wired, inputs.outLine),
    },
  };
}
