'use client';

/**
 * The card of one step: icon, name, what it does, its ports, and on the right what matters now: a change or a problem in
 * the designer, the time and the status ring in a run. Refuses to be edited in place; the inspector does that.
 */
import { Handle, type NodeProps, Position } from '@xyflow/react';
import { memo } from 'react';
import { classes } from '@/components/ui/classes';
import { Icon } from '@/components/ui/icon';
import { statusClass } from '@/components/ui/status';
import { CardSlot } from './card-slot';
import type { CardNode } from './drawing';
import { Port, useMeasuredPorts } from './port';
import { type StepRunView, shownAs } from './run-view';

export const StepCard = memo(function StepCard({ id, data, selected }: NodeProps<CardNode>) {
  const { run, fault } = data;
  const isColoured = run !== null && run.status !== 'pending';
  const hasError = fault?.severity === 'error' && run === null;
  useMeasuredPorts(id, `${data.ports.map(({ name, offset }) => `${name} ${offset}`).join()} ${data.hasAnchor}`);
  return (
    <div
      className={classes(
        'card',
        data.isTrigger && 'trigger',
        data.isAside && 'undo',
        selected && 'selected',
        hasError && 'problem',
        data.isDisabled && 'disabled',
        isColoured && statusClass(shownAs(run)),
      )}
    >
      {data.isTrigger ? (
        <Inlet run={run} />
      ) : (
        <Handle type="target" id="in" position={Position.Top} className="entry" isConnectableStart={false} />
      )}
      <div className="top">
        <Icon name={data.icon} />
        <span className="name" title={data.name}>
          {data.name}
        </span>
        <CardSlot data={data} />
      </div>
      <div className="does" title={data.wholeSummary}>
        <b>{data.verb}</b> {data.rest}
      </div>
      {hasError && (
        <div className="fault">
          <Icon name="error" />
          <span title={fault.message}>{fault.message}</span>
        </div>
      )}
      {data.ports.map((port) => (
        <Port key={port.name} port={port} status={isColoured ? run : null} />
      ))}
      {data.hasAnchor && (
        <Handle type="source" id="climb" position={Position.Left} className="anchor" isConnectable={false} />
      )}
      {data.pivot && (
        <div className="pivot" style={data.pivot}>
          <span>
            <b>Pivot</b> after {data.name}, only forward
          </span>
        </div>
      )}
    </div>
  );
});

/** Events stream in from the side: the channel, its walls, and three streaks of water. */
function Inlet({ run }: { run: StepRunView | null }) {
  const tone = run && run.status !== 'pending' ? statusClass(run.status) : undefined;
  return (
    <svg className="inlet" width="54" height="56" viewBox="260 0 54 56" aria-hidden="true">
      <path className="channel" d="M266 17.5H304.5Q312.5 17.5 312.5 10V46Q312.5 38.5 304.5 38.5H266Z" />
      <path
        className={classes('wall', tone)}
        d="M266 17.5H304.5Q312.5 17.5 312.5 10M266 38.5H304.5Q312.5 38.5 312.5 46"
      />
      <path className="stream" d="M276 23H298M260 28H305M270 33H292" />
    </svg>
  );
}
