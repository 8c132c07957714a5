'use client';

/** The facts of a run in one line, and the sentence that says why it ended or waits. */
import { useQuery } from '@tanstack/react-query';
import Link from 'next/link';
import { useTRPC } from '@/components/trpc/provider';
import type { RouterOutputs } from '@/components/trpc/types';
import { classes } from '@/components/ui/classes';
import { CopyButton } from '@/components/ui/copy-button';
import { type Fact, FactsRow } from '@/components/ui/facts';
import { Icon } from '@/components/ui/icon';
import { statusClass, statusIcon } from '@/components/ui/status';
import { formatCount, formatDuration, toMs } from '@/components/ui/time';
import { Timestamp, useNow } from '@/components/ui/timestamp';
import { isTerminal } from '@/core/run/types';
import type { StepPlace } from './iterations';
import { Took, versionWords } from './run-columns';
import type { DrawnSteps } from './run-context';
import { RunId, shortRunId } from './run-id';
import styles from './run-page.module.css';
import { runSentence, stopFacts, wasStopped } from './run-sentence';
import { receivedRequest, triggerWords } from './trigger-words';
import type { RunEvent, RunView } from './types';
import { useJournal } from './use-run';
import { useTimeline } from './use-timeline';

export interface RunFactsProps {
  readonly run: RunView;
  readonly event: RunEvent | undefined;
  /** The version that starts runs now; null for none, undefined while it is not known. */
  readonly liveVersion: number | null | undefined;
  readonly steps: DrawnSteps;
}

/** Less waiting than this is the engine's own time between two steps, which nobody can do anything about. */
const waitingWorthSayingMs = 250;

export function RunFacts({ run, event, liveVersion, steps }: RunFactsProps) {
  const { waitingMs } = useTimeline(run, steps, false);
  const repeats = useRepeats(run);
  const subject = event?.event.subject;
  const tags = Object.entries(run.tags).map(([name, value]): Fact => ({ name, value: <code>{value}</code> }));
  const isNewSubject = typeof subject === 'string' && !Object.values(run.tags).includes(subject);
  const facts: Fact[] = [
    { name: 'Version', value: <Version run={run} liveVersion={liveVersion} /> },
    { name: 'Retry of', value: run.retryOf !== null && <RunLink id={run.retryOf} /> },
    { name: 'Retried as', value: repeats.length > 0 && <Repeats repeats={repeats} /> },
    { name: 'Parent', value: run.parentRunId !== null && <RunLink id={run.parentRunId} /> },
    { name: 'Trigger', value: <Trigger run={run} event={event} /> },
    ...tags,
    { name: 'Subject', value: isNewSubject && <code>{subject}</code> },
    {
      name: run.startedAt === null ? 'Created' : 'Started',
      value: <Timestamp at={run.startedAt ?? run.createdAt} format="date" ms />,
    },
    {
      name: 'Took',
      value: run.startedAt !== null && (
        <>
          <Took run={run} />
          {waitingMs >= waitingWorthSayingMs && (
            <span className="faint"> of it waiting {formatDuration(shownWaitingMs(run, waitingMs))}</span>
          )}
        </>
      ),
    },
    {
      name: 'Event',
      value: (
        <span className={styles.event} title={`${run.event.type}, id ${run.event.id}`}>
          position {formatCount(run.event.position)}
          <CopyButton text={run.event.id} label="Copy event id" className={styles.factCopy} />
        </span>
      ),
    },
  ];
  return <FactsRow facts={facts} />;
}

const RunLink = ({ id }: { id: string }) => (
  <Link className="link" href={`/runs/${id}`}>
    <RunId id={id} />
  </Link>
);

type Repeat = RouterOutputs['runs']['repeats']['items'][number];

/** The newest of them; the others are a hover away, and one link further. */
function Repeats({ repeats }: { repeats: readonly Repeat[] }) {
  const newest = repeats.at(-1);
  if (newest === undefined) return null;
  const others = repeats.slice(0, -1);
  return (
    <span className={classes(styles.event, statusClass(newest.status))}>
      <RunLink id={newest.id} />
      <span className="faint">{newest.status}</span>
      {others.length > 0 && (
        <span className="faint" title={others.map(({ id, status }) => `${shortRunId(id)}, ${status}`).join('\n')}>
          and {others.length} before
        </span>
      )}
    </span>
  );
}

/** Only a run that has ended can have been done again. */
function useRepeats(run: RunView): readonly Repeat[] {
  const trpc = useTRPC();
  const repeats = useQuery(trpc.runs.repeats.queryOptions({ runId: run.id }, { enabled: isTerminal(run.status) }));
  return repeats.data?.items ?? [];
}

/** Counted in whole seconds while it grows, as the time beside it is. */
const shownWaitingMs = (run: RunView, waitingMs: number): number =>
  run.finishedAt === null ? Math.floor(waitingMs / 1000) * 1000 : waitingMs;

function Version({ run, liveVersion }: Pick<RunFactsProps, 'run' | 'liveVersion'>) {
  const words = versionWords(run);
  if (run.version === null || liveVersion === undefined) return words;
  const state = run.version === liveVersion ? 'live' : liveVersion === null ? '' : `live is v${liveVersion}`;
  return (
    <>
      {words} <span className="faint">{state}</span>
    </>
  );
}

function Trigger({ run, event }: Pick<RunFactsProps, 'run' | 'event'>) {
  const request = event && receivedRequest(event.event);
  if (request) {
    return (
      <code>
        {request.method} {decodeURI(request.path)}
      </code>
    );
  }
  const words = triggerWords(run);
  return run.trigger.kind === 'trigger.event' ? <code>{words}</code> : words;
}

export interface WhyProps {
  readonly run: RunView;
  readonly steps: DrawnSteps;
  readonly onShow: (place: StepPlace) => void;
}

/** Whether the step that the sentence names is one that failed. */
const endsWithError = (status: RunView['status']): boolean =>
  status === 'failed' || status === 'blocked' || status === 'compensated' || status === 'compensating';

export function Why({ run, steps, onShow }: WhyProps) {
  const trpc = useTRPC();
  const isStopped = wasStopped(run);
  const journal = useJournal(run, isStopped);
  const profile = useQuery(trpc.profile.get.queryOptions(undefined, { enabled: isStopped }));
  const nowMs = useNow();
  const sentence = runSentence(run, {
    ...(nowMs === null ? {} : { nowMs }),
    nameOf: steps.nameOf,
    triesOf: steps.triesOf,
    undoesOf: steps.undoesOf,
    stop: journal.data ? stopFacts(journal.data) : null,
    ...(profile.data === undefined ? {} : { me: `user:${profile.data.user.id}` }),
  });
  if (sentence === null) return null;
  const { lead, rest, stepId, path, runId, until, untilWords } = sentence;
  return (
    <div className={classes(styles.why, statusClass(run.status))}>
      <Icon name={statusIcon[run.status]} />
      <p>
        <b>
          {lead}
          {rest === '' ? '.' : ':'}
        </b>{' '}
        {rest}
        {until !== undefined && toMs(until) > 0 && (
          <>
            {' '}
            {untilWords} <Timestamp at={until} /> (<Timestamp at={until} format="relative" />
            ).
          </>
        )}{' '}
        {runId !== undefined && (
          <Link className="link" href={`/runs/${runId}`}>
            Open that run
          </Link>
        )}
        {stepId !== null && (
          <button type="button" className={styles.show} onClick={() => onShow({ stepId, path: path ?? '' })}>
            {endsWithError(run.status) ? 'Show the error' : 'Show the step'}
          </button>
        )}
      </p>
    </div>
  );
}
