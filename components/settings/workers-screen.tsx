'use client';

/** The processes that serve this installation, as their heartbeats say. Looks again every few seconds. */
import { useQuery } from '@tanstack/react-query';
import { useTRPC } from '@/components/trpc/provider';
import type { RouterOutputs } from '@/components/trpc/types';
import { type Column, DataTable } from '@/components/ui/data-table';
import { Icon } from '@/components/ui/icon';
import { EmptyState } from '@/components/ui/states';
import { toMs } from '@/components/ui/time';
import { Duration, Timestamp, useNow } from '@/components/ui/timestamp';
import { ListState } from './list-state';
import styles from './settings.module.css';
import { SettingsBar } from './settings-panel';

type Worker = RouterOutputs['workers']['list'][number];

const refreshMs = 3_000;
/** Heartbeats come every few seconds; after this long one is overdue and its runs are soon taken over. */
const overdueMs = 15_000;

export function WorkersScreen() {
  const workers = useQuery(useTRPC().workers.list.queryOptions(undefined, { refetchInterval: refreshMs }));
  return (
    <>
      <SettingsBar says="Every process keeps saying that it is there. One that falls silent loses its runs to another; no run is lost." />
      <ListState name="workers" query={workers}>
        {workers.data === undefined ? null : workers.data.length === 0 ? (
          <EmptyState icon="worker" title="No process is at work" example={<pre>npm run worker</pre>}>
            Events are accepted and kept, and runs wait until a worker starts. Start one on this machine or on any that
            reaches the same Postgres and Redis.
          </EmptyState>
        ) : (
          <DataTable
            className={styles.list}
            label="Workers, longest running first"
            columns={columns}
            rows={workers.data}
            rowKey={(worker) => worker.id}
          />
        )}
      </ListState>
    </>
  );
}

const columns: Column<Worker>[] = [
  { id: 'state', header: 'State', width: '112px', cell: (worker) => <WorkerState worker={worker} /> },
  { id: 'role', header: 'Role', width: '120px', cell: ({ role }) => role },
  { id: 'host', header: 'Host', cell: ({ host }) => <code className={styles.cell}>{host}</code> },
  { id: 'pid', header: 'Process', width: '96px', numeric: true, cell: ({ pid }) => pid },
  {
    id: 'started',
    header: 'Started',
    width: '160px',
    cell: ({ startedAt }) => <Timestamp at={startedAt} format="date" />,
  },
  {
    id: 'up',
    header: 'Up',
    width: '120px',
    numeric: true,
    cell: (worker) => <Duration sinceMs={toMs(worker.startedAt)} />,
  },
  {
    id: 'seen',
    header: 'Last seen',
    width: '120px',
    className: 'muted',
    cell: ({ lastSeenAt }) => <Timestamp at={lastSeenAt} format="relative" />,
  },
];

function WorkerState({ worker }: { worker: Worker }) {
  const nowMs = useNow();
  const isOverdue = nowMs !== null && nowMs - toMs(worker.lastSeenAt) > overdueMs;
  return isOverdue ? (
    <span className="st is-waiting">
      <Icon name="hourglass" />
      silent
    </span>
  ) : (
    <span className="st is-succeeded">
      <Icon name="check" />
      at work
    </span>
  );
}
