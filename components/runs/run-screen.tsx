'use client';

/**
 * One run: why it ended or waits in one sentence, the picture of what happened, its timeline, and the step that matters
 * opened beside it. Live without a reload until it has ended. The address holds the step, tab and attempt.
 */
import { useQuery } from '@tanstack/react-query';
import { parseAsInteger, parseAsString, parseAsStringLiteral, useQueryStates } from 'nuqs';
import { useCallback, useMemo } from 'react';
import { PlainPage } from '@/components/frame/plain-page';
import { problemOf } from '@/components/trpc/failure';
import { useTRPC } from '@/components/trpc/provider';
import { ButtonLink } from '@/components/ui/button';
import { ErrorState, Skeleton } from '@/components/ui/states';
import { stepToOpen } from './choose-step';
import { RunCanvas } from './run-canvas';
import { drawnSteps } from './run-context';
import { RunFacts, Why } from './run-facts';
import { RunHeader } from './run-header';
import styles from './run-page.module.css';
import { StepPanel, stepTabs } from './step-panel';
import { Timeline } from './timeline';
import type { RunView } from './types';
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
  tab: parseAsStringLiteral(stepTabs),
  attempt: parseAsInteger,
};

function OneRun({ run, publicUrl }: { run: RunView; publicUrl: string }) {
  const [view, setView] = useQueryStates(viewParsers, { history: 'replace' });
  const document = useRunDocument(run.id);
  const event = useRunEvent(run.event.position);
  const flow = useFlow(run.flowId);
  const steps = useMemo(() => drawnSteps(document.data), [document.data]);

  const step = run.steps.find(({ id }) => id === view.step) ?? run.steps.find(({ id }) => id === stepToOpen(run));
  const select = useCallback(
    (stepId: string): void => void setView({ step: stepId, tab: null, attempt: null }),
    [setView],
  );
  const dedup = steps.stepOf(run.trigger.stepId)?.config?.dedup;
  const deliveryHeader = dedup && typeof dedup === 'object' && 'header' in dedup ? String(dedup.header) : undefined;
  return (
    <div className={styles.page}>
      <RunHeader
        run={run}
        event={event.data}
        publicUrl={publicUrl}
        deliveryHeader={deliveryHeader}
        isFlowThere={flow.isThere}
      />
      <RunFacts run={run} event={event.data} liveVersion={flow.liveVersion} />
      <Why run={run} steps={steps} onShow={(stepId) => void setView({ step: stepId, tab: 'error', attempt: null })} />
      <div className={styles.work}>
        <RunCanvas run={run} document={document} selected={step?.id ?? null} onSelect={select} />
        <div className={styles.side}>
          <Timeline run={run} steps={steps} selected={step?.id ?? null} onSelect={select} />
          {step && (
            <StepPanel
              key={step.id}
              run={run}
              step={step}
              steps={steps}
              tab={view.tab}
              onTab={(tab) => void setView({ step: step.id, tab })}
              attempt={view.attempt}
              onAttempt={(attempt) => void setView({ step: step.id, attempt })}
              isFlowThere={flow.isThere}
            />
          )}
        </div>
      </div>
    </div>
  );
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
