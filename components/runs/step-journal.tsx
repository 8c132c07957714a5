'use client';

/** The entries of the journal that concern one step, each a sentence that opens to what was written. */
import { useQuery } from '@tanstack/react-query';
import { useTRPC } from '@/components/trpc/provider';
import { Icon } from '@/components/ui/icon';
import { JsonView } from '@/components/ui/json-view';
import { ErrorState, LoadingRows } from '@/components/ui/states';
import { formatCount, formatDuration, toMs } from '@/components/ui/time';
import { Timestamp } from '@/components/ui/timestamp';
import { isPlainObject } from '@/core/json';
import { concernsStep, journalSentence } from './journal-words';
import type { DrawnSteps } from './run-context';
import styles from './run-page.module.css';
import type { JournalEntry, RunView } from './types';
import { journalEntriesMax, useJournal } from './use-run';

/** Of a loop over thousands the beginnings and the successes would bury the rest; each stands with its iteration. */
const isOrdinary = ({ type, data }: JournalEntry): boolean =>
  type === 'iteration.started' || (type === 'iteration.ended' && isPlainObject(data) && data.outcome === 'succeeded');

export interface StepJournalProps {
  readonly run: RunView;
  readonly stepId: string;
  /** The iteration the step is in; empty for none. */
  readonly path: string;
  readonly steps: DrawnSteps;
}

export function StepJournal({ run, stepId, path, steps }: StepJournalProps) {
  const trpc = useTRPC();
  const journal = useJournal(run, true);
  const profile = useQuery(trpc.profile.get.queryOptions());
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
  const entries = journal.data.filter((entry) => concernsStep(entry, stepId, path) && !isOrdinary(entry));
  if (entries.length === 0) {
    const where =
      journal.data.length >= journalEntriesMax ? `The first ${formatCount(journalEntriesMax)} entries` : 'The journal';
    return (
      <p className={styles.idle}>
        {where} say{where === 'The journal' ? 's' : ''} nothing about this step yet.
      </p>
    );
  }
  const originMs = toMs(run.startedAt ?? run.createdAt);
  const context = { ...steps, me: profile.data && `user:${profile.data.user.id}` };
  return (
    <>
      {journal.data.length >= journalEntriesMax && (
        <p className={styles.idle}>
          Only the first {formatCount(journalEntriesMax)} entries of the run are looked through here.
        </p>
      )}
      <ol className={styles.journal} aria-label="Journal entries of the step">
        {entries.map((entry) => (
          <li key={entry.seq}>
            <details>
              <summary>
                <Icon name="right" small />
                <span className="faint">#{entry.seq}</span>
                <span className={styles.sentence}>{journalSentence(entry, context)}</span>
                <span className={styles.when}>
                  <span className="faint">+{formatDuration(toMs(entry.at) - originMs)}</span>
                  <Timestamp at={entry.at} format="time" ms />
                </span>
              </summary>
              <JsonView title={entry.type} label={`Entry ${entry.seq}`} value={entry.data} wraps />
            </details>
          </li>
        ))}
      </ol>
    </>
  );
}
