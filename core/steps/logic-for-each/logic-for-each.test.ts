import { describe, expect, it } from 'vitest';
import type { JsonObject } from '@/core/json';
import { executor } from '@/core/steps/logic-for-each/execute';
import { manifest } from '@/core/steps/logic-for-each/manifest';
import { configFaults, planContext } from '@/core/steps/testing';

const plan = (config: JsonObject) => executor.plan(planContext(config));
const messageOf = async (config: JsonObject): Promise<string> => {
  const planned = await plan(config);
  return planned.type === 'fail' ? planned.error.message : planned.type;
};

describe('a loop', () => {
  it('goes through the list one at a time and stops at the first failure, unless told otherwise', async () => {
    expect(await plan({ items: [1, 2] })).toEqual({ type: 'loop', items: [1, 2], concurrency: 1, onError: 'stop' });
    expect(await plan({ items: [], concurrency: 7, onError: 'continue' })).toEqual({
      type: 'loop',
      items: [],
      concurrency: 7,
      onError: 'continue',
    });
  });

  it.each<[string, JsonObject, RegExp]>([
    ['nothing', {}, /missing or null/],
    ['an object', { items: { a: 1 } }, /an object.*add \[\]/],
    ['text', { items: 'a,b' }, /this is text/],
    ['a number', { items: 3 }, /this is a number/],
    ['too many items', { items: Array.from({ length: 100_001 }, () => 0) }, /100001 items/],
    ['no concurrency', { items: [1], concurrency: 0 }, /concurrency/],
  ])('says what is wrong with %s', async (_name, config, words) => {
    expect(await messageOf(config)).toMatch(words);
  });

  it('is written with a list or an expression', () => {
    expect(configFaults(manifest, { items: '{{ event.data.lines }}', concurrency: '{{ vars.width }}' })).toEqual([]);
    expect(configFaults(manifest, {})).toEqual(['field.required /items']);
    expect(configFaults(manifest, { items: [], concurrency: 101 })).toHaveLength(1);
  });

  it('says on its card what it goes through', () => {
    expect(manifest.summary({ items: '{{ event.data.lines }}', concurrency: 5 })).toEqual({
      verb: 'each',
      rest: '{lines} · 5 at once',
    });
  });
});
