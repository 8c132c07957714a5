/**
 * Lays a JSON value out as lines of coloured tokens: short flat containers on one line, everything else one member a
 * line, folded containers as a summary. Pure, so that huge and odd values are tested without a browser. Refuses to
 * shorten silently: whatever is cut leaves a token that says how much and can be opened.
 */
import { escapePointerToken, type JsonValue } from '@/core/json';
import { formatCount } from './time';

export type TokenKind = 'key' | 'string' | 'number' | 'atom' | 'sign' | 'note';

export interface JsonToken {
  readonly kind: TokenKind;
  readonly text: string;
}

export interface JsonLine {
  /** JSON pointer of the value that begins here; a closing bracket carries that of its container. */
  readonly pointer: string;
  /** Unique among the lines of one layout. */
  readonly key: string;
  readonly depth: number;
  readonly tokens: readonly JsonToken[];
  /** Present on a line that opens a container of several lines. */
  readonly fold?: 'open' | 'folded';
  /** A text button at the end: opening the pointer in `shown` undoes the cut. */
  readonly more?: string;
}

export interface JsonLayout {
  /** Pointers of containers shown as one summary line. */
  readonly folded?: ReadonlySet<string>;
  /** Pointers of values shown whole although they are long. */
  readonly shown?: ReadonlySet<string>;
}

// A flat container stays on one line up to this width: about what a side panel holds without scrolling.
const inlineWidth = 96;
// Longer texts and lists are cut: a screenful more than anybody reads at a glance, and cheap to draw.
export const longTextChars = 400;
export const longListItems = 100;

const sign = (text: string): JsonToken => ({ kind: 'sign', text });

function scalar(value: string | number | boolean | null): JsonToken {
  if (typeof value === 'string') return { kind: 'string', text: JSON.stringify(value) };
  if (typeof value === 'number') return { kind: 'number', text: String(value) };
  return { kind: 'atom', text: String(value) };
}

type Members = readonly (readonly [key: string | null, name: string | number, value: JsonValue])[];

function membersOf(value: JsonValue): Members | null {
  if (Array.isArray(value)) return value.map((item, index) => [null, index, item] as const);
  if (value === null || typeof value !== 'object') return null;
  return Object.entries(value).map(([key, item]) => [key, key, item as JsonValue] as const);
}

const isScalar = (value: JsonValue): value is string | number | boolean | null =>
  value === null || typeof value !== 'object';

const keyTokens = (key: string | null): JsonToken[] =>
  key === null ? [] : [{ kind: 'key', text: JSON.stringify(key) }, sign(': ')];

const brackets = (value: JsonValue): readonly [string, string] => (Array.isArray(value) ? ['[', ']'] : ['{', '}']);

/** The tokens of a container on one line, or null when it is not flat or too wide. */
function inline(value: JsonValue, members: Members, room: number): JsonToken[] | null {
  const [open, close] = brackets(value);
  if (members.length === 0) return [sign(open + close)];
  if (members.length > 12 || !members.every(([, , item]) => isScalar(item))) return null;
  const tokens = [sign(`${open} `)];
  members.forEach(([key, , item], index) => {
    if (index > 0) tokens.push(sign(', '));
    tokens.push(...keyTokens(key));
    if (isScalar(item)) tokens.push(scalar(item));
  });
  tokens.push(sign(` ${close}`));
  return tokens.reduce((width, token) => width + token.text.length, 0) <= room ? tokens : null;
}

const summary = (value: JsonValue, count: number): string => {
  const noun = Array.isArray(value) ? 'item' : 'field';
  return ` ${formatCount(count)} ${noun}${count === 1 ? '' : 's'} `;
};

interface Place {
  readonly pointer: string;
  readonly depth: number;
  readonly lead: JsonToken[];
  readonly comma: string;
}

/**
 * @param value any JSON value
 * @param layout what is folded and what is shown whole
 * @returns the lines from first to last
 */
export function jsonLines(value: JsonValue, layout: JsonLayout = {}): JsonLine[] {
  const lines: JsonLine[] = [];
  write(value, { pointer: '', depth: 0, lead: [], comma: '' }, layout, lines);
  return lines;
}

function write(value: JsonValue, at: Place, layout: JsonLayout, lines: JsonLine[]): void {
  const { pointer, depth, lead, comma } = at;
  const members = membersOf(value);
  if (members === null) {
    lines.push(scalarLine(value as string | number | boolean | null, at, layout));
    return;
  }
  const leadWidth = lead.reduce((width, token) => width + token.text.length, depth * 2);
  const flat = depth === 0 && members.length > 0 ? null : inline(value, members, inlineWidth - leadWidth);
  if (flat) {
    lines.push({ pointer, key: pointer, depth, tokens: [...lead, ...flat, sign(comma)] });
    return;
  }
  const [open, close] = brackets(value);
  if (layout.folded?.has(pointer)) {
    const note: JsonToken = { kind: 'note', text: summary(value, members.length) };
    lines.push({
      pointer,
      key: pointer,
      depth,
      tokens: [...lead, sign(open), note, sign(close + comma)],
      fold: 'folded',
    });
    return;
  }
  lines.push({ pointer, key: pointer, depth, tokens: [...lead, sign(open)], fold: 'open' });
  const isCut = members.length > longListItems && !layout.shown?.has(pointer);
  const visible = isCut ? members.slice(0, longListItems) : members;
  visible.forEach(([key, name, item], index) => {
    const isLast = index === members.length - 1;
    const inner = {
      pointer: `${pointer}/${escapePointerToken(name)}`,
      depth: depth + 1,
      lead: keyTokens(key),
      comma: isLast ? '' : ',',
    };
    write(item, inner, layout, lines);
  });
  if (isCut) {
    const rest: JsonToken = { kind: 'note', text: '… ' };
    lines.push({
      pointer,
      key: `${pointer} more`,
      depth: depth + 1,
      tokens: [rest],
      more: `Show all ${formatCount(members.length)}`,
    });
  }
  lines.push({ pointer, key: `${pointer} close`, depth, tokens: [sign(close + comma)] });
}

function scalarLine(value: string | number | boolean | null, at: Place, layout: JsonLayout): JsonLine {
  const { pointer, depth, lead, comma } = at;
  if (typeof value === 'string' && value.length > longTextChars && !layout.shown?.has(pointer)) {
    const head: JsonToken = { kind: 'string', text: `${JSON.stringify(value.slice(0, longTextChars)).slice(0, -1)}…` };
    const more = `Show all ${formatCount(value.length)} characters`;
    return { pointer, key: pointer, depth, tokens: [...lead, head], more };
  }
  return { pointer, key: pointer, depth, tokens: [...lead, scalar(value), sign(comma)] };
}

/** The line a pointer is drawn on: its own, or the nearest one that contains it. */
export function lineOf(lines: readonly JsonLine[], pointer: string): number {
  let best = -1;
  let bestLength = -1;
  lines.forEach((line, index) => {
    const contains = pointer === line.pointer || pointer.startsWith(`${line.pointer}/`);
    if (contains && line.pointer.length > bestLength) [best, bestLength] = [index, line.pointer.length];
  });
  return best;
}
