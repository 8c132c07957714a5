/**
 * The family of a run as rows of a drawing: its ancestors in one line down to it, and below every run that is open what it
 * started. Pure, so that what a key leads to can be told without a browser. Refuses to fetch.
 */
import type { ChildRun } from './types';

/** What is known of the runs that one started. */
export interface LoadedChildren {
  readonly items: readonly ChildRun[];
  readonly hasMore: boolean;
}

export interface Family {
  /** The first ancestor first, the run that is looked at last. */
  readonly line: readonly ChildRun[];
  /** Undefined while they are not loaded. */
  readonly childrenOf: (runId: string) => LoadedChildren | undefined;
  readonly isOpen: (runId: string) => boolean;
}

interface RowPlace {
  /** From 0. */
  readonly depth: number;
  /** For every depth above: whether a line goes on to a sibling further down. */
  readonly guides: readonly boolean[];
  readonly isLast: boolean;
  readonly parentId: string | null;
}

export type FamilyRow =
  | ({
      readonly kind: 'run';
      readonly run: ChildRun;
      /** The run that is looked at. */
      readonly isSelf: boolean;
      /** Null of a run that started none. */
      readonly isOpen: boolean | null;
    } & RowPlace)
  | ({ readonly kind: 'more' | 'loading'; readonly ofRunId: string } & RowPlace);

/** Every row that is drawn, from the top. */
export function familyRows(family: Family): FamilyRow[] {
  const { line, childrenOf, isOpen } = family;
  const rows: FamilyRow[] = [];
  const walk = (run: ChildRun, place: RowPlace): void => {
    const onLine = line.findIndex(({ runId }) => runId === run.runId);
    const next = onLine < 0 ? undefined : line[onLine + 1];
    const isShown = isOpen(run.runId);
    const canOpen = run.hasChildren || next !== undefined;
    rows.push({
      kind: 'run',
      run,
      isSelf: onLine >= 0 && next === undefined,
      isOpen: canOpen ? isShown : null,
      ...place,
    });
    const loaded = isShown ? childrenOf(run.runId) : undefined;
    const below = withNext(loaded?.items ?? [], next);
    const isWaiting = isShown && run.hasChildren && loaded === undefined;
    const hasEnd = isWaiting || loaded?.hasMore === true;
    const guides = [...place.guides, ...(place.depth === 0 ? [] : [!place.isLast])];
    const at = { depth: place.depth + 1, guides, parentId: run.runId };
    below.forEach((child, index) => {
      walk(child, { ...at, isLast: index === below.length - 1 && !hasEnd });
    });
    if (hasEnd) rows.push({ kind: isWaiting ? 'loading' : 'more', ofRunId: run.runId, ...at, isLast: true });
  };
  const [first] = line;
  if (first !== undefined) walk(first, { depth: 0, guides: [], isLast: true, parentId: null });
  return rows;
}

/** The child on the way to the run that is looked at is always there, whichever page it is on. */
function withNext(children: readonly ChildRun[], next: ChildRun | undefined): readonly ChildRun[] {
  if (next === undefined || children.some(({ runId }) => runId === next.runId)) return children;
  return [...children, next];
}

/** What a key does: leads to a row, or opens or closes the one that has focus. */
export type FamilyMove = { readonly to: number } | { readonly toggle: string };

/**
 * The keys of a tree (ARIA Authoring Practices, tree view).
 * @returns null when the key means nothing here
 */
export function familyMove(rows: readonly FamilyRow[], from: number, key: string): FamilyMove | null {
  const row = rows[from];
  if (row === undefined) return null;
  switch (key) {
    case 'ArrowDown':
      return from + 1 < rows.length ? { to: from + 1 } : null;
    case 'ArrowUp':
      return from > 0 ? { to: from - 1 } : null;
    case 'Home':
      return { to: 0 };
    case 'End':
      return { to: rows.length - 1 };
    case 'ArrowRight':
      if (row.kind !== 'run' || row.isOpen === null) return null;
      return row.isOpen ? { to: from + 1 } : { toggle: row.run.runId };
    case 'ArrowLeft': {
      if (row.kind === 'run' && row.isOpen === true) return { toggle: row.run.runId };
      const parent = rows.findIndex((other) => other.kind === 'run' && other.run.runId === row.parentId);
      return parent < 0 ? null : { to: parent };
    }
    default:
      return null;
  }
}

/** Which step started a run, in words: `Charge card` or `Charge card of lines[3]`. */
export function startedByWords({ stepId, path }: Pick<ChildRun, 'stepId' | 'path'>): string | null {
  if (stepId === undefined) return null;
  return path === undefined ? stepId : `${stepId} in ${path}`;
}
