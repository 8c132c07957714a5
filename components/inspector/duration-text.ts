/**
 * Durations as people type them: `200 ms`, `30 s`, `1 h 30 min`. Stored as milliseconds, shown with their unit, because
 * a bare number in a form says nothing. Refuses text without a unit, except digits alone, which are milliseconds.
 */
const units = [
  { name: 'd', ms: 86_400_000, words: ['d', 'day', 'days'] },
  { name: 'h', ms: 3_600_000, words: ['h', 'hr', 'hour', 'hours'] },
  { name: 'min', ms: 60_000, words: ['m', 'min', 'mins', 'minute', 'minutes'] },
  { name: 's', ms: 1000, words: ['s', 'sec', 'secs', 'second', 'seconds'] },
  { name: 'ms', ms: 1, words: ['ms', 'msec', 'millisecond', 'milliseconds'] },
] as const;

/** @returns the text with at most two units that is read back as the same number: `90 s` is `1 min 30 s` */
export function durationText(ms: number): string {
  if (ms === 0) {
    return '0 ms';
  }
  const parts: string[] = [];
  let left = ms;
  for (const unit of units) {
    const count = Math.floor(left / unit.ms);
    if (count > 0) {
      parts.push(`${count} ${unit.name}`);
      left -= count * unit.ms;
    }
  }
  return parts.join(' ');
}

/** @returns whole milliseconds, or null when the text is not a duration */
export function parseDuration(text: string): number | null {
  const trimmed = text.trim().toLowerCase();
  if (/^\d+$/.test(trimmed)) {
    return Number(trimmed);
  }
  const parts = [...trimmed.matchAll(/(\d+(?:\.\d+)?)\s*([a-z]+)/g)];
  if (parts.length === 0 || trimmed.replace(/(\d+(?:\.\d+)?)\s*([a-z]+)/g, '').trim() !== '') {
    return null;
  }
  let sum = 0;
  for (const [, amount, word] of parts) {
    const unit = units.find(({ words }) => (words as readonly string[]).includes(word as string));
    if (unit === undefined) {
      return null;
    }
    sum += Number(amount) * unit.ms;
  }
  return Number.isSafeInteger(Math.round(sum)) ? Math.round(sum) : null;
}
