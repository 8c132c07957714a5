'use client';

/**
 * One outlet of a card or a region, with its name beside it, and the word to the canvas library when outlets moved.
 */
import { Handle, Position, useUpdateNodeInternals } from '@xyflow/react';
import { useEffect, useRef } from 'react';
import { classes } from '@/components/ui/classes';
import { statusClass } from '@/components/ui/status';
import type { CardPort } from './card-ports';
import type { StepRunView } from './run-view';

/** Ports are placed inside the border of the card. */
const borderWidth = 1;

const positions = { bottom: Position.Bottom, right: Position.Right, left: Position.Left } as const;
const isUndone = ({ status }: StepRunView): boolean => status === 'compensating' || status === 'compensated';

export function Port({ port, status }: { port: CardPort; status: StepRunView | null }) {
  const place = port.side === 'bottom' ? { left: `${port.offset - borderWidth}px` } : undefined;
  const isNamed = port.isWired && port.name !== 'out';
  return (
    <>
      <Handle
        type="source"
        id={port.name}
        position={positions[port.side]}
        className={classes('port', port.isWired && 'on', status === null ? undefined : toneOf(port, status))}
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

/** The port a run left by has the colour of what happened; an undone step was left by both. */
function toneOf(port: CardPort, run: StepRunView): string | undefined {
  if (port.name === 'compensate') {
    return isUndone(run) && port.isWired ? statusClass(run.status) : undefined;
  }
  return run.port === port.name ? statusClass(isUndone(run) ? 'succeeded' : run.status) : undefined;
}

/** Tells the library to measure again when outlets came, went or moved; what is first drawn it measures by itself. */
export function useMeasuredPorts(nodeId: string, ports: string): void {
  const update = useUpdateNodeInternals();
  const measured = useRef(ports);
  useEffect(() => {
    if (measured.current !== ports) {
      measured.current = ports;
      update(nodeId);
    }
  }, [update, nodeId, ports]);
}
