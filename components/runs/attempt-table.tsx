'use client';

/** All attempts of a step beside each other: when, how long, how they ended, which idempotency key went with them. */
import { type Column, DataTable } from '@/components/ui/data-table';
import { StatusText } from '@/components/ui/status';
import { toMs } from '@/components/ui/time';
import { Duration, Timestamp } from '@/components/ui/timestamp';
import { shortError } from './attempt-words';
import styles from './run-page.module.css';
import type { AttemptView, StepView } from './types';

const columns: Column<AttemptView>[] = [
  { id: 'n', header: 'Attempt', width: '72px', cell: ({ n }) => n },
  { id: 'status', header: 'Ended', width: '138px', cell: ({ status }) => <StatusText status={status} /> },
  { id: 'started', header: 'Started', width: '112px', cell: ({ startedAt }) => <Timestamp at={startedAt} ms /> },
  {
    id: 'took',
    header: 'Took',
    width: '80px',
    numeric: true,
    cell: ({ startedAt, finishedAt }) =>
      finishedAt === null ? null : <Duration ms={toMs(finishedAt) - toMs(startedAt)} />,
  },
  {
    id: 'error',
    header: 'What it said',
    width: '150px',
    className: 'muted',
    cell: ({ error }) => error && <span title={error.message}>{shortError(error)}</span>,
  },
  {
    id: 'key',
    header: 'Idempotency key',
    width: '400px',
    cell: ({ idempotencyKey }) =>
      idempotencyKey === null ? <span className="faint">none</span> : <code>{idempotencyKey}</code>,
  },
];

export interface AttemptTableProps {
  readonly step: StepView;
  readonly chosen: number;
  readonly onChoose: (n: number) => void;
}

export function AttemptTable({ step, chosen, onChoose }: AttemptTableProps) {
  return (
    <DataTable
      label="Attempts, first to last"
      className={styles.attempts ?? ''}
      columns={columns}
      rows={step.attempts}
      rowKey={({ n }) => String(n)}
      currentKey={String(chosen)}
      onOpen={({ n }) => onChoose(n)}
    />
  );
}
