'use client';

/**
 * Where new steps come from: the palette, the `+` of a wire, a wire released on the ground, a kind dragged in. Each ends
 * in one command, after which the new step is selected and in view.
 */
import type { ReactFlowInstance } from '@xyflow/react';
import { type DragEvent, type RefObject, useState } from 'react';
import { zoomMotionMs } from '../canvas-tools';
import type { CardNode, WireEdge } from '../drawing';
import { cardSize, type Point } from '../geometry';
import type { QuickAddPlace } from '../quick-add';
import { dragType } from '../step-picker';
import { addStep, insertStep } from '../store/commands/graph-commands';
import type { EditorStore } from '../store/editor-store';
import { openStepId } from '../store/selectors';
import { wireUnder } from './drop-target';

export interface AddingOptions {
  store: EditorStore;
  ground: RefObject<HTMLElement | null>;
  flow: ReactFlowInstance<CardNode, WireEdge>;
  setDropTarget: (edgeKey: string | null) => void;
}

export interface Adding {
  /** Where the little palette is open, or null. */
  readonly quickAdd: QuickAddPlace | null;
  readonly openQuickAdd: (place: QuickAddPlace | null) => void;
  readonly pick: (kind: string, place: QuickAddPlace) => void;
  /** Into the selected wire, after the selected step, or at the end. */
  readonly pickFromPalette: (kind: string) => void;
  readonly dragOver: (event: DragEvent) => void;
  readonly drop: (event: DragEvent) => void;
}

const middleAt = ({ x, y }: Point): Point => ({ x: x - cardSize.width / 2, y: y - cardSize.height / 2 });

export function useAdding({ store, ground, flow, setDropTarget }: AddingOptions): Adding {
  const [quickAdd, openQuickAdd] = useState<QuickAddPlace | null>(null);
  const { run } = store.getState();
  const under = (event: DragEvent) => {
    const at = flow.screenToFlowPosition({ x: event.clientX, y: event.clientY });
    return { at, wire: wireUnder(store.getState().document, at) };
  };
  return {
    quickAdd,
    openQuickAdd,
    pick: (kind, { purpose }) => {
      openQuickAdd(null);
      if (purpose.type === 'insert') {
        run(insertStep(kind, purpose.edgeKey));
      } else {
        run(addStep({ kind, at: { x: purpose.at.x - cardSize.width / 2, y: purpose.at.y }, after: purpose.after }));
      }
      ground.current?.focus();
    },
    pickFromPalette: (kind) => {
      const { selection } = store.getState();
      const [edge] = selection.steps.length === 0 && selection.edges.length === 1 ? selection.edges : [];
      const after = openStepId(store.getState());
      run(
        edge === undefined
          ? addStep({ kind, after: after === null ? undefined : { stepId: after, port: 'out' } })
          : insertStep(kind, edge),
      );
      revealOpenStep(store, flow, ground.current);
    },
    dragOver: (event) => {
      if (event.dataTransfer.types.includes(dragType)) {
        event.preventDefault();
        event.dataTransfer.dropEffect = 'copy';
        setDropTarget(under(event).wire);
      }
    },
    drop: (event) => {
      const kind = event.dataTransfer.getData(dragType);
      setDropTarget(null);
      if (kind !== '') {
        event.preventDefault();
        const { at, wire } = under(event);
        run(wire === null ? addStep({ kind, at: middleAt(at) }) : insertStep(kind, wire));
        ground.current?.focus();
      }
    },
  };
}

/** Moves the view only when the step is out of it: a canvas that jumps is a canvas one gets lost on. */
export function revealOpenStep(
  store: EditorStore,
  flow: ReactFlowInstance<CardNode, WireEdge>,
  ground: HTMLElement | null,
): void {
  const id = openStepId(store.getState());
  // The new card exists after the next picture.
  requestAnimationFrame(() => {
    const node = id === null ? undefined : flow.getNode(id);
    const box = ground?.getBoundingClientRect();
    if (node === undefined || box === undefined) {
      return;
    }
    const { x, y } = node.position;
    const start = flow.flowToScreenPosition({ x, y });
    const end = flow.flowToScreenPosition({ x: x + cardSize.width, y: y + cardSize.height });
    const isVisible = start.x >= box.left && start.y >= box.top && end.x <= box.right && end.y <= box.bottom;
    if (!isVisible) {
      const motion = { zoom: flow.getZoom(), duration: zoomMotionMs };
      void flow.setCenter(x + cardSize.width / 2, y + cardSize.height / 2, motion);
    }
  });
}
