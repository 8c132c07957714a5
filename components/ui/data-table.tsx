'use client';

/**
 * The table of every list: a head that stays, rows that open, rows that can be selected. J and K or the arrows walk,
 * Enter opens, X or Space selects, Shift takes a range. Refuses paging and sorting of its own: rows arrive ready.
 */
import Link from 'next/link';
import { useRouter } from 'next/navigation';
import { type KeyboardEvent, type MouseEvent, type ReactNode, useRef, useState } from 'react';
import { classes } from './classes';
import { rangeBetween, rowAfterKey } from './row-keys';
import { useShortcut } from './shortcut';
import { Checkbox } from './toggles';

export interface Column<Row> {
  id: string;
  header: ReactNode;
  /** CSS width such as `144px`; without it the column shares what is left. */
  width?: string;
  /** Numbers stand right. */
  numeric?: boolean;
  sorted?: 'ascending' | 'descending';
  /** The class of its cells, for example `muted`. */
  className?: string;
  cell: (row: Row) => ReactNode;
}

export interface Selection<Row> {
  selected: ReadonlySet<string>;
  onChange: (selected: Set<string>) => void;
  /** The accessible name of a row's checkbox: "Select 01KAPX". */
  label: (row: Row) => string;
}

export interface DataTableProps<Row> {
  /** What is listed and in which order: "Runs, newest first". */
  label: string;
  columns: readonly Column<Row>[];
  rows: readonly Row[];
  rowKey: (row: Row) => string;
  /** Where a row leads. Its link is drawn around the cell of `linkColumn`. */
  rowHref?: (row: Row) => string | null;
  /** Instead of going somewhere: opens the row in place. */
  onOpen?: (row: Row) => void;
  /** The column that carries the link; by default the first. */
  linkColumn?: string;
  selection?: Selection<Row>;
  /** The row shown beside the list. */
  currentKey?: string | null;
  /** J and K work from anywhere on the page. For the one main list of a page. */
  pageKeys?: boolean;
  /** Shown under the head when there is no row. */
  empty?: ReactNode;
  className?: string;
}

export function DataTable<Row>(props: DataTableProps<Row>) {
  const { label, columns, rows, rowKey, selection, empty, className } = props;
  const [active, setActive] = useState<string | null>(null);
  const keys = rows.map(rowKey);
  const activeKey = active !== null && keys.includes(active) ? active : (keys[0] ?? null);
  const { body, walk } = useWalking(rows.length, props.pageKeys === true);
  const select = useSelecting(keys, selection);
  const open = useOpening(props);

  const rowKeyDown = (event: KeyboardEvent<HTMLTableRowElement>, row: Row) => {
    if (!isWithin(event)) return;
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.target !== event.currentTarget && event.key === 'Enter') return;
    const isSelectKey = event.key.toLowerCase() === 'x' || (event.key === ' ' && event.target === event.currentTarget);
    if (event.key === 'Enter') open(row, false);
    else if (selection && isSelectKey) select(rowKey(row), !selection.selected.has(rowKey(row)), event.shiftKey);
    else if (!walk(event)) return;
    event.preventDefault();
    event.stopPropagation();
  };

  return (
    <div className={classes('rows', className)}>
      <table aria-label={label}>
        <colgroup>
          {selection && <col style={{ width: '38px' }} />}
          {columns.map((column) => (
            <col key={column.id} style={column.width ? { width: column.width } : undefined} />
          ))}
        </colgroup>
        <Head columns={columns} keys={keys} selection={selection} />
        <tbody ref={body}>
          {rows.map((row) => (
            <BodyRow
              key={rowKey(row)}
              {...props}
              row={row}
              opensInPlace={props.onOpen !== undefined}
              isTabStop={rowKey(row) === activeKey}
              onFocus={() => setActive(rowKey(row))}
              onKeyDown={(event) => rowKeyDown(event, row)}
              onOpen={(inNewTab) => open(row, inNewTab)}
              onSelect={(isOn, isRange) => select(rowKey(row), isOn, isRange)}
            />
          ))}
        </tbody>
      </table>
      {rows.length === 0 && empty}
    </div>
  );
}

/** Moves focus from row to row; with `pageKeys` J and K do so from anywhere on the page. */
function useWalking(count: number, pageKeys: boolean) {
  const body = useRef<HTMLTableSectionElement>(null);
  const walk = (event: { key: string }): boolean => {
    const focused = document.activeElement?.closest('tr');
    const from = focused && body.current?.contains(focused) ? focused.sectionRowIndex : -1;
    const next = rowAfterKey(event.key, from, count);
    if (next === null) return false;
    const row = body.current?.rows[next];
    row?.focus();
    row?.scrollIntoView({ block: 'nearest' });
    return true;
  };
  useShortcut(['J', 'K'], walk, { enabled: pageKeys && count > 0 });
  return { body, walk };
}

/** Selects one row, or with Shift everything from the last one that was touched. */
function useSelecting<Row>(keys: readonly string[], selection: Selection<Row> | undefined) {
  const anchor = useRef<string | null>(null);
  return (key: string, isOn: boolean, isRange: boolean): void => {
    if (!selection) return;
    const next = new Set(selection.selected);
    const range = isRange && anchor.current !== null ? rangeBetween(keys, anchor.current, key) : [key];
    for (const member of range) isOn ? next.add(member) : next.delete(member);
    anchor.current = key;
    selection.onChange(next);
  };
}

function useOpening<Row>({ rowHref, onOpen }: Pick<DataTableProps<Row>, 'rowHref' | 'onOpen'>) {
  const router = useRouter();
  return (row: Row, inNewTab: boolean): void => {
    const href = rowHref?.(row);
    if (onOpen && !inNewTab) onOpen(row);
    else if (href && inNewTab) window.open(href, '_blank', 'noopener');
    else if (href) router.push(href);
  };
}

function Head<Row>({
  columns,
  keys,
  selection,
}: Pick<DataTableProps<Row>, 'columns' | 'selection'> & { keys: string[] }) {
  const chosen = keys.filter((key) => selection?.selected.has(key)).length;
  const selectAll = (isOn: boolean) => {
    const next = new Set(selection?.selected);
    for (const key of keys) isOn ? next.add(key) : next.delete(key);
    selection?.onChange(next);
  };
  return (
    <thead>
      <tr>
        {selection && (
          <th className="pick-cell">
            <Checkbox
              checked={chosen > 0 && chosen === keys.length}
              indeterminate={chosen > 0 && chosen < keys.length}
              disabled={keys.length === 0}
              onCheckedChange={selectAll}
              aria-label="Select all on this page"
            />
          </th>
        )}
        {columns.map((column) => (
          <th key={column.id} className={column.numeric ? 'num' : undefined} aria-sort={column.sorted} scope="col">
            {column.header}
          </th>
        ))}
      </tr>
    </thead>
  );
}

interface BodyRowProps<Row> extends Omit<DataTableProps<Row>, 'onOpen'> {
  row: Row;
  isTabStop: boolean;
  opensInPlace: boolean;
  onFocus: () => void;
  onKeyDown: (event: KeyboardEvent<HTMLTableRowElement>) => void;
  onOpen: (inNewTab: boolean) => void;
  onSelect: (isOn: boolean, isRange: boolean) => void;
}

/** False for what happens in a menu that a row has opened: React passes it on to the row, although it lies elsewhere. */
const isWithin = (event: { currentTarget: Element; target: EventTarget }): boolean =>
  event.target instanceof Node && event.currentTarget.contains(event.target);

const interactive = 'a, button, input, label, select, textarea, [role="checkbox"]';

function BodyRow<Row>(props: BodyRowProps<Row>) {
  const { row, columns, selection, rowKey, rowHref, linkColumn = columns[0]?.id, currentKey, onOpen } = props;
  const key = rowKey(row);
  const href = rowHref?.(row) ?? null;
  const isSelected = selection?.selected.has(key) ?? false;
  // A row that neither opens nor can be selected takes no focus: there is nothing to do with it.
  const doesOpen = href !== null || props.opensInPlace;
  const tabIndex = doesOpen || selection ? (props.isTabStop ? 0 : -1) : undefined;
  const click = (event: MouseEvent<HTMLTableRowElement>) => {
    const isOnControl = event.target instanceof Element && event.target.closest(interactive) !== null;
    // a click that ends a text selection is not a wish to leave
    if (!isWithin(event) || isOnControl || getSelection()?.isCollapsed === false) return;
    onOpen(event.ctrlKey || event.metaKey);
  };
  return (
    <tr
      tabIndex={tabIndex}
      data-key={key}
      data-opens={doesOpen ? '' : undefined}
      data-selected={isSelected ? '' : undefined}
      data-current={currentKey === key ? '' : undefined}
      aria-current={currentKey === key ? 'true' : undefined}
      onFocus={props.onFocus}
      onKeyDown={props.onKeyDown}
      onClick={click}
    >
      {selection && (
        <td className="pick-cell">
          <SelectBox isSelected={isSelected} label={selection.label(row)} onSelect={props.onSelect} />
        </td>
      )}
      {columns.map((column) => (
        <td key={column.id} className={classes(column.numeric && 'num', column.className)}>
          {href && column.id === linkColumn ? (
            <Link href={href} data-row-link="" tabIndex={-1} prefetch={false}>
              {column.cell(row)}
            </Link>
          ) : (
            column.cell(row)
          )}
        </td>
      ))}
    </tr>
  );
}

interface SelectBoxProps {
  isSelected: boolean;
  label: string;
  onSelect: (isOn: boolean, isRange: boolean) => void;
}

function SelectBox({ isSelected, label, onSelect }: SelectBoxProps) {
  // The change event does not carry Shift, the click that causes it does.
  const isRange = useRef(false);
  return (
    <Checkbox
      checked={isSelected}
      aria-label={label}
      onClick={(event) => {
        isRange.current = event.shiftKey;
      }}
      onCheckedChange={(isOn) => onSelect(isOn, isRange.current)}
    />
  );
}
