'use client';

/**
 * The list of runs: filters whose state is the address, rows that follow what happens, pages by keyset. Refuses bulk
 * actions, which have an issue of their own.
 */
import { debounce, useQueryStates } from 'nuqs';
import { type UIEvent, useEffect, useMemo, useRef, useState } from 'react';
import { PageBody, PageHeader } from '@/components/frame/page-header';
import { Button } from '@/components/ui/button';
import { classes } from '@/components/ui/classes';
import { CopyButton, copyText } from '@/components/ui/copy-button';
import { DataTable } from '@/components/ui/data-table';
import { ChoiceFilter, FilterBar, FilterChip } from '@/components/ui/filters';
import { Icon } from '@/components/ui/icon';
import type { MenuItem } from '@/components/ui/menu';
import { Pager } from '@/components/ui/pager';
import { SearchInput } from '@/components/ui/search-input';
import { ErrorState, LoadingRows } from '@/components/ui/states';
import { StatusText, statusClass, statusIcon } from '@/components/ui/status';
import { Timestamp } from '@/components/ui/timestamp';
import { useToast } from '@/components/ui/toast';
import { limits } from '@/core/limits';
import { runStatuses } from '@/core/run/types';
import { filterParsers, hasFilters, listAddress, noFilters, type RunFilters, toListInput } from './filter-state';
import { FlowFilter } from './flow-filter';
import { type HookPlace, NoMatch, NoRuns } from './no-runs';
import { ParentFilter } from './parent-filter';
import { NewerButton, runColumns } from './run-columns';
import { useRunOrder } from './run-order';
import styles from './runs.module.css';
import { type StopRun, useStopRun, waysToStop } from './stop-run';
import { TagFilter, withoutName } from './tag-filter';
import { TimeFilter } from './time-filter';
import type { RunSummary } from './types';
import { useBlockedCount } from './use-blocked-count';
import { useDebounced } from './use-debounced';
import { type RunList, useRunList } from './use-run-list';

/** From the last key to the question: a person types, a server answers. */
const typingMs = 250;
/** Nearer to the top than this counts as the top. */
const topPx = 8;

export function RunsScreen({ hooks }: { hooks: HookPlace }) {
  const [filters, setParams] = useQueryStates(filterParsers, { history: 'replace' });
  const change = (part: Partial<RunFilters>): void => void setParams({ ...part, before: null });
  const list = useFilteredList(filters);
  const pages = usePages(filters.before, (before) => void setParams({ before }, { history: 'push' }));
  const stop = useStopRun();
  const onOlder = list.nextCursor === null ? undefined : () => pages.older(list.nextCursor);
  const clear = () => void setParams(noFilters);
  const isNarrowed = hasFilters(filters) || filters.before !== null;

  return (
    <>
      <PageHeader
        title="Runs"
        beside={
          <>
            <LiveMark isLive={list.isLive} />
            <BlockedRuns
              isShown={isOnlyBlocked(filters)}
              onShow={() => void setParams({ ...noFilters, status: ['blocked'] })}
              onLeave={clear}
            />
          </>
        }
        actions={
          <CopyButton
            words
            small={false}
            className="ghost"
            label="Copy link to this view"
            text={() => window.location.href}
          />
        }
      />
      <PageBody>
        <RunFilterBar
          filters={filters}
          flowName={
            filters.flow === null ? undefined : list.rows?.find(({ flowId }) => flowId === filters.flow)?.flowName
          }
          onChange={change}
          onText={(q) => void setParams({ q, before: null }, { limitUrlUpdates: debounce(typingMs) })}
        />
        {list.error !== null && <Failed list={list} onClear={isNarrowed ? clear : undefined} />}
        {list.rows === undefined ? (
          list.error === null && <LoadingRows label="Loading runs" rows={14} />
        ) : list.rows.length === 0 && !isNarrowed && list.nextCursor === null ? (
          <NoRuns hooks={hooks} />
        ) : (
          <>
            <Rows
              key={filters.before}
              list={list}
              rows={list.rows}
              stop={stop}
              onTag={(tag) => change({ tag: [...withoutName(filters.tag, tag), tag] })}
              empty={!list.isPrevious && <NoMatch onOlder={onOlder} onClear={clear} />}
            />
            <Pager
              summary={<Shown rows={list.rows} />}
              pageSize={limits.pageSize}
              onNewer={filters.before === null ? undefined : pages.newer}
              onOlder={onOlder}
              isBusy={list.isPrevious}
            />
          </>
        )}
      </PageBody>
      {stop.dialog}
    </>
  );
}

const isOnlyBlocked = ({ status }: RunFilters): boolean => status.length === 1 && status[0] === 'blocked';

interface BlockedRunsProps {
  /** Whether the list shows them and nothing else. */
  readonly isShown: boolean;
  readonly onShow: () => void;
  readonly onLeave: () => void;
}

/** Whoever is on call finds what waits for a person in one click; nothing waits: nothing is shown. */
function BlockedRuns({ isShown, onShow, onLeave }: BlockedRunsProps) {
  const blocked = useBlockedCount();
  if (blocked === null || blocked.count === 0) return null;
  return (
    <button
      type="button"
      className={classes('chip', statusClass('blocked'), styles.blockedRuns)}
      aria-pressed={isShown}
      title={isShown ? 'Show all runs again' : 'Show only the runs that wait for a person'}
      onClick={isShown ? onLeave : onShow}
    >
      <Icon name={statusIcon.blocked} />
      {blocked.isAll ? '' : 'more than '}
      {blocked.count} blocked
    </button>
  );
}

function Failed({ list, onClear }: { list: RunList; onClear: (() => void) | undefined }) {
  return (
    <div className={styles.failed}>
      <ErrorState
        error={list.error}
        title="The runs could not be loaded"
        onRetry={list.retry}
        isRetrying={list.isFetching}
        actions={
          onClear && (
            <Button small onClick={onClear}>
              Clear filters
            </Button>
          )
        }
      />
    </div>
  );
}

/** The rows for the filters, and the note for J and K where they stand. */
function useFilteredList(filters: RunFilters): RunList {
  const q = useDebounced(filters.q, typingMs);
  const { flow, lane, parent, status, range, from, to, tag, before } = filters;
  // Presets count from the moment they are chosen: rows do not fall off the end while somebody reads.
  const input = useMemo(
    () => toListInput({ q, flow, lane, parent, status, range, from, to, tag, before: null }, Date.now()),
    [q, flow, lane, parent, status, range, from, to, tag],
  );
  const list = useRunList(input, before);
  const setOrder = useRunOrder((state) => state.setOrder);
  const { rows, nextCursor, isPrevious } = list;
  const address = listAddress('/runs', filters);
  useEffect(() => {
    if (rows !== undefined && !isPrevious) setOrder({ input, ids: rows.map(({ id }) => id), nextCursor, address });
  }, [rows, isPrevious, nextCursor, input, address, setOrder]);
  return list;
}

/** The way to newer pages, as far as this visit knows it; an address that was sent leads to the newest. */
function usePages(before: string | null, goTo: (before: string | null) => void) {
  const [way, setWay] = useState<readonly (string | null)[]>([]);
  return {
    older(cursor: string | null): void {
      setWay([...way, before]);
      goTo(cursor);
    },
    newer(): void {
      setWay(way.slice(0, -1));
      goTo(way.at(-1) ?? null);
    },
  };
}

const LiveMark = ({ isLive }: { isLive: boolean }) => (
  <span
    className="st muted small-text"
    title={isLive ? 'Runs appear and change as they happen' : 'Connecting; the list is asked for now and then'}
    role="status"
  >
    <span className={classes('dot', !isLive && styles.dim)} />
    {isLive ? 'live' : 'connecting'}
  </span>
);

interface RunFilterBarProps {
  readonly filters: RunFilters;
  readonly flowName: string | undefined;
  readonly onChange: (part: Partial<RunFilters>) => void;
  readonly onText: (q: string) => void;
}

const statusOptions = runStatuses.map((status) => ({ value: status, label: <StatusText status={status} /> }));

function RunFilterBar({ filters, flowName, onChange, onText }: RunFilterBarProps) {
  return (
    <FilterBar>
      <SearchInput value={filters.q} onValueChange={onText} placeholder="Ids, errors, business keys" />
      <TimeFilter range={filters.range} from={filters.from} to={filters.to} onChange={onChange} />
      <FlowFilter flow={filters.flow} knownName={flowName} onChange={(flow) => onChange({ flow })} />
      {filters.parent !== null && <ParentFilter runId={filters.parent} onClear={() => onChange({ parent: null })} />}
      {filters.lane !== null && <LaneFilter lane={filters.lane} onClear={() => onChange({ lane: null })} />}
      <ChoiceFilter
        label="Status"
        options={statusOptions}
        selected={filters.status}
        onChange={(status) => onChange({ status })}
      />
      <TagFilter tags={filters.tag} onChange={(tag) => onChange({ tag })} />
    </FilterBar>
  );
}

/** Comes from the page of lanes; there is nothing to choose. */
const LaneFilter = ({ lane, onClear }: { readonly lane: string; readonly onClear: () => void }) => (
  <FilterChip label="Lane" value={lane} onClear={onClear}>
    <p className="small-text">Runs that stand in this lane now. One that has ended has left it.</p>
  </FilterChip>
);

interface RowsProps {
  readonly list: RunList;
  readonly rows: readonly RunSummary[];
  readonly stop: StopRun;
  readonly onTag: (tag: string) => void;
  readonly empty: React.ReactNode;
}

function Rows({ list, rows, stop, onTag, empty }: RowsProps) {
  const place = useRef<HTMLDivElement>(null);
  const menuOf = useRowMenu(stop);
  const columns = runColumns({ menuOf, onTag });
  const onScroll = ({ target }: UIEvent<HTMLDivElement>): void => {
    if (!(target instanceof HTMLElement) || !target.classList.contains('rows')) return;
    if (target.scrollTop > topPx) list.hold();
    else list.follow();
  };
  const toTop = (): void => {
    list.follow();
    place.current?.querySelector('.rows')?.scrollTo({ top: 0 });
  };
  return (
    <div
      ref={place}
      className={classes(styles.list, list.isPrevious && styles.previous)}
      aria-busy={list.isPrevious || undefined}
      onScrollCapture={onScroll}
    >
      {list.newer && <NewerButton {...list.newer} onClick={toTop} />}
      <DataTable
        label="Runs, newest first"
        columns={columns}
        rows={rows}
        rowKey={(run) => run.id}
        rowHref={(run) => `/runs/${run.id}`}
        linkColumn="run"
        pageKeys
        empty={empty}
      />
    </div>
  );
}

function useRowMenu({ ask }: StopRun): (run: RunSummary) => readonly MenuItem[] {
  const toast = useToast();
  const copy = async (text: string, what: string): Promise<void> => {
    const isCopied = await copyText(text);
    toast.show(isCopied ? { title: `${what} copied.` } : { kind: 'failed', title: 'Not copied: select it by hand.' });
  };
  return (run) => {
    const ways = waysToStop(run);
    return [
      { kind: 'link', label: 'Open run', icon: 'runs', href: `/runs/${run.id}` },
      { kind: 'link', label: 'Open flow in editor', icon: 'flows', href: `/flows/${run.flowId}` },
      { label: 'Copy run id', icon: 'copy', onSelect: () => void copy(run.id, 'Run id') },
      ...(ways.length === 0 ? [] : [{ kind: 'rule' } as const]),
      ...(ways.includes('cancel')
        ? [{ label: 'Cancel…', icon: 'slash', danger: true, onSelect: () => ask(run, 'cancel') } as const]
        : []),
      ...(ways.includes('terminate')
        ? [{ label: 'Terminate…', icon: 'terminate', danger: true, onSelect: () => ask(run, 'terminate') } as const]
        : []),
    ];
  };
}

function Shown({ rows }: { rows: readonly RunSummary[] }) {
  const [first, last] = [rows[0], rows.at(-1)];
  if (first === undefined || last === undefined) return 'Newest first';
  return (
    <>
      Newest first, <Timestamp at={first.createdAt} /> back to <Timestamp at={last.createdAt} />
    </>
  );
}
