import { describe, expect, it } from 'vitest';
import { compileLane, laneOf, laneSettings } from '@/core/flow/lane';
import type { JsonValue } from '@/core/json';

const clock = { nowMs: 0, random: () => 0.5 };
const keyOf = (key: string, data: JsonValue) =>
  laneOf(compileLane({ laneKey: key, concurrency: null }), { id: '1', subject: 'order-7', data }, clock);

describe('the lane of a run', () => {
  it('is none without settings, and none for a key that is nothing', () => {
    expect(laneOf(compileLane(laneSettings({})), {}, clock)).toBeNull();
    expect(laneOf(compileLane(laneSettings({ settings: {} })), {}, clock)).toBeNull();
    for (const nothing of [null, '', undefined]) {
      expect(keyOf('{{ event.data.id }}', nothing === undefined ? {} : { id: nothing })).toBeNull();
    }
  });

  it('keeps the limit of a flow whose key is nothing', () => {
    const rule = compileLane(laneSettings({ settings: { lane: { key: '{{ event.data.id }}' }, concurrency: 3 } }));
    expect(laneOf(rule, { data: {} }, clock)).toEqual({ key: null, concurrency: 3, fault: null });
  });

  it('has one text for values that a sender may write in two ways', () => {
    expect(keyOf('{{ event.subject }}', {})?.key).toBe('order-7');
    expect(keyOf('{{ event.data.id }}', { id: 7 })?.key).toBe('7');
    expect(keyOf('{{ event.data.id }}', { id: '7' })?.key).toBe('7');
    expect(keyOf('{{ event.data.id }}', { id: false })?.key).toBe('false');
    expect(keyOf('{{ event.data.id }}', { id: { b: [{ d: 1, c: 2 }], a: 1 } })?.key).toBe(
      '{"a":1,"b":[{"c":2,"d":1}]}',
    );
    expect(keyOf('{{ event.data.a }}/{{ event.data.b }}', { a: 1, b: 'x' })?.key).toBe('1/x');
  });

  it('escapes what a column of text cannot hold, and never makes two keys one by it', () => {
    expect(keyOf('{{ event.data.id }}', { id: 'a\u0000b' })?.key).toBe('"a\\u0000b"');
    expect(keyOf('{{ event.data.id }}', { id: '\ud800' })?.key).toBe('"\\ud800"');
  });

  it('is a fault when the key cannot be computed, and then stands in nobody’s way', () => {
    const rule = compileLane({ laneKey: 'order-{{ event.data.id }}', concurrency: 2 });
    const lane = laneOf(rule, { data: {} }, clock);
    expect(lane).toMatchObject({ key: null, concurrency: null });
    expect(lane?.fault).toContain('event.data.id');
  });
});
