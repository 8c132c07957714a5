'use client';

/**
 * The drawing of the open flow as the canvas library wants it: nodes and edges of the store, with positions of their own
 * only while cards are dragged. Selections made on the canvas go to the store. Refuses every other change.
 */
import { applyNodeChanges, type EdgeChange, type NodeChange } from '@xyflow/react';
import { useCallback, useEffect, useMemo, useState } from 'react';
import { type CardFault, type CardNode, createDrawer, type WireEdge } from '../drawing';
import { useEditor, useEditorStore } from '../store/editor-context';

export interface LiveDrawing {
  readonly nodes: CardNode[];
  readonly edges: WireEdge[];
  readonly changeNodes: (changes: NodeChange<CardNode>[]) => void;
  readonly changeEdges: (changes: EdgeChange<WireEdge>[]) => void;
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
  const [nodes, setNodes] = useState(drawing.nodes);
  useEffect(() => setNodes((shown) => mergeMeasured(shown, drawing.nodes)), [drawing.nodes]);

  const changeNodes = useCallback(
    (changes: NodeChange<CardNode>[]) => {
      const selects = changes.filter((change) => change.type === 'select');
      if (selects.length > 0) {
        const before = store.getState().selection;
        const steps = toggled(before.steps, selects);
        store.getState().select({ steps, edges: before.edges });
      }
      const rest = changes.filter((change) => change.type === 'position' || change.type === 'dimensions');
      if (rest.length > 0) {
        setNodes((shown) => applyNodeChanges(rest, shown));
      }
    },
    [store],
  );
  const changeEdges = useCallback(
    (changes: EdgeChange<WireEdge>[]) => {
      const selects = changes.filter((change) => change.type === 'select');
      if (selects.length > 0) {
        const before = store.getState().selection;
        store.getState().select({ steps: before.steps, edges: toggled(before.edges, selects) });
      }
    },
    [store],
  );
  return { nodes, edges: drawing.edges, changeNodes, changeEdges };
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
function mergeMeasured(shown: readonly CardNode[], drawn: readonly CardNode[]): CardNode[] {
  const before = new Map(shown.map((node) => [node.id, node]));
  return drawn.map((node) => {
    const old = before.get(node.id);
    if (old === undefined) {
      return node;
    }
    const isSame =
      old.data === node.data &&
      old.selected === node.selected &&
      old.position.x === node.position.x &&
      old.position.y === node.position.y;
    return isSame ? old : { ...node, measured: old.measured };
  });
}
