/**
 * Copying steps as JSON text, so that they travel between tabs, windows and chats. What is copied is a small flow
 * document; what is pasted gets free ids, and the expressions inside it follow. Refuses anything else on the clipboard.
 */
import { draftSchema, type FlowDocument, type FlowStep } from '@/core/flow/document';
import { rootScope } from '@/core/flow/graph';
import { renameStep as renameInDocument } from '@/core/flow/rename-step';
import { isTrigger } from '../../catalogue';
import type { Point } from '../../geometry';
import { placesOf } from '../../places';
import { insideOf, outermost, scopeOf } from '../../scopes';
import { type Command, type Selection, selectSteps } from '../command';
import { withScope } from './field-commands';
import { newStepId } from './graph-commands';
import { makeRoom, withPlaces } from './placing';

/**
 * @returns pretty JSON of the selected steps, of all inside them, the wires among them and their places; null when
 *   nothing is selected
 */
export function copyText(document: FlowDocument, selection: Selection): string | null {
  const part = copied(document, selection);
  return part === null ? null : JSON.stringify(part, null, 2);
}

function copied(document: FlowDocument, selection: Selection): FlowDocument | null {
  const ids = new Set([...selection.steps, ...insideOf(document, selection.steps)]);
  if (ids.size === 0) {
    return null;
  }
  const steps = document.steps
    .filter((step) => ids.has(step.id))
    .map((step) => (step.in === undefined || ids.has(step.in) ? step : withScope(step, rootScope)));
  const part: FlowDocument = {
    headrace: 1,
    name: document.name,
    steps,
    edges: document.edges.filter((edge) => ids.has(edge.from) && ids.has(edge.to)),
  };
  const places = placesOf(document);
  return withPlaces(part, new Map([...places].filter(([id]) => ids.has(id))));
}

/** @returns the copied part, or null when the text is something else */
export function readCopied(text: string): FlowDocument | null {
  try {
    const parsed = draftSchema.safeParse(JSON.parse(text));
    return parsed.success ? parsed.data : null;
  } catch (error) {
    if (error instanceof SyntaxError) {
      return null;
    }
    throw error;
  }
}

export interface PasteTarget {
  /** Where its top left corner goes; beside the original when absent. */
  readonly at?: Point;
  /** The region it goes into; triggers stay outside. */
  readonly into?: string;
}

/** Adds a copied part under free ids and selects what no other of it holds. */
export const paste = (part: FlowDocument, { at, into = rootScope }: PasteTarget = {}): Command => ({
  name: part.steps.length === 1 ? 'paste a step' : `paste ${part.steps.length} steps`,
  apply: (document) => {
    const { renamed, ids } = withFreeIds(part, document);
    const from = placesOf(renamed);
    const places = new Map(placesOf(document));
    const corner = topLeft([...from.values()]);
    const shift = at ? { x: at.x - corner.x, y: at.y - corner.y } : { x: 40, y: 40 };
    for (const [id, place] of from) {
      places.set(id, { ...place, x: Math.round(place.x + shift.x), y: Math.round(place.y + shift.y) });
    }
    const isThere = document.steps.some((step) => step.id === into);
    const outer = outermost(renamed, ids);
    const steps = renamed.steps.map((step) =>
      outer.includes(step.id) ? withScope(step, isThere && !isTrigger(step.kind) ? into : rootScope) : step,
    );
    const held = new Map(steps.map((step) => [step.id, step.in]));
    const next = {
      ...document,
      steps: [...document.steps, ...steps],
      edges: [...document.edges, ...renamed.edges.filter((edge) => held.get(edge.from) === held.get(edge.to))],
    };
    return { document: makeRoom(document, withPlaces(next, places)), selection: selectSteps(...outer) };
  },
});

/** Copies the selection beside itself, in the scope it is in. */
export const duplicateSelection = (): Command => ({
  name: 'duplicate',
  apply: (document, selection) => {
    const part = copied(document, selection);
    const into = scopeOf(document, selection.steps[0] ?? '');
    return part ? paste(part, { into }).apply(document, selection) : { document };
  },
});

function withFreeIds(part: FlowDocument, document: FlowDocument): { renamed: FlowDocument; ids: string[] } {
  const taken = new Set([...document.steps, ...part.steps].map((step) => step.id));
  const present = new Set(document.steps.map((step) => step.id));
  let renamed = part;
  for (const step of part.steps) {
    if (present.has(step.id)) {
      const id = freeIdLike(step, taken);
      taken.add(id);
      renamed = renameInDocument(renamed, step.id, id);
    }
  }
  return { renamed, ids: renamed.steps.map((step) => step.id) };
}

/** `charge` → `charge2`, `charge2` → `charge3`. */
function freeIdLike(step: FlowStep, taken: ReadonlySet<string>): string {
  const root = step.id.replace(/\d+$/, '');
  for (let n = 2; root !== '' && n < 10_000; n += 1) {
    if (!taken.has(`${root}${n}`)) {
      return `${root}${n}`;
    }
  }
  return newStepId(step.kind, taken);
}

const topLeft = (points: readonly Point[]): Point => ({
  x: Math.min(...points.map((point) => point.x)),
  y: Math.min(...points.map((point) => point.y)),
});
