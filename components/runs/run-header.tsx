'use client';

/** The top of a run page: where it belongs, how it stands, what can be done with it, the way to its neighbours. */
import { useMutation } from '@tanstack/react-query';
import { useRouter } from 'next/navigation';
import { useCommands } from '@/components/frame/commands';
import { PageHeader } from '@/components/frame/page-header';
import { useTRPC } from '@/components/trpc/provider';
import { Button, IconButton } from '@/components/ui/button';
import { classes } from '@/components/ui/classes';
import { copyText } from '@/components/ui/copy-button';
import { Kbd } from '@/components/ui/kbd';
import { Menu, type MenuItem } from '@/components/ui/menu';
import { useShortcut } from '@/components/ui/shortcut';
import { StatusChip } from '@/components/ui/status';
import { useToast } from '@/components/ui/toast';
import { Tooltip } from '@/components/ui/tooltip';
import { isTerminal } from '@/core/run/types';
import { hookCurl } from './curl';
import { type AgainMode, canRetry } from './run-again';
import { RunId } from './run-id';
import styles from './run-page.module.css';
import { useStopRun, waysToStop } from './stop-run';
import type { RunEvent, RunView } from './types';
import { useNeighbours } from './use-neighbours';

export interface RunHeaderProps {
  readonly run: RunView;
  /** Undefined while it loads. */
  readonly event: RunEvent | undefined;
  /** Origin without a trailing slash. */
  readonly publicUrl: string;
  /** The header by which the trigger tells deliveries apart, when it chose one. */
  readonly deliveryHeader: string | undefined;
  /** False when the flow was deleted: there is nothing to open. */
  readonly isFlowThere: boolean;
  /** Prepares a new run that does this one again. */
  readonly onAgain: (mode: AgainMode) => void;
}

export function RunHeader(props: RunHeaderProps) {
  const { run, isFlowThere } = props;
  const { ask, dialog } = useStopRun();
  const ways = waysToStop(run);
  const copyCurl = useCopyCurl(props);
  const { canRepeat, retryLabel, retry, rerun } = useRepeating(props);
  const more = useMore(props, { copyCurl, rerun: canRepeat ? rerun : null, terminate: () => ask(run, 'terminate') });
  return (
    <>
      <PageHeader
        crumbs={[
          { label: 'Flows', href: '/flows' },
          { label: run.flowName, href: isFlowThere ? `/flows/${run.flowId}` : `/runs?flow=${run.flowId}` },
        ]}
        title={<RunId id={run.id} />}
        beside={
          <span role="status">
            <StatusChip status={run.status} size="big" />
          </span>
        }
        actions={
          <>
            <NeighbourButtons runId={run.id} />
            {copyCurl && (
              <Button icon="copy" className={styles.wideOnly} onClick={() => void copyCurl()}>
                Copy as cURL
              </Button>
            )}
            {ways.includes('cancel') && (
              <Button icon="slash" onClick={() => ask(run, 'cancel')}>
                Cancel…
              </Button>
            )}
            {run.status === 'compensating' && (
              <Button icon="terminate" onClick={() => ask(run, 'terminate')}>
                Terminate…
              </Button>
            )}
            {canRepeat && (
              <Button icon="loop" className={styles.wideOnly} onClick={rerun}>
                Rerun…
              </Button>
            )}
            {canRepeat && canRetry(run) && (
              <Button variant="primary" icon="retry" onClick={retry}>
                {retryLabel}
              </Button>
            )}
            <Menu items={more} trigger={<IconButton icon="more" label="More" />} />
          </>
        }
      />
      {dialog}
    </>
  );
}

/** Doing the run again, once it has ended and while there is a flow to do it by. */
function useRepeating({ run, isFlowThere, onAgain }: RunHeaderProps) {
  const canRepeat = isTerminal(run.status) && isFlowThere;
  const hasFailedStep = run.status === 'failed' || run.status === 'compensated';
  const retryLabel = hasFailedStep ? 'Retry from failed step…' : 'Retry…';
  const retry = () => onAgain('retry');
  const rerun = () => onAgain('rerun');
  useCommands([
    ...(canRepeat && canRetry(run) ? [{ id: 'run.retry', label: retryLabel, group: 'This run', run: retry }] : []),
    ...(canRepeat ? [{ id: 'run.rerun', label: 'Rerun…', group: 'This run', run: rerun }] : []),
  ]);
  return { canRepeat, retryLabel, retry, rerun };
}

interface MoreActions {
  readonly copyCurl: (() => Promise<void>) | null;
  readonly rerun: (() => void) | null;
  readonly terminate: () => void;
}

/** What is rare, and what a narrow page has no room for. */
function useMore({ run }: RunHeaderProps, { copyCurl, rerun, terminate }: MoreActions): MenuItem[] {
  const again = useStartAgain(run);
  const copy = useCopy();
  const isManual = run.trigger.kind === 'trigger.manual';
  const hint = againHint(run);
  const end = { label: 'Terminate…', icon: 'terminate', danger: true, onSelect: terminate } as const;
  return [
    { label: 'Copy run id', icon: 'copy', onSelect: () => void copy(run.id, 'Run id copied.') },
    ...(copyCurl === null ? [] : [{ label: 'Copy as cURL', icon: 'copy', onSelect: () => void copyCurl() } as const]),
    { label: 'Copy event id', icon: 'copy', onSelect: () => void copy(run.event.id, 'Event id copied.') },
    ...(rerun === null ? [] : [{ label: 'Rerun…', icon: 'loop', onSelect: rerun } as const]),
    ...(isManual ? [{ label: 'Start again with this data', icon: 'play', onSelect: again.start, hint } as const] : []),
    { kind: 'link', label: 'All runs of this flow', icon: 'runs', href: `/runs?flow=${run.flowId}` },
    ...(waysToStop(run).includes('terminate') ? [{ kind: 'rule' } as const, end] : []),
  ];
}

const againHint = (run: RunView): string => `As a new run of the ${run.draft ? 'draft' : 'live version'}`;

function useCopy() {
  const toast = useToast();
  return async (text: string, said: string, more?: string): Promise<void> => {
    const isCopied = await copyText(text);
    if (!isCopied) toast.show({ kind: 'failed', title: 'Not copied: the browser refused it.' });
    else toast.show({ title: said, ...(more === undefined ? {} : { more }) });
  };
}

/** @returns null when the run was not started by a webhook */
function useCopyCurl({ run, event, publicUrl, deliveryHeader }: RunHeaderProps): (() => Promise<void>) | null {
  const copy = useCopy();
  if (run.trigger.kind !== 'trigger.webhook' || event === undefined) return null;
  const command = hookCurl(event.event, publicUrl, deliveryHeader);
  if (command === null) return null;
  return () => copy(command, 'Copied as cURL.', 'Sending it starts a new run. Credentials are not kept: add them.');
}

function useStartAgain(run: RunView) {
  const trpc = useTRPC();
  const router = useRouter();
  const toast = useToast();
  const start = useMutation(
    trpc.runs.start.mutationOptions({
      onSuccess({ runId }) {
        toast.show({ title: 'Started again as a new run.' });
        router.push(`/runs/${runId}`);
      },
      onError: ({ message }) =>
        toast.show({ kind: 'failed', title: 'The run could not be started again.', more: message }),
    }),
  );
  const data = run.steps.find(({ id }) => id === run.trigger.stepId)?.output ?? null;
  return {
    isPending: start.isPending,
    start: () => start.mutate({ flowId: run.flowId, data, ...(run.draft ? { draft: true } : {}) }),
  };
}

/** J and K walk the list that the run was opened from. Replaces the address, so that Back leads to the list. */
function NeighbourButtons({ runId }: { runId: string }) {
  const { newer, older } = useNeighbours(runId);
  const router = useRouter();
  const goTo = (id: string | null): boolean => {
    if (id === null) return false;
    router.replace(`/runs/${id}`);
    return true;
  };
  useShortcut('J', () => goTo(older));
  useShortcut('K', () => goTo(newer));
  useCommands([
    ...(older === null
      ? []
      : [{ id: 'run.next', label: 'Next run', group: 'This run', keys: 'J', run: () => void goTo(older) }]),
    ...(newer === null
      ? []
      : [{ id: 'run.previous', label: 'Previous run', group: 'This run', keys: 'K', run: () => void goTo(newer) }]),
  ]);
  return (
    <div className={classes(styles.neighbours, styles.wideOnly)}>
      <Tooltip label="Next run in the list">
        <Button small variant="ghost" icon="down" disabled={older === null} onClick={() => goTo(older)}>
          <span className="sr">Next run</span>
          <Kbd keys="J" />
        </Button>
      </Tooltip>
      <Tooltip label="Previous run in the list">
        <Button small variant="ghost" icon="up" disabled={newer === null} onClick={() => goTo(newer)}>
          <span className="sr">Previous run</span>
          <Kbd keys="K" />
        </Button>
      </Tooltip>
    </div>
  );
}
