import { afterAll, beforeAll, describe, it } from 'vitest';
import { openStorms, type Storms } from '@/server/testing/webhook-storm';
import { faultPointNames } from '@/workers/fault-point';

const webhooks = 500;

let storms: Storms;
beforeAll(async () => {
  storms = await openStorms();
});
afterAll(() => storms.close());

describe('the books agree when every worker dies after a second of work', () => {
  it.each(faultPointNames)('at %s', async (name) => {
    const env = { HEADRACE_FAULT_POINTS: `${name}@1000`, HEADRACE_WORKERS: '2' };
    await storms.run({ path: name, webhooks, env });
  });
});
