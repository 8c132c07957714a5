/** Brings what is selected into view. Moves the view only when it is out of it: a canvas that jumps is one to get lost on. */
import type { ReactFlowInstance } from '@xyflow/react';
import { zoomMotionMs } from '../canvas-tools';
import type { DrawnNode, WireEdge } from '../drawing';
import { boxAround, middleOfPlace } from '../geometry';
import { placesOf } from '../places';
import { edgeKey } from '../store/command';
import type { EditorStore } from '../store/editor-store';

export function revealSelection(
  store: EditorStore,
  flow: ReactFlowInstance<DrawnNode, WireEdge>,
  ground: HTMLElement | null,
): void {
  const { document, selection } = store.getState();
  const wires = document.edges.filter((edge) => selection.edges.includes(edgeKey(edge)));
  const ids = [...selection.steps, ...wires.flatMap(({ from, to }) => [from, to])];
  const places = placesOf(document);
  const box = boxAround(ids.flatMap((id) => places.get(id) ?? []));
  const view = ground?.getBoundingClientRect();
  if (box === null || view === undefined) {
    return;
  }
  const start = flow.flowToScreenPosition({ x: box.x, y: box.y });
  const end = flow.flowToScreenPosition({ x: box.x + box.width, y: box.y + box.height });
  const isVisible = start.x >= view.left && start.y >= view.top && end.x <= view.right && end.y <= view.bottom;
  if (!isVisible) {
    const middle = middleOfPlace(box);
    void flow.setCenter(middle.x, middle.y, { zoom: flow.getZoom(), duration: zoomMotionMs });
  }
}
