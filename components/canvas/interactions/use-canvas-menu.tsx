'use client';

/** The menu of the canvas: a right click, or the menu key, on a step, on a wire, on the ground. */
import type { ReactFlowInstance } from '@xyflow/react';
import { type ReactElement, type MouseEvent as ReactMouseEvent, useState } from 'react';
import { MenuAt, type MenuItem } from '@/components/ui/menu';
import { fitBesidePalette, zoomMotionMs } from '../canvas-tools';
import type { DrawnNode, WireEdge } from '../drawing';
import type { Point } from '../geometry';
import { layOut } from '../layout';
import { selectSteps } from '../store/command';
import { deleteSelection, tidy } from '../store/commands/graph-commands';
import type { EditorStore } from '../store/editor-store';
import { stepMenu } from './step-menu';

export interface CanvasMenuOptions {
  readonly store: EditorStore;
  readonly flow: ReactFlowInstance<DrawnNode, WireEdge>;
  readonly onOpen: () => void;
  readonly onRename: () => void;
  readonly onNote: (message: string) => void;
  readonly findStep: () => void;
}

interface OpenMenu {
  readonly at: Point;
  readonly label: string;
  readonly items: readonly MenuItem[];
}

export interface CanvasMenu {
  readonly onNode: (event: ReactMouseEvent, node: DrawnNode) => void;
  readonly onWire: (event: ReactMouseEvent, wire: WireEdge) => void;
  readonly onGround: (event: MouseEvent | ReactMouseEvent) => void;
  readonly element: ReactElement | null;
}

export function useCanvasMenu(options: CanvasMenuOptions): CanvasMenu {
  const { store, flow } = options;
  const [menu, setMenu] = useState<OpenMenu | null>(null);
  const open = (event: MouseEvent | ReactMouseEvent, label: string, items: readonly MenuItem[]): void => {
    event.preventDefault();
    setMenu({ at: placeOf(event), label, items });
  };
  const deleteIt: MenuItem = {
    label: 'Delete',
    icon: 'trash',
    keys: 'Delete',
    danger: true,
    onSelect: () => store.getState().run(deleteSelection()),
  };
  return {
    onNode: (event, node) => {
      const { selection, select } = store.getState();
      if (!selection.steps.includes(node.id)) {
        select(selectSteps(node.id));
      }
      const isOne = store.getState().selection.steps.length === 1;
      const own: MenuItem[] = [
        { label: 'Open', icon: 'edit', keys: 'Enter', onSelect: options.onOpen },
        { label: 'Change the id', icon: 'key', keys: 'F2', onSelect: options.onRename },
      ];
      open(event, node.data.name, [...(isOne ? own : []), ...stepMenu(options)]);
    },
    onWire: (event, wire) => {
      if (wire.selectable === false) {
        event.preventDefault();
        return;
      }
      store.getState().select({ steps: [], edges: [wire.id] });
      open(event, wire.ariaLabel ?? 'Wire', [deleteIt]);
    },
    onGround: (event) => {
      const { document, select, run } = store.getState();
      const fit = { padding: fitBesidePalette, maxZoom: 1, duration: zoomMotionMs };
      open(event, 'Canvas', [
        { label: 'Add a step', icon: 'plus', keys: 'N', onSelect: options.findStep },
        {
          label: 'Select all',
          icon: 'cursor',
          keys: 'Mod+A',
          onSelect: () => select(selectSteps(...document.steps.map(({ id }) => id))),
        },
        { kind: 'rule' },
        { label: 'Tidy layout', icon: 'tidy', keys: 'Shift+Alt+T', onSelect: () => run(tidy(layOut(document))) },
        { label: 'Fit', icon: 'fit', keys: '1', onSelect: () => void flow.fitView(fit) },
      ]);
    },
    element: menu && <MenuAt at={menu.at} label={menu.label} items={menu.items} onClose={() => setMenu(null)} />,
  };
}

/** The menu key tells no place: the menu then opens at what has focus. */
function placeOf(event: MouseEvent | ReactMouseEvent): Point {
  if (event.clientX !== 0 || event.clientY !== 0 || !(event.target instanceof Element)) {
    return { x: event.clientX, y: event.clientY };
  }
  const box = event.target.getBoundingClientRect();
  return { x: box.left + 12, y: box.top + 24 };
}
