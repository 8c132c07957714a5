/**
 * Copying steps as JSON text, so that they travel between tabs, windows and chats. What is copied is a small flow
 * document; what is pasted gets free ids, and the expressions inside it follow. Refuses anything else on the clipboard.
 */
import { draftSchema, type FlowDocument, type FlowStep } from '@/core/flow/document';
import { renameStep as renameInDocument } from '@/core/flow/rename-step';
import type { Point } from '../../geometry';
import { positionsOf } from '../../layout';
import { type Command, type Selection, selectSteps } from '../command';
import { newStepId, withPlaces } from './graph-commands';

/** @returns pretty JSON of the selected steps, the wires among them and their places; null when nothing is selected */
export function copyText(document: FlowDocument, selection: Selection): string | null {
  const ids = new Set(selection.steps);
  if (ids.size === 0) {
    return null;
  }
  const places = positionsOf(document);
  const part: FlowDocument = {
    headrace: 1,
    name: document.name,
    steps: document.steps.filter((step) => ids.has(step.id)),
    edges: document.edges.filter((edge) => ids.has(edge.from) && ids.has(edge.to)),
    canvas: {
      steps: Object.fromEntries([...ids].flatMap((id) => (places.has(id) ? [[id, places.get(id) as Point]] : []))),
    },
  };
  return JSON.stringify(part, null, 2);
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

/**
 * Adds a copied part under free ids and selects it.
 * @param at where its top left corner goes; beside the original when absent
 */
export const paste = (part: FlowDocument, at?: Point): Command => ({
  name: part.steps.length === 1 ? 'paste a step' : `paste ${part.steps.length} steps`,
  apply: (document) => {
    const { renamed, ids } = withFreeIds(part, document);
    const from = positionsOf(renamed);
    const places = new Map(positionsOf(document));
    const corner = topLeft([...from.values()]);
    const shift = at ? { x: at.x - corner.x, y: at.y - corner.y } : { x: 40, y: 40 };
    for (const [id, place] of from) {
      places.set(id, { x: Math.round(place.x + shift.x), y: Math.round(place.y + shift.y) });
    }
    const next = {
      ...document,
      steps: [...document.steps, ...renamed.steps],
      edges: [...document.edges, ...renamed.edges],
    };
    return { document: withPlaces(next, places), selection: selectSteps(...ids) };
  },
});

/** Copies the selection beside itself. */
export const duplicateSelection = (): Command => ({
  name: 'duplicate',
  apply: (document, selection) => {
    const text = copyText(document, selection);
    const part = text === null ? null : readCopied(text);
    return part ? paste(part).apply(document, selection) : { document };
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
