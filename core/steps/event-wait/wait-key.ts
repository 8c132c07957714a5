/**
 * The text by which a wait and the event it waits for recognise each other. It exists so that whoever compares (the step that
 * begins to wait, the dispatcher, the look at what came before) compares the same. Refuses what names nothing.
 */
import { canonicalJson, type JsonValue } from '@/core/json';
import { limits } from '@/core/limits';

/**
 * @param value what the key of a wait or of a candidate came to; undefined when the expression found nothing
 * @returns canonical JSON text: numbers and booleans as the text they are written with, because an id is often a number on
 *   one side and text on the other, members of objects in order of their names. Null for what names nothing (missing,
 *   null, empty text) and for what is too large to be a key
 */
export function waitKeyOf(value: JsonValue | undefined): string | null {
  if (value === undefined || value === null || value === '') return null;
  const text = canonicalJson(typeof value === 'object' ? value : String(value));
  return text.length > limits.waitKeyLength ? null : text;
}
