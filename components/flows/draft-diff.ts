/**
 * How two states of one flow differ, in numbers and words a person can check: for the badge "3 changes ahead of v7" and
 * for the choice when two people saved. Layout counts only where asked. Refuses to merge.
 */
import { edgeKey } from '@/components/canvas/store/command';
import { changedSteps } from '@/core/flow/diff';
import { type FlowDocument, labelOf } from '@/core/flow/document';

export interface DraftDiff {
  /** Names of steps. */
  readonly added: readonly string[];
  readonly removed: readonly string[];
  readonly changed: readonly string[];
  /** Wires that came or went, besides those of steps that came or went. */
  readonly wires: number;
  /** The flow's own name or settings. */
  readonly own: number;
}

/** What happened on the way from `base` to `document`; the canvas is left out. */
export function diffDrafts(base: FlowDocument, document: FlowDocument): DraftDiff {
  const before = new Map(base.steps.map((step) => [step.id, step]));
  const after = new Map(document.steps.map((step) => [step.id, step]));
  const touched = changedSteps(base, document);
  const added = document.steps.filter((step) => !before.has(step.id));
  const removed = base.steps.filter((step) => !after.has(step.id));
  const stays = (id: string): boolean => before.has(id) && after.has(id);
  const wiresOf = (flow: FlowDocument): string[] =>
    flow.edges.filter((edge) => stays(edge.from) && stays(edge.to)).map(edgeKey);
  const [wiresBefore, wiresAfter] = [new Set(wiresOf(base)), new Set(wiresOf(document))];
  return {
    added: added.map(labelOf),
    removed: removed.map(labelOf),
    changed: document.steps.filter((step) => before.has(step.id) && touched.has(step.id)).map(labelOf),
    wires:
      [...wiresBefore].filter((key) => !wiresAfter.has(key)).length +
      [...wiresAfter].filter((key) => !wiresBefore.has(key)).length,
    own:
      Number(base.name !== document.name) +
      Number(canonical(base.settings ?? {}) !== canonical(document.settings ?? {})),
  };
}

export const countChanges = ({ added, removed, changed, wires, own }: DraftDiff): number =>
  added.length + removed.length + changed.length + wires + own;

/** "adds Ship order; changes Charge card and 2 wires" */
export function describeDiff(diff: DraftDiff): string {
  const parts = [
    namesIn('adds', diff.added),
    namesIn('removes', diff.removed),
    namesIn('changes', diff.changed),
    diff.wires > 0 ? `${diff.wires} ${diff.wires === 1 ? 'wire differs' : 'wires differ'}` : '',
    diff.own > 0 ? 'name or settings differ' : '',
  ].filter(Boolean);
  return parts.length === 0 ? 'only the layout differs' : parts.join('; ');
}

const namesShown = 4;

function namesIn(verb: string, names: readonly string[]): string {
  if (names.length === 0) {
    return '';
  }
  const more = names.length - namesShown;
  return `${verb} ${names.slice(0, namesShown).join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}

/** Equality of everything, layout included, whatever the order of keys. */
export const isSameDocument = (a: FlowDocument, b: FlowDocument): boolean => a === b || canonical(a) === canonical(b);

function canonical(value: unknown): string {
  return JSON.stringify(value, (_, member: unknown) =>
    typeof member === 'object' && member !== null && !Array.isArray(member)
      ? Object.fromEntries(Object.entries(member).sort(([a], [b]) => (a < b ? -1 : 1)))
      : member,
  );
}
