/** The columns of the two lists: what waits, and what was. Refuses to fetch: everything shown is in the row. */
import Link from 'next/link';
import { RunId } from '@/components/runs/run-id';
import type { Column } from '@/components/ui/data-table';
import { Timestamp } from '@/components/ui/timestamp';
import { ApprovalStatus } from './approval-status';
import { answererWords, askedWords } from './approval-words';
import { Due } from './due';
import type { ApprovalSummary } from './types';

const title: Column<ApprovalSummary> = {
  id: 'title',
  header: 'Question',
  cell: (approval) => <span title={approval.title}>{approval.title}</span>,
};
const flow: Column<ApprovalSummary> = {
  id: 'flow',
  header: 'Flow',
  width: '18%',
  className: 'muted',
  cell: ({ flowName }) => <span title={flowName}>{flowName}</span>,
};
const run: Column<ApprovalSummary> = {
  id: 'run',
  header: 'Run',
  width: '128px',
  cell: ({ runId }) => (
    <Link className="link" href={`/runs/${runId}`} prefetch={false}>
      <RunId id={runId} />
    </Link>
  ),
};

export const openColumns: readonly Column<ApprovalSummary>[] = [
  title,
  flow,
  run,
  {
    id: 'asked',
    header: 'Asked',
    width: '112px',
    numeric: true,
    cell: ({ askedAt }) => <Timestamp at={askedAt} format="relative" />,
  },
  { id: 'due', header: 'Time left', width: '128px', numeric: true, cell: ({ dueAt }) => <Due at={dueAt} /> },
  {
    id: 'asks',
    header: 'Asks',
    width: '18%',
    className: 'muted',
    cell: (approval) => <span title={askedWords(approval)}>{approval.assignee ?? 'everybody'}</span>,
  },
];

export const closedColumns: readonly Column<ApprovalSummary>[] = [
  { id: 'status', header: 'Answer', width: '120px', cell: ({ status }) => <ApprovalStatus status={status} /> },
  title,
  flow,
  run,
  {
    id: 'by',
    header: 'By',
    width: '20%',
    className: 'muted',
    cell: (approval) => <span title={answererWords(approval)}>{answererWords(approval)}</span>,
  },
  {
    id: 'when',
    header: 'When',
    width: '132px',
    numeric: true,
    cell: ({ answeredAt }) => (answeredAt === null ? null : <Timestamp at={answeredAt} />),
  },
];

/** Beside an open approval there is room for what tells one from another; the rest stands in the panel. */
export const narrow = (columns: readonly Column<ApprovalSummary>[]): readonly Column<ApprovalSummary>[] =>
  columns.filter(({ id }) => id !== 'flow' && id !== 'run' && id !== 'asked');
