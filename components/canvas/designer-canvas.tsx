'use client';

/**
 * The canvas one draws on. Turns gestures into commands of the editor store and shows what the store holds; positions
 * live here only while a card is being dragged. Refuses to change the document in any other way.
 */
import '@xyflow/react/dist/base.css';
import './canvas.css';
import './designer-canvas.css';
import {
  applyNodeChanges,
  Background,
  BackgroundVariant,
  type EdgeChange,
  type FinalConnectionState,
  type NodeChange,
  ReactFlow,
  ReactFlowProvider,
  SelectionMode,
  useReactFlow,
} from '@xyflow/react';
import { type DragEvent, useCallback, useEffect, useMemo, useRef, useState } from 'react';
import { useToast } from '@/components/ui/toast';
import type { FlowEdge } from '@/core/flow/document';
import { CanvasActionsContext } from './canvas-actions';
import { type CanvasMode, CanvasTools, fitBesidePalette } from './canvas-tools';
import { type CardFault, type CardNode, createDrawer, type WireEdge } from './drawing';
import { cardSize, type Point, snap } from './geometry';
import { wireUnder } from './interactions/drop-target';
import { useClipboard } from './interactions/use-clipboard';
import { useDesignerKeys } from './interactions/use-designer-keys';
import { layOut } from './layout';
import { Palette } from './palette';
import { QuickAdd, type QuickAddPlace } from './quick-add';
import { ShortcutSheet } from './shortcut-sheet';
import { StepCard } from './step-card';
import { dragType } from './step-picker';
import {
  addStep,
  connect,
  insertExisting,
  insertStep,
  moveSteps,
  reconnect,
  tidy,
} from './store/commands/graph-commands';
import { refusalOfEdge } from './store/connect-rules';
import { useEditor, useEditorStore } from './store/editor-context';
import { openStepId } from './store/selectors';
import { PulledWire, Wire } from './wire';

export interface DesignerCanvasProps {
  /** Problems by step id, from `validate`. */
  faults: ReadonlyMap<string, readonly CardFault[]>;
  /** Steps that differ from the live version. */
  changed: ReadonlySet<string>;
  /** Leads to the inspector: Enter, double click. */
  onOpen: () => void;
  /** F2: leads to the id in the inspector. */
  onRename: () => void;
}

const nodeTypes = { step: StepCard };
const edgeTypes = { wire: Wire };
/** Beyond this many steps, cards out of sight are not kept in the page. */
const renderAllUpTo = 150;

export function DesignerCanvas(props: DesignerCanvasProps) {
  return (
    <ReactFlowProvider>
      <Ground {...props} />
    </ReactFlowProvider>
  );
}

function Ground({ faults, changed, onOpen, onRename }: DesignerCanvasProps) {
  const store = useEditorStore();
  const document = useEditor((state) => state.document);
  const toast = useToast();
  const ground = useRef<HTMLElement>(null);
  const search = useRef<HTMLInputElement>(null);
  const pointer = useRef<Point | undefined>(undefined);
  const flow = useReactFlow<CardNode, WireEdge>();
  const [mode, setMode] = useState<CanvasMode>('select');
  const [isSheetOpen, setSheetOpen] = useState(false);
  const [quickAdd, setQuickAdd] = useState<QuickAddPlace | null>(null);
  const [dropTarget, setDropTarget] = useState<string | null>(null);
  const [isConnecting, setConnecting] = useState(false);
  const { nodes, edges, changeNodes, changeEdges } = useDrawing(faults, changed);
  const { run } = store.getState();
  const refuse = useCallback((title: string) => toast.show({ kind: 'info', title, key: 'canvas' }), [toast]);

  useDesignerKeys({ store, ground, search, flow, setMode, openSheet: () => setSheetOpen(true), onOpen, onRename });
  useClipboard({
    store,
    ground,
    pointerAt: () => pointer.current && flow.screenToFlowPosition(pointer.current),
    onRefused: refuse,
  });

  const endConnection = (event: MouseEvent | TouchEvent, state: FinalConnectionState) => {
    setConnecting(false);
    if (state.isValid || !state.fromHandle?.id || !state.fromNode || state.fromHandle.type !== 'source') {
      return;
    }
    const edge = edgeOf({
      source: state.fromNode.id,
      sourceHandle: state.fromHandle.id,
      target: state.toNode?.id ?? '',
    });
    if (state.toNode) {
      refuse(refusalOfEdge(store.getState().document, edge) ?? 'A wire enters a step at its top.');
      return;
    }
    const at = 'changedTouches' in event ? event.changedTouches[0] : event;
    if (at) {
      const screen = { x: at.clientX, y: at.clientY };
      const after = { stepId: state.fromNode.id, port: state.fromHandle.id };
      setQuickAdd({ screen, purpose: { type: 'follow', after, at: flow.screenToFlowPosition(screen) } });
    }
  };

  const pick = (kind: string, place: QuickAddPlace) => {
    setQuickAdd(null);
    const { purpose } = place;
    if (purpose.type === 'insert') {
      run(insertStep(kind, purpose.edgeKey));
    } else {
      const at = { x: purpose.at.x - cardSize.width / 2, y: purpose.at.y };
      run(addStep({ kind, at, after: purpose.after }));
    }
    ground.current?.focus();
  };

  const pickFromPalette = (kind: string) => {
    const state = store.getState();
    const edge =
      state.selection.edges.length === 1 && state.selection.steps.length === 0 ? state.selection.edges[0] : undefined;
    const selected = openStepId(state);
    if (edge !== undefined) {
      run(insertStep(kind, edge));
    } else {
      run(addStep({ kind, after: selected === null ? undefined : { stepId: selected, port: 'out' } }));
    }
    revealSelected();
  };

  const revealSelected = () => {
    const id = openStepId(store.getState());
    requestAnimationFrame(() => {
      const node = id === null ? undefined : flow.getNode(id);
      if (node && !isInView(flow, node, ground.current)) {
        void flow.setCenter(node.position.x + cardSize.width / 2, node.position.y + cardSize.height / 2, {
          zoom: flow.getZoom(),
          duration: 220,
        });
      }
    });
  };

  const dragOver = (event: DragEvent) => {
    if (!event.dataTransfer.types.includes(dragType)) {
      return;
    }
    event.preventDefault();
    event.dataTransfer.dropEffect = 'copy';
    setDropTarget(wireUnder(document, flow.screenToFlowPosition({ x: event.clientX, y: event.clientY })));
  };
  const drop = (event: DragEvent) => {
    const kind = event.dataTransfer.getData(dragType);
    setDropTarget(null);
    if (kind === '') {
      return;
    }
    event.preventDefault();
    const at = flow.screenToFlowPosition({ x: event.clientX, y: event.clientY });
    const wire = wireUnder(document, at);
    const corner = { x: at.x - cardSize.width / 2, y: at.y - cardSize.height / 2 };
    run(wire === null ? addStep({ kind, at: corner }) : insertStep(kind, wire));
    ground.current?.focus();
  };

  const heldOver = (node: CardNode, dragged: readonly CardNode[]): string | null => {
    const isLoose = document.edges.every((edge) => edge.from !== node.id && edge.to !== node.id);
    if (dragged.length !== 1 || !isLoose || node.data.isTrigger) {
      return null;
    }
    const middle = { x: node.position.x + cardSize.width / 2, y: node.position.y + cardSize.height / 2 };
    return wireUnder(document, middle, node.id);
  };
  const endDrag = (node: CardNode, dragged: readonly CardNode[]) => {
    const wire = heldOver(node, dragged);
    setDropTarget(null);
    run(
      wire === null
        ? moveSteps(new Map(dragged.map(({ id, position }) => [id, position])))
        : insertExisting(node.id, wire, node.position),
    );
  };

  const actions = useMemo(
    () => ({
      dropTarget,
      insertInto: (edgeKey: string, anchor: DOMRect) =>
        setQuickAdd({ screen: { x: anchor.right + 6, y: anchor.top }, purpose: { type: 'insert', edgeKey } }),
    }),
    [dropTarget],
  );

  return (
    <section
      ref={ground}
      className="canvas designer-canvas"
      aria-label="Canvas"
      tabIndex={-1}
      data-mode={mode}
      data-connecting={isConnecting ? '' : undefined}
      onPointerMove={(event) => {
        pointer.current = { x: event.clientX, y: event.clientY };
      }}
      onPointerLeave={() => {
        pointer.current = undefined;
      }}
    >
      <CanvasActionsContext value={actions}>
        <ReactFlow<CardNode, WireEdge>
          nodes={nodes}
          edges={edges}
          nodeTypes={nodeTypes}
          edgeTypes={edgeTypes}
          onNodesChange={changeNodes}
          onEdgesChange={changeEdges}
          onConnect={(connection) => run(connect(edgeOf(connection)))}
          onConnectStart={() => setConnecting(true)}
          onConnectEnd={endConnection}
          onReconnect={(old, connection) => run(reconnect(old.id, edgeOf(connection)))}
          isValidConnection={(connection) => refusalOfEdge(store.getState().document, edgeOf(connection)) === null}
          connectionLineComponent={PulledWire}
          connectionRadius={24}
          onNodeDrag={(_, node, dragged) => setDropTarget(heldOver(node, dragged))}
          onNodeDragStop={(_, node, dragged) => endDrag(node, dragged)}
          onSelectionDragStop={(_, dragged) =>
            run(moveSteps(new Map(dragged.map(({ id, position }) => [id, position]))))
          }
          onNodeDoubleClick={onOpen}
          onDragOver={dragOver}
          onDragLeave={() => setDropTarget(null)}
          onDrop={drop}
          selectionOnDrag={mode === 'select'}
          selectionMode={SelectionMode.Partial}
          selectionKeyCode={mode === 'select' ? null : 'Shift'}
          multiSelectionKeyCode={['Shift', 'Meta', 'Control']}
          panOnDrag={mode === 'select' ? [1] : [0, 1]}
          panActivationKeyCode="Space"
          panOnScroll
          zoomActivationKeyCode={['Meta', 'Control']}
          zoomOnDoubleClick={false}
          deleteKeyCode={null}
          disableKeyboardA11y
          snapToGrid
          snapGrid={[snap, snap]}
          nodeDragThreshold={3}
          elevateNodesOnSelect
          edgesReconnectable
          reconnectRadius={6}
          minZoom={0.15}
          maxZoom={2}
          fitView
          fitViewOptions={{ padding: fitBesidePalette, maxZoom: 1 }}
          onlyRenderVisibleElements={document.steps.length > renderAllUpTo}
        >
          <Background variant={BackgroundVariant.Dots} gap={20} size={1.8} />
        </ReactFlow>
      </CanvasActionsContext>
      <Palette inputRef={search} onPick={pickFromPalette} onEscape={() => ground.current?.focus()} />
      <CanvasTools mode={mode} onModeChange={setMode} onTidy={() => run(tidy(layOut(store.getState().document)))} />
      {quickAdd && (
        <QuickAdd place={quickAdd} onPick={(kind) => pick(kind, quickAdd)} onClose={() => setQuickAdd(null)} />
      )}
      {document.steps.length === 0 && <EmptyGround />}
      <ShortcutSheet open={isSheetOpen} onOpenChange={setSheetOpen} />
    </section>
  );
}

function EmptyGround() {
  return (
    <div className="empty-ground">
      <p>
        <b>A flow begins with a trigger.</b> Drag Webhook, Event or Run by hand onto the canvas, or press <kbd>N</kbd>{' '}
        and type.
      </p>
    </div>
  );
}

const edgeOf = (connection: { source: string; target: string; sourceHandle?: string | null }): FlowEdge => {
  const { source: from, target: to, sourceHandle } = connection;
  return sourceHandle && sourceHandle !== 'out' ? { from, to, port: sourceHandle } : { from, to };
};

function isInView(
  flow: ReturnType<typeof useReactFlow<CardNode, WireEdge>>,
  node: CardNode,
  ground: HTMLElement | null,
): boolean {
  const box = ground?.getBoundingClientRect();
  if (box === undefined) {
    return true;
  }
  const start = flow.flowToScreenPosition(node.position);
  const end = flow.flowToScreenPosition({ x: node.position.x + cardSize.width, y: node.position.y + cardSize.height });
  return start.x >= box.left && start.y >= box.top && end.x <= box.right && end.y <= box.bottom;
}

/** Nodes and edges of the store, with positions of their own only while they are dragged. */
function useDrawing(faults: DesignerCanvasProps['faults'], changed: ReadonlySet<string>) {
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
