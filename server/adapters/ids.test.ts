import { validate, version } from 'uuid';
import { expect, test } from 'vitest';
import { createIds } from '@/server/adapters/ids';

test('ids are UUIDs of version 7, distinct, and each greater than the one before', () => {
  let nowMs = 1_800_000_000_000;
  const ids = createIds({ nowMs: () => nowMs });
  const made = Array.from({ length: 2_000 }, (_, n) => {
    if (n % 300 === 0) nowMs += 1;
    return ids.uuid();
  });
  expect(new Set(made).size).toBe(made.length);
  expect(made.toSorted()).toEqual(made);
  expect(made.every((id) => validate(id) && version(id) === 7)).toBe(true);
});

test('a clock that steps back does not put later ids before earlier ones', () => {
  let nowMs = 1_800_000_000_000;
  const ids = createIds({ nowMs: () => nowMs });
  const before = ids.uuid();
  nowMs -= 5_000;
  expect(ids.uuid() > before).toBe(true);
});

test('an id tells its millisecond, and two processes do not agree on the rest', () => {
  const clock = { nowMs: () => 0x0199d1f00000 };
  const [one, other] = [createIds(clock).uuid(), createIds(clock).uuid()];
  expect(one.slice(0, 13)).toBe('0199d1f0-0000');
  expect(one).not.toBe(other);
});
