/** Dragging cards: they move, or a loose one that is dropped on a wire is inserted into it. One command when it ends. */
import type { CardNode } from '../drawing';
import { cardSize } from '../geometry';
import { insertExisting, moveSteps } from '../store/commands/graph-commands';
import type { EditorStore } from '../store/editor-store';
import { wireUnder } from './drop-target';

export interface Dragging {
  readonly drag: (node: CardNode, dragged: readonly CardNode[]) => void;
  readonly end: (node: CardNode, dragged: readonly CardNode[]) => void;
  readonly endSelection: (dragged: readonly CardNode[]) => void;
}

export function createDragging(store: EditorStore, setDropTarget: (edgeKey: string | null) => void): Dragging {
  const heldOver = (node: CardNode, dragged: readonly CardNode[]): string | null => {
    const { document } = store.getState();
    const isLoose = document.edges.every((edge) => edge.from !== node.id && edge.to !== node.id);
    if (dragged.length !== 1 || !isLoose || node.data.isTrigger) {
      return null;
    }
    const middle = { x: node.position.x + cardSize.width / 2, y: node.position.y + cardSize.height / 2 };
    return wireUnder(document, middle, node.id);
  };
  const move = (dragged: readonly CardNode[]): void =>
    store.getState().run(moveSteps(new Map(dragged.map(({ id, position }) => [id, position]))));
  return {
    drag: (node, dragged) => setDropTarget(heldOver(node, dragged)),
    end: (node, dragged) => {
      const wire = heldOver(node, dragged);
      setDropTarget(null);
      if (wire === null) {
        move(dragged);
      } else {
        store.getState().run(insertExisting(node.id, wire, node.position));
      }
    },
    endSelection: move,
  };
}
