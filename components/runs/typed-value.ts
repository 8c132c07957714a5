/** What somebody typed as a value. Refuses expressions: outside a flow nothing evaluates them. */
import { readJson } from '@/components/inspector/json-text';
import type { JsonValue } from '@/core/json';

export type TypedValue = { readonly value: JsonValue } | { readonly fault: string };

export function typedValue(text: string): TypedValue {
  if (text.trimStart().startsWith('{{'))
    return { fault: 'An expression is not evaluated here: give the value itself.' };
  const reading = readJson(text);
  if (reading.type === 'fault') return { fault: reading.message };
  return reading.type === 'absent' ? { fault: 'Give a JSON value; null is one.' } : { value: reading.value };
}
