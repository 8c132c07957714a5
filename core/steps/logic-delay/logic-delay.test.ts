import { describe, expect, it } from 'vitest';
import type { JsonObject } from '@/core/json';
import { executor } from '@/core/steps/logic-delay/execute';
import { manifest } from '@/core/steps/logic-delay/manifest';
import { configFaults, planContext } from '@/core/steps/testing';

const nowMs = Date.UTC(2026, 0, 1);
const plan = (config: JsonObject) => executor.plan(planContext(config, { nowMs }));

describe('a delay', () => {
  it('lasts from now, or until an instant in any zone', async () => {
    expect(await plan({ forMs: 1500 })).toEqual({ type: 'wait', untilMs: nowMs + 1500 });
    expect(await plan({ until: '2026-01-01T02:00:00+01:00' })).toEqual({ type: 'wait', untilMs: nowMs + 3_600_000 });
  });

  it('does not wait for what has passed', async () => {
    expect(await plan({ until: '2020-01-01T00:00:00Z' })).toEqual({ type: 'wait', untilMs: nowMs });
  });

  it('fails for a local time, for nothing, and for more than a year', async () => {
    const wrong: JsonObject[] = [{ until: '2026-01-01T02:00:00' }, {}, { until: '2999-01-01T00:00:00Z' }];
    for (const config of wrong) {
      expect(await plan(config)).toMatchObject({ type: 'fail', error: { code: 'step.configInvalid' } });
    }
  });

  it('wants exactly one of the two', () => {
    expect(configFaults(manifest, {})).toEqual(['delay.oneOf /forMs']);
    expect(configFaults(manifest, { forMs: 1, until: '2026-01-01T00:00:00Z' })).toEqual(['delay.oneOf /until']);
    expect(configFaults(manifest, { forMs: '{{ vars.pause }}' })).toEqual([]);
  });

  it('says on its card how long', () => {
    expect(manifest.summary({ forMs: 90_000 })).toEqual({ verb: 'wait', rest: '90 s' });
    expect(manifest.summary({ forMs: 7_200_000 })).toEqual({ verb: 'wait', rest: '2 h' });
  });
});
