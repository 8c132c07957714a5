'use client';

/**
 * Doing a run again: a retry of what did not succeed, or a rerun from a chosen step, on a chosen version, with other
 * data. Stands beside the drawing, which shows the same preview. Refuses to start before the server has said what would
 * be reused, executed and skipped.
 */
import { keepPreviousData, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import Link from 'next/link';
import { useRouter } from 'next/navigation';
import { useEffect, useMemo, useRef } from 'react';
import { problemOf } from '@/components/trpc/failure';
import { useTRPC } from '@/components/trpc/provider';
import { Button, IconButton } from '@/components/ui/button';
import { classes } from '@/components/ui/classes';
import { Icon, type IconName } from '@/components/ui/icon';
import { useShortcut } from '@/components/ui/shortcut';
import { ErrorState, LoadingRows, Notice } from '@/components/ui/states';
import { useToast } from '@/components/ui/toast';
import { AgainFields } from './again-fields';
import { type AgainForm, formInput, previewInput, useAgainForm } from './again-form';
import { type AgainMode, type AgainPreview, type PreviewGroup, previewGroups } from './run-again';
import { type DrawnSteps, drawnSteps } from './run-context';
import { shortRunId } from './run-id';
import styles from './run-operations.module.css';
import type { RunView } from './types';

export interface RunAgainPanelProps {
  readonly run: RunView;
  readonly steps: DrawnSteps;
  readonly mode: AgainMode;
  /** The step a rerun begins at; null for the start. */
  readonly from: string | null;
  readonly onFrom: (stepId: string | null) => void;
  readonly liveVersion: number | null | undefined;
  readonly onClose: () => void;
  /** What to mark on the drawing; null for nothing. */
  readonly onPreview: (preview: AgainPreview | null) => void;
}

export function RunAgainPanel(props: RunAgainPanelProps) {
  const { run, mode, from, onClose, onPreview } = props;
  const form = useAgainForm(run);
  const steps = useStepsOfVersion(props, form);
  const preview = usePreview(run, mode, from, form);
  const start = useStart(run, mode, from, form);
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => heading.current?.focus(), []);
  useShortcut('Escape', onClose, { whileTyping: true });
  const shown = preview.data ?? null;
  useEffect(() => onPreview(shown), [shown, onPreview]);
  useEffect(() => () => onPreview(null), [onPreview]);

  const isSettled = !form.isEdited || form.settledText === form.text;
  const isReady = preview.isSuccess && !preview.isPlaceholderData && form.fault === null && isSettled;
  return (
    <section className={styles.again} aria-labelledby="again-title">
      <header>
        <h2 id="again-title" ref={heading} tabIndex={-1}>
          {mode === 'retry' ? 'Retry what did not succeed' : 'Rerun'}
        </h2>
        <IconButton icon="close" label="Close" keys="Escape" small className="push" onClick={onClose} />
      </header>
      <form
        className={styles.againBody}
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          if (isReady) start.go(false);
        }}
      >
        <p className="muted">
          {mode === 'retry'
            ? 'Starts a new run of the same version with the same event. Nothing has started yet: this is what it would do.'
            : 'Starts a new run. Nothing has started yet: below is what it would do, and the drawing shows it.'}
        </p>
        {mode === 'rerun' && <AgainFields {...props} steps={steps} form={form} />}
        <Preview query={preview} run={run} steps={steps} />
        {start.error !== null && (
          <NotStarted error={start.error} isBusy={start.isPending} onForce={() => start.go(true)} />
        )}
        <div className={styles.againFoot}>
          <Button onClick={onClose}>Not now</Button>
          <Button type="submit" variant="primary" icon="retry" busy={start.isPending} disabled={!isReady}>
            {mode === 'retry' ? 'Start the retry' : 'Start the rerun'}
          </Button>
        </div>
      </form>
    </section>
  );
}

/** Names and steps of the version that would be executed; those of the run until they are there. */
function useStepsOfVersion({ run, steps, liveVersion }: RunAgainPanelProps, { version }: AgainForm): DrawnSteps {
  const trpc = useTRPC();
  const number = version === 'same' ? run.version : version === 'live' ? (liveVersion ?? null) : version;
  const isOther = number !== null && number !== run.version;
  const document = useQuery(
    trpc.flows.version.queryOptions(
      { flowId: run.flowId, version: number ?? 1 },
      { enabled: isOther, staleTime: Number.POSITIVE_INFINITY },
    ),
  );
  const other = document.data?.document;
  return useMemo(() => (isOther && other !== undefined ? drawnSteps(other) : steps), [isOther, other, steps]);
}

function usePreview(run: RunView, mode: AgainMode, from: string | null, form: AgainForm) {
  const trpc = useTRPC();
  return useQuery(
    trpc.runs.previewRerun.queryOptions(
      { runId: run.id, ...(mode === 'retry' ? { retry: true } : previewInput(form, from)) },
      { enabled: form.fault === null, placeholderData: keepPreviousData, retry: false },
    ),
  );
}

function useStart(run: RunView, mode: AgainMode, from: string | null, form: AgainForm) {
  const trpc = useTRPC();
  const router = useRouter();
  const queryClient = useQueryClient();
  const toast = useToast();
  const onSuccess = ({ runId }: { runId: string }): void => {
    // The page of this run says from now on what it was done again as.
    void queryClient.invalidateQueries(trpc.runs.repeats.queryFilter({ runId: run.id }));
    toast.show({ title: mode === 'retry' ? 'Retried as a new run.' : 'Rerun as a new run.' });
    router.push(`/runs/${runId}`);
  };
  const retry = useMutation(trpc.runs.retry.mutationOptions({ onSuccess }));
  const rerun = useMutation(trpc.runs.rerun.mutationOptions({ onSuccess }));
  const { isPending, error } = mode === 'retry' ? retry : rerun;
  return {
    isPending,
    error,
    go(isForced: boolean): void {
      const force = isForced ? { force: true } : {};
      if (mode === 'retry') retry.mutate({ runId: run.id, ...force });
      else rerun.mutate({ runId: run.id, ...formInput(form, from), ...force });
    },
  };
}

/** Another run that came from this one goes on: only whoever knows why may start a second beside it. */
function NotStarted({ error, isBusy, onForce }: { error: unknown; isBusy: boolean; onForce: () => void }) {
  const problem = problemOf(error);
  if (problem?.code !== 'run.retryRunning') return <ErrorState error={error} title="Nothing was started" />;
  const other = typeof problem.runId === 'string' ? problem.runId : null;
  return (
    <div role="alert">
      <Notice
        icon="warn"
        title="Nothing was started, because another run that came from this one still goes on"
        actions={
          <Button small variant="danger" busy={isBusy} onClick={onForce}>
            Start beside it
          </Button>
        }
      >
        {other !== null && (
          <>
            It is run{' '}
            <Link className="link" href={`/runs/${other}`}>
              {shortRunId(other)}
            </Link>
            .{' '}
          </>
        )}
        Wait for its end, or start a second one beside it: both will act on the world.
      </Notice>
    </div>
  );
}

const groupIcon: Readonly<Record<PreviewGroup['key'], IconName>> = {
  reused: 'check',
  executed: 'retry',
  skipped: 'dash',
};

interface PreviewProps {
  readonly query: ReturnType<typeof usePreview>;
  readonly run: RunView;
  readonly steps: DrawnSteps;
}

function Preview({ query, run, steps }: PreviewProps) {
  if (query.error !== null) {
    return <ErrorState error={query.error} title="This cannot be done" onRetry={() => void query.refetch()} />;
  }
  if (query.data === undefined) return <LoadingRows rows={4} label="Loading the preview" />;
  const groups = previewGroups(query.data, run, steps).filter(
    ({ key, steps: found }) => key !== 'skipped' || found.length > 0,
  );
  return (
    <div className={classes(styles.preview, query.isPlaceholderData && styles.stale)} aria-live="polite">
      {groups.map((group) => (
        <section key={group.key} className={styles[group.key]} aria-label={group.title}>
          <h3>
            <Icon name={groupIcon[group.key]} small />
            {group.title} <span className="faint">{group.steps.length}</span>
          </h3>
          <p className="faint small-text">{group.explains}</p>
          <ul>
            {group.steps.map(({ id, name, note }) => (
              <li key={id}>
                <Icon name={steps.iconOf(id)} small />
                <b>{name}</b>
                {note !== '' && <span className="faint">{note}</span>}
              </li>
            ))}
          </ul>
        </section>
      ))}
    </div>
  );
}
