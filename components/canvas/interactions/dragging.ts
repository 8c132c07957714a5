/**
 * Dragging: cards and regions move, into a region and out of it; a loose card that is dropped on a wire is inserted into
 * it. One command when it ends, and a word about wires that it took away.
 */
import type { ReactFlowInstance } from '@xyflow/react';
import type { DrawnNode, WireEdge } from '../drawing';
import { cardSize, middleOfPlace, type Point } from '../geometry';
import { outermost, scopeOf } from '../scopes';
import { insertExisting, moveSteps } from '../store/commands/graph-commands';
import { canGoInto, dropInto, lostWires } from '../store/commands/scope-commands';
import type { EditorStore } from '../store/editor-store';
import { scopeWhenDropped, wireUnder } from './drop-target';

/** Shows where letting go would put the step: the key of a wire, or the id of a region, empty for the ground. */
export type ShowTarget = (wire: string | null, scope: string | null) => void;

export interface Dragging {
  readonly drag: (node: DrawnNode, dragged: readonly DrawnNode[]) => void;
  readonly end: (node: DrawnNode, dragged: readonly DrawnNode[]) => void;
  readonly endSelection: (dragged: readonly DrawnNode[]) => void;
}

export interface DraggingOptions {
  readonly store: EditorStore;
  readonly flow: Pick<ReactFlowInstance<DrawnNode, WireEdge>, 'getInternalNode'>;
  readonly showTarget: ShowTarget;
  /** Says something about what just happened. */
  readonly onNote: (message: string) => void;
}

export function createDragging({ store, flow, showTarget, onNote }: DraggingOptions): Dragging {
  /** The library gives places inside a region relative to it. */
  const cornerOf = (node: DrawnNode): Point =>
    flow.getInternalNode(node.id)?.internals.positionAbsolute ?? node.position;
  const middleOf = (node: DrawnNode): Point => {
    const { width, height } = node.type === 'region' ? { ...cardSize, ...node.measured } : cardSize;
    return middleOfPlace({ ...cornerOf(node), width, height });
  };
  const wireOver = (node: DrawnNode, dragged: readonly DrawnNode[]): string | null => {
    const { document } = store.getState();
    const isLoose = document.edges.every((edge) => edge.from !== node.id && edge.to !== node.id);
    if (dragged.length !== 1 || !isLoose || (node.type === 'step' && node.data.isTrigger)) {
      return null;
    }
    return node.type === 'region' ? null : wireUnder(document, middleOf(node), node.id);
  };
  const scopeOver = (node: DrawnNode, dragged: readonly DrawnNode[]): string => {
    const { document } = store.getState();
    const ids = dragged.map(({ id }) => id);
    const scope = scopeWhenDropped(document, node.id, middleOf(node), ids);
    return canGoInto(document, node.id, scope) ? scope : scopeOf(document, node.id);
  };
  const drop = (node: DrawnNode, dragged: readonly DrawnNode[]): void => {
    const { document: before, run } = store.getState();
    const to = new Map(dragged.map((each) => [each.id, cornerOf(each)]));
    const own = scopeOf(before, node.id);
    const scope = scopeOver(node, dragged);
    if (scope === own) {
      run(moveSteps(to));
      return;
    }
    const going = outermost(before, [...to.keys()]).filter((id) => scopeOf(before, id) === own);
    run(dropInto(to, going, scope));
    const lost = lostWires(before, store.getState().document);
    if (lost !== null) {
      onNote(lost);
    }
  };
  return {
    drag: (node, dragged) => {
      const wire = wireOver(node, dragged);
      const scope = scopeOver(node, dragged);
      const isOther = wire === null && scope !== scopeOf(store.getState().document, node.id);
      showTarget(wire, isOther ? scope : null);
    },
    end: (node, dragged) => {
      const wire = wireOver(node, dragged);
      showTarget(null, null);
      if (wire === null) {
        drop(node, dragged);
      } else {
        store.getState().run(insertExisting(node.id, wire, cornerOf(node)));
      }
    },
    endSelection: (dragged) => {
      showTarget(null, null);
      const [first] = dragged;
      if (first !== undefined) {
        drop(first, dragged);
      }
    },
  };
}
