import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openStorms, type Storms } from '@/server/testing/webhook-storm';

const webhooks = 1_000;
/** Says that something hangs; on a busy machine two thousand calls through dying workers take minutes. */
const timeoutMs = 300_000;

let storms: Storms;
beforeAll(async () => {
  storms = await openStorms();
});
afterAll(() => storms.close());

describe('a thousand webhooks', () => {
  it(
    'become a thousand events, a thousand succeeded runs and one key per effect',
    async () => {
      expect(await storms.run({ path: 'calm', webhooks })).toHaveLength(2 * webhooks);
    },
    timeoutMs,
  );

  it(
    'do so while every worker dies after a second of work, between intent and journal',
    async () => {
      const env = { HEADRACE_FAULT_POINTS: 'after-effect@1000', HEADRACE_WORKERS: '2' };
      const calls = await storms.run({ path: 'storm', webhooks, env });
      // The storm was real: calls were repeated, with the key they had.
      expect(calls.length).toBeGreaterThan(2 * webhooks);
    },
    timeoutMs,
  );
});
