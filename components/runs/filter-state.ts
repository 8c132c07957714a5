/**
 * What the list of runs is narrowed by, as it stands in the address of the page, and as the server is asked for it.
 * The address is the state: any view can be shared. Refuses values nobody could have chosen: they count as not set.
 */
import { createSerializer, parseAsArrayOf, parseAsIsoDateTime, parseAsString, parseAsStringLiteral } from 'nuqs';
import { runStatuses } from '@/core/run/types';
import type { ListRunsInput } from './types';

const minuteMs = 60_000;

export const presets = {
  '15m': { label: 'last 15 minutes', ms: 15 * minuteMs },
  '1h': { label: 'last hour', ms: 60 * minuteMs },
  '24h': { label: 'last 24 hours', ms: 24 * 60 * minuteMs },
  '7d': { label: 'last 7 days', ms: 7 * 24 * 60 * minuteMs },
  '30d': { label: 'last 30 days', ms: 30 * 24 * 60 * minuteMs },
} as const;
export type Preset = keyof typeof presets;
export const presetNames = Object.keys(presets) as Preset[];

/** Parameters of the address. `tag` holds `name=value` each. */
export const filterParsers = {
  q: parseAsString.withDefault(''),
  flow: parseAsString,
  /** The key of a lane. */
  lane: parseAsString,
  /** Only what this run started. */
  parent: parseAsString,
  status: parseAsArrayOf(parseAsStringLiteral(runStatuses)).withDefault([]),
  range: parseAsStringLiteral(presetNames),
  from: parseAsIsoDateTime,
  to: parseAsIsoDateTime,
  tag: parseAsArrayOf(parseAsString).withDefault([]),
  /** The cursor of an older page. */
  before: parseAsString,
};

/** Values of {@link filterParsers}. */
export interface RunFilters {
  readonly q: string;
  readonly flow: string | null;
  readonly lane: string | null;
  readonly parent: string | null;
  readonly status: (typeof runStatuses)[number][];
  readonly range: Preset | null;
  readonly from: Date | null;
  readonly to: Date | null;
  readonly tag: string[];
  readonly before: string | null;
}

export const noFilters: RunFilters = {
  q: '',
  flow: null,
  lane: null,
  parent: null,
  status: [],
  range: null,
  from: null,
  to: null,
  tag: [],
  before: null,
};

/** Whether anything but the page is chosen. */
export const hasFilters = (filters: RunFilters): boolean =>
  filters.q.trim() !== '' ||
  filters.flow !== null ||
  filters.lane !== null ||
  filters.parent !== null ||
  filters.status.length > 0 ||
  filters.range !== null ||
  filters.from !== null ||
  filters.to !== null ||
  filters.tag.length > 0;

/** The address of the list with these filters. */
export const listAddress = createSerializer(filterParsers);

export interface Tag {
  readonly name: string;
  readonly value: string;
}

/** @returns null for text without a name and `=` */
export function parseTag(text: string): Tag | null {
  const at = text.indexOf('=');
  return at < 1 ? null : { name: text.slice(0, at), value: text.slice(at + 1) };
}

export const tagText = ({ name, value }: Tag): string => `${name}=${value}`;

/**
 * @param nowMs what presets count back from
 * @returns what `runs.list` takes, without the cursor
 */
export function toListInput(filters: RunFilters, nowMs: number): ListRunsInput {
  const { flow, lane, parent, status, range } = filters;
  const q = filters.q.trim();
  const from = range === null ? filters.from : new Date(nowMs - presets[range].ms);
  const to = range === null ? filters.to : null;
  const tags = filters.tag.flatMap((text) => parseTag(text) ?? []).map(({ name, value }) => [name, value] as const);
  return {
    ...(flow === null ? {} : { flow }),
    ...(lane === null ? {} : { lane }),
    ...(parent === null ? {} : { parent }),
    ...(status.length === 0 ? {} : { status }),
    ...(from === null ? {} : { from: from.toISOString() }),
    ...(to === null ? {} : { to: to.toISOString() }),
    ...(q === '' ? {} : { q }),
    ...(tags.length === 0 ? {} : { tags: Object.fromEntries(tags) }),
  };
}
