/**
 * Places steps that nobody has placed: flows written by hand or by a program carry no canvas. Layers from the top by the
 * longest path, neighbours near what they come from. Deterministic, so that a drawing does not jump between two looks
 * at it. Refuses to move what a person has placed.
 */
import type { FlowDocument } from '@/core/flow/document';
import { columnStep, type Point, rowStep } from './geometry';

/** Where every step stands: as placed on the canvas, else as laid out here. */
export function positionsOf(document: FlowDocument): ReadonlyMap<string, Point> {
  const placed = document.canvas?.steps ?? {};
  const hasAll = document.steps.every((step) => placed[step.id] !== undefined);
  const computed = hasAll ? new Map<string, Point>() : layOut(document);
  const shift = hasAll ? 0 : belowPlaced(document);
  return new Map(
    document.steps.map((step) => {
      const at = placed[step.id];
      const otherwise = computed.get(step.id) ?? { x: 0, y: 0 };
      return [step.id, at ? { x: at.x, y: at.y } : { x: otherwise.x, y: otherwise.y + shift }];
    }),
  );
}

/** What is laid out beside placed steps starts below them, so that nothing is covered. */
function belowPlaced(document: FlowDocument): number {
  const ys = document.steps.flatMap((step) => document.canvas?.steps?.[step.id]?.y ?? []);
  return ys.length === 0 ? 0 : Math.max(...ys) + rowStep;
}

/**
 * Layers by longest path (cycles are cut where they close), then two sweeps that order each layer by the mean place of
 * its parents.
 * @returns a position for every step, the first layer at y 0
 */
export function layOut(document: FlowDocument): Map<string, Point> {
  const parents = new Map<string, string[]>(document.steps.map((step) => [step.id, []]));
  for (const edge of document.edges) {
    if (parents.has(edge.from)) {
      parents.get(edge.to)?.push(edge.from);
    }
  }
  const layers = layersOf(document, parents);
  const columns = new Map<string, number>();
  for (const layer of layers) {
    const wishes = layer.map((id, at) => {
      const known = (parents.get(id) ?? []).flatMap((parent) => columns.get(parent) ?? []);
      const mean = known.reduce((sum, column) => sum + column, 0) / known.length;
      return { id, wish: known.length > 0 ? mean : at, isFree: known.length === 0 };
    });
    wishes.sort((a, b) => a.wish - b.wish);
    spread(wishes, columns);
  }
  const result = new Map<string, Point>();
  for (const [depth, layer] of layers.entries()) {
    for (const id of layer) {
      result.set(id, { x: Math.round(((columns.get(id) ?? 0) * columnStep) / 10) * 10, y: depth * rowStep });
    }
  }
  return result;
}

function layersOf(document: FlowDocument, parents: ReadonlyMap<string, readonly string[]>): string[][] {
  const depths = new Map<string, number>();
  // An own stack instead of recursion: a chain of a thousand steps must not exhaust the call stack.
  for (const start of document.steps) {
    const stack = [start.id];
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
  for (const step of document.steps) {
    const depth = depths.get(step.id) ?? 0;
    layers[depth] = [...(layers[depth] ?? []), step.id];
  }
  return Array.from(layers, (layer) => layer ?? []);
}

/** Gives each its wished column, or the next free one, and centres the row on what it wished. */
function spread(row: readonly { id: string; wish: number }[], columns: Map<string, number>): void {
  let next = Number.NEGATIVE_INFINITY;
  const got = row.map(({ wish }) => {
    const column = Math.max(wish, next);
    next = column + 1;
    return column;
  });
  const drift = row.reduce((sum, { wish }, at) => sum + ((got[at] as number) - wish), 0) / Math.max(1, row.length);
  for (const [at, { id }] of row.entries()) {
    columns.set(id, (got[at] as number) - drift);
  }
}
