/**
 * A cron expression in a few words for the line of a card: the handful of forms people write most. Refuses to be a
 * translator: what it has no words for stays cron.
 */

const weekdays = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday'];
const small = /^\d{1,2}$/;

/** `30 8 * * 1-5` → at `08:30 on working days`; the expression itself when there are no words for it. */
export function scheduleSummary(cron: string): { readonly verb: 'at' | 'every'; readonly rest: string } {
  const words = cronWords(cron);
  return words.startsWith('every ')
    ? { verb: 'every', rest: words.slice('every '.length) }
    : { verb: 'at', rest: words };
}

function cronWords(cron: string): string {
  const [minute = '', hour = '', day = '', month = '', weekday = '', ...rest] = cron.trim().split(/\s+/);
  if (rest.length > 0 || month !== '*') return cron;
  const days = daysIn(day, weekday);
  if (days === null) return cron;
  if (small.test(minute) && small.test(hour)) {
    return `${hour.padStart(2, '0')}:${minute.padStart(2, '0')} ${days}`;
  }
  if (hour !== '*' || days !== 'every day') return cron;
  if (minute === '*') return 'every minute';
  const [, step] = /^\*\/(\d{1,2})$/.exec(minute) ?? [];
  // Steps that do not divide the hour start anew with each, which "every 7 minutes" would not say.
  if (step !== undefined && Number(step) > 1 && 60 % Number(step) === 0) return `every ${Number(step)} minutes`;
  return small.test(minute) ? `${Number(minute)} past every hour` : cron;
}

function daysIn(day: string, weekday: string): string | null {
  if (day === '*' && weekday === '*') return 'every day';
  if (day === '*' && /^(1-5|mon-fri)$/i.test(weekday)) return 'on working days';
  if (day === '*' && /^[0-7]$/.test(weekday)) return `on ${weekdays[Number(weekday)]}s`;
  if (weekday === '*' && small.test(day)) return `on day ${Number(day)}`;
  return weekday === '*' && day === 'L' ? 'on the last day' : null;
}
