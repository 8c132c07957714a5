import { describe, expect, it } from 'vitest';
import { seededRandom } from '@/core/expression';
import { configFaults } from '@/core/steps/testing';
import { readCron } from '@/core/steps/trigger-schedule/cron';
import { scheduleSummary } from '@/core/steps/trigger-schedule/cron-words';
import { nextFiresAfter, readSchedule } from '@/core/steps/trigger-schedule/fires';
import { manifest } from '@/core/steps/trigger-schedule/manifest';

const messageOf = (cron: string): string => {
  const read = readCron(cron);
  return 'fault' in read ? read.fault.message : 'no fault';
};

describe('a cron expression', () => {
  it.each([
    '* * * * *',
    '*/15 8-18 * * mon-fri',
    '0 0 1,15 * *',
    '0 0 L * *',
    '0 9 * JAN,mar 1#2',
    '0 9 * * 5L',
    '0 9 ? * THU',
    ' 5  4 * * 7 ',
    '0 0 30 2 1',
  ])('"%s" is good', (cron) => {
    expect(configFaults(manifest, { cron })).toEqual([]);
  });

  it.each([
    ['61 * * * *', 'The minute "61"'],
    ['* 24 * * *', 'The hour "24"'],
    ['* * 0 * *', 'The day of the month "0"'],
    ['* * * foo *', 'The month "foo"'],
    ['* * * * 8', 'The weekday "8"'],
    ['*/90 * * * *', 'The minute "*/90"'],
    ['*/0 * * * *', 'The minute "*/0"'],
    ['5-1 * * * *', 'The minute "5-1"'],
    ['1,,2 * * * *', 'The minute "1,,2"'],
    ['0,0 * * * *', 'The minute "0,0"'],
    ['H * * * *', 'The minute "H"'],
    ['0 h(1-3) * * *', 'The hour "h(1-3)"'],
    ['\u0000 * * * *', 'The minute'],
    ['٣ * * * *', 'The minute'],
    ['0 8 * *', 'this has 4'],
    ['   ', 'this has nothing'],
    ['0 0 8 * * 1', 'would begin with seconds'],
    ['* * * * * * *', 'this has 7'],
    ['@daily', '0 0 * * *'],
    ['0 0 30 2 *', 'February has no day 30'],
    ['0 0 31 2,4,6,9,11 *', 'None of these months has a day 31'],
    ['0 0 31 4 ?', 'would never fire'],
  ])('%j is refused: %s', (cron, words) => {
    expect(messageOf(cron)).toContain(words);
    expect(configFaults(manifest, { cron })).toEqual([expect.stringMatching(/^schedule\.\w+ \/cron$/)]);
  });

  it('fires, or is refused, whatever is put together', () => {
    const random = seededRandom('cron');
    const pick = (from: readonly string[]): string => from[Math.floor(random() * from.length)] ?? '';
    const atoms = [
      '*',
      '?',
      '0',
      '7',
      '12',
      '29',
      '31',
      '1-5',
      '20-31',
      '*/7',
      '2/3',
      'L',
      '5L',
      '1#5',
      'feb',
      'sun',
      'x',
    ];
    let good = 0;
    for (let round = 0; round < 3_000; round += 1) {
      const cron = Array.from({ length: 5 }, () => pick(atoms)).join(' ');
      const read = readSchedule(cron, 'Europe/Berlin');
      if ('faults' in read) continue;
      good += 1;
      const [fire] = nextFiresAfter(read.schedule, Date.parse('2026-06-01T00:00Z'), 1);
      expect(Number.isFinite(fire), cron).toBe(true);
    }
    expect(good).toBeGreaterThan(100);
  });
});

describe('a time zone', () => {
  it.each(['UTC', 'Europe/Berlin', 'europe/berlin', 'America/Argentina/Buenos_Aires', 'Etc/GMT+5'])(
    '%s is one',
    (zone) => {
      expect(configFaults(manifest, { cron: '0 8 * * *', timeZone: zone })).toEqual([]);
    },
  );

  it.each(['Mars/Olympus', '+02:00', 'local', 'Europe/Berlin ', '__proto__', '../etc'])('%j is none', (timeZone) => {
    expect(configFaults(manifest, { cron: '0 8 * * *', timeZone })).toEqual(['schedule.timeZoneUnknown /timeZone']);
  });
});

it('all that is wrong is said at once, and once', () => {
  expect(configFaults(manifest, { cron: 'x', timeZone: 'y' })).toEqual([
    'schedule.cronInvalid /cron',
    'schedule.timeZoneUnknown /timeZone',
  ]);
  expect(configFaults(manifest, { cron: '0'.repeat(201) })).toEqual(['field.invalid /cron']);
  expect(configFaults(manifest, { cron: '0 8 * * *', missed: 'some' })).toEqual(['field.invalid /missed']);
});

it.each([
  ['30 8 * * *', 'at 08:30 every day'],
  ['0 17 * * 1-5', 'at 17:00 on working days'],
  ['0 9 * * 7', 'at 09:00 on Sundays'],
  ['0 0 L * *', 'at 00:00 on the last day'],
  ['5 0 15 * *', 'at 00:05 on day 15'],
  ['* * * * *', 'every minute'],
  ['*/15 * * * *', 'every 15 minutes'],
  ['10 * * * *', 'at 10 past every hour'],
  ['*/7 * * * *', 'at */7 * * * *'],
  ['0 8 1 1 *', 'at 0 8 1 1 *'],
  ['', 'at '],
])('the card says %j as %j', (cron, words) => {
  const { verb, rest } = scheduleSummary(cron);
  expect(`${verb} ${rest}`).toBe(words);
});
