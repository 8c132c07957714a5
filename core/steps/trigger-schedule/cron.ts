/**
 * Cron expressions of five fields, read by cron-parser, and what is wrong with one in words that name the field. Time
 * zones are not its business: it walks wall times, on a calendar without summer time. Refuses seconds, nicknames
 * (`@daily`), random values (`H`), and expressions no calendar ever reaches.
 */
import { type CronExpression, CronExpressionParser } from 'cron-parser';

interface CronFieldRule {
  readonly name: string;
  readonly min: number;
  readonly max: number;
  readonly takes: string;
}

const fieldRules = [
  { name: 'minute', min: 0, max: 59, takes: 'a number from 0 to 59' },
  { name: 'hour', min: 0, max: 23, takes: 'a number from 0 to 23' },
  { name: 'day of the month', min: 1, max: 31, takes: 'a number from 1 to 31, or L for the last' },
  { name: 'month', min: 1, max: 12, takes: 'a number from 1 to 12, or jan to dec' },
  { name: 'weekday', min: 0, max: 7, takes: 'a number from 0 (Sunday) to 7 (Sunday again), or sun to sat' },
] as const satisfies readonly CronFieldRule[];

const monthNames = 'January February March April May June July August September October November December'.split(' ');

/** Days of each month at most, January first. */
const longestMonths = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/** An expression that fires, for ever. */
export interface Cron {
  /** Every hour of the day is in it: it goes by elapsed time, not by named hours. */
  readonly isHourly: boolean;
  /** The wall times after one, in order, without end; each in ms as if the clock were UTC. */
  wallTimesAfter(wallMs: number): Iterable<number>;
}

export type CronFault = { readonly code: 'schedule.cronInvalid' | 'schedule.neverFires'; readonly message: string };

export type CronReading = { readonly cron: Cron } | { readonly fault: CronFault };

/** Reading takes as long as a thousand look-ups, and a draft is validated at every stroke of a key. */
const keptReadings = 500;
const readings = new Map<string, CronReading>();

/** @returns the expression, or the first thing that is wrong with it */
export function readCron(text: string): CronReading {
  const known = readings.get(text);
  if (known !== undefined) return known;
  const reading = readAnew(text);
  const [oldest] = readings.keys();
  if (readings.size >= keptReadings && oldest !== undefined) readings.delete(oldest);
  readings.set(text, reading);
  return reading;
}

function readAnew(text: string): CronReading {
  const fields = text.trim().split(/\s+/);
  const fault = faultOfCount(text, fields) ?? faultOfFields(fields) ?? faultOfDays(fields);
  if (fault !== null) return { fault };
  const normal = fields.join(' ');
  const { hour } = parse(normal, 0).fields;
  return {
    cron: {
      isHourly: hour.values.length === 24,
      *wallTimesAfter(wallMs) {
        const expression = parse(normal, wallMs);
        for (;;) yield expression.next().getTime();
      },
    },
  };
}

const parse = (cron: string, wallMs: number): CronExpression =>
  CronExpressionParser.parse(cron, { tz: 'UTC', currentDate: new Date(wallMs) });

const invalid = (message: string): CronFault => ({ code: 'schedule.cronInvalid', message });

function faultOfCount(text: string, fields: readonly string[]): CronFault | null {
  if (fields.length === fieldRules.length) return null;
  if (text.trim().startsWith('@')) {
    return invalid('Names such as @daily are not read here. Write the five fields: 0 0 * * * is every midnight.');
  }
  if (fields.length === fieldRules.length + 1) {
    return invalid(
      'Six fields would begin with seconds; a schedule fires once a minute at most. Remove the first field.',
    );
  }
  const found = text.trim() === '' ? 'nothing' : fields.length;
  return invalid(`Five fields are expected (minute, hour, day of the month, month, weekday); this has ${found}.`);
}

function faultOfFields(fields: readonly string[]): CronFault | null {
  for (const [index, rule] of fieldRules.entries()) {
    const field = fields[index] ?? '';
    if (isReadable(field, index, rule)) continue;
    const shown = field.length > 20 ? `${field.slice(0, 20)}…` : field;
    const forms = 'a range 1-5, a list 1,3,5, a step */2, or *';
    return invalid(`The ${rule.name} "${shown}" is not understood. It is ${rule.takes}; ${forms}.`);
  }
  return null;
}

function isReadable(field: string, index: number, { min, max }: CronFieldRule): boolean {
  // `H` stands for a value drawn at random, so the same flow would fire at other times elsewhere.
  if (/h/i.test(field) && !/thu|mar/i.test(field)) return false;
  // A step beyond the range leaves one value and is a slip: */90 does not mean every ninety minutes.
  const isWide = [...field.matchAll(/\/(\d+)/g)].some(([, step]) => Number(step) > max - min + 1);
  return !isWide && fieldsOf(field, index) !== null;
}

/** What one field alone selects; null when it cannot be read. */
function fieldsOf(field: string, index: number): CronExpression['fields'] | null {
  try {
    return parse(fieldRules.map((_, at) => (at === index ? field : '*')).join(' '), 0).fields;
  } catch {
    // Which of its words the parser has for it does not matter: ours name the field.
    return null;
  }
}

/** Named days of the month that none of the months has, such as 30 February. A named weekday comes every week. */
function faultOfDays(fields: readonly string[]): CronFault | null {
  const days = fieldsOf(fields[2] ?? '', 2)?.dayOfMonth;
  const months = fieldsOf(fields[3] ?? '', 3)?.month.values ?? [];
  const weekdays = fieldsOf(fields[4] ?? '', 4)?.dayOfWeek;
  if (days === undefined || days.isWildcard || days.hasLastChar || weekdays?.isWildcard !== true) return null;
  const firstDay = Math.min(...days.values.map(Number));
  if (months.some((month) => (longestMonths[month - 1] ?? 0) >= firstDay)) return null;
  const [only, ...others] = months;
  const named = others.length === 0 ? (monthNames[Number(only) - 1] ?? '') : 'None of these months';
  const lacks = others.length === 0 ? 'has no' : 'has a';
  const message = `${named} ${lacks} day ${firstDay}, so this would never fire. Choose another day or month.`;
  return { code: 'schedule.neverFires', message };
}
