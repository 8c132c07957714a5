'use client';

/**
 * Where new steps come from: the palette, the `+` of a wire, a wire released on the ground, a kind dragged in. Each ends
 * in one command, after which the new step is selected and in view.
 */
import type { ReactFlowInstance } from '@xyflow/react';
import { type DragEvent, type RefObject, useState } from 'react';
import { compensatePort } from '@/core/flow/graph';
import type { DrawnNode, WireEdge } from '../drawing';
import { cardSize, type Point } from '../geometry';
import type { QuickAddPlace } from '../quick-add';
import { dragType } from '../step-picker';
import { addStep, insertStep } from '../store/commands/graph-commands';
import { sizeOfKind } from '../store/commands/placing';
import type { EditorStore } from '../store/editor-store';
import { openStepId } from '../store/selectors';
import type { ShowTarget } from './dragging';
import { scopeUnder, wireUnder } from './drop-target';
import { revealSelection } from './reveal';

export interface AddingOptions {
  store: EditorStore;
  ground: RefObject<HTMLElement | null>;
  flow: ReactFlowInstance<DrawnNode, WireEdge>;
  showTarget: ShowTarget;
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

/** Where the corner goes of a step whose middle is dropped there. */
const middleAt = (kind: string, { x, y }: Point): Point => {
  const { width, height } = sizeOfKind(kind);
  return { x: x - width / 2, y: y - height / 2 };
};

/** Where the card goes whose wire was released there: entered from above, or from the right when it undoes. */
const cornerOf = (port: string, { x, y }: Point): Point =>
  port === compensatePort ? { x: x - cardSize.width, y: y - cardSize.height / 2 } : { x: x - cardSize.width / 2, y };

export function useAdding({ store, ground, flow, showTarget }: AddingOptions): Adding {
  const [quickAdd, openQuickAdd] = useState<QuickAddPlace | null>(null);
  const { run } = store.getState();
  const under = (event: DragEvent) => {
    const at = flow.screenToFlowPosition({ x: event.clientX, y: event.clientY });
    const { document } = store.getState();
    return { at, wire: wireUnder(document, at), scope: scopeUnder(document, at) };
  };
  return {
    quickAdd,
    openQuickAdd,
    pick: (kind, { purpose }) => {
      openQuickAdd(null);
      if (purpose.type === 'insert') {
        run(insertStep(kind, purpose.edgeKey));
      } else {
        run(addStep({ kind, at: cornerOf(purpose.after.port, purpose.at), after: purpose.after }));
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
      revealSelection(store, flow, ground.current);
    },
    dragOver: (event) => {
      if (event.dataTransfer.types.includes(dragType)) {
        event.preventDefault();
        event.dataTransfer.dropEffect = 'copy';
        const { wire, scope } = under(event);
        showTarget(wire, wire === null ? scope : null);
      }
    },
    drop: (event) => {
      const kind = event.dataTransfer.getData(dragType);
      showTarget(null, null);
      if (kind !== '') {
        event.preventDefault();
        const { at, wire, scope } = under(event);
        run(wire === null ? addStep({ kind, at: middleAt(kind, at), into: scope }) : insertStep(kind, wire));
        ground.current?.focus();
      }
    },
  };
}
