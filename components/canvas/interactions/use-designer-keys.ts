'use client';

/** The keys of the designer's canvas. Each is one line: the key, and the command or the move of the view it means. */
import type { ReactFlowInstance } from '@xyflow/react';
import type { RefObject } from 'react';
import { useShortcut } from '@/components/ui/shortcut';
import { ancestorsOf, buildGraph, descendantsOf } from '@/core/flow/graph';
import { type CanvasMode, fitBesidePalette, zoomMotionMs } from '../canvas-tools';
import type { DrawnNode, WireEdge } from '../drawing';
import { layOut } from '../layout';
import { placesOf } from '../places';
import { selectSteps } from '../store/command';
import { duplicateSelection } from '../store/commands/clipboard-commands';
import { toggleDisabled } from '../store/commands/field-commands';
import { deleteSelection, moveSteps, tidy } from '../store/commands/graph-commands';
import { wrapIn } from '../store/commands/scope-commands';
import type { EditorStore } from '../store/editor-store';
import { runAndTell, ungroup } from './step-menu';
import { hasCanvasFocus, useCanvasKeys } from './use-canvas-keys';
import { type Direction, stepInDirection } from './walk';

export interface DesignerKeys {
  store: EditorStore;
  ground: RefObject<HTMLElement | null>;
  search: RefObject<HTMLInputElement | null>;
  flow: ReactFlowInstance<DrawnNode, WireEdge>;
  setMode: (mode: CanvasMode) => void;
  openSheet: () => void;
  onOpen: () => void;
  onRename: () => void;
  onNote: (message: string) => void;
}

const motion = { duration: zoomMotionMs };
/** One dot of the ground. */
const nudgeBy = 20;

export function useDesignerKeys(keys: DesignerKeys): void {
  const { store, ground, search, flow, setMode } = keys;
  const hasSelection = (): boolean => {
    const { selection } = store.getState();
    return selection.steps.length + selection.edges.length > 0;
  };
  const whenSelected = (act: () => void) => () => (hasSelection() ? act() : false);
  const walk = (direction: Direction) => () => walkTo(keys, direction);
  const nudge = (dx: number, dy: number) => () => nudgeSelected(store, dx * nudgeBy, dy * nudgeBy);
  const telling = { store, onNote: keys.onNote };
  const extend = (direction: 'up' | 'down') => () => selectAlong(store, direction);

  useCanvasKeys(ground, [
    ['N', () => search.current?.focus()],
    ['V', () => setMode('select')],
    ['H', () => setMode('pan')],
    ['Delete', whenSelected(() => store.getState().run(deleteSelection()))],
    ['Backspace', whenSelected(() => store.getState().run(deleteSelection()))],
    ['D', whenSelected(() => store.getState().run(toggleDisabled(store.getState().selection.steps)))],
    ['Enter', () => openFocused(keys)],
    ['Space', () => openFocused(keys)],
    ['F2', whenSelected(keys.onRename)],
    ['Escape', whenSelected(() => store.getState().select({ steps: [], edges: [] }))],
    ['ArrowUp', walk('up')],
    ['ArrowDown', walk('down')],
    ['ArrowLeft', walk('left')],
    ['ArrowRight', walk('right')],
    ['Shift+ArrowUp', extend('up')],
    ['Shift+ArrowDown', extend('down')],
    ['Alt+ArrowUp', nudge(0, -1)],
    ['Alt+ArrowDown', nudge(0, 1)],
    ['Alt+ArrowLeft', nudge(-1, 0)],
    ['Alt+ArrowRight', nudge(1, 0)],
    ['1', () => flow.fitView({ ...motion, padding: fitBesidePalette, maxZoom: 1 })],
    ['0', () => flow.zoomTo(1, motion)],
    ['Plus', () => flow.zoomIn(motion)],
    ['=', () => flow.zoomIn(motion)],
    ['-', () => flow.zoomOut(motion)],
    ['Shift+L', whenSelected(() => runAndTell(telling, wrapIn('logic.forEach')))],
    ['Shift+Alt+T', () => store.getState().run(tidy(layOut(store.getState().document)))],
    ['?', () => keys.openSheet()],
  ]);
  const onCanvas = (act: () => unknown) => () => (hasCanvasFocus(ground.current) ? act() : false);
  useShortcut(
    'Mod+A',
    onCanvas(() => store.getState().select(selectSteps(...store.getState().document.steps.map((step) => step.id)))),
    { whileTyping: false },
  );
  useShortcut(
    'Mod+G',
    onCanvas(() => (hasSelection() ? runAndTell(telling, wrapIn('saga.scope')) : false)),
    { whileTyping: false },
  );
  useShortcut('Mod+Shift+G', () => (hasCanvasFocus(ground.current) ? ungroup(telling) : false), {
    whileTyping: false,
  });
  useShortcut(
    'Mod+D',
    onCanvas(() => store.getState().run(duplicateSelection())),
    { whileTyping: false },
  );
}

/** Enter on a focused card or wire selects it, on a selected card opens it; elsewhere the key keeps its meaning. */
function openFocused({ store, onOpen }: DesignerKeys): unknown {
  const active = document.activeElement as HTMLElement | null;
  const id = active?.closest<HTMLElement>('.react-flow__node')?.dataset.id;
  const wire = active?.closest<HTMLElement>('.react-flow__edge')?.dataset.id;
  const { selection, select } = store.getState();
  if (wire !== undefined && !selection.edges.includes(wire)) {
    select({ steps: [], edges: [wire] });
    return;
  }
  if (id !== undefined && !selection.steps.includes(id)) {
    select(selectSteps(id));
    return;
  }
  if (selection.steps.length === 0 || document.activeElement instanceof HTMLButtonElement) {
    return false;
  }
  onOpen();
}

function walkTo({ store, flow, ground }: DesignerKeys, direction: Direction): unknown {
  const { document: drawn, selection, select } = store.getState();
  const next = stepInDirection(drawn, selection.steps.at(-1) ?? null, direction);
  if (next === null) {
    return false;
  }
  select(selectSteps(next));
  const card = ground.current?.querySelector<HTMLElement>(`.react-flow__node[data-id="${CSS.escape(next)}"]`);
  card?.focus({ preventScroll: true });
  const box = ground.current?.getBoundingClientRect();
  const at = card?.getBoundingClientRect();
  const isVisible =
    box && at && at.top >= box.top && at.bottom <= box.bottom && at.left >= box.left && at.right <= box.right;
  const node = flow.getInternalNode(next);
  if (!isVisible && node) {
    const { x, y } = node.internals.positionAbsolute;
    void flow.setCenter(x + 118, y + 28, { ...motion, zoom: flow.getZoom() });
  }
}

/** Moves the selected steps without a mouse; nudges in a row are one step of undo. */
function nudgeSelected(store: EditorStore, dx: number, dy: number): unknown {
  const { document, selection, run } = store.getState();
  const places = placesOf(document);
  const to = new Map(
    selection.steps.flatMap((id) => {
      const at = places.get(id);
      return at ? [[id, { x: at.x + dx, y: at.y + dy }] as const] : [];
    }),
  );
  if (to.size === 0) {
    return false;
  }
  run(moveSteps(to, `nudge ${selection.steps.join(' ')}`));
}

function selectAlong(store: EditorStore, direction: 'up' | 'down'): unknown {
  const { document, selection, select } = store.getState();
  if (selection.steps.length === 0) {
    return false;
  }
  const graph = buildGraph(document);
  const more = selection.steps.flatMap((id) => [
    ...(direction === 'up' ? ancestorsOf(graph, id) : descendantsOf(graph, id)),
  ]);
  select(selectSteps(...new Set([...selection.steps, ...more])));
}
