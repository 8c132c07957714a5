/**
 * The result of a template against sample data, as words under a field. Pure but for the clock it is given. Refuses to
 * show much: a preview is one line, the data drawer shows the rest.
 */
import { isHeadraceError } from '@/core/errors';
import { compileTemplate, evaluateTemplate } from '@/core/expression';
import type { JsonValue } from '@/core/json';
import { previewClock, type SampleData } from './sample-frame';

export type Preview =
  | { readonly type: 'value'; readonly text: string; readonly kind: string; readonly tookMs: number }
  | { readonly type: 'missing' }
  | { readonly type: 'fault'; readonly message: string; readonly offset: number | null };

const longest = 160;

/**
 * @param value a string or any JSON with expressions in it
 * @param nowMs the time of day, and the clock that measures how long it took
 */
export function previewOf(value: JsonValue, sample: SampleData, nowMs: () => number): Preview {
  const { template, faults } = compileTemplate(value);
  const fault = faults[0];
  if (fault !== undefined) {
    return { type: 'fault', message: fault.message, offset: fault.offset };
  }
  const startedMs = nowMs();
  try {
    const result = evaluateTemplate(template, sample.frame, previewClock(Date.now()));
    const tookMs = nowMs() - startedMs;
    return result === undefined ? { type: 'missing' } : { type: 'value', ...summarise(result), tookMs };
  } catch (error) {
    if (!isHeadraceError(error)) {
      throw error;
    }
    if (error.code === 'expression.missing') {
      return { type: 'missing' };
    }
    const { offset } = error.details;
    return { type: 'fault', message: error.message, offset: typeof offset === 'number' ? offset : null };
  }
}

/** One line of a value, and what it is: "number", "list of 3". */
export function summarise(value: JsonValue): { text: string; kind: string } {
  if (value === null) {
    return { text: 'null', kind: 'null' };
  }
  if (Array.isArray(value)) {
    return { text: cut(JSON.stringify(value)), kind: `list of ${value.length}` };
  }
  if (typeof value === 'object') {
    const fields = Object.keys(value).length;
    return { text: cut(JSON.stringify(value)), kind: fields === 1 ? '1 field' : `${fields} fields` };
  }
  return { text: cut(String(value)), kind: typeof value === 'string' ? 'text' : typeof value };
}

const cut = (text: string): string => (text.length > longest ? `${text.slice(0, longest)}…` : text);
