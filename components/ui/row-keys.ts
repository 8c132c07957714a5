/** Which row a key leads to, and which rows lie between two. Pure, shared by every list that is walked by keyboard. */

const steps: Record<string, number> = { j: 1, J: 1, ArrowDown: 1, k: -1, K: -1, ArrowUp: -1 };

/**
 * @param key as in KeyboardEvent.key
 * @param from index of the focused row, -1 when none is
 * @param count number of rows
 * @returns the index to focus, or null when the key does not walk
 */
export function rowAfterKey(key: string, from: number, count: number): number | null {
  if (count === 0) return null;
  if (key === 'Home') return 0;
  if (key === 'End') return count - 1;
  const step = steps[key];
  if (step === undefined) return null;
  if (from < 0) return 0;
  return Math.min(count - 1, Math.max(0, from + step));
}

/** The keys from one row to another, both included, in the order of the list; the second alone when the first is gone. */
export function rangeBetween(keys: readonly string[], from: string, to: string): readonly string[] {
  const [a, b] = [keys.indexOf(from), keys.indexOf(to)];
  if (a < 0 || b < 0) return [to];
  return keys.slice(Math.min(a, b), Math.max(a, b) + 1);
}
