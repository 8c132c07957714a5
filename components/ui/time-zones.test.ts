import { describe, expect, it } from 'vitest';
import { timeInZone, timeZoneChoices } from './time-zones';

describe('the choice of time zones', () => {
  it('offers the browser’s own zone and UTC before the rest by name', () => {
    const choices = timeZoneChoices(['Europe/Zurich', 'UTC', 'America/New_York'], 'Europe/Zurich');
    expect(choices.map(({ label }) => label)).toEqual([
      'As the browser (Europe/Zurich)',
      'UTC',
      'America/New York',
      'Europe/Zurich',
    ]);
  });

  it('leaves the browser’s own zone out where a zone has to be named', () => {
    expect(timeZoneChoices(['Asia/Tokyo'], null).map(({ value }) => value)).toEqual(['UTC', 'Asia/Tokyo']);
  });

  it('shows the time there with the offset of that day', () => {
    expect(timeInZone(Date.UTC(2026, 0, 15, 12), 'Europe/Zurich')).toBe('13:00, UTC+1');
    expect(timeInZone(Date.UTC(2026, 6, 15, 12), 'Europe/Zurich')).toBe('14:00, UTC+2');
    expect(timeInZone(Date.UTC(2026, 6, 15, 12), 'Asia/Kolkata')).toBe('17:30, UTC+5:30');
    expect(timeInZone(Date.UTC(2026, 6, 15, 12), 'UTC')).toBe('12:00, UTC');
  });
});
