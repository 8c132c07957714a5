'use client';

/**
 * The page of one flow: fetches the draft while the editor's code loads, then opens it once. What the server says later
 * about the draft reaches the editor through its saves; facts such as the live version are always the latest.
 */
import { useQuery } from '@tanstack/react-query';
import dynamic from 'next/dynamic';
import { useRef } from 'react';
import { PageBody, PageHeader } from '@/components/frame/page-header';
import type { HookPlace } from '@/components/inspector/webhook-address';
import { useTRPC } from '@/components/trpc/provider';
import { ButtonLink } from '@/components/ui/button';
import { ErrorState, LoadingRows } from '@/components/ui/states';
import { FlowTabs } from './flow-tabs';
import type { OpenedFlow } from './open-flow';

const OpenFlow = dynamic(() => import('./open-flow').then((module) => module.OpenFlow), {
  ssr: false,
  loading: () => <LoadingRows label="Opening the editor" />,
});

export function FlowDesigner({ flowId, hooks }: { flowId: string; hooks: HookPlace }) {
  const trpc = useTRPC();
  const query = useQuery({
    ...trpc.flows.get.queryOptions({ flowId }),
    // A draft that was left may have been saved since by the leaving itself: never open an old one.
    gcTime: 0,
    refetchOnWindowFocus: false,
  });
  const first = useRef<OpenedFlow | null>(null);
  if (query.data && (first.current === null || first.current.id !== query.data.id)) {
    first.current = query.data;
  }
  if (first.current !== null) {
    const { liveVersion, paused } = query.data ?? first.current;
    return <OpenFlow key={flowId} flow={{ ...first.current, liveVersion, paused }} hooks={hooks} />;
  }
  return (
    <>
      <PageHeader crumbs={[{ label: 'Flows', href: '/flows' }]} title="Flow" />
      <FlowTabs flowId={flowId} />
      <PageBody padded={query.isError}>
        {query.isError ? (
          <ErrorState
            error={query.error}
            title="The flow could not be opened"
            onRetry={() => void query.refetch()}
            isRetrying={query.isFetching}
            actions={
              <ButtonLink small href="/flows">
                All flows
              </ButtonLink>
            }
          />
        ) : (
          <LoadingRows label="Opening the flow" />
        )}
      </PageBody>
    </>
  );
}
