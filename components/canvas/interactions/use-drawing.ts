'use client';

/**
 * The drawing of the open flow as the canvas library wants it: nodes and edges of the store, with positions of their own
 * only while cards are dragged. Selections made on the canvas go to the store. Refuses every other change.
 */
import { applyNodeChanges, type EdgeChange, type NodeChange } from '@xyflow/react';
import { useCallback, useEffect, useMemo, useState } from 'react';
import { type CardFault, createDrawer, type DrawnNode, type WireEdge } from '../drawing';
import { useEditor, useEditorStore } from '../store/editor-context';
import { type SelectionBox, useSelectionBox } from './use-selection-box';

export interface LiveDrawing {
  readonly nodes: DrawnNode[];
  readonly edges: WireEdge[];
  readonly changeNodes: (changes: NodeChange<DrawnNode>[]) => void;
  readonly changeEdges: (changes: EdgeChange<WireEdge>[]) => void;
  /** Shows what the document says, after a gesture that may have changed nothing in it. */
  readonly redraw: () => void;
  readonly box: SelectionBox;
}

/**
 * @param faults problems by step id
 * @param changed steps that differ from the live version
 */
export function useDrawing(
  faults: ReadonlyMap<string, readonly CardFault[]>,
  changed: ReadonlySet<string>,
): LiveDrawing {
  const store = useEditorStore();
  const document = useEditor((state) => state.document);
  const selection = useEditor((state) => state.selection);
  const draw = useMemo(() => createDrawer(), []);
  const drawing = useMemo(
    () =>
      draw({
        document,
        selectedSteps: new Set(selection.steps),
        selectedEdges: new Set(selection.edges),
        faults,
        changed,
        isReadOnly: false,
      }),
    [draw, document, selection, faults, changed],
  );
  const { box, isMeant, isWireMeant } = useSelectionBox();
  const [nodes, setNodes] = useState(drawing.nodes);
  useEffect(() => setNodes((shown) => mergeMeasured(shown, drawing.nodes)), [drawing.nodes]);

  const changeNodes = useCallback(
    (changes: NodeChange<DrawnNode>[]) => {
      const selects = changes.filter((change) => change.type === 'select');
      if (selects.length > 0) {
        const before = store.getState().selection;
        const steps = toggled(before.steps, selects.filter(isMeant));
        store.getState().select({ steps, edges: before.edges });
      }
      const rest = changes.filter((change) => change.type === 'position' || change.type === 'dimensions');
      if (rest.length > 0) {
        setNodes((shown) => applyNodeChanges(rest, shown));
      }
    },
    [store, isMeant],
  );
  const changeEdges = useCallback(
    (changes: EdgeChange<WireEdge>[]) => {
      const selects = changes.filter((change) => change.type === 'select');
      if (selects.length > 0) {
        const before = store.getState().selection;
        const meant = selects.filter(({ selected }) => !selected || isWireMeant());
        store.getState().select({ steps: before.steps, edges: toggled(before.edges, meant) });
      }
    },
    [store, isWireMeant],
  );
  const redraw = useCallback(() => setNodes((shown) => mergeMeasured(shown, drawing.nodes)), [drawing.nodes]);
  return { nodes, edges: drawing.edges, changeNodes, changeEdges, redraw, box };
}

function toggled(before: readonly string[], changes: readonly { id: string; selected: boolean }[]): string[] {
  const next = new Set(before);
  for (const { id, selected } of changes) {
    if (selected) {
      next.add(id);
    } else {
      next.delete(id);
    }
  }
  return [...next];
}

/** What was measured stays measured; a card that is as it was keeps its object. */
function mergeMeasured(shown: readonly DrawnNode[], drawn: readonly DrawnNode[]): DrawnNode[] {
  const before = new Map(shown.map((node) => [node.id, node]));
  return drawn.map((node) => {
    const old = before.get(node.id);
    if (old === undefined) {
      return node;
    }
    const isSame =
      old.data === node.data &&
      old.selected === node.selected &&
      old.parentId === node.parentId &&
      old.width === node.width &&
      old.height === node.height &&
      old.position.x === node.position.x &&
      old.position.y === node.position.y;
    if (isSame) {
      return old;
    }
    const measured = node.type === 'region' ? { width: node.width, height: node.height } : old.measured;
    return { ...node, measured };
  });
}
