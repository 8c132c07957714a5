/**
 * What a gesture does to a flow: a named, pure function from one document to the next. Documents are immutable and share
 * what did not change, so the inverse of any command is the document before it: exact by construction, whatever the
 * command was. Refuses side effects: a command may be applied to any document, at any time.
 */
import type { FlowDocument, FlowEdge } from '@/core/flow/document';
import { portOf } from '@/core/flow/document';

export interface Selection {
  /** Step ids. */
  readonly steps: readonly string[];
  /** Keys of edges, see {@link edgeKey}. */
  readonly edges: readonly string[];
}

export const noSelection: Selection = { steps: [], edges: [] };
export const selectSteps = (...steps: readonly string[]): Selection => ({ steps, edges: [] });

export interface Change {
  readonly document: FlowDocument;
  /** What is selected afterwards; unchanged when absent. */
  readonly selection?: Selection;
}

export interface Command {
  /** What it does, for "Undo …": `add Transform`, `move 3 steps`. */
  readonly name: string;
  /** Commands in a row with the same key are one step of undo: typing into one field, nudging one card. */
  readonly coalesce?: string;
  /** @returns the same document when there is nothing to do */
  readonly apply: (document: FlowDocument, selection: Selection) => Change;
}

/** Identifies an edge: a document has at most one from a port to a step. */
export const edgeKey = (edge: FlowEdge): string => `${edge.from}.${portOf(edge)}>${edge.to}`;

/** The part of a selection that exists in the document. */
export function existingSelection(selection: Selection, document: FlowDocument): Selection {
  const steps = new Set(document.steps.map((step) => step.id));
  const edges = new Set(document.edges.map(edgeKey));
  const kept = {
    steps: selection.steps.filter((id) => steps.has(id)),
    edges: selection.edges.filter((key) => edges.has(key)),
  };
  return kept.steps.length === selection.steps.length && kept.edges.length === selection.edges.length
    ? selection
    : kept;
}
