'use client';

/** The columns of the list of runs. Refuses to fetch: everything shown is in the row. */
import Link from 'next/link';
import { Button, IconButton } from '@/components/ui/button';
import type { Column } from '@/components/ui/data-table';
import { Icon } from '@/components/ui/icon';
import { Menu, type MenuItem } from '@/components/ui/menu';
import { StatusText } from '@/components/ui/status';
import { toMs } from '@/components/ui/time';
import { Duration, Timestamp } from '@/components/ui/timestamp';
import { isTerminal } from '@/core/run/types';
import { shortError } from './attempt-words';
import { RunId, shortRunId } from './run-id';
import styles from './runs.module.css';
import { triggerWords } from './trigger-words';
import type { RunSummary } from './types';

export const versionWords = ({ draft, version }: Pick<RunSummary, 'draft' | 'version'>): string =>
  draft || version === null ? 'draft' : `v${version}`;

export interface RunColumnsOptions {
  readonly menuOf: (run: RunSummary) => readonly MenuItem[];
  readonly onTag: (tag: string) => void;
}

export const runColumns = ({ menuOf, onTag }: RunColumnsOptions): Column<RunSummary>[] => [
  { id: 'status', header: 'Status', width: '144px', cell: (run) => <StatusText status={run.status} /> },
  { id: 'run', header: 'Run', width: '138px', cell: (run) => <Id run={run} /> },
  {
    id: 'flow',
    header: 'Flow',
    width: '19%',
    cell: (run) => (
      <span title={`${run.flowName} ${versionWords(run)}`}>
        {run.flowName} <span className="faint">{versionWords(run)}</span>
      </span>
    ),
  },
  {
    id: 'trigger',
    header: 'Trigger',
    width: '13%',
    className: 'muted',
    cell: (run) => <span title={run.event.type}>{triggerWords(run)}</span>,
  },
  { id: 'says', header: 'Key and what it says', className: 'muted', cell: (run) => <Says run={run} onTag={onTag} /> },
  { id: 'took', header: 'Took', width: '92px', numeric: true, cell: (run) => <Took run={run} /> },
  { id: 'started', header: 'Started', width: '132px', numeric: true, cell: (run) => <Timestamp at={run.createdAt} /> },
  {
    id: 'menu',
    header: <span className="sr">Actions</span>,
    width: '52px',
    cell: (run) => <RowMenu run={run} items={menuOf(run)} />,
  },
];

/** Its id, marked when it does another run again. */
const Id = ({ run }: { run: RunSummary }) => (
  <span className={styles.id}>
    <RunId id={run.id} />
    {run.retryOf !== null && (
      <span className="faint" title={`Does run ${shortRunId(run.retryOf)} again`}>
        <Icon name="retry" small label={`retry of ${shortRunId(run.retryOf)}`} />
      </span>
    )}
  </span>
);

/** What the run was about, and then why it is not simply done. */
function Says({ run, onTag }: { run: RunSummary; onTag: (tag: string) => void }) {
  const said = run.error?.message ?? run.reason?.message ?? '';
  // The address an error begins with would leave no room for what went wrong.
  const shown = run.error === null ? said : shortError(run.error);
  return (
    <span className={styles.says} title={said === '' ? undefined : said}>
      {Object.entries(run.tags).map(([name, value]) => (
        <button
          key={name}
          type="button"
          className={styles.tag}
          title={`${name}: ${value}. Show only runs with this tag`}
          onClick={() => onTag(`${name}=${value}`)}
        >
          <span className="sr">{name}</span>
          {value === '' ? name : value}
        </button>
      ))}
      {run.reason?.code === 'lane' && run.reason.runId !== undefined ? <Behind runId={run.reason.runId} /> : shown}
    </span>
  );
}

const Behind = ({ runId }: { runId: string }) => (
  <>
    waits for run{' '}
    <Link className="link" href={`/runs/${runId}`} prefetch={false}>
      <RunId id={runId} />
    </Link>
  </>
);

export function Took({ run }: { run: Pick<RunSummary, 'status' | 'startedAt' | 'finishedAt'> }) {
  if (run.startedAt === null) return null;
  const startedMs = toMs(run.startedAt);
  if (run.finishedAt !== null) return <Duration ms={toMs(run.finishedAt) - startedMs} />;
  return isTerminal(run.status) ? null : <Duration sinceMs={startedMs} />;
}

function RowMenu({ run, items }: { run: RunSummary; items: readonly MenuItem[] }) {
  return (
    <span className={styles.menu}>
      <Menu items={items} trigger={<IconButton icon="more" small label={`Actions of run ${shortRunId(run.id)}`} />} />
    </span>
  );
}

/** "3 new": leads to the top, where the list follows what arrives. */
export function NewerButton({ count, isAll, onClick }: { count: number; isAll: boolean; onClick: () => void }) {
  return (
    <div className={styles.newer} role="status">
      <Button small icon="up" onClick={onClick}>
        {count}
        {isAll ? '' : ' or more'} new
      </Button>
    </div>
  );
}
