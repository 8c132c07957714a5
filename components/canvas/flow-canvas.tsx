'use client';

/**
 * The drawing of a flow that cannot be edited: a version as it was, or a run with what really happened on it. The same
 * cards and edges as the designer, at the same place, coloured. Refuses every gesture that would change the document.
 */
import '@xyflow/react/dist/base.css';
import './canvas.css';
import { Background, BackgroundVariant, ReactFlow, ReactFlowProvider } from '@xyflow/react';
import { useMemo, useRef } from 'react';
import type { FlowDocument } from '@/core/flow/document';
import { CanvasTools, fitPadding } from './canvas-tools';
import { createDrawer } from './drawing';
import { useCanvasKeys } from './interactions/use-canvas-keys';
import { type Direction, stepInDirection } from './interactions/walk';
import { Region } from './region';
import type { FlowRunView } from './run-view';
import { drawnGraph } from './scopes';
import { StepCard } from './step-card';
import { Wire } from './wire';

export interface FlowCanvasProps {
  document: FlowDocument;
  readOnly: true;
  /** What happened; absent for a plain version. */
  runState?: FlowRunView;
  /** The step that is open beside the canvas. */
  selected?: string | null;
  /** Called with a step id, or null when the ground is clicked. */
  onSelect?: (stepId: string | null) => void;
  /** Accessible name of the canvas. */
  label?: string;
}

const nodeTypes = { step: StepCard, region: Region };
const edgeTypes = { wire: Wire };
const noEdges: ReadonlySet<string> = new Set();

export function FlowCanvas(props: FlowCanvasProps) {
  return (
    <ReactFlowProvider>
      <Drawn {...props} />
    </ReactFlowProvider>
  );
}

function Drawn({ document, runState, selected = null, onSelect, label = 'Canvas' }: FlowCanvasProps) {
  const ground = useRef<HTMLElement>(null);
  const draw = useMemo(() => createDrawer(), []);
  const { nodes, edges } = useMemo(
    () =>
      draw({
        document,
        run: runState,
        selectedSteps: new Set(selected === null ? [] : [selected]),
        selectedEdges: noEdges,
        isReadOnly: true,
      }),
    [draw, document, runState, selected],
  );
  const hasUndoing = drawnGraph(document).graph.undoing.size > 0;
  const walk = (direction: Direction) => {
    const next = stepInDirection(document, selected, direction);
    if (next === null) {
      return false;
    }
    onSelect?.(next);
  };
  useCanvasKeys(ground, [
    ['ArrowUp', () => walk('up')],
    ['ArrowDown', () => walk('down')],
    ['ArrowLeft', () => walk('left')],
    ['ArrowRight', () => walk('right')],
    ['Escape', () => (selected === null ? false : onSelect?.(null))],
  ]);
  return (
    <section ref={ground} className={runState ? 'canvas run' : 'canvas'} aria-label={label} tabIndex={-1}>
      <ReactFlow
        nodes={nodes}
        edges={edges}
        nodeTypes={nodeTypes}
        edgeTypes={edgeTypes}
        onNodeClick={(_, node) => onSelect?.(node.data.stepId)}
        onPaneClick={() => onSelect?.(null)}
        onKeyDown={(event) => {
          const id = (event.target as HTMLElement).dataset?.id;
          if ((event.key === 'Enter' || event.key === ' ') && id && document.steps.some((step) => step.id === id)) {
            event.preventDefault();
            onSelect?.(id);
          }
        }}
        nodesDraggable={false}
        nodesConnectable={false}
        edgesFocusable={false}
        elementsSelectable={false}
        elevateNodesOnSelect={false}
        nodesFocusable
        disableKeyboardA11y
        panOnScroll
        panOnDrag={[0, 1]}
        zoomActivationKeyCode={['Meta', 'Control']}
        deleteKeyCode={null}
        zoomOnDoubleClick={false}
        minZoom={0.15}
        maxZoom={2}
        fitView
        fitViewOptions={{ padding: fitPadding, maxZoom: 1 }}
        onlyRenderVisibleElements={document.steps.length > 150}
      >
        <Background variant={BackgroundVariant.Dots} gap={20} size={1.8} />
        <CanvasTools isCompact />
        {runState && <Legend hasUndoing={hasUndoing} />}
      </ReactFlow>
    </section>
  );
}

function Legend({ hasUndoing }: { hasUndoing: boolean }) {
  return (
    <div className="float legend">
      <Sample tone="is-succeeded">taken</Sample>
      {hasUndoing && <Sample tone="compensation is-compensated">compensated</Sample>}
      <Sample tone="is-skipped">skipped</Sample>
    </div>
  );
}

const Sample = ({ tone, children }: { tone: string; children: string }) => (
  <span>
    <svg aria-hidden="true">
      <g className={`wire ${tone}`}>
        <path className="line" d="M0 4H22" />
      </g>
    </svg>
    {children}
  </span>
);
