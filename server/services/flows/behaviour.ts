/**
 * One text per behaviour: two documents give the same text if and only if `sameBehaviour` holds. Its fingerprint finds
 * the version that an unchanged draft already is. Refuses layout: the canvas never changes what a flow does.
 */
import type { FlowDocument } from '@/core/flow/document';

export const behaviourText = (document: FlowDocument): string => canonical({ ...document, canvas: undefined });

/** JSON with keys sorted by code unit and absent members left out. */
function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const members = Object.entries(value)
    .filter(([, member]) => member !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, member]) => `${JSON.stringify(key)}:${canonical(member)}`);
  return `{${members.join(',')}}`;
}
