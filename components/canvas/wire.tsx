'use client';

/**
 * One wire: an orthogonal line with an arrow head, and a `+` in its middle while it is hovered or selected. The way
 * forward falls and is solid; what undoes is dashed, leads to the left, and the way back climbs in round dots. In a run:
 * green where it went, amber where it went back, fine grey dots where it did not. Draws from the places the library
 * measured, so it is right for cards of any height.
 */
import {
  type ConnectionLineComponentProps,
  type EdgeProps,
  type InternalNode,
  Position,
  useInternalNode,
} from '@xyflow/react';
import { memo, useContext } from 'react';
import { classes } from '@/components/ui/classes';
import { CanvasActionsContext } from './canvas-actions';
import type { DrawnNode, WireEdge } from './drawing';
import {
  arrowOf,
  cardSize,
  middleOf,
  type Place,
  type Point,
  type PortSide,
  pathOf,
  routeAside,
  routeClimb,
  routeWire,
} from './geometry';
import { refusalOfEdge } from './store/connect-rules';
import { useEditorStore } from './store/editor-context';
import type { WireData } from './wire-drawing';

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

const plain: WireData = {
  kind: 'forward',
  portLabel: null,
  look: 'plain',
  isMoving: false,
  isReadOnly: true,
  fromName: '',
  toName: '',
};

export const Wire = memo(function Wire(props: EdgeProps<WireEdge>) {
  const data = props.data ?? plain;
  const hasNoPorts = data.kind === 'climb' || data.kind === 'start' || data.kind === 'find';
  return hasNoPorts ? <Between {...props} data={data} /> : <Drawn {...props} data={data} />;
});

type WireProps = EdgeProps<WireEdge> & { data: WireData };

function Drawn({ id, data, selected, target, ...props }: WireProps) {
  const actions = useContext(CanvasActionsContext);
  const side = sideOf(props.sourcePosition);
  const isExit = data.kind === 'border' && props.targetHandleId === 'exit';
  const from = startOf(props.sourceX, props.sourceY, data.kind === 'border' && !isExit ? 'bottom' : side);
  const route = routeWire(from, { x: props.targetX, y: props.targetY + (isExit ? 0 : portRadius) }, side);
  const middle = middleOf(route);
  const isTarget = actions?.dropTarget === id;
  return (
    <g
      className={classes(
        'wire',
        data.kind,
        toneOf(data),
        data.isMoving && 'moves',
        selected && 'hot',
        isTarget && 'hot target',
      )}
    >
      <path className="line" d={pathOf(route, isExit ? 0 : 6)} />
      {!isExit && <polygon className="arrow" points={arrowOf(route)} />}
      {data.kind !== 'border' && (
        <path
          className="react-flow__edge-interaction"
          d={pathOf(route)}
          fill="none"
          strokeOpacity={0}
          strokeWidth={20}
        />
      )}
      {actions && !data.isReadOnly && (
        <foreignObject className="plus" x={middle.x - 12} y={middle.y - 12} width={24} height={24}>
          <button
            type="button"
            className="insert nodrag nopan"
            tabIndex={-1}
            aria-label={`Insert a step between ${data.fromName} and ${data.toName}`}
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
}

function toneOf({ kind, look }: WireData): string | undefined {
  if (look === 'plain') {
    return undefined;
  }
  const isBack = kind === 'compensation' || kind === 'climb' || kind === 'start';
  return look === 'skipped' ? 'is-skipped' : isBack ? 'is-compensated' : 'is-succeeded';
}

/** From card to card, without ports: the way back, and the way to what finds out. */
function Between({ data, source, target }: WireProps) {
  const from = useInternalNode<DrawnNode>(source);
  const to = useInternalNode<DrawnNode>(target);
  if (from === undefined || to === undefined) {
    return null;
  }
  const isFind = data.kind === 'find';
  const isFirst = data.kind === 'start';
  const ends = [placeOf(from), placeOf(to)] as const;
  const route = isFind ? routeAside(...ends) : routeClimb(...ends, isFirst);
  const words = isFind ? 'finds out' : data.look === 'taken' ? 'failed: compensation starts' : 'on failure, last first';
  const corner = isFind ? route[0] : route.at(-2);
  return (
    <g className={classes('wire climb', data.kind, toneOf(data), data.isMoving && 'moves')}>
      <path className="line" d={pathOf(route, 6)} />
      <polygon className="arrow" points={arrowOf(route)} />
      {(isFirst || isFind) && corner && data.look !== 'skipped' && (
        <text className="words" x={corner.x + (isFind ? 3 : 12)} y={corner.y + (isFind ? -5 : 15)}>
          {words}
        </text>
      )}
    </g>
  );
}

const placeOf = ({ internals, measured }: InternalNode<DrawnNode>): Place => ({
  ...internals.positionAbsolute,
  width: measured.width ?? cardSize.width,
  height: measured.height ?? cardSize.height,
});

/** The wire that follows the pointer while a connection is pulled; where it may not end, it says why. */
export function PulledWire(props: ConnectionLineComponentProps<DrawnNode>) {
  const side = sideOf(props.fromPosition);
  const isRefused = props.connectionStatus === 'invalid';
  const from = startOf(props.fromX, props.fromY, side);
  const to = props.toHandle ? { x: props.toX, y: props.toY + portRadius } : { x: props.toX, y: props.toY };
  const route = routeWire(from, to, side);
  return (
    <g
      className={classes(
        'wire pulled',
        props.fromHandle.id === 'compensate' && 'compensation',
        isRefused ? 'refused' : 'hot',
      )}
    >
      <path className="line" d={pathOf(route, 6)} />
      <polygon className="arrow" points={arrowOf(route)} />
      {isRefused && props.toNode && props.fromHandle.id && (
        <Refusal at={to} from={props.fromNode.id} port={props.fromHandle.id} to={props.toNode.id} />
      )}
    </g>
  );
}

function Refusal({ at, from, port, to }: { at: Point; from: string; port: string; to: string }) {
  const { document } = useEditorStore().getState();
  const reason = refusalOfEdge(document, port === 'out' ? { from, to } : { from, to, port });
  return reason === null ? null : (
    <foreignObject className="refusal" x={at.x + 14} y={at.y - 40} width={260} height={80}>
      <p role="status">{reason}</p>
    </foreignObject>
  );
}
