import { describe, expect, it } from 'vitest';
import {
  formatBytes,
  formatCount,
  formatDateTime,
  formatDuration,
  formatRelative,
  formatRowTime,
  formatTime,
  isTimeZone,
} from './time';

const at = Date.UTC(2026, 10, 22, 11, 43, 5, 112);

describe('times', () => {
  it('are written in the time zone of the person, to the millisecond when asked', () => {
    expect(formatTime(at)).toBe('11:43:05');
    expect(formatTime(at, { timeZone: 'Europe/Copenhagen', ms: true })).toBe('12:43:05.112');
    expect(formatTime('2026-11-22T00:00:00Z')).toBe('00:00:00');
  });

  it('carry the year only when it is not this one', () => {
    expect(formatDateTime(at, { nowMs: at })).toBe('22 Nov, 11:43:05');
    expect(formatDateTime(at, { nowMs: Date.UTC(2027, 0, 1) })).toBe('22 Nov 2026, 11:43:05');
    expect(formatDateTime(at)).toBe('22 Nov 2026, 11:43:05');
    expect(formatDateTime(Date.UTC(2026, 8, 1), { nowMs: at })).toBe('1 Sep, 00:00:00');
  });

  it('show the date in a row only when it is another day in that zone', () => {
    const lateEvening = Date.UTC(2026, 10, 22, 23, 30);
    expect(formatRowTime(lateEvening, { nowMs: lateEvening + 60_000 })).toBe('23:30:00');
    expect(formatRowTime(at, { nowMs: lateEvening, timeZone: 'Europe/Copenhagen' })).toBe('22 Nov, 12:43:05');
  });

  it('fall back to UTC for a time zone that nobody knows', () => {
    expect(isTimeZone('Mars/Olympus')).toBe(false);
    expect(formatTime(at, { timeZone: 'Mars/Olympus' })).toBe('11:43:05');
  });
});

describe('durations', () => {
  it.each([
    [0, '0 ms'],
    [-5, '0 ms'],
    [999.4, '999 ms'],
    [999.6, '1.00 s'],
    [4_810, '4.81 s'],
    [9_994, '9.99 s'],
    [9_996, '10.0 s'],
    [30_400, '30.4 s'],
    [59_960, '1 m 00 s'],
    [63_000, '1 m 03 s'],
    [3_599_700, '1 h 00 m'],
    [7_500_000, '2 h 05 m'],
    [86_399_999, '1 d 00 h'],
    [273_600_000, '3 d 04 h'],
  ])('of %d ms read as %s', (ms, text) => {
    expect(formatDuration(ms)).toBe(text);
  });
});

describe('distances from now', () => {
  it.each([
    [-300, 'just now'],
    [-12_000, '12 s ago'],
    [-13 * 60_000, '13 min ago'],
    [-2.9 * 3_600_000, '2 h ago'],
    [-26 * 3_600_000, '1 day ago'],
    [-72 * 3_600_000, '3 days ago'],
    [22_400, 'in 22 s'],
  ])('of %d ms read as %s', (ms, text) => {
    expect(formatRelative(at + ms, at)).toBe(text);
  });
});

describe('counts and sizes', () => {
  it('keep thousands apart and name the unit', () => {
    expect(formatCount(58906)).toBe('58\u00a0906');
    expect(formatCount(999)).toBe('999');
    expect(formatCount(1234567)).toBe('1\u00a0234\u00a0567');
    expect([512, 8192, 1258291].map(formatBytes)).toEqual(['512 B', '8.0 KiB', '1.2 MiB']);
  });
});
