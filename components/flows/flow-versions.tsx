'use client';

/**
 * The versions of a flow: who published what, when and why, each as it was drawn; and the way to make an earlier one
 * live again. Refuses to change a version: they are immutable.
 */
import './flow-versions.css';
import { useInfiniteQuery, useQuery, useQueryClient } from '@tanstack/react-query';
import dynamic from 'next/dynamic';
import { useState } from 'react';
import { PageBody, PageHeader } from '@/components/frame/page-header';
import { messageOf } from '@/components/trpc/failure';
import { useTRPC, useTRPCClient } from '@/components/trpc/provider';
import { Button, ButtonLink } from '@/components/ui/button';
import { classes } from '@/components/ui/classes';
import { ConfirmDialog } from '@/components/ui/dialog';
import { EmptyState, ErrorState, LoadingRows } from '@/components/ui/states';
import { Chip } from '@/components/ui/status';
import { Timestamp } from '@/components/ui/timestamp';
import { useToast } from '@/components/ui/toast';
import { actorName } from './actor-name';
import { downloadFlow } from './download';
import { FlowTabs } from './flow-tabs';

const FlowCanvas = dynamic(() => import('@/components/canvas/flow-canvas').then((module) => module.FlowCanvas), {
  ssr: false,
  loading: () => <LoadingRows label="Drawing the version" />,
});

export function FlowVersions({ flowId, initialVersion }: { flowId: string; initialVersion: number | null }) {
  const trpc = useTRPC();
  const flow = useQuery(trpc.flows.get.queryOptions({ flowId }));
  const profile = useQuery(trpc.profile.get.queryOptions());
  const query = useInfiniteQuery(
    trpc.flows.versions.infiniteQueryOptions({ flowId }, { getNextPageParam: (page) => page.nextCursor ?? undefined }),
  );
  const versions = query.data?.pages.flatMap((page) => page.items) ?? [];
  const [chosen, setChosen] = useState<number | null>(initialVersion);
  const shown = versions.find(({ version }) => version === chosen) ?? versions[0];
  const choose = (version: number) => {
    setChosen(version);
    const url = new URL(window.location.href);
    url.searchParams.set('version', String(version));
    window.history.replaceState(window.history.state, '', url);
  };
  const error = flow.error ?? query.error;
  return (
    <>
      <PageHeader crumbs={[{ label: 'Flows', href: '/flows' }]} title={flow.data?.name ?? 'Flow'} />
      <FlowTabs flowId={flowId} />
      {error ? (
        <PageBody padded>
          <ErrorState error={error} title="The versions could not be loaded" onRetry={() => void query.refetch()} />
        </PageBody>
      ) : query.isPending ? (
        <PageBody>
          <LoadingRows label="Loading versions" />
        </PageBody>
      ) : shown === undefined ? (
        <PageBody padded>
          <EmptyState
            icon="clock"
            title="Never published"
            actions={
              <ButtonLink variant="primary" href={`/flows/${flowId}`}>
                Open the editor
              </ButtonLink>
            }
          >
            Each time the flow is published, what it was then is kept here for good, and can be made live again.
          </EmptyState>
        </PageBody>
      ) : (
        <div className="versions">
          <ol aria-label="Versions, newest first">
            {versions.map((version) => (
              <li key={version.version} className={classes(version.version === shown.version && 'on')}>
                <button
                  type="button"
                  aria-current={version.version === shown.version ? 'true' : undefined}
                  onClick={() => choose(version.version)}
                >
                  <span className="bar">
                    <b>v{version.version}</b>
                    {version.live && <Chip tiny>live</Chip>}
                    <span className="faint push">
                      <Timestamp at={version.publishedAt} />
                    </span>
                  </span>
                  <span className="muted">{version.note ?? <span className="faint">no note</span>}</span>
                  <span className="faint" title={version.publishedBy}>
                    by {actorName(version.publishedBy, profile.data?.user)}
                  </span>
                </button>
              </li>
            ))}
            {query.hasNextPage && (
              <li className="older">
                <Button small busy={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
                  Older
                </Button>
              </li>
            )}
          </ol>
          <OneVersion flowId={flowId} version={shown.version} isLive={shown.live} />
        </div>
      )}
    </>
  );
}

function OneVersion({ flowId, version, isLive }: { flowId: string; version: number; isLive: boolean }) {
  const trpc = useTRPC();
  const client = useTRPCClient();
  const queries = useQueryClient();
  const toast = useToast();
  const [isAsking, setAsking] = useState(false);
  const [selected, setSelected] = useState<string | null>(null);
  const query = useQuery({
    ...trpc.flows.version.queryOptions({ flowId, version }),
    staleTime: Number.POSITIVE_INFINITY,
  });
  const promote = async () => {
    try {
      await client.flows.promote.mutate({ flowId, version });
    } catch (error) {
      throw new Error(messageOf(error), { cause: error });
    }
    await queries.invalidateQueries({ queryKey: trpc.flows.pathKey() });
    toast.show({ title: `Version ${version} is live.` });
  };
  return (
    <section className="one-version" aria-label={`Version ${version}`}>
      <header>
        <b>Version {version}</b>
        <span className="faint">as it was drawn then</span>
        <div className="bar push">
          {query.data && (
            <Button small icon="download" onClick={() => downloadFlow(query.data.document)}>
              Export
            </Button>
          )}
          <Button small disabled={isLive} onClick={() => setAsking(true)}>
            {isLive ? 'Is live' : 'Make live…'}
          </Button>
        </div>
      </header>
      {query.isError ? (
        <ErrorState error={query.error} onRetry={() => void query.refetch()} />
      ) : query.data ? (
        <FlowCanvas
          key={version}
          readOnly
          document={query.data.document}
          selected={selected}
          onSelect={setSelected}
          label={`Canvas of version ${version}`}
        />
      ) : (
        <LoadingRows label="Loading the version" />
      )}
      <ConfirmDialog
        open={isAsking}
        onOpenChange={setAsking}
        title={`Make version ${version} live?`}
        confirmLabel={`Make v${version} live`}
        cancelLabel="Leave it"
        onConfirm={promote}
      >
        <p>
          From now on triggers start runs of this version. Runs under way finish as they began; the draft stays as it
          is.
        </p>
      </ConfirmDialog>
    </section>
  );
}
