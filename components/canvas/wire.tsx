'use client';

/**
 * One wire: an orthogonal line that falls, with an arrow head and a `+` in its middle while it is hovered or selected.
 * In a run: solid and green where the run went, fine grey dots where it did not. Draws from the places the library
 * measured, so it is right for cards of any height.
 */
import { type ConnectionLineComponentProps, type EdgeProps, Position } from '@xyflow/react';
import { memo, useContext } from 'react';
import { classes } from '@/components/ui/classes';
import { CanvasActionsContext } from './canvas-actions';
import type { CardNode, WireEdge } from './drawing';
import { arrowAt, middleOf, type Point, type PortSide, pathOf, routeEdge } from './geometry';

/** Half of a port: the library reports the outer rim of a handle, the line starts at its middle. */
const portRadius = 3.5;

const sides: Partial<Record<Position, PortSide>> = { [Position.Right]: 'right', [Position.Left]: 'left' };
const sideOf = (position: Position): PortSide => sides[position] ?? 'bottom';

function startOf(x: number, y: number, side: PortSide): Point {
  if (side === 'bottom') {
    return { x, y: y - portRadius };
  }
  return { x: side === 'right' ? x - portRadius : x + portRadius, y };
}

export const Wire = memo(function Wire(props: EdgeProps<WireEdge>) {
  const { id, data, selected } = props;
  const actions = useContext(CanvasActionsContext);
  const side = sideOf(props.sourcePosition);
  const route = routeEdge(
    startOf(props.sourceX, props.sourceY, side),
    { x: props.targetX, y: props.targetY + portRadius },
    side,
  );
  const middle = middleOf(route);
  const end = route.at(-1) as Point;
  const isTarget = actions?.dropTarget === id;
  const tone = data?.look === 'taken' ? 'is-succeeded' : data?.look === 'skipped' ? 'is-skipped' : undefined;
  return (
    <g className={classes('wire', tone, selected && 'hot', isTarget && 'hot target')}>
      <path className="line" d={pathOf(route, 6)} />
      <polygon className="arrow" points={arrowAt(end)} />
      <path className="react-flow__edge-interaction" d={pathOf(route)} fill="none" strokeOpacity={0} strokeWidth={20} />
      {actions && !data?.isReadOnly && (
        <foreignObject className="plus" x={middle.x - 12} y={middle.y - 12} width={24} height={24}>
          <button
            type="button"
            className="insert nodrag nopan"
            tabIndex={-1}
            aria-label={`Insert a step between ${data?.fromName} and ${data?.toName}`}
            title="Insert a step here"
            onClick={(event) => {
              event.stopPropagation();
              actions.insertInto(id, event.currentTarget.getBoundingClientRect());
            }}
          >
            <svg className="i s" viewBox="0 0 16 16" aria-hidden="true">
              <path d="M8 3v10M3 8h10" />
            </svg>
          </button>
        </foreignObject>
      )}
    </g>
  );
});

/** The wire that follows the pointer while a connection is pulled. */
export function PulledWire(props: ConnectionLineComponentProps<CardNode>) {
  const side = sideOf(props.fromPosition);
  const from = startOf(props.fromX, props.fromY, side);
  const to = props.toHandle ? { x: props.toX, y: props.toY + portRadius } : { x: props.toX, y: props.toY };
  const route = routeEdge(from, to, side);
  return (
    <g className={classes('wire pulled', props.connectionStatus === 'invalid' ? 'refused' : 'hot')}>
      <path className="line" d={pathOf(route, 6)} />
      <polygon className="arrow" points={arrowAt(to)} />
    </g>
  );
}
