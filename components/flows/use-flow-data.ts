'use client';

/**
 * What the editor reads besides the draft: the data of the last run, the live version, variables and names of secrets.
 * Follows the flow's runs while the page is open. Refuses to fail the editor: what cannot be fetched is empty.
 */
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useSubscription } from '@trpc/tanstack-react-query';
import { useEffect, useMemo, useRef } from 'react';
import { frameOfRun, frameOfSample, type SampleData } from '@/components/inspector/sample-frame';
import { useTRPC } from '@/components/trpc/provider';
import type { FlowDocument } from '@/core/flow/document';
import type { JsonObject, JsonValue } from '@/core/json';
import type { RunStatus } from '@/core/run/types';
import type { StepData } from './data-panel';

export interface LastRunView {
  readonly id: string;
  readonly status: RunStatus;
  readonly version: number | null;
  readonly draft: boolean;
  readonly createdAt: string;
  readonly steps: readonly StepData[];
}

export interface FlowData {
  readonly sample: SampleData;
  readonly run: LastRunView | null;
  readonly live: { readonly version: number; readonly document: FlowDocument } | null;
  readonly secretNames: readonly string[];
}

export interface FlowDataOptions {
  flowId: string;
  liveVersion: number | null;
  document: FlowDocument;
  /** What previews read before the first run. */
  sampleBody: JsonValue;
}

/** Runs of a busy flow would otherwise be fetched as often as they happen. */
const refetchAtMostEveryMs = 1_000;
const noSecrets: readonly string[] = [];

export function useFlowData({ flowId, liveVersion, document, sampleBody }: FlowDataOptions): FlowData {
  const trpc = useTRPC();
  const latest = useQuery(trpc.runs.latestData.queryOptions({ flowId }));
  const version = useQuery({
    ...trpc.flows.version.queryOptions({ flowId, version: liveVersion ?? 1 }),
    enabled: liveVersion !== null,
    staleTime: Number.POSITIVE_INFINITY,
  });
  const variables = useQuery(trpc.variables.list.queryOptions({ limit: 200 }));
  const secrets = useQuery(trpc.secrets.list.queryOptions({ limit: 200 }));
  useLatestRun(flowId);

  const vars = useMemo(
    (): JsonObject => Object.fromEntries((variables.data?.items ?? []).map(({ name, value }) => [name, value])),
    [variables.data],
  );
  const triggers = document.steps.find((step) => step.kind.startsWith('trigger.'));
  const sample = useMemo(
    () =>
      latest.data
        ? frameOfRun(latest.data.run, latest.data.event, vars, sampleBody)
        : frameOfSample(triggers, vars, sampleBody),
    [latest.data, vars, triggers, sampleBody],
  );
  const live = version.data;
  return {
    sample,
    run: latest.data?.run ?? null,
    live: useMemo(
      () => (liveVersion !== null && live ? { version: live.version, document: live.document } : null),
      [liveVersion, live],
    ),
    secretNames: useMemo(() => secrets.data?.items.map(({ name }) => name) ?? noSecrets, [secrets.data]),
  };
}

/** Fetches the last run again when one changes, at most once a second. */
function useLatestRun(flowId: string): void {
  const trpc = useTRPC();
  const queries = useQueryClient();
  const timer = useRef<ReturnType<typeof setTimeout> | null>(null);
  const refresh = () => {
    timer.current ??= setTimeout(() => {
      timer.current = null;
      void queries.invalidateQueries({ queryKey: trpc.runs.latestData.queryKey({ flowId }) });
    }, refetchAtMostEveryMs);
  };
  useSubscription(trpc.runs.watch.subscriptionOptions({ flowId }, { onData: refresh }));
  useEffect(
    () => () => {
      if (timer.current !== null) {
        clearTimeout(timer.current);
      }
    },
    [],
  );
}
