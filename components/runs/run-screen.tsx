'use client';

/**
 * One run: why it ended or waits in one sentence, the picture of what happened, its timeline, and the step that matters
 * opened beside it. Live without a reload until it has ended. The address holds the step, tab and attempt.
 */
import { useQuery } from '@tanstack/react-query';
import { parseAsInteger, parseAsString, parseAsStringLiteral, useQueryStates } from 'nuqs';
import { useCallback, useEffect, useMemo, useRef, useState } from 'react';
import { PlainPage } from '@/components/frame/plain-page';
import { problemOf } from '@/components/trpc/failure';
import { useTRPC } from '@/components/trpc/provider';
import { ButtonLink } from '@/components/ui/button';
import { classes } from '@/components/ui/classes';
import { ErrorState, Skeleton } from '@/components/ui/states';
import { noPath } from '@/core/run/iteration-path';
import { isTerminal } from '@/core/run/types';
import { BlockedPanel } from './blocked-panel';
import { placeToOpen } from './choose-step';
import { type ShownRun, type StepPlace, shownRun, validPath } from './iterations';
import { type AgainMode, type AgainPreview, canRetry, previewedRun } from './run-again';
import { RunAgainPanel } from './run-again-panel';
import { RunCanvas } from './run-canvas';
import { type DrawnSteps, drawnSteps } from './run-context';
import { RunFacts, Why } from './run-facts';
import { hasFamily, RunFamily } from './run-family';
import { RunHeader } from './run-header';
import styles from './run-page.module.css';
import { StepPanel, type StepTab, stepTabs } from './step-panel';
import { Timeline } from './timeline';
import type { RunView } from './types';
import { useAskedIterations, useLastLook } from './use-iterations';
import { useRun, useRunDocument, useRunEvent } from './use-run';

export interface RunScreenProps {
  readonly runId: string;
  /** Origin without a trailing slash, where webhooks answer. */
  readonly publicUrl: string;
}

export function RunScreen({ runId, publicUrl }: RunScreenProps) {
  const run = useRun(runId);
  if (run.data !== undefined) return <OneRun key={runId} run={run.data} publicUrl={publicUrl} />;
  if (run.error === null) return <LoadingRun />;
  if (problemOf(run.error)?.code === 'resource.notFound') return <NoSuchRun />;
  return (
    <div className={styles.fault}>
      <ErrorState
        error={run.error}
        title="The run could not be loaded"
        onRetry={() => void run.refetch()}
        isRetrying={run.isFetching}
      />
    </div>
  );
}

const viewParsers = {
  step: parseAsString,
  /** The chosen iteration, such as `lines[3]`. */
  path: parseAsString,
  tab: parseAsStringLiteral(stepTabs),
  attempt: parseAsInteger,
  /** What is being prepared: doing the run again. */
  again: parseAsStringLiteral(['retry', 'rerun'] as const satisfies AgainMode[]),
  /** The step a rerun begins at. */
  from: parseAsString,
};

interface RunPageProps {
  readonly run: RunView;
  readonly publicUrl: string;
}

function OneRun({ run, publicUrl }: RunPageProps) {
  const [view, setView] = useQueryStates(viewParsers, { history: 'replace' });
  const document = useRunDocument(run.id);
  const flow = useFlow(run.flowId);
  const steps = useMemo(() => drawnSteps(document.data), [document.data]);

  const { shown, known, place, step } = useShown(run, view, steps);
  // What is open stays in the iteration that is looked at.
  const go = useCallback(
    (to: StepPlace, tab: StepTab | null = null): void =>
      void setView({ step: to.stepId, path: to.path === noPath ? null : to.path, tab, attempt: null }),
    [setView],
  );
  const select = useCallback((stepId: string): void => go({ stepId, path: place.path }), [go, place.path]);
  const again = useAgain(run, view.again, (mode, from) => void setView({ again: mode, from }));
  return (
    <div className={styles.page}>
      <AboutRun
        run={run}
        steps={steps}
        flow={flow}
        publicUrl={publicUrl}
        onAgain={(mode) => again.open(mode, null)}
        onShow={(to) => go(to, 'error')}
      />
      <div className={styles.work}>
        <RunCanvas
          shown={again.drawn ?? shown}
          path={again.drawn === null ? place.path : noPath}
          steps={steps}
          document={document}
          selected={step?.id ?? null}
          onSelect={select}
        />
        <div className={classes(styles.side, again.mode !== null && styles.covered)}>
          {again.mode !== null && (
            <RunAgainPanel
              key={again.mode}
              run={run}
              steps={steps}
              mode={again.mode}
              from={view.from}
              onFrom={(from) => void setView({ from })}
              liveVersion={flow.liveVersion}
              onClose={again.close}
              onPreview={again.mark}
            />
          )}
          {hasFamily(run) && <RunFamily run={run} />}
          <Timeline shown={shown} known={known} steps={steps} selected={step?.id ?? null} onSelect={select} />
          {step && (
            <StepPanel
              key={step.id}
              run={shown.run}
              step={step}
              steps={steps}
              known={known}
              path={place.path}
              tally={shown.tallies.get(step.id)}
              tab={view.tab}
              onTab={(tab) => void setView({ step: step.id, path: view.path ?? (place.path || null), tab })}
              attempt={view.attempt}
              onAttempt={(attempt) => void setView({ step: step.id, path: view.path ?? (place.path || null), attempt })}
              isFlowThere={flow.isThere}
              onShow={select}
              onPlace={go}
              onPath={(path) => void setView({ step: step.id, path: path === noPath ? null : path, attempt: null })}
              onRerun={(from) => again.open('rerun', from)}
            />
          )}
        </div>
      </div>
    </div>
  );
}

interface AboutRunProps extends RunPageProps {
  readonly steps: DrawnSteps;
  readonly flow: ReturnType<typeof useFlow>;
  readonly onAgain: (mode: AgainMode) => void;
  readonly onShow: (place: StepPlace) => void;
}

/** What stands above the picture: what can be done with the run, its facts, and why it is as it is. */
function AboutRun({ run, steps, flow, publicUrl, onAgain, onShow }: AboutRunProps) {
  const event = useRunEvent(run.event.position);
  const dedup = steps.stepOf(run.trigger.stepId)?.config?.dedup;
  const deliveryHeader = dedup && typeof dedup === 'object' && 'header' in dedup ? String(dedup.header) : undefined;
  return (
    <>
      <RunHeader
        run={run}
        event={event.data}
        publicUrl={publicUrl}
        deliveryHeader={deliveryHeader}
        isFlowThere={flow.isThere}
        onAgain={onAgain}
      />
      <RunFacts run={run} event={event.data} liveVersion={flow.liveVersion} steps={steps} />
      {run.status === 'blocked' ? (
        <BlockedPanel run={run} steps={steps} onShow={onShow} />
      ) : (
        <Why run={run} steps={steps} onShow={onShow} />
      )}
    </>
  );
}

interface Chosen {
  readonly step: string | null;
  readonly path: string | null;
}

/**
 * What the address asks for, or what tells most, in the iteration it is in; and the run as it is to be seen from there.
 */
function useShown(run: RunView, { step: wished, path }: Chosen, steps: DrawnSteps) {
  const opened = wished === null || !run.steps.some(({ id }) => id === wished) ? placeToOpen(run) : null;
  const chosenPath = validPath(path ?? opened?.path ?? noPath, steps);
  const place: StepPlace = { stepId: opened?.stepId ?? wished ?? '', path: chosenPath };
  const asked = useAskedIterations(run, chosenPath).steps;
  useLastLook(run);
  const known = useMemo(() => [...run.steps, ...asked], [run.steps, asked]);
  const shown = useMemo(() => shownRun(run, chosenPath, asked, steps), [run, chosenPath, asked, steps]);
  return { shown, known, place, step: shown.run.steps.find(({ id }) => id === place.stepId) };
}

/** The panel that does a run again: open, what it marks on the drawing, and where focus goes when it closes. */
function useAgain(
  run: RunView,
  asked: AgainMode | null,
  setAsked: (mode: AgainMode | null, from: string | null) => void,
) {
  const [preview, setPreview] = useState<AgainPreview | null>(null);
  const opener = useRef<Element | null>(null);
  const isPossible = asked === 'retry' ? canRetry(run) : isTerminal(run.status);
  const mode = isPossible ? asked : null;
  const isOpen = mode !== null;
  useEffect(() => {
    if (!isOpen) return;
    return () => {
      const before = opener.current?.isConnected ? opener.current : window.document.getElementById('main');
      if (before instanceof HTMLElement) before.focus();
    };
  }, [isOpen]);
  return {
    mode,
    drawn: useMemo(
      (): ShownRun | null =>
        preview === null || !isOpen ? null : { run: previewedRun(run, preview), tallies: new Map() },
      [run, preview, isOpen],
    ),
    mark: setPreview,
    open(next: AgainMode, from: string | null): void {
      opener.current = window.document.activeElement;
      setAsked(next, from);
    },
    close: () => setAsked(null, null),
  };
}

/** What the flow is today. A flow that was deleted leaves its runs behind. */
function useFlow(flowId: string): { isThere: boolean; liveVersion: number | null | undefined } {
  const trpc = useTRPC();
  const flow = useQuery(trpc.flows.get.queryOptions({ flowId }, { staleTime: 30_000 }));
  const isGone = problemOf(flow.error)?.code === 'resource.notFound';
  return { isThere: !isGone, liveVersion: flow.data?.liveVersion };
}

function LoadingRun() {
  return (
    <div className={styles.page} role="status" aria-label="Loading the run">
      <div className="head">
        <Skeleton width="320px" />
      </div>
      <div className={styles.loadingFacts}>
        <Skeleton width="60%" />
      </div>
      <div className={styles.work}>
        <div className={styles.ground} />
        <div className={styles.side}>
          <div className={styles.loading}>
            {['38%', '62%', '50%', '71%', '44%'].map((width) => (
              <Skeleton key={width} width={width} />
            ))}
          </div>
        </div>
      </div>
    </div>
  );
}

function NoSuchRun() {
  return (
    <PlainPage
      title="There is no such run"
      actions={
        <ButtonLink variant="primary" href="/runs">
          Go to runs
        </ButtonLink>
      }
    >
      <p>The address may be incomplete, or the run belongs to another workspace.</p>
    </PlainPage>
  );
}
