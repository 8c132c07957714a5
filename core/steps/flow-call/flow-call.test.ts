import { describe, expect, it } from 'vitest';
import type { JsonObject } from '@/core/json';
import { executor } from '@/core/steps/flow-call/execute';
import { manifest } from '@/core/steps/flow-call/manifest';
import { configFaults, planContext } from '@/core/steps/testing';

const nowMs = Date.UTC(2026, 0, 1);
const plan = async (config: JsonObject, rest: Parameters<typeof planContext>[1] = {}) =>
  executor.plan(planContext(config, rest));

describe('calling a flow', () => {
  it('waits for its end, as long as it takes, unless there is a deadline', async () => {
    const awaits = { on: 'child', flow: 'Ship', data: { id: 7 } };
    const config = { flow: ' Ship ', data: { id: 7 } };
    expect(await plan(config)).toEqual({ type: 'await', awaits, untilMs: null });
    expect(await plan(config, { deadlineMs: 500 })).toEqual({ type: 'await', awaits, untilMs: nowMs + 500 });
  });

  it('hands on its input when no data was written, and nothing when what was written came to nothing', async () => {
    expect(await plan({ flow: 'Ship' })).toMatchObject({ awaits: { data: { from: 'before' } } });
    const written = { flow: 'Ship', data: '{{ event.data.gone }}' };
    expect(await plan({ flow: 'Ship' }, { written })).toMatchObject({ awaits: { data: null } });
    expect(await plan({ flow: 'Ship', data: 0 })).toMatchObject({ awaits: { data: 0 } });
  });

  it('only starts it when told not to wait', async () => {
    expect(await plan({ flow: 'Ship', data: 1, wait: false })).toEqual({ type: 'spawn', flow: 'Ship', data: 1 });
  });

  it.each<[JsonObject]>([[{ flow: null }], [{ flow: 7 }], [{ flow: '  ' }], [{}]])(
    'fails for good with %j',
    async (config) => {
      expect(await plan(config)).toMatchObject({
        type: 'fail',
        error: { code: 'step.configInvalid', isRetryable: false },
      });
    },
  );
});

describe('a call as it is written', () => {
  it.each<[JsonObject, string[]]>([
    [{ flow: 'Ship an order' }, []],
    [{ flow: '{{ vars.shipping }}', data: null, wait: false }, []],
    [{}, ['field.required /flow']],
    [{ flow: ' ' }, ['field.invalid /flow']],
    [{ flow: 'x', wait: 'yes' }, ['field.invalid /wait']],
    [{ flow: 'x', version: 3 }, ['field.unknown /version']],
  ])('%j has the faults %j', (config, faults) => {
    expect(configFaults(manifest, config)).toEqual(faults);
  });

  it('says on its card whether it waits, and no id', () => {
    expect(manifest.summary({ flow: '0190a000-0000-7000-8000-000000000001' })).toEqual({ verb: 'call', rest: 'by id' });
    expect(manifest.summary({ flow: 'Ship' })).toEqual({ verb: 'call', rest: 'Ship' });
    expect(manifest.summary({ flow: '{{ vars.ship }}', wait: false })).toEqual({ verb: 'start', rest: '{ship}' });
  });
});
