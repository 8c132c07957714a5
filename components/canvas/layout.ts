/**
 * Lays a flow out that nobody has drawn: layers from the top by the longest path, neighbours near what they come from,
 * the steps that undo left of the step they undo, one that finds out right of it, each region around its own layout. Deterministic, so that a
 * drawing does not jump between two looks at it. Refuses to look at places: what it is given is taken as undrawn.
 */
import type { FlowDocument } from '@/core/flow/document';
import { compensatePort, rootScope } from '@/core/flow/graph';
import { asideStep, boxAround, cardSize, columnStep, emptyRegion, type Place, padded, rowStep } from './geometry';
import { type Drawn, drawnGraph, entriesOf } from './scopes';

/** Between two cards beside each other, and between two rows. */
const gap = { x: columnStep - cardSize.width, y: rowStep - cardSize.height } as const;

/** A step of the way forward with all that is placed along with it. */
interface Item {
  readonly id: string;
  /** From the line on which it is entered to its left and right ends. */
  readonly left: number;
  readonly right: number;
  readonly height: number;
  /** Relative to that line and to the top of the row. */
  readonly parts: readonly (readonly [id: string, place: Place])[];
}

/** @returns a place for every step, the first layer at y 0; a region with its size */
export function layOut(document: FlowDocument): Map<string, Place> {
  const drawn = drawnGraph(document);
  const result = new Map<string, Place>();
  for (const [id, place] of layOutScope(drawn, rootScope)) {
    result.set(id, { ...place, x: Math.round(place.x / 10) * 10, y: Math.round(place.y / 10) * 10 });
  }
  // A repeated id is drawn once more by nobody, but every step of the draft has a place.
  for (const step of document.steps) {
    if (!result.has(step.id)) result.set(step.id, { x: 0, y: 0, ...cardSize });
  }
  return result;
}

/** The steps of one scope and all inside them; the first entered at x of half a card. */
function layOutScope(drawn: Drawn, scope: string): (readonly [string, Place])[] {
  const { graph, members, undoes } = drawn;
  const forward = (members.get(scope) ?? []).filter((id) => !undoes.has(id) && !graph.reconciles.has(id));
  const parents = new Map(
    forward.map((id) => [
      id,
      (graph.nodes.get(id)?.incoming ?? []).map(({ from }) => from).filter((from) => !undoes.has(from)),
    ]),
  );
  const lines = new Map<string, number>();
  const placed: (readonly [string, Place])[] = [];
  let top = 0;
  for (const layer of layersOf(forward, parents)) {
    const items = layer.map((id) => itemOf(drawn, id));
    const wishes = items.map((item, at) => {
      const from = (parents.get(item.id) ?? []).flatMap((parent) => lines.get(parent) ?? []);
      const mean = from.reduce((sum, line) => sum + line, 0) / from.length;
      return { item, wish: from.length > 0 ? mean : at * columnStep + cardSize.width / 2 };
    });
    wishes.sort((a, b) => a.wish - b.wish);
    spread(wishes, lines);
    for (const item of items) {
      const line = lines.get(item.id) ?? 0;
      placed.push(...item.parts.map(([id, place]) => [id, { ...place, x: place.x + line, y: place.y + top }] as const));
    }
    top += Math.max(0, ...items.map(({ height }) => height)) + gap.y;
  }
  return placed;
}

function itemOf(drawn: Drawn, id: string): Item {
  const own = drawn.members.has(id) ? regionItem(drawn, id) : cardItem(id);
  const undoing = undoingSteps(drawn, id);
  const finding = [...drawn.graph.reconciles].flatMap(([finder, subject]) => (subject === id ? [finder] : []));
  const column = (ids: readonly string[], x: number) =>
    ids.map((step, at) => [step, { x, y: at * rowStep, ...cardSize }] as const);
  return {
    id,
    left: own.left + (undoing.length > 0 ? asideStep : 0),
    right: own.right + (finding.length > 0 ? asideStep : 0),
    height: Math.max(own.height, (Math.max(undoing.length, finding.length) - 1) * rowStep + cardSize.height),
    parts: [
      ...own.parts,
      ...column(undoing, -own.left - asideStep),
      ...column(finding, own.right + asideStep - cardSize.width),
    ],
  };
}

const half = cardSize.width / 2;
const cardItem = (id: string): Item => ({
  id,
  left: half,
  right: half,
  height: cardSize.height,
  parts: [[id, { x: -half, y: 0, ...cardSize }]],
});

function regionItem(drawn: Drawn, id: string): Item {
  const inner = layOutScope(drawn, id);
  const content = boxAround(inner.map(([, place]) => place));
  const box = content ? padded(content) : { x: -emptyRegion.width / 2 + half, y: 0, ...emptyRegion };
  const [entry] = entriesOf(drawn, id);
  const line = lineOf(drawn, inner, entry) ?? box.x + box.width / 2;
  const moved = (place: Place): Place => ({ ...place, x: place.x - line, y: place.y - box.y });
  return {
    id,
    left: line - box.x,
    right: box.x + box.width - line,
    height: box.height,
    parts: [[id, moved(box)], ...inner.map(([member, place]) => [member, moved(place)] as const)],
  };
}

/** The line on which a step is entered: of a region that of the step it begins with. */
function lineOf(drawn: Drawn, laidOut: readonly (readonly [string, Place])[], id: string | undefined): number | null {
  const first = id === undefined ? undefined : entriesOf(drawn, id)[0];
  const inner = first === undefined ? null : lineOf(drawn, laidOut, first);
  const place = laidOut.find(([member]) => member === id)?.[1];
  return inner ?? (place === undefined ? null : place.x + place.width / 2);
}

/** The way that undoes a step, in the order it is gone. */
function undoingSteps({ graph, undoes }: Drawn, id: string): string[] {
  const first = graph.nodes.get(id)?.outgoing.get(compensatePort) ?? [];
  const found = new Set<string>();
  const pending = first.map(({ to }) => to);
  for (let at = pending.shift(); at !== undefined; at = pending.shift()) {
    if (found.has(at) || undoes.get(at) !== id) continue;
    found.add(at);
    pending.push(...[...(graph.nodes.get(at)?.outgoing.values() ?? [])].flat().map(({ to }) => to));
  }
  return [...found];
}

/** Layers by longest path; cycles are cut where they close. */
function layersOf(ids: readonly string[], parents: ReadonlyMap<string, readonly string[]>): string[][] {
  const depths = new Map<string, number>();
  // An own stack instead of recursion: a chain of a thousand steps must not exhaust the call stack.
  for (const start of ids) {
    const stack = [start];
    const open = new Set<string>();
    while (stack.length > 0) {
      const id = stack.at(-1) as string;
      if (depths.has(id)) {
        stack.pop();
        continue;
      }
      const above = parents.get(id) ?? [];
      const missing = open.has(id) ? [] : above.filter((parent) => !depths.has(parent) && !open.has(parent));
      if (missing.length > 0) {
        open.add(id);
        stack.push(...missing);
        continue;
      }
      depths.set(id, Math.max(-1, ...above.map((parent) => depths.get(parent) ?? -1)) + 1);
      stack.pop();
    }
  }
  const layers: string[][] = [];
  for (const id of ids) {
    const depth = depths.get(id) ?? 0;
    layers[depth] = [...(layers[depth] ?? []), id];
  }
  return Array.from(layers, (layer) => layer ?? []);
}

/** Puts each on its wished line, or on the next that is free, and centres the row on what it wished. */
function spread(row: readonly { item: Item; wish: number }[], lines: Map<string, number>): void {
  let next = Number.NEGATIVE_INFINITY;
  const got = row.map(({ item, wish }) => {
    const line = Math.max(wish, next + item.left);
    next = line + item.right + gap.x;
    return line;
  });
  const drift = row.reduce((sum, { wish }, at) => sum + ((got[at] as number) - wish), 0) / Math.max(1, row.length);
  for (const [at, { item }] of row.entries()) {
    lines.set(item.id, (got[at] as number) - drift);
  }
}
