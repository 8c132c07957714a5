/**
 * The words in the title of a region, behind its name: what kind it is and what it does with its steps. Pure; refuses to
 * be long, since a title has one line.
 */
import type { FlowStep } from '@/core/flow/document';
import type { JsonValue } from '@/core/json';
import { shorten } from '@/core/steps/summary-text';
import { isLoop, manifestOf } from './catalogue';

/** "saga scope, succeeds whole or is compensated"; "for each {lines}, 5 at a time, goes on after failures". */
export function regionWords({ kind, config = {} }: FlowStep): string {
  if (!isLoop(kind)) return `${(manifestOf(kind)?.label ?? kind).toLowerCase()}, succeeds whole or is compensated`;
  const { items, concurrency, onError } = config;
  const order =
    concurrency === undefined || concurrency === 1 ? 'one after the other' : `${shorten(concurrency)} at a time`;
  const failing = onError === 'continue' ? 'goes on after failures' : 'stops at the first failure';
  return `for each ${listWords(items)}, ${order}, ${failing}`;
}

function listWords(items: JsonValue | undefined): string {
  if (Array.isArray(items)) return `of ${items.length} items`;
  const words = shorten(items).trim();
  return words === '' ? 'item' : words;
}
