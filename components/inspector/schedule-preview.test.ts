import { expect, it } from 'vitest';
import { previewFires } from './schedule-preview';

const nowMs = Date.parse('2026-10-23T12:00:00Z');

it('the next five fires are written by the clock of the schedule and that of whoever looks', () => {
  const fires = previewFires({ cron: '30 2 * * *', timeZone: 'Europe/Berlin' }, 'America/New_York', nowMs);
  expect(fires?.map(({ there, here }) => [there, here])).toEqual([
    ['Sat 24 Oct, 02:30', 'Fri 23 Oct, 20:30'],
    ['Sun 25 Oct, 02:30', 'Sat 24 Oct, 20:30'],
    ['Mon 26 Oct, 02:30', 'Sun 25 Oct, 21:30'],
    ['Tue 27 Oct, 02:30', 'Mon 26 Oct, 21:30'],
    ['Wed 28 Oct, 02:30', 'Tue 27 Oct, 21:30'],
  ]);
});

it('one clock is enough where both show the same, and another year is said', () => {
  const fires = previewFires({ cron: '0 0 1 9 *', timeZone: 'UTC' }, 'Etc/UTC', nowMs);
  expect(fires?.slice(0, 2)).toEqual([
    { atMs: Date.parse('2027-09-01T00:00Z'), there: 'Wed 1 Sep 2027, 00:00', here: null },
    { atMs: Date.parse('2028-09-01T00:00Z'), there: 'Fri 1 Sep 2028, 00:00', here: null },
  ]);
});

it('nothing is shown of a schedule with a fault', () => {
  expect(previewFires({ cron: '0 0 30 2 *', timeZone: 'UTC' }, 'UTC', nowMs)).toBeNull();
  expect(previewFires({ cron: '0 0 * * *', timeZone: 'Mars' }, 'UTC', nowMs)).toBeNull();
  expect(previewFires({ cron: '', timeZone: 'UTC' }, 'UTC', nowMs)).toBeNull();
});
