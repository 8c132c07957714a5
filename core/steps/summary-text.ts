/**
 * Shortens what a person wrote to the one line of a step card. Expressions become the name they end in
 * (`{{ steps.reserve.output.body.id }}` → `{id}`), so that a path stays readable. Refuses to measure pixels: what does
 * not fit is cut by the card.
 */
import { scanTemplate } from '@/core/expression/scan-template';
import type { JsonValue } from '@/core/json';

const lastName = /([A-Za-z_][A-Za-z0-9_]*)[^A-Za-z0-9_]*$/;

/** The text with every expression shortened; '' for what is not text or a number. */
export function shorten(value: JsonValue | undefined): string {
  if (typeof value === 'number' || typeof value === 'boolean') {
    return String(value);
  }
  if (typeof value !== 'string') {
    return '';
  }
  return scanTemplate(value)
    .map((part) => (part.kind === 'expression' ? `{${lastName.exec(part.source)?.[1] ?? '…'}}` : part.text))
    .join('');
}

/** Address without scheme, as the card shows it. */
export const shortenUrl = (value: JsonValue | undefined): string => shorten(value).replace(/^https?:\/\//, '');
