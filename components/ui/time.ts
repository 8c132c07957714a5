/**
 * Times, durations and counts as people read them. Pure: the time zone and "now" are arguments. Refuses locale
 * guesswork: one way of writing for everybody (24 hours, day before month, units named), so that two people on the
 * phone see the same text.
 */

/** An instant: milliseconds since the epoch, an ISO 8601 string, or a Date. */
export type Instant = number | string | Date;

export const toMs = (at: Instant): number => (typeof at === 'number' ? at : new Date(at).getTime());

const formats = new Map<string, Intl.DateTimeFormat>();

/** Intl formatters are slow to make; one per time zone serves the whole page. An unknown zone falls back to UTC. */
function formatFor(timeZone: string): Intl.DateTimeFormat {
  const known = formats.get(timeZone);
  if (known) return known;
  const options: Intl.DateTimeFormatOptions = {
    year: 'numeric',
    month: 'short',
    day: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    fractionalSecondDigits: 3,
    hourCycle: 'h23',
  };
  const made = new Intl.DateTimeFormat('en-GB', { ...options, timeZone: isTimeZone(timeZone) ? timeZone : 'UTC' });
  formats.set(timeZone, made);
  return made;
}

/** Whether this is an IANA time zone that the runtime knows. */
export function isTimeZone(name: string): boolean {
  try {
    return Boolean(new Intl.DateTimeFormat('en-GB', { timeZone: name }));
  } catch (error) {
    if (error instanceof RangeError) return false;
    throw error;
  }
}

interface Parts {
  year: string;
  month: string;
  day: string;
  hour: string;
  minute: string;
  second: string;
  fraction: string;
}

function partsOf(atMs: number, timeZone: string): Parts {
  const found = new Map(
    formatFor(timeZone)
      .formatToParts(atMs)
      .map((part) => [part.type as string, part.value]),
  );
  const get = (name: string) => found.get(name) ?? '';
  return {
    year: get('year'),
    month: get('month').slice(0, 3),
    day: get('day'),
    hour: get('hour'),
    minute: get('minute'),
    second: get('second'),
    fraction: get('fractionalSecond'),
  };
}

export interface TimeOptions {
  /** IANA name. Default UTC. */
  timeZone?: string;
  /** Adds milliseconds: `12:43:05.112`. */
  ms?: boolean;
}

/** `12:43:05`, or `12:43:05.112` with `ms`. */
export function formatTime(at: Instant, { timeZone = 'UTC', ms = false }: TimeOptions = {}): string {
  const p = partsOf(toMs(at), timeZone);
  return `${p.hour}:${p.minute}:${p.second}${ms ? `.${p.fraction}` : ''}`;
}

/** `22 Nov 2026, 12:43:05`; the year is left out when it is that of `nowMs`. */
export function formatDateTime(at: Instant, { nowMs, ...options }: TimeOptions & { nowMs?: number } = {}): string {
  const p = partsOf(toMs(at), options.timeZone ?? 'UTC');
  const isThisYear = nowMs !== undefined && partsOf(nowMs, options.timeZone ?? 'UTC').year === p.year;
  return `${p.day} ${p.month}${isThisYear ? '' : ` ${p.year}`}, ${formatTime(at, options)}`;
}

/** As short as stays clear for a row: the time alone today, else with its date. */
export function formatRowTime(at: Instant, { nowMs, ...options }: TimeOptions & { nowMs: number }): string {
  const timeZone = options.timeZone ?? 'UTC';
  const [then, now] = [partsOf(toMs(at), timeZone), partsOf(nowMs, timeZone)];
  const isToday = then.year === now.year && then.month === now.month && then.day === now.day;
  return isToday ? formatTime(at, options) : formatDateTime(at, { ...options, nowMs });
}

const second = 1_000;
const minute = 60 * second;
const hour = 60 * minute;
const day = 24 * hour;

/**
 * How long something took: `12 ms`, `4.81 s`, `30.4 s`, `1 m 03 s`, `2 h 05 m`, `3 d 04 h`. Three figures, never more
 * precision than anybody acts on.
 *
 * @param durationMs milliseconds; negative (clocks differ) counts as 0
 */
export function formatDuration(durationMs: number): string {
  const ms = Math.max(0, durationMs);
  if (Math.round(ms) < second) return `${Math.round(ms)} ms`;
  if (ms < 9.995 * second) return `${(ms / second).toFixed(2)} s`;
  if (ms < 59.95 * second) return `${(ms / second).toFixed(1)} s`;
  const pair = (big: number, bigName: string, small: number, smallName: string) => {
    const total = Math.round(ms / small);
    const per = big / small;
    return `${Math.floor(total / per)} ${bigName} ${String(total % per).padStart(2, '0')} ${smallName}`;
  };
  if (ms < hour - second / 2) return pair(minute, 'm', second, 's');
  if (ms < day - minute / 2) return pair(hour, 'h', minute, 'm');
  return pair(day, 'd', hour, 'h');
}

/** `just now`, `12 s ago`, `13 min ago`, `2 h ago`, `3 days ago`, `in 22 s`. */
export function formatRelative(at: Instant, nowMs: number): string {
  const difference = toMs(at) - nowMs;
  const distance = Math.abs(difference);
  if (distance < second) return 'just now';
  const [amount, unit] =
    distance < minute
      ? [Math.floor(distance / second), 's']
      : distance < hour
        ? [Math.floor(distance / minute), 'min']
        : distance < day
          ? [Math.floor(distance / hour), 'h']
          : [Math.floor(distance / day), distance < 2 * day ? 'day' : 'days'];
  return difference > 0 ? `in ${amount} ${unit}` : `${amount} ${unit} ago`;
}

/** Thousands apart by a space that does not break: `58 906`. */
export function formatCount(count: number): string {
  return String(Math.trunc(count)).replace(/\B(?=(\d{3})+(?!\d))/g, '\u00a0');
}

/** `512 B`, `8.0 KiB`, `1.2 MiB`. */
export function formatBytes(bytes: number): string {
  if (bytes < 1024) return `${bytes} B`;
  if (bytes < 1024 * 1024) return `${(bytes / 1024).toFixed(1)} KiB`;
  return `${(bytes / 1024 / 1024).toFixed(1)} MiB`;
}
