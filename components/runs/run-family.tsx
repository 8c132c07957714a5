'use client';

/**
 * The family of a run, drawn: who started it, up to the first, and what it started, with how each stands. Walked with the
 * arrow keys; Enter opens a run. Refuses to be there for a run that has none.
 */
import Link from 'next/link';
import { useRouter } from 'next/navigation';
import { parseAsBoolean, useQueryState } from 'nuqs';
import { type KeyboardEvent, useRef, useState } from 'react';
import { classes } from '@/components/ui/classes';
import { Icon } from '@/components/ui/icon';
import { ErrorState, Skeleton } from '@/components/ui/states';
import { StatusChip, StatusText } from '@/components/ui/status';
import { formatCount } from '@/components/ui/time';
import { runStatuses } from '@/core/run/types';
import { type FamilyRow, familyMove, startedByWords } from './family-tree';
import { listAddress } from './filter-state';
import { Took, versionWords } from './run-columns';
import styles from './run-family.module.css';
import { RunId } from './run-id';
import type { RunView } from './types';
import { useFamily } from './use-family';

export const hasFamily = (run: RunView): boolean => run.parentRunId !== null || run.children.length > 0;

export function RunFamily({ run }: { run: RunView }) {
  const [isOpen, setOpen] = useQueryState('family', parseAsBoolean.withDefault(true));
  const found = useFamily(run.id, isOpen);
  const { data, error, refetch, isFetching } = found.family;
  return (
    <section className={styles.family} aria-label="Family">
      <header className={styles.head}>
        <h2>
          <button type="button" aria-expanded={isOpen} onClick={() => void setOpen(!isOpen)}>
            <Icon name={isOpen ? 'down' : 'right'} small />
            Family
          </button>
        </h2>
        {data !== undefined && <Counts runId={run.id} counts={data.counts} isWhole={data.isCountedWhole} />}
      </header>
      {isOpen && error !== null && (
        <ErrorState
          error={error}
          title="The family could not be loaded"
          onRetry={() => void refetch()}
          isRetrying={isFetching}
        />
      )}
      {isOpen && error === null && (data === undefined ? <Skeleton width="60%" /> : <Tree found={found} />)}
    </section>
  );
}

interface CountsProps {
  readonly runId: string;
  readonly counts: Readonly<Partial<Record<RunView['status'], number>>>;
  readonly isWhole: boolean;
}

/** How the children stand, each a way to the list of those. */
function Counts({ runId, counts, isWhole }: CountsProps) {
  const present = runStatuses.flatMap((status) => {
    const count = counts[status];
    return count === undefined ? [] : [{ status, count }];
  });
  const total = present.reduce((sum, { count }) => sum + count, 0);
  if (total === 0) return null;
  return (
    <span className={styles.counts}>
      <Link className="link" href={listAddress('/runs', { parent: runId })}>
        {isWhole ? '' : 'more than '}
        {formatCount(total)} {total === 1 ? 'child' : 'children'}
      </Link>
      {present.map(({ status, count }) => (
        <Link
          key={status}
          href={listAddress('/runs', { parent: runId, status: [status] })}
          title={`${formatCount(count)} ${status}`}
        >
          <StatusChip status={status} size="tiny" count={count} />
        </Link>
      ))}
    </span>
  );
}

const keyOf = (row: FamilyRow): string => (row.kind === 'run' ? row.run.runId : `${row.kind}-${row.ofRunId}`);

function Tree({ found }: { found: ReturnType<typeof useFamily> }) {
  const { rows, toggle } = found;
  const tree = useRef<HTMLDivElement>(null);
  const router = useRouter();
  const [focused, setFocused] = useState<string | null>(null);
  const self = rows.findIndex((row) => row.kind === 'run' && row.isSelf);
  const known = rows.findIndex((row) => keyOf(row) === focused);
  const at = known >= 0 ? known : self;

  const activate = (row: FamilyRow): void => {
    if (row.kind === 'run') router.push(`/runs/${row.run.runId}`);
    else if (row.kind === 'more') showMore(found, row.ofRunId, (href) => router.push(href));
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    const row = rows[at];
    if (row === undefined || event.altKey || event.ctrlKey || event.metaKey) return;
    if (event.key === 'Enter' || event.key === ' ') {
      event.preventDefault();
      activate(row);
      return;
    }
    const move = familyMove(rows, at, event.key);
    if (move === null) return;
    event.preventDefault();
    event.stopPropagation();
    if ('toggle' in move) {
      toggle(move.toggle);
      return;
    }
    const next = rows[move.to];
    if (next === undefined) return;
    setFocused(keyOf(next));
    tree.current?.querySelector<HTMLElement>(`[data-row="${move.to}"]`)?.focus();
  };

  return (
    <div ref={tree} role="tree" aria-label="Parents and children" className={styles.tree} onKeyDown={onKeyDown}>
      {rows.map((row, index) => (
        <div
          key={keyOf(row)}
          role="treeitem"
          data-row={index}
          tabIndex={index === at ? 0 : -1}
          aria-level={row.depth + 1}
          aria-selected={row.kind === 'run' && row.isSelf}
          {...(row.kind === 'run' && row.isOpen !== null ? { 'aria-expanded': row.isOpen } : {})}
          className={classes(styles.row, row.kind === 'run' && row.isSelf && styles.self)}
          onFocus={() => setFocused(keyOf(row))}
        >
          <Guides row={row} />
          {row.kind === 'run' ? <OneRun row={row} onToggle={toggle} /> : <Rest row={row} found={found} />}
        </div>
      ))}
    </div>
  );
}

/** The wires from a run to those it started. */
function Guides({ row }: { row: FamilyRow }) {
  if (row.depth === 0) return null;
  const above = row.guides.map((goesOn, depth) => ({ depth, goesOn }));
  return (
    <span className={styles.guides} aria-hidden="true">
      {above.map(({ depth, goesOn }) => (
        <i key={depth} className={goesOn ? styles.through : undefined} />
      ))}
      <i className={row.isLast ? styles.last : styles.branch} />
    </span>
  );
}

function OneRun({ row, onToggle }: { row: Extract<FamilyRow, { kind: 'run' }>; onToggle: (runId: string) => void }) {
  const { run } = row;
  const startedBy = startedByWords(run);
  return (
    <>
      {row.isOpen === null ? (
        <span className={styles.leaf} />
      ) : (
        <button
          type="button"
          tabIndex={-1}
          className={styles.fold}
          aria-label={row.isOpen ? 'Hide what it started' : 'Show what it started'}
          onClick={() => onToggle(run.runId)}
        >
          <Icon name={row.isOpen ? 'down' : 'right'} small />
        </button>
      )}
      <StatusText status={run.status} className={styles.status} />
      <Link
        tabIndex={-1}
        className={styles.name}
        href={`/runs/${run.runId}`}
        aria-current={row.isSelf ? 'page' : undefined}
        prefetch={false}
      >
        {run.flowName}
      </Link>
      <span className="faint">{versionWords({ draft: run.version === null, version: run.version })}</span>
      {startedBy !== null && (
        <span className={styles.by} title={`Started by step ${startedBy}`}>
          by <code>{startedBy}</code>
        </span>
      )}
      <span className={styles.end}>
        <RunId id={run.runId} />
        <span>
          <Took run={run} />
        </span>
      </span>
    </>
  );
}

function Rest({
  row,
  found,
}: {
  row: Extract<FamilyRow, { kind: 'more' | 'loading' }>;
  found: ReturnType<typeof useFamily>;
}) {
  if (row.kind === 'loading') return <span className="faint small-text">Loading what it started</span>;
  return found.canGrow(row.ofRunId) ? (
    <button type="button" tabIndex={-1} className={styles.more} onClick={() => found.grow(row.ofRunId)}>
      Show more
    </button>
  ) : (
    <Link tabIndex={-1} className="link small-text" href={listAddress('/runs', { parent: row.ofRunId })}>
      All of them in the list of runs
    </Link>
  );
}

function showMore(found: ReturnType<typeof useFamily>, runId: string, goTo: (href: string) => void): void {
  if (found.canGrow(runId)) found.grow(runId);
  else goTo(listAddress('/runs', { parent: runId }));
}
