/**
 * When a schedule fires: cron's wall times put on the time line of a zone. Two rules settle the days on which a clock
 * is set. A schedule that names hours fires once per wall time: in the hour that is left out, later by as much as the
 * clock was set forward (02:30 becomes 03:30); in the hour that comes twice, the first time. A schedule of every hour
 * goes by the clock as it runs: nothing in the hour that is left out, and again in the hour that is repeated. Refuses
 * the clock: instants are arguments.
 */
import { type Cron, type CronFault, readCron } from '@/core/steps/trigger-schedule/cron';
import { instantsOf, isTimeZone, smallestOffsetMs } from '@/core/steps/trigger-schedule/time-zone';

/** A cron expression and a zone that were read and found good. */
export interface Schedule {
  readonly cron: Cron;
  readonly timeZone: string;
}

export type ScheduleFault =
  | (CronFault & { readonly field: 'cron' })
  | { readonly field: 'timeZone'; readonly code: 'schedule.timeZoneUnknown'; readonly message: string };

/** @returns the schedule, or all that is wrong with it */
export function readSchedule(
  cronText: string,
  timeZone: string,
): { readonly schedule: Schedule } | { readonly faults: readonly ScheduleFault[] } {
  const read = readCron(cronText);
  const isKnown = isTimeZone(timeZone);
  if ('cron' in read && isKnown) return { schedule: { cron: read.cron, timeZone } };
  const zoneMessage = `"${timeZone.slice(0, 60)}" is not a time zone. Write its IANA name, such as Europe/Berlin or UTC.`;
  return {
    faults: [
      ...('fault' in read ? [{ ...read.fault, field: 'cron' as const }] : []),
      ...(isKnown
        ? []
        : [{ field: 'timeZone' as const, code: 'schedule.timeZoneUnknown' as const, message: zoneMessage }]),
    ],
  };
}

/** The next `count` instants after one, in ms since the epoch, in order. */
export function nextFiresAfter(schedule: Schedule, afterMs: number, count: number): number[] {
  const fires: number[] = [];
  while (fires.length < count) fires.push(nextFireAfter(schedule, fires.at(-1) ?? afterMs));
  return fires;
}

/**
 * Walks wall times from one that is surely not ahead. Their first instants ascend, except that those shifted out of a
 * gap lie among the ones behind it; so the walk ends at the first regular wall time whose first instant is late enough.
 */
function nextFireAfter({ cron, timeZone }: Schedule, afterMs: number): number {
  let best = Number.POSITIVE_INFINITY;
  for (const wallMs of cron.wallTimesAfter(afterMs + smallestOffsetMs(timeZone, afterMs))) {
    const { instants, shiftedMs } = instantsOf(timeZone, wallMs);
    const [first] = instants;
    const named = [first ?? shiftedMs];
    for (const instantMs of cron.isHourly ? instants : named) {
      if (instantMs > afterMs) best = Math.min(best, instantMs);
    }
    if (first !== undefined && first > afterMs) break;
  }
  return best;
}

/** Every fire after one instant up to and including another, and the first one beyond; for spans known to be short. */
export function firesUpTo(
  schedule: Schedule,
  afterMs: number,
  untilMs: number,
): { readonly fires: readonly number[]; readonly nextMs: number } {
  const fires: number[] = [];
  let nextMs = nextFireAfter(schedule, afterMs);
  while (nextMs <= untilMs) {
    fires.push(nextMs);
    nextMs = nextFireAfter(schedule, nextMs);
  }
  return { fires, nextMs };
}

/** The first look into the past, in ms: enough for two fires of the busiest schedule. */
const firstLookMs = 2 * 60_000;

/**
 * The newest fires of a span, however long it is: looks back four times as far until there are enough, so the work
 * depends on `max` and not on how long nobody looked.
 * @param span after `afterMs`, up to and including `untilMs`
 * @returns at most `max` instants in order, and whether older ones were left out
 */
export function lastFiresIn(
  schedule: Schedule,
  span: { readonly afterMs: number; readonly untilMs: number },
  max: number,
): { readonly fires: readonly number[]; readonly isCut: boolean } {
  for (let lookMs = firstLookMs; ; lookMs *= 4) {
    const isWhole = span.untilMs - lookMs <= span.afterMs;
    const { fires } = firesUpTo(schedule, isWhole ? span.afterMs : span.untilMs - lookMs, span.untilMs);
    if (isWhole || fires.length > max) {
      return { fires: max === 0 ? [] : fires.slice(-max), isCut: fires.length > max };
    }
  }
}
