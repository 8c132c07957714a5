/**
 * Between instants and the wall clock of a time zone, for fields in which a person types a time. Pure; uses the time
 * zone data of the runtime. A time that a change of clocks leaves out means the moment after the gap; one that comes
 * twice means the first.
 */
import { isTimeZone } from '@/components/ui/time';

const formats = new Map<string, Intl.DateTimeFormat>();

function formatFor(timeZone: string): Intl.DateTimeFormat {
  const known = formats.get(timeZone);
  if (known !== undefined) return known;
  const made = new Intl.DateTimeFormat('en-GB', {
    timeZone: isTimeZone(timeZone) ? timeZone : 'UTC',
    hourCycle: 'h23',
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
  });
  formats.set(timeZone, made);
  return made;
}

/** `2026-11-22T12:43`: what a `datetime-local` field holds, at this instant in this time zone. */
export function toWallClock(atMs: number, timeZone: string): string {
  const parts = new Map(
    formatFor(timeZone)
      .formatToParts(atMs)
      .map(({ type, value }) => [type as string, value]),
  );
  const get = (name: string): string => parts.get(name) ?? '';
  return `${get('year').padStart(4, '0')}-${get('month')}-${get('day')}T${get('hour')}:${get('minute')}`;
}

const wallClock = /^(\d{4})-(\d{2})-(\d{2})T(\d{2}):(\d{2})$/;

/**
 * @param text as {@link toWallClock} writes it
 * @returns milliseconds since the epoch, or null when the text is not such a time
 */
export function fromWallClock(text: string, timeZone: string): number | null {
  const asUtcMs = wallClock.test(text) ? Date.parse(`${text}:00Z`) : Number.NaN;
  if (Number.isNaN(asUtcMs)) return null;
  // The offset depends on the instant that is looked for: those of a day before and after are the only candidates.
  const [before, after] = [-1, 1].map((side) => offsetMs(asUtcMs + side * dayMs, timeZone)) as [number, number];
  const candidates = [asUtcMs - before, asUtcMs - after].sort((a, b) => a - b) as [number, number];
  return candidates.find((atMs) => toWallClock(atMs, timeZone) === text) ?? asUtcMs - before;
}

const dayMs = 24 * 60 * 60_000;

/** How far the wall clock is ahead of UTC, to the minute. */
function offsetMs(atMs: number, timeZone: string): number {
  return Date.parse(`${toWallClock(atMs, timeZone)}:00Z`) - Math.floor(atMs / 60_000) * 60_000;
}
