/**
 * Wall clocks of time zones, from the data that every JavaScript engine carries (Intl). A wall time is the milliseconds
 * that the same reading of a clock would have in UTC. Refuses offsets such as `+02:00` as names: they know no summer,
 * and not every engine takes them.
 */

const dayMs = 24 * 60 * 60_000;
const zoneName = /^[A-Za-z][A-Za-z0-9_+-]*(\/[A-Za-z0-9_+-]+)*$/;
/** Formatters are slow to make and quick to use. More zones than this at once are nobody's calendar. */
const keptFormatters = 100;
const formatters = new Map<string, Intl.DateTimeFormat>();

function formatterOf(timeZone: string): Intl.DateTimeFormat {
  const known = formatters.get(timeZone);
  if (known !== undefined) return known;
  const formatter = new Intl.DateTimeFormat('en-US', { timeZone, timeZoneName: 'longOffset' });
  const [oldest] = formatters.keys();
  if (formatters.size >= keptFormatters && oldest !== undefined) formatters.delete(oldest);
  formatters.set(timeZone, formatter);
  return formatter;
}

/** Whether this is the name of a zone in the IANA database, in any case of letters. */
export function isTimeZone(name: string): boolean {
  if (!zoneName.test(name)) return false;
  try {
    formatterOf(name);
    return true;
  } catch {
    // The engine has no other way to say that it does not know a zone.
    return false;
  }
}

const offsetText = /GMT(?:([+-])(\d\d):(\d\d)(?::(\d\d))?)?$/;

/** How far the wall clock of a zone is ahead of UTC at an instant, in ms. */
export function offsetMs(timeZone: string, atMs: number): number {
  const [, sign, hours, minutes, seconds] = offsetText.exec(formatterOf(timeZone).format(atMs)) ?? [];
  const ms = ((Number(hours ?? 0) * 60 + Number(minutes ?? 0)) * 60 + Number(seconds ?? 0)) * 1000;
  return sign === '-' ? -ms : ms;
}

/** The instants at which a clock shows a wall time. */
export interface WallInstants {
  /** One, or two in order where the clock was set back over it; none where it was set forward over it. */
  readonly instants: readonly number[];
  /** Where there are none: the instant by the offset that held before, which is as far behind the gap as the time is in it. */
  readonly shiftedMs: number;
}

/**
 * Follows the `compatible` disambiguation of ECMAScript's Temporal: the offsets a day before and a day after are the
 * only ones that can hold, because no zone sets its clock twice in two days.
 */
export function instantsOf(timeZone: string, wallMs: number): WallInstants {
  const before = offsetMs(timeZone, wallMs - dayMs);
  const after = offsetMs(timeZone, wallMs + dayMs);
  const instants = [...new Set([wallMs - before, wallMs - after])]
    .filter((instantMs) => instantMs + offsetMs(timeZone, instantMs) === wallMs)
    .sort((a, b) => a - b);
  return { instants, shiftedMs: wallMs - before };
}

/** The smallest offset within a day of an instant: a wall clock read with it is not ahead of any reading near it. */
export const smallestOffsetMs = (timeZone: string, atMs: number): number =>
  Math.min(...[atMs - dayMs, atMs, atMs + dayMs].map((ms) => offsetMs(timeZone, ms)));
