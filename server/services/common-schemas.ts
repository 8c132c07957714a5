/**
 * Pieces that the input and answer schemas of several areas share. Both doors, REST and tRPC, parse with these, so a
 * rule stated here holds everywhere. Refuses text that Postgres cannot store: a NUL in it would otherwise surface as a
 * fault of ours.
 */
import { z } from 'zod';
import type { JsonValue } from '@/core/json';
import { limits } from '@/core/limits';

/** Any JSON value, `null` included, but not nothing. What is parsed already is JSON, so no walk is needed. */
export const jsonValue = z.custom<JsonValue>((value) => value !== undefined, { error: 'A value is required.' });

// With the u flag only lone surrogates are in \p{Cs}.
const isStorable = (text: string): boolean => !text.includes('\u0000') && !/\p{Cs}/u.test(text);

/** Text that a column can hold. */
export const text = (maxLength: number) =>
  z.string().max(maxLength).refine(isStorable, { error: 'NUL characters and lone surrogates cannot be stored.' });

/** An instant as RFC 3339 text with an offset or Z. Year zero is refused: Postgres has none. */
export const instant = z.iso
  .datetime({ offset: true })
  .refine((value) => !value.startsWith('0000'), { error: 'The year 0000 does not exist.' });

/** `{items, nextCursor}` of every list. */
export const pageOf = <Item extends z.ZodType>(item: Item) =>
  z.object({ items: z.array(item), nextCursor: z.string().nullable() });

export interface Page<Item> {
  items: Item[];
  /** Null at the end. */
  nextCursor: string | null;
}

/** What every list takes; spread into its input schema. */
export const pageInput = {
  limit: z.int().min(1).max(limits.pageSizeMax).optional().describe(`Items per page, ${limits.pageSize} by default`),
  cursor: z.string().min(1).max(1000).optional().describe('nextCursor of the page before'),
};

/** Free text that a list is searched by. */
export const searchText = text(200).optional().describe('Text to search for');

/** Times are UTC with milliseconds. */
export const presentTime = (timeMs: number): string => new Date(timeMs).toISOString();
