/**
 * Whether two documents do the same. Publishing asks, because an unchanged draft is the version that exists already, and
 * the canvas asks for its "changes ahead" badge. Layout, sizes and sticky notes are not behaviour.
 */
import type { FlowDocument } from '@/core/flow/document';
import { sameJson } from '@/core/json';

/** Equality of everything but `canvas`, whatever the order of keys. The order of steps and edges counts. */
export const sameBehaviour = (a: FlowDocument, b: FlowDocument): boolean =>
  sameJson({ ...a, canvas: undefined }, { ...b, canvas: undefined });

/** Ids of steps that were added or whose own definition differs from `base`; what the canvas marks as changed. */
export function changedSteps(base: FlowDocument, document: FlowDocument): ReadonlySet<string> {
  const before = new Map(base.steps.map((step) => [step.id, step]));
  return new Set(document.steps.filter((step) => !sameJson(before.get(step.id), step)).map((step) => step.id));
}
