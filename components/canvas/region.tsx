'use client';

/**
 * A container as it is drawn: a region behind its steps, with its name, its own ports, and a rim to make it larger. It is
 * moved by its title; what is inside moves along. Refuses to hold anything itself: the steps in it are nodes of their own.
 */
import { Handle, type NodeProps, NodeResizer, Position } from '@xyflow/react';
import { memo, useContext } from 'react';
import { classes } from '@/components/ui/classes';
import { Icon } from '@/components/ui/icon';
import { statusClass } from '@/components/ui/status';
import { CanvasActionsContext } from './canvas-actions';
import { CardSlot } from './card-slot';
import type { RegionNode } from './drawing';
import { emptyRegion } from './geometry';
import { LoopBar } from './loop-bar';
import { Port, useMeasuredPorts } from './port';

export const Region = memo(function Region({ id, data, selected, width, height }: NodeProps<RegionNode>) {
  const actions = useContext(CanvasActionsContext);
  const { run, fault } = data;
  const isColoured = run !== null && run.status !== 'pending';
  const hasError = fault?.severity === 'error' && run === null;
  const isTarget = actions?.dropScope === data.stepId;
  const line = { left: `${data.inLine - 1}px` };
  useMeasuredPorts(
    id,
    `${data.inLine} ${data.ports.map(({ name, offset }) => `${name} ${offset}`).join()} ${width} ${height}`,
  );
  return (
    <div
      className={classes(
        'region',
        data.isLoop && 'loop',
        selected && 'selected',
        hasError && 'problem',
        data.isDisabled && 'disabled',
        isTarget && 'target',
        isColoured && statusClass(run.status),
      )}
    >
      {actions && !data.isReadOnly && (
        <NodeResizer
          isVisible={selected}
          minWidth={emptyRegion.width / 2}
          minHeight={emptyRegion.height / 2}
          handleClassName="corner nodrag"
          lineClassName="rim-line nodrag"
          onResizeEnd={(_, box) => actions.resize(data.stepId, box)}
        />
      )}
      <Handle type="target" id="in" position={Position.Top} className="entry" style={line} isConnectableStart={false} />
      <Handle
        type="source"
        id="enter"
        position={Position.Bottom}
        className="anchor top"
        style={line}
        isConnectable={false}
      />
      <header>
        <Icon name={data.icon} small />
        <span className="title">
          <span className="name" title={data.name}>
            {data.name}
          </span>
          <span className="kind" title={data.says}>
            {data.says}
          </span>
        </span>
        <CardSlot data={data} />
      </header>
      {run?.loop !== undefined && <LoopBar loop={run.loop} />}
      {hasError && (
        <p className="fault" title={fault.message}>
          {fault.message}
        </p>
      )}
      {data.isEmpty && !isTarget && <p className="empty">{data.isReadOnly ? 'Nothing is in it' : 'Drag steps here'}</p>}
      {data.ports.map((port) => (
        <Port key={port.name} port={port} status={isColoured ? run : null} />
      ))}
      <Handle
        type="target"
        id="exit"
        position={Position.Top}
        className="anchor bottom"
        style={{ left: `${(data.ports.find(({ name }) => name === 'out')?.offset ?? 0) - 1}px` }}
        isConnectable={false}
      />
    </div>
  );
});
