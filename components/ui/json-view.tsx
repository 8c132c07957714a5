'use client';

/**
 * A JSON value to read: line numbers, folding, marked lines, copy. Long texts and lists are cut with the way to open
 * them beside the cut; what is copied is always the whole value. Refuses editing.
 */
import { createElement, type ReactNode, useMemo, useState } from 'react';
import type { JsonValue } from '@/core/json';
import { classes } from './classes';
import { CopyButton } from './copy-button';
import { Icon } from './icon';
import { type JsonLine, type JsonToken, jsonLines, lineOf } from './json-lines';

export interface JsonViewProps {
  value: JsonValue | undefined;
  /** What it is, above the lines: "Response body". Also the accessible name. */
  title?: ReactNode;
  label?: string;
  /** JSON pointer → `hit` (what is meant) or `bad` (what is wrong). */
  marks?: Readonly<Record<string, 'hit' | 'bad'>>;
  /** Lines before the value, for the request line of a call: `POST https://…`. */
  before?: readonly string[];
  /** Breaks long lines instead of scrolling sideways. */
  wraps?: boolean;
  /** Stands right of the title, left of copy. */
  actions?: ReactNode;
  /** Shown instead of lines when the value is undefined. */
  absent?: string;
  className?: string;
}

// Drawing more lines at once freezes the page for a visible moment; the rest is one press away.
const firstLines = 1_000;

export function JsonView(props: JsonViewProps) {
  const { value, title, label, marks, before = [], wraps, actions, absent = 'none', className } = props;
  const [folded, setFolded] = useState<ReadonlySet<string>>(new Set());
  const [shown, setShown] = useState<ReadonlySet<string>>(new Set());
  const [isWhole, setWhole] = useState(false);
  const lines = useMemo(() => (value === undefined ? [] : jsonLines(value, { folded, shown })), [value, folded, shown]);
  const marked = useMemo(() => markLines(lines, marks), [lines, marks]);
  const visible = isWhole ? lines : lines.slice(0, firstLines);
  const name = label ?? (typeof title === 'string' ? title : 'JSON');

  return (
    <div className={className}>
      {title && (
        <div className="json-head">
          {title}
          <div className="bar push">
            {actions}
            {value !== undefined && <CopyButton text={() => JSON.stringify(value, null, 2)} label="Copy" />}
          </div>
        </div>
      )}
      {value === undefined ? (
        <p className="faint json-absent">{absent}</p>
      ) : (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard (WCAG 2.1.1)
        <section className={classes('json', wraps && 'wraps')} aria-label={name} tabIndex={0}>
          {before.map((text, index) => (
            <span key={text} className="l" data-n={index + 1}>
              {text}
            </span>
          ))}
          {visible.map((line, index) => (
            <Line
              key={line.key}
              line={line}
              number={before.length + index + 1}
              mark={marked.get(index)}
              onFold={() => setFolded(toggled(folded, line.pointer))}
              onMore={() => setShown(toggled(shown, line.pointer))}
            />
          ))}
          {visible.length < lines.length && (
            <span className="l">
              <button type="button" className="more" onClick={() => setWhole(true)}>
                Show all {lines.length} lines
              </button>
            </span>
          )}
        </section>
      )}
    </div>
  );
}

function toggled(set: ReadonlySet<string>, member: string): ReadonlySet<string> {
  const next = new Set(set);
  if (!next.delete(member)) next.add(member);
  return next;
}

function markLines(lines: readonly JsonLine[], marks: JsonViewProps['marks']): Map<number, 'hit' | 'bad'> {
  const found = new Map<number, 'hit' | 'bad'>();
  for (const [pointer, mark] of Object.entries(marks ?? {})) {
    const index = lineOf(lines, pointer);
    if (index >= 0 && found.get(index) !== 'bad') found.set(index, mark);
  }
  return found;
}

interface LineProps {
  line: JsonLine;
  number: number;
  mark: 'hit' | 'bad' | undefined;
  onFold: () => void;
  onMore: () => void;
}

function Line({ line, number, mark, onFold, onMore }: LineProps) {
  const fold = line.fold && (
    <button
      type="button"
      className="fold"
      aria-expanded={line.fold === 'open'}
      aria-label={`${line.fold === 'open' ? 'Fold' : 'Unfold'} ${line.pointer || 'everything'}`}
      onClick={onFold}
    >
      <Icon name={line.fold === 'open' ? 'down' : 'right'} />
    </button>
  );
  const more = line.more && (
    <button type="button" className="more" onClick={onMore}>
      {line.more}
    </button>
  );
  // Tokens have no identity but their place, so they are passed as arguments rather than as a keyed list.
  const inside = ['  '.repeat(line.depth), fold, ...line.tokens.map(drawToken), more];
  return createElement('span', { className: classes('l', mark), 'data-n': number }, ...inside);
}

const drawToken = (token: JsonToken): ReactNode =>
  token.kind === 'sign' ? token.text : <span className={`t-${token.kind}`}>{token.text}</span>;
