'use client';

/** The list when it is empty: how a first run comes about, or that nothing fits what was asked for. */
import { useMutation, useQuery } from '@tanstack/react-query';
import { useRouter } from 'next/navigation';
import { useTRPC } from '@/components/trpc/provider';
import { Button, ButtonLink } from '@/components/ui/button';
import { CopyButton } from '@/components/ui/copy-button';
import { EmptyState, Notice } from '@/components/ui/states';
import { useToast } from '@/components/ui/toast';
import type { FlowDocument } from '@/core/flow/document';
import { flowExamples } from '@/core/flow/examples';
import type { JsonValue } from '@/core/json';
import { shellWord } from './curl';
import styles from './runs.module.css';

/** Where webhooks of this workspace answer. */
export interface HookPlace {
  /** Origin without a trailing slash. */
  readonly publicUrl: string;
  readonly workspaceSlug: string;
}

interface FirstCall {
  readonly flowName: string;
  readonly method: string;
  readonly path: string;
  readonly body: JsonValue;
}

const example = flowExamples.find(({ samples }) => samples.some(({ type }) => type === 'webhook'));

export function NoRuns({ hooks }: { hooks: HookPlace }) {
  const live = useLiveWebhook();
  const open = useOpenExample();
  const shown = live ?? exampleCall();
  const command = shown === null ? null : curlOf(hooks, shown);
  return (
    <EmptyState
      icon="runs"
      title="No runs yet"
      actions={
        <>
          {example && (
            <Button variant="primary" icon="plus" busy={open.isPending} onClick={open.run}>
              Open the {example.name} example
            </Button>
          )}
          <ButtonLink href="/flows">Go to flows</ButtonLink>
        </>
      }
      example={
        shown !== null &&
        command !== null && (
          <div className={styles.sample}>
            <p className="muted">
              {live === null
                ? `Publish ${shown.flowName}, then send the first event from a terminal:`
                : `Or send ${shown.flowName} its first event from a terminal:`}
            </p>
            <pre>{command}</pre>
            <CopyButton text={command} label="Copy" words />
          </div>
        )
      }
    >
      A run is one event delivered to one version of a flow. It keeps every attempt, every input and every answer, so
      that you can see what happened.
    </EmptyState>
  );
}

/** The webhook of a flow that is live, since that one answers at once. */
function useLiveWebhook(): FirstCall | null {
  const trpc = useTRPC();
  const flows = useQuery(trpc.flows.list.queryOptions({}));
  const flow = flows.data?.items.find(({ liveVersion, paused }) => liveVersion !== null && !paused);
  const version = useQuery(
    trpc.flows.version.queryOptions(
      { flowId: flow?.id ?? '', version: flow?.liveVersion ?? 1 },
      { enabled: flow !== undefined },
    ),
  );
  const webhook = version.data && webhookOf(version.data.document);
  return flow === undefined || webhook == null ? null : { flowName: flow.name, ...webhook };
}

function webhookOf(document: FlowDocument): Omit<FirstCall, 'flowName'> | null {
  const step = document.steps.find(({ kind, disabled }) => kind === 'trigger.webhook' && disabled !== true);
  const path = step?.config?.path;
  if (typeof path !== 'string' || path.includes(':')) return null;
  const method = step?.config?.method;
  const known = flowExamples
    .flatMap(({ samples }) => samples)
    .find((sample) => 'path' in sample && sample.path === path);
  const body = known !== undefined && 'body' in known ? known.body : { id: 'SO-1' };
  return { path, method: typeof method === 'string' && method !== 'ANY' ? method : 'POST', body };
}

function exampleCall(): FirstCall | null {
  const sample = example?.samples.find(({ type }) => type === 'webhook');
  if (example === undefined || sample?.type !== 'webhook') return null;
  return { flowName: `the ${example.name} example`, method: sample.method, path: sample.path, body: sample.body };
}

const curlOf = ({ publicUrl, workspaceSlug }: HookPlace, { method, path, body }: FirstCall): string =>
  [
    `curl -X ${method} ${shellWord(`${publicUrl}/hooks/${workspaceSlug}/${path}`)}`,
    `-H 'content-type: application/json'`,
    `-d ${shellWord(JSON.stringify(body))}`,
  ].join(' \\\n  ');

function useOpenExample() {
  const trpc = useTRPC();
  const router = useRouter();
  const toast = useToast();
  const create = useMutation(
    trpc.flows.createExample.mutationOptions({
      onSuccess: ({ id }) => router.push(`/flows/${id}`),
      onError: ({ message }) =>
        toast.show({ kind: 'failed', title: 'The example could not be opened.', more: message }),
    }),
  );
  return {
    isPending: create.isPending,
    run: () => example !== undefined && create.mutate({ exampleId: example.id }),
  };
}

export interface NoMatchProps {
  /** Present when only a part of the runs was looked at. */
  readonly onOlder?: (() => void) | undefined;
  readonly onClear: () => void;
}

export function NoMatch({ onOlder, onClear }: NoMatchProps) {
  return (
    <div className={styles.noMatch}>
      <Notice
        icon="search"
        title={onOlder ? 'No match among the newest runs' : 'No run matches'}
        actions={
          <>
            {onOlder && (
              <Button small onClick={onOlder}>
                Look further back
              </Button>
            )}
            <Button small onClick={onClear}>
              Clear filters
            </Button>
          </>
        }
      >
        {onOlder
          ? 'There are older runs that have not been looked at yet.'
          : 'There are runs, but none with all that is asked for.'}
      </Notice>
    </div>
  );
}
