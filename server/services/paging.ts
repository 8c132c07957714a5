/**
 * Opaque cursors and page sizes. A cursor names the last item a reader saw, so that pages neither repeat nor skip when
 * rows are added meanwhile. Refuses a cursor of another list: it would silently start somewhere else.
 */
import { HeadraceError } from '@/core/errors';
import { limits } from '@/core/limits';
import type { Page } from '@/server/services/common-schemas';

/** Lists that hand out cursors; part of the cursor, so that one list refuses another's. */
export type CursorList =
  | 'flows'
  | 'versions'
  | 'runs'
  | 'iterations'
  | 'children'
  | 'events'
  | 'journal'
  | 'names'
  | 'lanes'
  | 'limits'
  | 'approvals';

const toBase64Url = (value: string): string =>
  btoa(String.fromCharCode(...new TextEncoder().encode(value)))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replaceAll('=', '');

function fromBase64Url(value: string): string | null {
  if (!/^[A-Za-z0-9_-]+$/.test(value)) return null;
  try {
    const binary = atob(value.replaceAll('-', '+').replaceAll('_', '/'));
    return new TextDecoder('utf-8', { fatal: true }).decode(Uint8Array.from(binary, (unit) => unit.charCodeAt(0)));
  } catch {
    // Not base64 or not UTF-8: the caller reports it as a cursor that is not ours.
    return null;
  }
}

/** @param after key of the last item of the page, in the order of the list */
export const encodeCursor = (list: CursorList, after: string | number): string => toBase64Url(`${list}:${after}`);

/**
 * @param shape what a key of this list looks like; anything else was not made by us
 * @returns the key of the last item seen, or null for the first page
 * @throws HeadraceError `request.invalid` at `?cursor`
 */
export function decodeCursor(list: CursorList, cursor: string | undefined, shape: RegExp): string | null {
  if (cursor === undefined) return null;
  const plain = fromBase64Url(cursor);
  const key = plain?.startsWith(`${list}:`) ? plain.slice(list.length + 1) : null;
  if (key === null || !shape.test(key)) {
    const message = 'The cursor is not one that this list gave out. Start again without it.';
    throw new HeadraceError('request.invalid', message, {
      faults: [{ pointer: '?cursor', code: 'field.invalid', message }],
    });
  }
  return key;
}

export const cursorShapes = {
  uuid: /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/,
  /** Up to 2^53, so that it stays a number. */
  position: /^\d{1,15}$/,
  int32: /^\d{1,9}$/,
  name: /^[A-Za-z_][A-Za-z0-9_.-]{0,119}$/,
} as const;

export const pageSizeOf = (limit: number | undefined): number => limit ?? limits.pageSize;

/**
 * Cuts a page from rows read with one more than asked for.
 * @param rows `limit + 1` at most
 * @param keyOf what the cursor holds for an item
 */
export function pageFrom<Row, Item>(
  list: CursorList,
  rows: readonly Row[],
  limit: number,
  keyOf: (row: Row) => string | number,
  present: (row: Row) => Item,
): Page<Item> {
  const shown = rows.slice(0, limit);
  const last = shown.at(-1);
  return {
    items: shown.map(present),
    nextCursor: rows.length > limit && last !== undefined ? encodeCursor(list, keyOf(last)) : null,
  };
}
