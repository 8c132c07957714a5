/**
 * The next times a schedule fires, written for a preview: by its own clock and by that of whoever looks. Pure: now is an
 * argument. Refuses to explain faults; the problems of the field do.
 */
import { nextFiresAfter, readSchedule } from '@/core/steps/trigger-schedule/fires';

export interface FirePreview {
  readonly atMs: number;
  /** By the clock of the schedule: `Mon 23 Nov, 08:00`, with the year when it is another. */
  readonly there: string;
  /** By the clock of whoever looks; null where the two show the same. */
  readonly here: string | null;
}

/** Enough to see a rhythm, a weekend and the change of a month. */
const shownFires = 5;

/** @returns the next fires after `nowMs`, or null while the schedule has a fault */
export function previewFires(
  schedule: { readonly cron: string; readonly timeZone: string },
  viewerZone: string,
  nowMs: number,
): readonly FirePreview[] | null {
  const read = readSchedule(schedule.cron, schedule.timeZone);
  if ('faults' in read) return null;
  const write = { there: writer(schedule.timeZone, nowMs), here: writer(viewerZone, nowMs) };
  return nextFiresAfter(read.schedule, nowMs, shownFires).map((atMs) => {
    const [there, here] = [write.there(atMs), write.here(atMs)];
    return { atMs, there, here: here === there ? null : here };
  });
}

function writer(timeZone: string, nowMs: number): (atMs: number) => string {
  const format = new Intl.DateTimeFormat('en-GB', {
    timeZone,
    weekday: 'short',
    day: 'numeric',
    month: 'short',
    year: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  });
  const partsOf = (atMs: number) => {
    const parts = format.formatToParts(atMs);
    return (type: Intl.DateTimeFormatPartTypes) => parts.find((part) => part.type === type)?.value ?? '';
  };
  const thisYear = partsOf(nowMs)('year');
  return (atMs) => {
    const part = partsOf(atMs);
    // English abbreviates September to four letters, every other month to three.
    const date = `${part('weekday')} ${part('day')} ${part('month').slice(0, 3)}`;
    const year = part('year') === thisYear ? '' : ` ${part('year')}`;
    return `${date}${year}, ${part('hour')}:${part('minute')}`;
  };
}
