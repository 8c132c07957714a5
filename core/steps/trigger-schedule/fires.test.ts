import { describe, expect, it } from 'vitest';
import { lastFiresIn, nextFiresAfter, readSchedule, type Schedule } from '@/core/steps/trigger-schedule/fires';

const dayMs = 24 * 60 * 60_000;
const at = (text: string): number => Date.parse(text);
const iso = (instants: readonly number[]): string[] => instants.map((ms) => new Date(ms).toISOString().slice(0, 16));

function schedule(cron: string, timeZone = 'UTC'): Schedule {
  const read = readSchedule(cron, timeZone);
  if ('faults' in read) throw new Error(read.faults.map(({ message }) => message).join(' '));
  return read.schedule;
}

const next = (cron: string, timeZone: string, after: string, count: number): string[] =>
  iso(nextFiresAfter(schedule(cron, timeZone), at(after), count));

/** Every fire after one instant and up to another, one by one. */
function firesIn(cron: string, timeZone: string, from: string, to: string): number[] {
  const fires: number[] = [];
  const read = schedule(cron, timeZone);
  for (let [fire] = nextFiresAfter(read, at(from), 1); fire !== undefined && fire <= at(to); ) {
    fires.push(fire);
    [fire] = nextFiresAfter(read, fire, 1);
  }
  return fires;
}

describe('a schedule that names hours', () => {
  // Berlin, 29 March 2026: 02:00 +01:00 is 03:00 +02:00.
  it('fires at a time that is left out as much later as the clock was set forward, once', () => {
    expect(next('30 2 * * *', 'Europe/Berlin', '2026-03-28T02:00Z', 2)).toEqual([
      '2026-03-29T01:30',
      '2026-03-30T00:30',
    ]);
  });

  it('fires once where a time that is left out falls on a time it names anyway', () => {
    expect(next('30 2,3 * * *', 'Europe/Berlin', '2026-03-28T03:00Z', 3)).toEqual([
      '2026-03-29T01:30',
      '2026-03-30T00:30',
      '2026-03-30T01:30',
    ]);
    expect(next('*/30 2,3 * * *', 'Europe/Berlin', '2026-03-29T00:00Z', 3)).toEqual([
      '2026-03-29T01:00',
      '2026-03-29T01:30',
      '2026-03-30T00:00',
    ]);
  });

  // Berlin, 25 October 2026: 03:00 +02:00 is 02:00 +01:00.
  it('fires at a time that comes twice the first time, once', () => {
    expect(next('30 2 * * *', 'Europe/Berlin', '2026-10-24T00:00Z', 3)).toEqual([
      '2026-10-24T00:30',
      '2026-10-25T00:30',
      '2026-10-26T01:30',
    ]);
    expect(next('30 2 * * *', 'Europe/Berlin', '2026-10-25T00:30Z', 1)).toEqual(['2026-10-26T01:30']);
  });

  it('keeps its day where clocks are set at midnight', () => {
    // Cairo, 24 April 2026: 00:00 +02:00 is 01:00 +03:00.
    expect(next('0 0 * * *', 'Africa/Cairo', '2026-04-23T00:00Z', 2)).toEqual(['2026-04-23T22:00', '2026-04-24T21:00']);
  });

  it('knows zones that are set by half an hour, or by a day', () => {
    // Lord Howe, 4 October 2026: 02:00 +10:30 is 02:30 +11:00; 5 April 2026: 02:00 +11:00 is 01:30 +10:30.
    expect(next('15 2 * * *', 'Australia/Lord_Howe', '2026-10-02T16:00Z', 2)).toEqual([
      '2026-10-03T15:45',
      '2026-10-04T15:15',
    ]);
    expect(next('45 1 * * *', 'Australia/Lord_Howe', '2026-04-04T00:00Z', 2)).toEqual([
      '2026-04-04T14:45',
      '2026-04-05T15:15',
    ]);
    // Apia went from 29 to 31 December 2011 over night.
    expect(next('0 10 * * *', 'Pacific/Apia', '2011-12-29T00:00Z', 3)).toEqual([
      '2011-12-29T20:00',
      '2011-12-30T20:00',
      '2011-12-31T20:00',
    ]);
  });
});

describe('a schedule of every hour', () => {
  it('goes by elapsed time across both shifts', () => {
    for (const [from, to] of [
      ['2026-03-28T22:00Z', '2026-03-29T04:00Z'],
      ['2026-10-24T22:00Z', '2026-10-25T04:00Z'],
    ] as const) {
      const fires = firesIn('*/15 * * * *', 'Europe/Berlin', from, to);
      expect(fires).toHaveLength(24);
      expect(fires.every((ms, index) => ms === at(from) + (index + 1) * 15 * 60_000)).toBe(true);
    }
  });

  it('keeps to its minutes, and takes the repeated hour of the last day of a week', () => {
    expect(next('50 * * * *', 'Europe/Berlin', '2026-10-25T00:50Z', 2)).toEqual([
      '2026-10-25T01:50',
      '2026-10-25T02:50',
    ]);
    // São Paulo, Saturday 17 February 2018: 24:00 -02:00 is 23:00 -03:00.
    expect(next('30 * * * 6', 'America/Sao_Paulo', '2018-02-18T01:30Z', 2)).toEqual([
      '2018-02-18T02:30',
      '2018-02-24T03:30',
    ]);
  });
});

describe('the calendar', () => {
  it('has ends of months and leap days', () => {
    expect(next('0 0 31 * *', 'UTC', '2026-01-31T00:00Z', 3)).toEqual([
      '2026-03-31T00:00',
      '2026-05-31T00:00',
      '2026-07-31T00:00',
    ]);
    expect(next('0 12 L * *', 'UTC', '2028-01-31T12:00Z', 2)).toEqual(['2028-02-29T12:00', '2028-03-31T12:00']);
    expect(next('0 0 29 2 *', 'UTC', '2026-01-01T00:00Z', 2)).toEqual(['2028-02-29T00:00', '2032-02-29T00:00']);
    expect(next('0 0 29 2 *', 'UTC', '2096-03-01T00:00Z', 1)).toEqual(['2104-02-29T00:00']);
    expect(next('0 0 * 2 mon#5', 'UTC', '2026-01-01T00:00Z', 1)).toEqual(['2044-02-29T00:00']);
  });

  it('takes either of day and weekday where both are named', () => {
    expect(next('0 0 13 * 5', 'UTC', '2026-02-01T00:00Z', 3)).toEqual([
      '2026-02-06T00:00',
      '2026-02-13T00:00',
      '2026-02-20T00:00',
    ]);
  });

  it.each(['Europe/Berlin', 'America/New_York', 'Australia/Lord_Howe', 'Africa/Casablanca', 'Asia/Kathmandu', 'UTC'])(
    'has one fire on every day of a year in %s, whatever the hour',
    (timeZone) => {
      for (const cron of ['0 0 * * *', '30 1 * * *', '15 2 * * *', '59 2 * * *', '0 3 * * *', '45 23 * * *']) {
        const fires = firesIn(cron, timeZone, '2026-01-01T12:00Z', '2027-01-01T12:00Z');
        expect(fires, cron).toHaveLength(365);
        expect(fires.every((ms, index) => index === 0 || ms - (fires[index - 1] ?? 0) >= dayMs - 7_200_000)).toBe(true);
      }
    },
  );

  it('has as many quarters of an hour as have passed, in every zone', () => {
    for (const timeZone of ['Europe/Berlin', 'America/New_York', 'Australia/Lord_Howe']) {
      expect(firesIn('*/15 * * * *', timeZone, '2026-03-01T00:00Z', '2026-04-10T00:00Z')).toHaveLength(40 * 96);
    }
  });
});

describe('what was missed', () => {
  const minutely = schedule('* * * * *');

  it('is the newest fires of a span, in order', () => {
    const span = { afterMs: at('2026-01-01T00:00Z'), untilMs: at('2026-01-01T00:05Z') };
    expect(lastFiresIn(minutely, span, 2)).toEqual({
      fires: [at('2026-01-01T00:04Z'), at('2026-01-01T00:05Z')],
      isCut: true,
    });
    expect(lastFiresIn(minutely, span, 5)).toMatchObject({ fires: { length: 5 }, isCut: false });
    expect(lastFiresIn(minutely, { ...span, untilMs: span.afterMs }, 5)).toEqual({ fires: [], isCut: false });
  });

  it('is found without walking through the whole span', () => {
    const untilMs = at('2026-01-01T00:00Z');
    const { fires } = lastFiresIn(minutely, { afterMs: at('1990-01-01T00:00Z'), untilMs }, 100);
    expect(fires).toHaveLength(100);
    expect(fires.at(-1)).toBe(untilMs);
    const leap = lastFiresIn(schedule('0 0 29 2 *'), { afterMs: at('1990-01-01T00:00Z'), untilMs }, 1);
    expect(leap.fires).toEqual([at('2024-02-29T00:00Z')]);
  });

  it('is the same however it is looked for', () => {
    for (const cron of ['7 * * * *', '30 2 * * *', '0 9 1 * *', '*/10 1-4 * 3,10 0']) {
      const read = schedule(cron, 'Europe/Berlin');
      const whole = firesIn(cron, 'Europe/Berlin', '2026-03-01T00:00Z', '2026-11-01T00:00Z');
      const span = { afterMs: at('2026-03-01T00:00Z'), untilMs: at('2026-11-01T00:00Z') };
      expect(lastFiresIn(read, span, 7).fires).toEqual(whole.slice(-7));
      expect(lastFiresIn(read, span, 100_000).fires).toEqual(whole);
    }
  });
});
