'use client';

/**
 * Pulling wires between ports, moving their ends, and what a wire released elsewhere means: on the ground it asks what
 * comes next, on a card that may not follow it says why.
 */
import type { Connection, FinalConnectionState, ReactFlowInstance } from '@xyflow/react';
import { useState } from 'react';
import type { FlowEdge } from '@/core/flow/document';
import type { DrawnNode, WireEdge } from '../drawing';
import type { QuickAddPlace } from '../quick-add';
import { connect, reconnect } from '../store/commands/graph-commands';
import { refusalOfEdge } from '../store/connect-rules';
import type { EditorStore } from '../store/editor-store';

export interface WiringOptions {
  store: EditorStore;
  flow: ReactFlowInstance<DrawnNode, WireEdge>;
  openQuickAdd: (place: QuickAddPlace) => void;
  onRefused: (message: string) => void;
}

export interface Wiring {
  readonly isConnecting: boolean;
  readonly begin: () => void;
  readonly end: (event: MouseEvent | TouchEvent, state: FinalConnectionState) => void;
  readonly finish: (connection: Connection) => void;
  readonly move: (old: WireEdge, connection: Connection) => void;
  readonly isAllowed: (connection: Connection | WireEdge) => boolean;
}

const edgeOf = (connection: { source: string; target: string; sourceHandle?: string | null }): FlowEdge => {
  const { source: from, target: to, sourceHandle } = connection;
  return sourceHandle && sourceHandle !== 'out' ? { from, to, port: sourceHandle } : { from, to };
};

export function useWiring({ store, flow, openQuickAdd, onRefused }: WiringOptions): Wiring {
  const [isConnecting, setConnecting] = useState(false);
  const { run } = store.getState();

  const end: Wiring['end'] = (event, { isValid, fromHandle, fromNode, toNode }) => {
    setConnecting(false);
    if (isValid || !fromHandle?.id || !fromNode || fromHandle.type !== 'source') {
      return;
    }
    if (toNode) {
      const edge = edgeOf({ source: fromNode.id, sourceHandle: fromHandle.id, target: toNode.id });
      onRefused(refusalOfEdge(store.getState().document, edge) ?? 'A wire enters a step at its top.');
      return;
    }
    const at = 'changedTouches' in event ? event.changedTouches[0] : event;
    if (at) {
      const screen = { x: at.clientX, y: at.clientY };
      const after = { stepId: fromNode.id, port: fromHandle.id };
      openQuickAdd({ screen, purpose: { type: 'follow', after, at: flow.screenToFlowPosition(screen) } });
    }
  };

  return {
    isConnecting,
    begin: () => setConnecting(true),
    end,
    finish: (connection) => run(connect(edgeOf(connection))),
    move: (old, connection) => run(reconnect(old.id, edgeOf(connection))),
    isAllowed: (connection) => refusalOfEdge(store.getState().document, edgeOf(connection)) === null,
  };
}
