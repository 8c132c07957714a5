'use client';

/**
 * A run that waits for a person: what holds it, since when, what is known, and every decision that can be taken, each
 * with what it leads to. After a decision it stays until the run has taken note. Refuses to offer what the run does not.
 */
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { problemOf } from '@/components/trpc/failure';
import { useTRPC } from '@/components/trpc/provider';
import { Button } from '@/components/ui/button';
import { classes } from '@/components/ui/classes';
import { CopyButton } from '@/components/ui/copy-button';
import { ConfirmDialog } from '@/components/ui/dialog';
import { Icon } from '@/components/ui/icon';
import { ErrorState } from '@/components/ui/states';
import { statusClass, statusIcon, statusWord } from '@/components/ui/status';
import { formatCount } from '@/components/ui/time';
import { Timestamp } from '@/components/ui/timestamp';
import type { JsonValue } from '@/core/json';
import { noPath } from '@/core/run/iteration-path';
import { placeName, type StepPlace, stepAt } from './iterations';
import { OutputDialog } from './output-dialog';
import { type Decision, type DecisionChoice, decisionsFor, outputDraft } from './resolve-words';
import type { DrawnSteps } from './run-context';
import styles from './run-operations.module.css';
import { runSentence } from './run-sentence';
import { stepsToUndo } from './step-role';
import { useStopRun } from './stop-run';
import type { RunView, StepView } from './types';

export interface BlockedPanelProps {
  readonly run: RunView;
  readonly steps: DrawnSteps;
  readonly onShow: (place: StepPlace) => void;
}

/** Mounted anew for every blockage, so that what was decided about one is not taken for the next. */
export function BlockedPanel(props: BlockedPanelProps) {
  const { reason } = props.run;
  if (reason === null) return null;
  return <OneBlockage key={`${reason.path} ${reason.stepId} ${reason.since}`} {...props} />;
}

function OneBlockage({ run, steps, onShow }: BlockedPanelProps) {
  const stepId = run.reason?.stepId ?? '';
  const path = run.reason?.path ?? noPath;
  const step = stepAt(run.steps, { stepId, path });
  const undoes = steps.undoesOf(stepId);
  const facts = {
    name: placeName({ stepId, path }, steps.nameOf),
    undoes: undoes === null ? null : steps.nameOf(undoes),
  };
  const choices = decisionsFor(run, step, facts);
  const sentence = runSentence(run, steps);
  const { ask, dialog } = useStopRun();
  const resolve = useResolve(run, stepId, path);
  const [asked, setAsked] = useState<'output' | 'compensate' | null>(null);

  const take = (decision: Decision): void => {
    if (decision === 'terminate') ask(run, 'terminate');
    else if (decision === 'output' || decision === 'compensate') setAsked(decision);
    else resolve.decide(decision);
  };
  return (
    <section className={classes(styles.blocked, statusClass('blocked'))} aria-label="What holds the run">
      <Icon name={statusIcon.blocked} />
      <div className={styles.blockedBody}>
        <p>
          <b>{sentence?.lead}:</b> {sentence?.rest}{' '}
          {step !== undefined && (
            <button type="button" className={styles.show} onClick={() => onShow({ stepId, path })}>
              Show the error
            </button>
          )}
        </p>
        <Known run={run} step={step} />
        {resolve.decided === null ? (
          <Choices choices={choices} busy={resolve.pending} onTake={take} />
        ) : (
          <p className={styles.decided} role="status">
            <Icon name="running" small className="spin" />
            Decided: {choices.find(({ decision }) => decision === resolve.decided)?.label.replace('…', '')}. The run
            goes on as soon as a worker takes it.
          </p>
        )}
        {resolve.error !== null && asked === null && (
          <ErrorState
            error={resolve.error}
            title="The decision was not taken"
            {...(problemOf(resolve.error)?.code === 'run.notWaiting'
              ? { advice: 'Somebody else may have decided already; the page now shows how the run stands.' }
              : {})}
          />
        )}
      </div>
      <GiveOutput
        isOpen={asked === 'output'}
        onClose={() => setAsked(null)}
        run={run}
        stepId={stepId}
        steps={steps}
        title={undoes === null ? `Output of ${facts.name}` : `What undoing ${facts.undoes} gave`}
        onGive={(output) => resolve.decideNow('output', output)}
      />
      <UndoEverything
        isOpen={asked === 'compensate'}
        onClose={() => setAsked(null)}
        run={run}
        stepId={stepId}
        steps={steps}
        onConfirm={() => resolve.decideNow('compensate')}
      />
      {dialog}
    </section>
  );
}

/** Since when, and what the last attempt left behind. */
function Known({ run, step }: { run: RunView; step: StepView | undefined }) {
  const last = step?.attempts.at(-1);
  return (
    <dl className={styles.known}>
      {run.reason !== null && (
        <div>
          <dt>Blocked since</dt>
          <dd>
            <Timestamp at={run.reason.since} format="relative" /> (
            <Timestamp at={run.reason.since} format="date" />)
          </dd>
        </div>
      )}
      {last !== undefined && (
        <div>
          <dt>Last attempt</dt>
          <dd>
            {last.n}, {statusWord(last.status)}, <Timestamp at={last.finishedAt ?? last.startedAt} format="time" ms />
          </dd>
        </div>
      )}
      {last?.idempotencyKey != null && (
        <div>
          <dt>Key sent</dt>
          <dd>
            <code>{last.idempotencyKey}</code>
            <CopyButton text={last.idempotencyKey} label="Copy the idempotency key that was sent" />
          </dd>
        </div>
      )}
    </dl>
  );
}

interface ChoicesProps {
  readonly choices: readonly DecisionChoice[];
  /** The decision that is on its way. */
  readonly busy: Decision | null;
  readonly onTake: (decision: Decision) => void;
}

function Choices({ choices, busy, onTake }: ChoicesProps) {
  return (
    <ul className={styles.choices} aria-label="What you can decide">
      {choices.map(({ decision, label, explains, isDangerous }) => (
        <li key={decision}>
          <Button
            small
            variant={isDangerous ? 'danger' : 'default'}
            busy={busy === decision}
            disabled={busy !== null && busy !== decision}
            onClick={() => onTake(decision)}
          >
            {label}
          </Button>
          <span>{explains}</span>
        </li>
      ))}
    </ul>
  );
}

type ResolveDecision = Exclude<Decision, 'terminate'>;

function useResolve(run: RunView, stepId: string, path: string) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const [decided, setDecided] = useState<ResolveDecision | null>(null);
  const resolve = useMutation(
    trpc.runs.resolve.mutationOptions({
      onSuccess: (_nothing, { action }) => setDecided(action === 'answer' ? null : action),
      // Refused or taken: either way the run may stand otherwise than it is shown.
      onSettled: () => queryClient.invalidateQueries(trpc.runs.pathFilter()),
    }),
  );
  const input = (action: ResolveDecision, output?: JsonValue) => ({
    runId: run.id,
    stepId,
    ...(path === noPath ? {} : { path }),
    action,
    ...(output === undefined ? {} : { output }),
  });
  return {
    decided,
    pending: resolve.isPending ? (resolve.variables.action as ResolveDecision) : null,
    error: resolve.error,
    decide: (action: ResolveDecision) => resolve.mutate(input(action)),
    /** Rejects with what the server said, for dialogs that say it themselves. */
    async decideNow(action: ResolveDecision, output?: JsonValue): Promise<void> {
      await resolve.mutateAsync(input(action, output));
    },
  };
}

interface AskedProps {
  readonly isOpen: boolean;
  readonly onClose: () => void;
  readonly run: RunView;
  readonly stepId: string;
  readonly steps: DrawnSteps;
}

/** Begins with what the step gave in the newest run of the flow, whose shape the next steps know how to read. */
function GiveOutput(props: AskedProps & { title: string; onGive: (output: JsonValue) => Promise<void> }) {
  const { isOpen, onClose, run, stepId, steps, title, onGive } = props;
  const trpc = useTRPC();
  const latest = useQuery(trpc.runs.latestData.queryOptions({ flowId: run.flowId }, { enabled: isOpen }));
  if (!isOpen || latest.isPending) return null;
  const known = latest.data?.run.steps.find(({ id, status }) => id === stepId && status === 'succeeded');
  return (
    <OutputDialog
      title={title}
      draft={outputDraft(steps.stepOf(stepId)?.kind, known?.output ?? undefined)}
      isFromRun={known !== undefined}
      onClose={onClose}
      onGive={onGive}
    />
  );
}

/** By which steps; of a loop how many iterations, each by its own. */
function undoneHow(stepId: string, run: RunView, steps: DrawnSteps): string {
  const by = steps.undoneBy(stepId);
  if (by.length > 0) return `by ${by.map(steps.nameOf).join(', ')}`;
  const count = stepAt(run.steps, { stepId, path: noPath })?.loop?.succeeded ?? 0;
  return count === 1 ? '1 iteration' : `${formatCount(count)} iterations, the last first`;
}

function UndoEverything({ isOpen, onClose, run, stepId, steps, onConfirm }: AskedProps & { onConfirm: () => unknown }) {
  const undone = stepsToUndo(run.steps, steps);
  const isUnknown = run.reason?.code === 'blocked.unknown';
  return (
    <ConfirmDialog
      open={isOpen}
      onOpenChange={(open) => !open && onClose()}
      title="Undo everything this run completed?"
      confirmLabel="Undo everything"
      cancelLabel="Leave it blocked"
      danger
      onConfirm={onConfirm}
    >
      {undone.length === 0 ? (
        <p>Nothing that has completed has a way to be undone. The run ends failed.</p>
      ) : (
        <>
          <p>The run fails, and these steps are undone in this order, even past a pivot:</p>
          <ol className={styles.undoList} aria-label="Steps that will be undone">
            {undone.map((id) => (
              <li key={id}>
                <Icon name="undo" small /> {steps.nameOf(id)} <span className="faint">{undoneHow(id, run, steps)}</span>
              </li>
            ))}
          </ol>
        </>
      )}
      {isUnknown && (
        <p>
          {steps.nameOf(stepId)} itself is not undone: nobody knows whether it took effect. Look into the system it
          called.
        </p>
      )}
    </ConfirmDialog>
  );
}
