'use client';

/**
 * All flows of the workspace: find, open, begin, bring in. The address holds what is searched. Refuses to load
 * documents: rows come without them.
 */
import './flows-list.css';
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import dynamic from 'next/dynamic';
import { useRouter } from 'next/navigation';
import { useDeferredValue, useMemo, useState } from 'react';
import { useCommands } from '@/components/frame/commands';
import { PageBody, PageHeader } from '@/components/frame/page-header';
import { useTRPC, useTRPCClient } from '@/components/trpc/provider';
import { Button, IconButton } from '@/components/ui/button';
import { type Column, DataTable } from '@/components/ui/data-table';
import { Menu } from '@/components/ui/menu';
import { SearchInput } from '@/components/ui/search-input';
import { useShortcut } from '@/components/ui/shortcut';
import { EmptyState, ErrorState, LoadingRows } from '@/components/ui/states';
import { Chip, StatusText } from '@/components/ui/status';
import { Timestamp } from '@/components/ui/timestamp';
import type { FlowDocument } from '@/core/flow/document';
import type { RunStatus } from '@/core/run/types';
import { Examples } from './examples';
import { type FlowActions, useFlowActions } from './use-flow-actions';

// Both hold the catalogue of steps and the document's schema: a list needs neither before somebody asks.
const NewFlowDialog = dynamic(() => import('./new-flow-dialog').then((module) => module.NewFlowDialog), { ssr: false });
const ImportDialog = dynamic(() => import('./import-dialog').then((module) => module.ImportDialog), { ssr: false });

interface FlowRow {
  readonly id: string;
  readonly name: string;
  readonly liveVersion: number | null;
  readonly paused: boolean;
  readonly updatedAt: string;
}

interface LastRun {
  readonly id: string;
  readonly status: RunStatus;
  readonly createdAt: string;
}

const pageSize = 50;

export function FlowsList({ initialQuery }: { initialQuery: string }) {
  const trpc = useTRPC();
  const client = useTRPCClient();
  const router = useRouter();
  const [q, setQ] = useState(initialQuery);
  const searched = useDeferredValue(q.trim());
  const [dialog, setDialog] = useState<'new' | 'import' | null>(null);
  const actions = useFlowActions();
  const query = useInfiniteQuery(
    trpc.flows.list.infiniteQueryOptions(
      { limit: pageSize, ...(searched === '' ? {} : { q: searched }) },
      { getNextPageParam: (page) => page.nextCursor ?? undefined, placeholderData: (before) => before },
    ),
  );
  const lastRuns = useLastRuns();
  const rows = useMemo(() => query.data?.pages.flatMap((page) => page.items) ?? [], [query.data]);
  const columns = useMemo(() => columnsOf(lastRuns, actions), [lastRuns, actions]);
  const create = async (document: FlowDocument) => {
    const { id } = await client.flows.create.mutate({ document });
    router.push(`/flows/${id}`);
  };
  const search = (text: string) => {
    setQ(text);
    const url = new URL(window.location.href);
    if (text === '') {
      url.searchParams.delete('q');
    } else {
      url.searchParams.set('q', text);
    }
    window.history.replaceState(window.history.state, '', url);
  };
  useShortcut('C', () => setDialog('new'));
  useCommands([
    { id: 'flows.new', label: 'New flow', group: 'Flows', icon: 'plus', keys: 'C', run: () => setDialog('new') },
    { id: 'flows.import', label: 'Import a flow', group: 'Flows', icon: 'publish', run: () => setDialog('import') },
  ]);
  const isFirst = query.isSuccess && rows.length === 0 && searched === '';
  return (
    <>
      <PageHeader
        title="Flows"
        actions={
          <>
            {!isFirst && <SearchInput value={q} onValueChange={search} placeholder="Search flows by name" />}
            <Button icon="publish" onClick={() => setDialog('import')}>
              Import…
            </Button>
            <Button variant="primary" icon="plus" onClick={() => setDialog('new')}>
              New flow
            </Button>
          </>
        }
      />
      {query.isPending ? (
        <PageBody>
          <LoadingRows label="Loading flows" />
        </PageBody>
      ) : query.isError && rows.length === 0 ? (
        <PageBody padded>
          <ErrorState
            error={query.error}
            title="The flows could not be loaded"
            onRetry={() => void query.refetch()}
            isRetrying={query.isFetching}
          />
        </PageBody>
      ) : isFirst ? (
        <PageBody padded>
          <FirstFlow onNew={() => setDialog('new')} />
        </PageBody>
      ) : (
        <>
          <DataTable<FlowRow>
            label="Flows, last changed first"
            pageKeys
            columns={columns}
            rows={rows}
            rowKey={(row) => row.id}
            rowHref={(row) => `/flows/${row.id}`}
            empty={
              <p className="nothing-found">
                No flow is called <b>{searched}</b>.{' '}
                <Button small onClick={() => search('')}>
                  Show all
                </Button>
              </p>
            }
          />
          <ListFoot
            count={rows.length}
            hasMore={query.hasNextPage}
            isBusy={query.isFetchingNextPage}
            onMore={() => void query.fetchNextPage()}
          />
        </>
      )}
      {dialog === 'new' && <NewFlowDialog onOpenChange={() => setDialog(null)} onCreate={create} />}
      {dialog === 'import' && (
        <ImportDialog
          open
          onOpenChange={() => setDialog(null)}
          title="Import a flow"
          description="It becomes a draft of its own; nothing runs before you publish it."
          confirmLabel="Import and open"
          onImport={create}
        />
      )}
      {actions.dialog}
    </>
  );
}

function ListFoot(props: { count: number; hasMore: boolean; isBusy: boolean; onMore: () => void }) {
  const { count, hasMore, isBusy, onMore } = props;
  return (
    <footer className="pager">
      <span>
        {count} {count === 1 ? 'flow' : 'flows'}
        {hasMore ? ' shown' : ''}, last changed first
      </span>
      {hasMore && (
        <Button small className="push" busy={isBusy} onClick={onMore}>
          Show {pageSize} more
        </Button>
      )}
    </footer>
  );
}

function FirstFlow({ onNew }: { onNew: () => void }) {
  return (
    <EmptyState
      icon="flows"
      title="Draw your first flow"
      actions={
        <Button variant="primary" icon="plus" onClick={onNew}>
          New flow
        </Button>
      }
      example={
        <>
          <h3 className="examples-title">Or begin with one that works. It needs no other system.</h3>
          <Examples />
        </>
      }
    >
      A flow says what happens when an event arrives: a webhook is called, another flow publishes something, or somebody
      presses Run. You draw its steps, publish it, and every run can be watched step by step.
    </EmptyState>
  );
}

/** The newest run of each flow among the latest of the workspace: one question for the whole list. */
function useLastRuns(): ReadonlyMap<string, LastRun> {
  const trpc = useTRPC();
  const runs = useQuery(trpc.runs.list.queryOptions({ limit: 200 }));
  return useMemo(() => {
    const last = new Map<string, LastRun>();
    for (const { id, flowId, status, createdAt } of runs.data?.items ?? []) {
      if (!last.has(flowId)) {
        last.set(flowId, { id, status, createdAt });
      }
    }
    return last;
  }, [runs.data]);
}

function columnsOf(lastRuns: ReadonlyMap<string, LastRun>, actions: FlowActions): Column<FlowRow>[] {
  return [
    { id: 'name', header: 'Name', cell: (row) => <b className="flow-name">{row.name}</b> },
    { id: 'state', header: 'State', width: '220px', cell: (row) => <State row={row} /> },
    {
      id: 'last',
      header: 'Last run',
      width: '240px',
      cell: (row) => {
        const last = lastRuns.get(row.id);
        return last ? (
          <span className="last-run">
            <StatusText status={last.status} />
            <span className="faint">
              <Timestamp at={last.createdAt} format="relative" />
            </span>
          </span>
        ) : (
          <span className="faint" title="None among the latest runs of the workspace">
            none lately
          </span>
        );
      },
    },
    {
      id: 'changed',
      header: 'Changed',
      width: '160px',
      className: 'muted',
      cell: (row) => <Timestamp at={row.updatedAt} />,
    },
    {
      id: 'more',
      header: <span className="sr">Actions</span>,
      width: '52px',
      cell: (row) => <RowMenu row={row} actions={actions} />,
    },
  ];
}

function State({ row }: { row: FlowRow }) {
  return (
    <span className="bar">
      {row.liveVersion === null ? (
        <span className="faint">draft, never published</span>
      ) : (
        <Chip title="This version starts runs">live v{row.liveVersion}</Chip>
      )}
      {row.paused && <Chip icon="pause">paused</Chip>}
    </span>
  );
}

function RowMenu({ row, actions }: { row: FlowRow; actions: FlowActions }) {
  return (
    <Menu
      trigger={<IconButton small icon="more" label={`Actions for ${row.name}`} />}
      items={[
        { kind: 'link', label: 'Open', icon: 'flows', href: `/flows/${row.id}` },
        { kind: 'link', label: 'Runs', icon: 'runs', href: `/runs?flow=${row.id}` },
        { kind: 'link', label: 'Versions', icon: 'clock', href: `/flows/${row.id}/versions` },
        { kind: 'rule' },
        { label: 'Duplicate', icon: 'copy', onSelect: () => actions.duplicate(row) },
        { label: 'Export as JSON', icon: 'download', onSelect: () => actions.exportFlow(row) },
        row.paused
          ? { label: 'Resume', icon: 'play', onSelect: () => actions.resume(row) }
          : { label: 'Pause', icon: 'pause', onSelect: () => actions.pause(row) },
        { kind: 'rule' },
        { label: 'Delete…', icon: 'trash', danger: true, onSelect: () => actions.remove(row) },
      ]}
    />
  );
}
