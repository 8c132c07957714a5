/** The columns of lanes and limits. Refuses to fetch: everything shown is in the row. */
import Link from 'next/link';
import { listAddress } from '@/components/runs/filter-state';
import { RunId } from '@/components/runs/run-id';
import type { RouterOutputs } from '@/components/trpc/types';
import type { Column } from '@/components/ui/data-table';
import { StatusText } from '@/components/ui/status';
import { formatCount, toMs } from '@/components/ui/time';
import { Duration } from '@/components/ui/timestamp';
import styles from './lanes.module.css';

export type Lane = RouterOutputs['lanes']['list']['items'][number];
export type Limit = RouterOutputs['lanes']['limits']['items'][number];

/** The runs that stand in the lane. */
export const laneHref = ({ flowId, key }: Lane): string => `/runs${listAddress({ flow: flowId, lane: key })}`;
/** The runs of the flow that have not ended. */
export const limitHref = ({ flowId }: Limit): string =>
  `/runs${listAddress({ flow: flowId, status: ['queued', 'running', 'waiting', 'compensating', 'blocked'] })}`;

export const laneColumns: Column<Lane>[] = [
  { id: 'flow', header: 'Flow', width: '22%', cell: ({ flowName }) => <span title={flowName}>{flowName}</span> },
  {
    id: 'key',
    header: 'Key',
    cell: ({ key }) => (
      <code className={styles.cell} title={key}>
        {key}
      </code>
    ),
  },
  { id: 'depth', header: 'Waiting', width: '88px', numeric: true, cell: ({ depth }) => formatCount(depth) },
  {
    id: 'turn',
    header: 'Has its turn',
    width: '300px',
    cell: ({ turn }) =>
      turn === null ? (
        <span className="faint">nobody yet</span>
      ) : (
        <span className={styles.run}>
          <RunLink id={turn.runId} />
          <StatusText status={turn.status} />
          <span className="muted">
            for <Duration sinceMs={toMs(turn.since)} />
          </span>
        </span>
      ),
  },
  { id: 'oldest', header: 'Next, waiting for', width: '220px', cell: ({ oldest }) => <Oldest oldest={oldest} /> },
];

export const limitColumns: Column<Limit>[] = [
  { id: 'flow', header: 'Flow', cell: ({ flowName }) => <span title={flowName}>{flowName}</span> },
  {
    id: 'used',
    header: 'Under way',
    width: '160px',
    numeric: true,
    cell: ({ used, limit }) => (
      <>
        {formatCount(used)} <span className="faint">of {formatCount(limit)}</span>
      </>
    ),
  },
  { id: 'waiting', header: 'Waiting', width: '88px', numeric: true, cell: ({ waiting }) => formatCount(waiting) },
  { id: 'oldest', header: 'Next, waiting for', width: '220px', cell: ({ oldest }) => <Oldest oldest={oldest} /> },
];

const RunLink = ({ id }: { id: string }) => (
  <Link className="link" href={`/runs/${id}`} prefetch={false}>
    <RunId id={id} />
  </Link>
);

function Oldest({ oldest }: Pick<Lane, 'oldest'>) {
  if (oldest === null) return <span className="faint">nobody waits</span>;
  return (
    <span className={styles.run}>
      <RunLink id={oldest.runId} />
      <Duration sinceMs={toMs(oldest.since)} className="muted" />
    </span>
  );
}
