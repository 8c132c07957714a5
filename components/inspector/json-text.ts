/**
 * JSON as people edit it in a form. An expression may stand bare (`{{ event.data.body }}`), because quoting it would be a
 * trap, and a fault says line and column. Refuses to repair: text that is neither is a fault.
 */
import type { JsonValue } from '@/core/json';

/** Text that is one expression from end to end. */
const isBareExpression = (text: string): boolean => text.startsWith('{{') && text.endsWith('}}');

/** @returns the text a value is edited as; '' for an absent one */
export function jsonText(value: JsonValue | undefined): string {
  if (value === undefined) {
    return '';
  }
  return typeof value === 'string' && isBareExpression(value.trim()) ? value : JSON.stringify(value, null, 2);
}

export type JsonReading =
  | { readonly type: 'value'; readonly value: JsonValue }
  | { readonly type: 'absent' }
  | { readonly type: 'fault'; readonly message: string };

export function readJson(text: string): JsonReading {
  const trimmed = text.trim();
  if (trimmed === '') {
    return { type: 'absent' };
  }
  if (isBareExpression(trimmed)) {
    return { type: 'value', value: trimmed };
  }
  try {
    return { type: 'value', value: JSON.parse(trimmed) as JsonValue };
  } catch (error) {
    if (!(error instanceof SyntaxError)) {
      throw error;
    }
    return { type: 'fault', message: explain(error.message, text) };
  }
}

/** Engines say a position, a line and column, or nothing; people get line and column where it is known. */
function explain(message: string, text: string): string {
  const lineColumn = /line (\d+) column (\d+)/.exec(message);
  const position = /position (\d+)/.exec(message)?.[1];
  const reason = message
    .replace(/^JSON\.parse: /, '')
    .replace(/ in JSON at position.*$/, '')
    .replace(/, "?.*"? is not valid JSON$/s, '')
    .replace(/ \(line \d+ column \d+\)/, '');
  if (lineColumn) {
    return `Line ${lineColumn[1]}, column ${lineColumn[2]}: ${reason}.`;
  }
  if (position !== undefined) {
    const before = text.slice(0, Number(position)).split('\n');
    return `Line ${before.length}, column ${(before.at(-1)?.length ?? 0) + 1}: ${reason}.`;
  }
  return `${reason}.`;
}

/** What one cell of a list of fields holds: text stays as it is, anything else is its JSON. */
export function cellText(value: JsonValue): string {
  if (typeof value !== 'string') {
    return JSON.stringify(value);
  }
  return looksLikeJson(value) ? JSON.stringify(value) : value;
}

/** The value a cell's text stands for: numbers, true, false, null, lists and objects are what they look like. */
export function cellValue(text: string): JsonValue {
  const trimmed = text.trim();
  if (!looksLikeJson(trimmed)) {
    return text;
  }
  const reading = readJson(trimmed);
  return reading.type === 'value' ? reading.value : text;
}

function looksLikeJson(text: string): boolean {
  if (text.startsWith('{{') || !/^(?:["[{]|-?\d|true$|false$|null$)/.test(text)) {
    return false;
  }
  return readJson(text).type === 'value';
}
