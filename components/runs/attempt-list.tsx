'use client';

/** The attempts of a step, one under the other, with the waiting between them and the facts of the chosen one below. */
import { useCallback } from 'react';
import { classes } from '@/components/ui/classes';
import { CopyButton } from '@/components/ui/copy-button';
import { Facts } from '@/components/ui/facts';
import { Icon } from '@/components/ui/icon';
import { statusClass, statusIcon, statusWord } from '@/components/ui/status';
import { formatDuration, toMs } from '@/components/ui/time';
import { Duration, Timestamp } from '@/components/ui/timestamp';
import { endedByWords, shortError } from './attempt-words';
import { shownStatus } from './choose-step';
import styles from './run-page.module.css';
import type { AttemptView, StepView } from './types';

export interface AttemptListProps {
  readonly step: StepView;
  readonly chosen: number;
  readonly onChoose: (n: number) => void;
  /** Whether the run has ended, so that nothing is under way any more. */
  readonly isOver: boolean;
}

export function AttemptList({ step, chosen, onChoose, isOver }: AttemptListProps) {
  const attempt = step.attempts.find(({ n }) => n === chosen);
  return (
    <div className={styles.tries}>
      <ol aria-label="Attempts">
        {step.attempts.map((one, index) => (
          <Entry
            key={one.n}
            attempt={one}
            before={step.attempts[index - 1]}
            isPause={step.status === 'waiting' && one.status === 'running'}
            isChosen={one.n === chosen}
            isOver={isOver}
            onChoose={onChoose}
          />
        ))}
        {step.status === 'waiting' && step.attempts.at(-1)?.status !== 'running' && !isOver && (
          <li className={styles.wait}>
            <Icon name="hourglass" />
            <span>waiting to try again</span>
          </li>
        )}
      </ol>
      {attempt && <AttemptFacts step={step} attempt={attempt} />}
    </div>
  );
}

interface EntryProps {
  readonly attempt: AttemptView;
  readonly before: AttemptView | undefined;
  /** Under way, and all it does is wait. */
  readonly isPause: boolean;
  readonly isChosen: boolean;
  readonly isOver: boolean;
  readonly onChoose: (n: number) => void;
}

function Entry({ attempt, before, isPause, isChosen, isOver, onChoose }: EntryProps) {
  const waitedMs = before?.finishedAt == null ? 0 : toMs(attempt.startedAt) - toMs(before.finishedAt);
  // The chosen one of many attempts is the last, below what fits.
  const show = useCallback((entry: HTMLLIElement | null) => {
    if (entry !== null) scrollTo(entry);
  }, []);
  const status = isPause && !isOver ? 'waiting' : shownStatus(attempt, isOver);
  return (
    <>
      {waitedMs > 0 && (
        <li className={styles.wait}>
          <Icon name="hourglass" />
          <span>waited {formatDuration(waitedMs)} to try again</span>
        </li>
      )}
      <li ref={isChosen ? show : undefined} className={statusClass(status)}>
        <button
          type="button"
          className={classes(styles.try, isChosen && styles.on)}
          aria-current={isChosen ? 'true' : undefined}
          onClick={() => onChoose(attempt.n)}
        >
          <Icon name={statusIcon[status]} />
          <b>
            <span className="sr">Attempt </span>
            {attempt.n}
          </b>
          <span className="faint">
            <Took attempt={attempt} isOver={isOver} />
          </span>
          <span className={styles.said}>{attempt.error === null ? statusWord(status) : shortError(attempt.error)}</span>
        </button>
      </li>
    </>
  );
}

/** Scrolls the list alone: the page must not move because it was opened. */
function scrollTo(entry: HTMLElement): void {
  const box = entry.closest<HTMLElement>(`.${styles.tries}`);
  const isBelow = box !== null && entry.offsetTop + entry.offsetHeight > box.scrollTop + box.clientHeight;
  if (isBelow) box.scrollTop = entry.offsetTop + entry.offsetHeight - box.clientHeight;
}

function Took({ attempt, isOver }: { attempt: AttemptView; isOver: boolean }) {
  const startedMs = toMs(attempt.startedAt);
  if (attempt.finishedAt !== null) return <Duration ms={toMs(attempt.finishedAt) - startedMs} />;
  return isOver ? 'cut off' : <Duration sinceMs={startedMs} />;
}

function AttemptFacts({ step, attempt }: { step: StepView; attempt: AttemptView }) {
  return (
    <Facts
      className={styles.tryFacts}
      facts={[
        { name: 'Started', value: <Timestamp at={attempt.startedAt} ms /> },
        { name: 'Ended', value: attempt.finishedAt !== null && <Timestamp at={attempt.finishedAt} ms /> },
        { name: 'Ended by', value: attempt.endedBy !== undefined && endedByWords(attempt.endedBy) },
        { name: 'Left by', value: step.port !== null && <code>{step.port}</code> },
        {
          name: 'Key sent',
          value: attempt.idempotencyKey !== null && (
            <span className={styles.key}>
              <code>{attempt.idempotencyKey}</code>
              <CopyButton text={attempt.idempotencyKey} label="Copy idempotency key" />
            </span>
          ),
        },
      ]}
    />
  );
}
