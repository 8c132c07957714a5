'use client';

/**
 * The canvas one draws on: the drawing of the open flow with its gestures, keys and what floats above it. Each gesture
 * lives in `interactions` and ends in a command of the editor store. Refuses to change the document in any other way.
 */
import '@xyflow/react/dist/base.css';
import './canvas.css';
import './designer-canvas.css';
import {
  Background,
  BackgroundVariant,
  ReactFlow,
  ReactFlowProvider,
  SelectionMode,
  useReactFlow,
} from '@xyflow/react';
import { type Ref, type RefObject, useCallback, useImperativeHandle, useMemo, useRef, useState } from 'react';
import { useToast } from '@/components/ui/toast';
import { portOf } from '@/core/flow/document';
import { type CanvasActions, CanvasActionsContext } from './canvas-actions';
import { type CanvasMode, CanvasTools, fitBesidePalette } from './canvas-tools';
import type { CardFault, DrawnNode, WireEdge } from './drawing';
import { type Point, snap } from './geometry';
import { createDragging } from './interactions/dragging';
import { revealSelection } from './interactions/reveal';
import { useAdding } from './interactions/use-adding';
import { useCanvasMenu } from './interactions/use-canvas-menu';
import { useClipboard } from './interactions/use-clipboard';
import { useDesignerKeys } from './interactions/use-designer-keys';
import { useDrawing } from './interactions/use-drawing';
import { useDropTarget } from './interactions/use-drop-target';
import { useRegionCommands } from './interactions/use-region-commands';
import { useWiring } from './interactions/use-wiring';
import { layOut } from './layout';
import { Palette } from './palette';
import { QuickAdd } from './quick-add';
import { Region } from './region';
import { ShortcutSheet } from './shortcut-sheet';
import { StepCard } from './step-card';
import { edgeKey as keyOfEdge } from './store/command';
import { tidy } from './store/commands/graph-commands';
import { resizeRegionWithin } from './store/commands/scope-commands';
import { useEditor, useEditorStore } from './store/editor-context';
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
  ref?: Ref<CanvasHandle>;
}

/** What the problems panel asks of the canvas. */
export interface CanvasHandle {
  /** Brings what is selected into view. */
  reveal: () => void;
}

const nodeTypes = { step: StepCard, region: Region };
const edgeTypes = { wire: Wire };
/** Beyond this many steps, cards out of sight are not kept in the page. */
const renderAllUpTo = 150;

/** What never changes: how the mouse and the wheel act, how far one may zoom. */
const behaviour = {
  selectionMode: SelectionMode.Partial,
  multiSelectionKeyCode: ['Shift', 'Meta', 'Control'],
  panActivationKeyCode: 'Space',
  panOnScroll: true,
  zoomActivationKeyCode: ['Meta', 'Control'],
  zoomOnDoubleClick: false,
  deleteKeyCode: null,
  disableKeyboardA11y: true,
  snapToGrid: true,
  snapGrid: [snap, snap] as [number, number],
  nodeDragThreshold: 3,
  elevateNodesOnSelect: true,
  edgesReconnectable: true,
  // Small enough that the ends of a short wire leave room for the `+` between them.
  reconnectRadius: 6,
  connectionRadius: 24,
  minZoom: 0.15,
  maxZoom: 2,
  fitView: true,
  fitViewOptions: { padding: fitBesidePalette, maxZoom: 1 },
};

export function DesignerCanvas(props: DesignerCanvasProps) {
  return (
    <ReactFlowProvider>
      <Ground {...props} />
    </ReactFlowProvider>
  );
}

function Ground({ faults, changed, onOpen, onRename, ref }: DesignerCanvasProps) {
  const store = useEditorStore();
  const stepCount = useEditor((state) => state.document.steps.length);
  const ground = useRef<HTMLElement>(null);
  const search = useRef<HTMLInputElement>(null);
  const flow = useReactFlow<DrawnNode, WireEdge>();
  const [mode, setMode] = useState<CanvasMode>('select');
  const [isSheetOpen, setSheetOpen] = useState(false);
  const { target, showTarget } = useDropTarget();
  const say = useNotes();
  const pointer = usePointer();
  const drawing = useDrawing(faults, changed);
  const dragging = useMemo(
    () => createDragging({ store, flow, showTarget, onNote: say }),
    [store, flow, showTarget, say],
  );
  const adding = useAdding({ store, ground, flow, showTarget });
  const { quickAdd, openQuickAdd } = adding;
  const wiring = useWiring({ store, flow, openQuickAdd, onRefused: say });
  const pointerAt = () => pointer.at.current && flow.screenToFlowPosition(pointer.at.current);
  useDesignerKeys({
    store,
    ground,
    search,
    flow,
    setMode,
    openSheet: () => setSheetOpen(true),
    onOpen,
    onRename,
    onNote: say,
  });
  useRegionCommands({ store, onNote: say });
  useClipboard({ store, ground, pointerAt, onRefused: say });

  const menu = useCanvasMenu({ store, flow, onOpen, onRename, onNote: say, findStep: () => search.current?.focus() });
  useImperativeHandle(ref, () => ({ reveal: () => revealSelection(store, flow, ground.current) }), [store, flow]);
  const { redraw } = drawing;

  const actions = useMemo(
    (): CanvasActions => ({
      dropTarget: target.wire,
      dropScope: target.scope,
      resize: (stepId, box) => {
        store.getState().run(resizeRegionWithin(stepId, box));
        redraw();
      },
      insertInto: (edgeKey, anchor) => {
        const edge = store.getState().document.edges.find((each) => keyOfEdge(each) === edgeKey);
        const purpose = { type: 'insert', edgeKey, port: edge && portOf(edge) } as const;
        openQuickAdd({ screen: { x: anchor.right + 6, y: anchor.top }, purpose });
      },
    }),
    [target, openQuickAdd, store, redraw],
  );

  return (
    <section
      ref={ground}
      className="canvas designer-canvas"
      aria-label="Canvas"
      tabIndex={-1}
      data-mode={mode}
      data-connecting={wiring.isConnecting ? '' : undefined}
      {...pointer.handlers}
    >
      <CanvasActionsContext value={actions}>
        <ReactFlow<DrawnNode, WireEdge>
          {...behaviour}
          nodes={drawing.nodes}
          edges={drawing.edges}
          nodeTypes={nodeTypes}
          edgeTypes={edgeTypes}
          onNodesChange={drawing.changeNodes}
          onEdgesChange={drawing.changeEdges}
          onConnect={wiring.finish}
          onConnectStart={wiring.begin}
          onConnectEnd={wiring.end}
          onReconnect={wiring.move}
          isValidConnection={wiring.isAllowed}
          connectionLineComponent={PulledWire}
          onNodeDrag={(_, node, dragged) => dragging.drag(node, dragged)}
          onNodeDragStop={(_, node, dragged) => dragging.end(node, dragged)}
          onSelectionDragStop={(_, dragged) => dragging.endSelection(dragged)}
          onNodeDoubleClick={onOpen}
          onSelectionStart={drawing.box.begin}
          onSelectionEnd={drawing.box.end}
          onDragOver={adding.dragOver}
          onDragLeave={() => showTarget(null, null)}
          onDrop={adding.drop}
          onNodeContextMenu={menu.onNode}
          onEdgeContextMenu={menu.onWire}
          onPaneContextMenu={menu.onGround}
          selectionOnDrag={mode === 'select'}
          selectionKeyCode={mode === 'select' ? null : 'Shift'}
          panOnDrag={mode === 'select' ? [1] : [0, 1]}
          onlyRenderVisibleElements={stepCount > renderAllUpTo}
        >
          <Background variant={BackgroundVariant.Dots} gap={20} size={1.8} />
        </ReactFlow>
      </CanvasActionsContext>
      <Palette inputRef={search} onPick={adding.pickFromPalette} onEscape={() => ground.current?.focus()} />
      <CanvasTools
        mode={mode}
        onModeChange={setMode}
        onTidy={() => store.getState().run(tidy(layOut(store.getState().document)))}
      />
      {quickAdd && (
        <QuickAdd place={quickAdd} onPick={(kind) => adding.pick(kind, quickAdd)} onClose={() => openQuickAdd(null)} />
      )}
      {menu.element}
      {stepCount === 0 && <EmptyGround />}
      <ShortcutSheet open={isSheetOpen} onOpenChange={setSheetOpen} />
    </section>
  );
}

/** Says why a gesture was refused, or what it took away; the last one replaces the one before. */
function useNotes(): (message: string) => void {
  const toast = useToast();
  return useCallback((title: string) => toast.show({ kind: 'info', title, key: 'canvas' }), [toast]);
}

/** Where the pointer is over the canvas, for pasting there. */
function usePointer(): { at: RefObject<Point | undefined>; handlers: PointerHandlers } {
  const at = useRef<Point | undefined>(undefined);
  const handlers = useMemo(
    () => ({
      onPointerMove: (event: { clientX: number; clientY: number }) => {
        at.current = { x: event.clientX, y: event.clientY };
      },
      onPointerLeave: () => {
        at.current = undefined;
      },
    }),
    [],
  );
  return { at, handlers };
}

interface PointerHandlers {
  readonly onPointerMove: (event: { clientX: number; clientY: number }) => void;
  readonly onPointerLeave: () => void;
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
