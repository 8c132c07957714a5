/**
 * Whether two documents do the same. Publishing asks, because an unchanged draft is the version that exists already, and
 * the canvas asks for its "changes ahead" badge. Layout, sizes and sticky notes are not behaviour.
 */
import type { FlowDocument } from '@/core/flow/document';

/** Equality of everything but `canvas`, whatever the order of keys. The order of steps and edges counts. */
export const sameBehaviour = (a: FlowDocument, b: FlowDocument): boolean =>
  sameJson({ ...a, canvas: undefined }, { ...b, canvas: undefined });

/** Ids of steps that were added or whose own definition differs from `base`; what the canvas marks as changed. */
export function changedSteps(base: FlowDocument, document: FlowDocument): ReadonlySet<string> {
  const before = new Map(base.steps.map((step) => [step.id, step]));
  return new Set(document.steps.filter((step) => !sameJson(before.get(step.id), step)).map((step) => step.id));
}

/** JSON equality; a key whose value is undefined is not there. */
function sameJson(a: unknown, b: unknown): boolean {
  if (a === b) {
    return true;
  }
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) {
    return false;
  }
  if (Array.isArray(a) || Array.isArray(b)) {
    return (
      Array.isArray(a) &&
      Array.isArray(b) &&
      a.length === b.length &&
      a.every((item, index) => sameJson(item, b[index]))
    );
  }
  const left = definedEntries(a);
  const right = new Map(definedEntries(b));
  return left.length === right.size && left.every(([key, value]) => right.has(key) && sameJson(value, right.get(key)));
}

const definedEntries = (value: object): [string, unknown][] =>
  Object.entries(value).filter(([, member]) => member !== undefined);
