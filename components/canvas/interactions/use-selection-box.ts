'use client';

/**
 * Selecting with a box: steps that it touches, but a region only when it holds it whole, so that a box drawn inside a
 * region selects what is in it.
 */
import { type NodeSelectionChange, useReactFlow } from '@xyflow/react';
import { useCallback, useMemo, useRef } from 'react';
import { rootScope } from '@/core/flow/graph';
import type { DrawnNode, WireEdge } from '../drawing';
import { boxAround, type Point } from '../geometry';
import { placesOf } from '../places';
import { drawnGraph } from '../scopes';
import { useEditorStore } from '../store/editor-context';

interface PointerPlace {
  readonly clientX: number;
  readonly clientY: number;
}

export interface SelectionBox {
  readonly begin: (event: PointerPlace) => void;
  readonly end: (event: PointerPlace) => void;
}

export function useSelectionBox(): {
  readonly box: SelectionBox;
  /** Whether a selection that the library proposes is to be followed. */
  readonly isMeant: (change: NodeSelectionChange) => boolean;
  /** Whether a selection of a wire is: a box selects steps, their wires follow them anyway. */
  readonly isWireMeant: () => boolean;
} {
  const store = useEditorStore();
  const { screenToFlowPosition } = useReactFlow<DrawnNode, WireEdge>();
  const start = useRef<Point | null>(null);
  const isMeant = useCallback(
    ({ id, selected }: NodeSelectionChange) =>
      start.current === null || !selected || !drawnGraph(store.getState().document).members.has(id),
    [store],
  );
  const box = useMemo((): SelectionBox => {
    const placeOf = ({ clientX, clientY }: PointerPlace): Point => screenToFlowPosition({ x: clientX, y: clientY });
    return {
      begin: (event) => {
        start.current = placeOf(event);
      },
      end: (event) => {
        const from = start.current;
        start.current = null;
        if (from === null) return;
        const drawn = boxAround([from, placeOf(event)].map((corner) => ({ ...corner, width: 0, height: 0 })));
        const { document, selection, select } = store.getState();
        const whole = [...drawnGraph(document).members.keys()].filter((id) => {
          const place = id === rootScope ? undefined : placesOf(document).get(id);
          const around = place && drawn && boxAround([place, drawn]);
          return around?.width === drawn?.width && around?.height === drawn?.height;
        });
        select({ steps: [...new Set([...selection.steps, ...whole])], edges: selection.edges });
      },
    };
  }, [store, screenToFlowPosition]);
  const isWireMeant = useCallback(() => start.current === null, []);
  return { box, isMeant, isWireMeant };
}
