import { describe, expect, it } from 'vitest';
import type { JsonObject } from '@/core/json';
import { executor } from '@/core/steps/event-publish/execute';
import { manifest } from '@/core/steps/event-publish/manifest';
import { configFaults, planContext } from '@/core/steps/testing';

const plan = async (config: JsonObject) => executor.plan(planContext({ type: 'order.placed', ...config }));

describe('publishing', () => {
  it('says who, what and about which', async () => {
    expect(await plan({ subject: 7, data: { id: 7 }, source: '/shop', schemaVersion: 2 })).toEqual({
      type: 'publish',
      event: { type: 'order.placed', source: '/shop', subject: '7', data: { id: 7 }, schemaVersion: 2 },
    });
  });

  it('names the flow as the source and leaves the rest empty, unless told', async () => {
    expect(await plan({})).toEqual({
      type: 'publish',
      event: { type: 'order.placed', source: '/flows/f-1', subject: null, data: null, schemaVersion: null },
    });
  });

  it.each<[JsonObject]>([
    [{ type: null }],
    [{ type: 'not a type' }],
    [{ type: 'headrace.run.failed' }],
    [{ subject: { a: 1 } }],
  ])('fails for good with %j', async (config) => {
    expect(await plan(config)).toMatchObject({
      type: 'fail',
      error: { code: 'step.configInvalid', isRetryable: false },
    });
  });
});

describe('a type', () => {
  it.each(['order', 'order.placed', 'Order.line-item.added_2', '{{ vars.type }}', 'order.{{ event.data.what }}'])(
    'may be %s',
    (type) => {
      expect(configFaults(manifest, { type })).toEqual([]);
    },
  );

  it.each(['', 'order..placed', 'order.', '.order', 'order placed', 'order.*', '1.order', 'headrace.webhook.received'])(
    'may not be "%s"',
    (type) => {
      expect(configFaults(manifest, { type })[0]).toBe('field.invalid /type');
    },
  );
});
