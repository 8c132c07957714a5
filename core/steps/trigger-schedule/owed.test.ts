import { describe, expect, it } from 'vitest';
import { readSchedule, type Schedule } from '@/core/steps/trigger-schedule/fires';
import { type MissedPolicy, owedFires } from '@/core/steps/trigger-schedule/owed';

const at = (time: string): number => Date.parse(`2026-06-01T${time}Z`);
const timeOf = (ms: number): string => new Date(ms).toISOString().slice(11, 16);

function schedule(cron: string): Schedule {
  const read = readSchedule(cron, 'UTC');
  if ('faults' in read) throw new Error(cron);
  return read.schedule;
}

const owed = (cron: string, missed: MissedPolicy, settled: string, now: string) => {
  const { fires, hasDropped, nextFireMs } = owedFires(schedule(cron), missed, {
    settledMs: at(settled),
    nowMs: at(now),
  });
  return { fires: fires.map(timeOf), hasDropped, next: timeOf(nextFireMs) };
};

describe('fires since a schedule was settled', () => {
  it.each(['skip', 'once', 'all'] as const)('are owed while they are late by a minute at most, with %s', (missed) => {
    expect(owed('0 * * * *', missed, '11:00:00.050', '12:00:00.020')).toEqual({
      fires: ['12:00'],
      hasDropped: false,
      next: '13:00',
    });
    expect(owed('0 * * * *', missed, '11:30', '12:01')).toMatchObject({ fires: ['12:00'], hasDropped: false });
    expect(owed('* * * * *', missed, '11:59:30', '12:01')).toMatchObject({ fires: ['12:00', '12:01'] });
  });

  it('are dropped by skip when they were missed', () => {
    expect(owed('0 * * * *', 'skip', '08:30', '12:01:00.001')).toEqual({ fires: [], hasDropped: true, next: '13:00' });
    expect(owed('0 * * * *', 'skip', '08:30', '12:00:30')).toMatchObject({ fires: ['12:00'], hasDropped: true });
  });

  it('are made up for by the latest with once', () => {
    expect(owed('0 * * * *', 'once', '08:30', '12:30')).toMatchObject({ fires: ['12:00'], hasDropped: true });
    expect(owed('0 * * * *', 'once', '08:30', '12:00:30')).toMatchObject({ fires: ['11:00', '12:00'] });
    expect(owed('0 * * * *', 'once', '11:30', '12:30')).toMatchObject({ fires: ['12:00'], hasDropped: false });
  });

  it('are all owed with all, the newest hundred', () => {
    expect(owed('0 * * * *', 'all', '08:30', '12:30')).toMatchObject({ fires: ['09:00', '10:00', '11:00', '12:00'] });
    const { fires, hasDropped } = owed('* * * * *', 'all', '00:00', '12:01');
    // Two of them are late and not missed.
    expect([fires.length, fires.at(-1), hasDropped]).toEqual([102, '12:01', true]);
  });

  it('are none when the clock stands where it stood, or went back', () => {
    expect(owed('0 * * * *', 'all', '12:00', '12:00')).toEqual({ fires: [], hasDropped: false, next: '13:00' });
    expect(owed('0 * * * *', 'all', '12:00', '08:59')).toEqual({ fires: [], hasDropped: false, next: '09:00' });
  });
});
