'use client';

/**
 * What stands in line at this moment: lanes by key with whose turn it is, and flows that limit how many of their runs are
 * under way. Follows what happens. Refuses to act on a lane: runs are cancelled as runs, one link away.
 */
import { keepPreviousData, useInfiniteQuery } from '@tanstack/react-query';
import { parseAsString, useQueryStates } from 'nuqs';
import { PageBody, PageHeader } from '@/components/frame/page-header';
import { FlowFilter } from '@/components/runs/flow-filter';
import { useRunNotes } from '@/components/runs/use-run-notes';
import { useTRPC } from '@/components/trpc/provider';
import { Button, ButtonLink } from '@/components/ui/button';
import { DataTable } from '@/components/ui/data-table';
import { FilterBar } from '@/components/ui/filters';
import { EmptyState, ErrorState, LoadingRows, Notice } from '@/components/ui/states';
import { laneColumns, laneHref, limitColumns, limitHref } from './lane-columns';
import styles from './lanes.module.css';

/** Often enough to feel live, rarely enough for a thousand runs a second. */
const refetchEveryMs = 1_000;
/** Whatever the notes say: one may be lost. */
const pollMs = 10_000;

export function LanesScreen() {
  const [{ flow }, setParams] = useQueryStates({ flow: parseAsString }, { history: 'replace' });
  const { lanes, limits } = useLanes(flow);
  const laneRows = lanes.data?.pages.flatMap(({ items }) => items);
  const limitRows = limits.data?.pages.flatMap(({ items }) => items);
  const error = lanes.error ?? limits.error;
  const isEmpty = laneRows?.length === 0 && limitRows?.length === 0;
  const knownName = [...(laneRows ?? []), ...(limitRows ?? [])].find(({ flowId }) => flowId === flow)?.flowName;
  return (
    <>
      <PageHeader title="Lanes" />
      <PageBody>
        <FilterBar>
          <FlowFilter flow={flow} knownName={knownName} onChange={(chosen) => void setParams({ flow: chosen })} />
        </FilterBar>
        {error !== null && (
          <div className={styles.aside}>
            <ErrorState
              error={error}
              title="The lanes could not be loaded"
              onRetry={() => void Promise.all([lanes.refetch(), limits.refetch()])}
              isRetrying={lanes.isFetching || limits.isFetching}
            />
          </div>
        )}
        {laneRows === undefined || limitRows === undefined ? (
          error === null && <LoadingRows label="Loading lanes" />
        ) : isEmpty ? (
          <Nothing isNarrowed={flow !== null} onClear={() => void setParams({ flow: null })} />
        ) : (
          <div className={styles.lists}>
            {limitRows.length > 0 && (
              <section className={styles.list} aria-labelledby="limits-title">
                <h2 id="limits-title">Flows with a limit</h2>
                <DataTable
                  className={styles.table}
                  label="Flows with a limit of runs at the same time"
                  columns={limitColumns}
                  rows={limitRows}
                  rowKey={(row) => row.flowId}
                  rowHref={limitHref}
                />
                <More name="flows" query={limits} />
              </section>
            )}
            {laneRows.length > 0 && (
              <section className={styles.list} aria-labelledby="lanes-title">
                <h2 id="lanes-title">By key</h2>
                <DataTable
                  className={styles.table}
                  label="Lanes, the one with the oldest run first"
                  columns={laneColumns}
                  rows={laneRows}
                  rowKey={(row) => `${row.flowId} ${row.key}`}
                  rowHref={laneHref}
                  linkColumn="key"
                  pageKeys
                />
                <More name="lanes" query={lanes} />
              </section>
            )}
          </div>
        )}
      </PageBody>
    </>
  );
}

/** Both lists of the page, asked for again when a run has changed. */
function useLanes(flow: string | null) {
  const trpc = useTRPC();
  const input = flow === null ? {} : { flow };
  const options = {
    getNextPageParam: ({ nextCursor }: { nextCursor: string | null }) => nextCursor ?? undefined,
    refetchInterval: pollMs,
    placeholderData: keepPreviousData,
  };
  const lanes = useInfiniteQuery(trpc.lanes.list.infiniteQueryOptions(input, options));
  const limits = useInfiniteQuery(trpc.lanes.limits.infiniteQueryOptions(input, options));
  useRunNotes({
    ...(flow === null ? {} : { flowId: flow }),
    everyMs: refetchEveryMs,
    onNote: () => Promise.all([lanes.refetch(), limits.refetch()]),
  });
  return { lanes, limits };
}

interface MoreProps {
  name: string;
  query: { readonly hasNextPage: boolean; readonly isFetchingNextPage: boolean; fetchNextPage: () => unknown };
}

function More({ name, query }: MoreProps) {
  if (!query.hasNextPage) return null;
  return (
    <div className={styles.aside}>
      <Button small busy={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
        Show more {name}
      </Button>
    </div>
  );
}

const example = `"settings": {
  "lane": { "key": "{{ event.subject }}" },
  "concurrency": 50
}`;

function Nothing({ isNarrowed, onClear }: { isNarrowed: boolean; onClear: () => void }) {
  if (isNarrowed) {
    return (
      <div className={styles.aside}>
        <Notice
          icon="lanes"
          title="Nothing of this flow stands in line"
          actions={
            <Button small onClick={onClear}>
              Show all flows
            </Button>
          }
        >
          None of its runs that are under way has a lane or a limit.
        </Notice>
      </div>
    );
  }
  return (
    <EmptyState
      icon="lanes"
      title="Nothing stands in line"
      actions={<ButtonLink href="/flows">Go to flows</ButtonLink>}
      example={<pre>{example}</pre>}
    >
      A lane keeps runs of one key in order: one after the other, as their events came in. A limit says how many runs of
      a flow are under way at the same time. Set them in the editor of a flow, beside the drawing, while no step is
      selected. Runs that wait for their turn show up here.
    </EmptyState>
  );
}
