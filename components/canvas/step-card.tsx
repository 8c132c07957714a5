'use client';

/**
 * The card of one step: icon, name, what it does, its ports, and on the right what matters now: a change or a problem in
 * the designer, the time and the status ring in a run. Refuses to be edited in place; the inspector does that.
 */
import { Handle, type NodeProps, Position } from '@xyflow/react';
import { memo } from 'react';
import { classes } from '@/components/ui/classes';
import { Icon } from '@/components/ui/icon';
import { statusClass, statusIcon, statusWord } from '@/components/ui/status';
import { formatDuration } from '@/components/ui/time';
import type { CardData, CardNode, CardPort } from './drawing';
import type { StepRunView } from './run-view';

export const StepCard = memo(function StepCard({ data, selected }: NodeProps<CardNode>) {
  const { run, fault } = data;
  const isColoured = run !== null && run.status !== 'pending';
  const hasError = fault?.severity === 'error' && run === null;
  return (
    <div
      className={classes(
        'card',
        data.isTrigger && 'trigger',
        selected && 'selected',
        hasError && 'problem',
        data.isDisabled && 'disabled',
        isColoured && statusClass(run.status),
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
        <Slot data={data} />
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
    </div>
  );
});

function Slot({ data }: { data: CardData }) {
  const { run, fault, warnings } = data;
  if (run) {
    return run.status === 'pending' ? null : <RunSlot run={run} />;
  }
  return (
    <span className="slot">
      {data.isDisabled && <span>disabled</span>}
      {data.isChanged && !fault && <span title="Changed since the live version">changed</span>}
      {warnings > 0 && (
        <span
          className="chip tiny warning"
          title={fault?.severity === 'warning' ? fault.message : `${warnings} warnings`}
        >
          <Icon name="warn" />
          {warnings}
          <span className="sr">{warnings === 1 ? 'warning' : 'warnings'}</span>
        </span>
      )}
      {fault?.severity === 'error' && <Icon name="error" small className="bad" />}
    </span>
  );
}

function RunSlot({ run }: { run: StepRunView }) {
  const time = run.tookMs === null ? '' : formatDuration(run.tookMs);
  return (
    <span className="slot">
      {run.attempts > 1 ? `${run.attempts} attempts` : run.status === 'skipped' ? '' : time}
      <span
        className={classes('ring', statusClass(run.status), run.status === 'running' && 'turns')}
        title={statusWord(run.status)}
      >
        <Icon name={statusIcon[run.status]} />
        <span className="sr">{statusWord(run.status)}</span>
      </span>
    </span>
  );
}

/** Ports are placed inside the border of the card. */
const borderWidth = 1;

const positions = { bottom: Position.Bottom, right: Position.Right, left: Position.Left } as const;

function Port({ port, status }: { port: CardPort; status: StepRunView | null }) {
  const wasTaken = status !== null && status.port === port.name;
  const place = port.side === 'bottom' ? { left: `${port.offset - borderWidth}px` } : undefined;
  const isNamed = port.isWired && port.name !== 'out';
  return (
    <>
      <Handle
        type="source"
        id={port.name}
        position={positions[port.side]}
        className={classes('port', port.isWired && 'on', wasTaken && statusClass(status.status))}
        style={place}
        isConnectableEnd={false}
        aria-label={`Port ${port.label}`}
      />
      <span
        className={classes('plabel', port.side, port.isWired && 'wired', isNamed && 'always')}
        style={place}
        aria-hidden="true"
      >
        {port.label}
      </span>
    </>
  );
}

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
