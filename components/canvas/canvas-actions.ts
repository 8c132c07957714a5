/**
 * What a card or a wire may ask of the canvas around it. A context, because the canvas library makes the cards and only
 * hands them data. Refuses to be needed: without it the drawing is one to look at.
 */
import { createContext } from 'react';
import type { Place } from './geometry';

export interface CanvasActions {
  /** Opens the choice of a step to put into this wire, beside `anchor`. */
  readonly insertInto: (edgeKey: string, anchor: DOMRect) => void;
  /** The wire a dragged step would be dropped into. */
  readonly dropTarget: string | null;
  /** The region that dragged steps would be dropped into; another one than they are in. */
  readonly dropScope: string | null;
  /** A region was given another box; its place is relative to the region around it. */
  readonly resize: (stepId: string, box: Place) => void;
}

export const CanvasActionsContext = createContext<CanvasActions | null>(null);
