'use client';

/** The entries of the journal that concern one step, as they were written, each to be opened. */
import { Icon } from '@/components/ui/icon';
import { JsonView } from '@/components/ui/json-view';
import { ErrorState, LoadingRows } from '@/components/ui/states';
import { formatDuration, toMs } from '@/components/ui/time';
import { Timestamp } from '@/components/ui/timestamp';
import { isPlainObject } from '@/core/json';
import styles from './run-page.module.css';
import type { JournalEntry, RunView } from './types';
import { useJournal } from './use-run';

export interface StepJournalProps {
  readonly run: RunView;
  readonly stepId: string;
}

/** Whether the entry says something about the step. */
function concerns({ data }: JournalEntry, stepId: string): boolean {
  if (!isPlainObject(data)) return false;
  const { stepIds } = data;
  return data.stepId === stepId || data.triggerStep === stepId || (Array.isArray(stepIds) && stepIds.includes(stepId));
}

export function StepJournal({ run, stepId }: StepJournalProps) {
  const journal = useJournal(run, true);
  if (journal.error !== null && journal.data === undefined) {
    return (
      <div className={styles.fault}>
        <ErrorState
          error={journal.error}
          title="The journal could not be loaded"
          onRetry={() => void journal.refetch()}
        />
      </div>
    );
  }
  if (journal.data === undefined) return <LoadingRows rows={3} label="Loading the journal" />;
  const entries = journal.data.filter((entry) => concerns(entry, stepId));
  if (entries.length === 0) return <p className={styles.idle}>The journal says nothing about this step yet.</p>;
  const originMs = toMs(run.startedAt ?? run.createdAt);
  return (
    <ol className={styles.journal} aria-label="Journal entries of the step">
      {entries.map((entry) => (
        <li key={entry.seq}>
          <details>
            <summary>
              <Icon name="right" small />
              <span className="faint">#{entry.seq}</span>
              <code>{entry.type}</code>
              <span className={styles.when}>
                <span className="faint">+{formatDuration(toMs(entry.at) - originMs)}</span>
                <Timestamp at={entry.at} format="time" ms />
              </span>
            </summary>
            <JsonView label={`Entry ${entry.seq}`} value={entry.data} wraps />
          </details>
        </li>
      ))}
    </ol>
  );
}
