import { describe, expect, it } from 'vitest';
import { fromWallClock, toWallClock } from './zoned-time';

const iso = (text: string, timeZone: string): string | null => {
  const atMs = fromWallClock(text, timeZone);
  return atMs === null ? null : new Date(atMs).toISOString();
};

describe('a time typed in a time zone', () => {
  it.each([
    ['2026-11-22T12:43', 'UTC', '2026-11-22T12:43:00.000Z'],
    ['2026-11-22T12:43', 'Europe/Oslo', '2026-11-22T11:43:00.000Z'],
    ['2026-07-01T00:00', 'Europe/Oslo', '2026-06-30T22:00:00.000Z'],
    ['2026-01-01T05:30', 'Asia/Kolkata', '2026-01-01T00:00:00.000Z'],
    ['2026-07-01T00:00', 'Pacific/Auckland', '2026-06-30T12:00:00.000Z'],
  ])('%s in %s is %s, and back', (text, zone, instant) => {
    expect(iso(text, zone)).toBe(instant);
    expect(toWallClock(Date.parse(instant), zone)).toBe(text);
  });

  it('that the clocks skip means the moment after the gap', () => {
    expect(iso('2026-03-29T02:30', 'Europe/Oslo')).toBe('2026-03-29T01:30:00.000Z');
  });

  it('that comes twice means the first', () => {
    expect(iso('2026-10-25T02:30', 'Europe/Oslo')).toBe('2026-10-25T00:30:00.000Z');
  });

  it('is nothing while it is not a time', () => {
    for (const text of ['', '2026-11-22', '2026-13-01T00:00', 'yesterday']) expect(iso(text, 'UTC')).toBeNull();
  });
});
