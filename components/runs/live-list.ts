/**
 * What a list of runs shows while runs arrive. At the top it follows them; further down it stays as it is and counts
 * what is new. Run ids are ordered by time (UUIDv7, RFC 9562), so the first row alone says where the list was held.
 */
import type { ListRunsInput, RunSummary } from './types';

/** The first row of a list that is held. */
export interface Anchor {
  readonly id: string;
  readonly createdAt: string;
}

/** Runs created up to the anchor: the list as it was, with what has become of its runs since. */
export function upToAnchor(input: ListRunsInput, anchor: Anchor): ListRunsInput {
  // The next millisecond, because `to` is exclusive and times are shown in whole milliseconds.
  const to = new Date(Date.parse(anchor.createdAt) + 1).toISOString();
  return input.to !== undefined && input.to < to ? input : { ...input, to };
}

/** Drops the runs of the anchor's own millisecond that came after it. */
export const withoutNewer = (items: readonly RunSummary[], anchor: Anchor): readonly RunSummary[] =>
  items.filter(({ id }) => id <= anchor.id);

/** @returns how many of the newest runs came after the anchor, and whether there may be more than were asked for */
export function countNewer(newest: readonly RunSummary[], anchor: Anchor): { count: number; isAll: boolean } {
  const count = newest.filter(({ id }) => id > anchor.id).length;
  return { count, isAll: count < newest.length };
}
