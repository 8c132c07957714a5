import { describe, expect, it } from 'vitest';
import { flow, step, transform, trigger } from '@/core/flow/testing';
import { limits } from '@/core/limits';
import { type CalledFlow, createCallFlow, type FlowCall } from '@/server/services/runs/call-flow';

const plain = flow([trigger, transform('t')], ['m → t']);

/** Calls `document` as version 3 of a flow; counts how often documents are read. */
function world(document = plain, found: readonly CalledFlow[] = [{ flowId: 'f-2', name: 'Ship', live }]) {
  let ids = 0;
  const reads: string[] = [];
  const call = createCallFlow({
    flows: {
      find: async () => found,
      document: async (_workspaceId, versionId) => {
        reads.push(versionId);
        return document;
      },
    },
    ids: {
      uuid: () => {
        ids += 1;
        return `id-${ids}`;
      },
    },
    clock: { nowMs: () => 1_000 },
  });
  return { reads, call: (rest: Partial<FlowCall> = {}) => call('w', { ...asked, ...rest }) };
}

const live = { versionId: 'v-3', version: 3 };
const asked: FlowCall = {
  flow: 'Ship',
  data: { id: 7 },
  parentRunId: 'r-1',
  parentFlowId: 'f-1',
  hops: 4,
  address: 'lines[3]/ship',
  waitId: 'w-1',
};

describe('a call of a flow', () => {
  it('becomes an event with a run of the live version, one hop further, that knows who waits', async () => {
    const { runId, flowId, event } = await world().call();
    expect([runId, flowId]).toEqual([event.run?.id, 'f-2']);
    expect(event).toMatchObject({
      type: 'headrace.flow.called',
      source: '/runs/r-1/lines%5B3%5D/ship',
      data: { id: 7 },
      hops: 5,
      causedByRun: 'r-1',
      actor: 'flow:f-1',
      run: {
        flowId: 'f-2',
        ...live,
        triggerStep: 'm',
        triggerKind: 'trigger.manual',
        lane: null,
        parent: { runId: 'r-1', waitId: 'w-1' },
      },
    });
  });

  it('stands in the lane of the flow that is called, by the key of its own event', async () => {
    const laned = { ...plain, settings: { lane: { key: '{{ event.data.id }}' }, concurrency: 2 } };
    const { event } = await world(laned).call();
    expect(event.run?.lane).toEqual({ key: '7', concurrency: 2, fault: null });
  });

  it('reads a version once, however often it is called', async () => {
    const { call, reads } = world();
    await Promise.all([call(), call()]).then(() => call());
    expect(new Set(reads)).toEqual(new Set(['v-3']));
    const before = reads.length;
    await call();
    expect(reads).toHaveLength(before);
  });

  it.each<[string, () => Promise<unknown>]>([
    ['child.hopLimit', () => world().call({ hops: limits.eventHops })],
    ['child.flowUnknown', () => world(plain, []).call()],
    [
      'child.flowAmbiguous',
      () =>
        world(
          plain,
          [1, 2].map((n) => ({ flowId: `f-${n}`, name: 'Ship', live })),
        ).call(),
    ],
    ['flow.notPublished', () => world(plain, [{ flowId: 'f-2', name: 'Ship', live: null }]).call()],
    ['flow.noManualTrigger', () => world(flow([step('e', 'trigger.event', { types: ['a.b'] })])).call()],
    ['child.dataInvalid', () => world().call({ data: 'x'.repeat(limits.stepOutputBytes) })],
  ])('is refused with %s', async (code, called) => {
    await expect(called()).rejects.toMatchObject({ code });
  });

  it('is held to the schema of the trigger, with a pointer for every fault', async () => {
    const schema = { type: 'object', properties: { id: { type: 'string' } } };
    const strict = flow([step('m', 'trigger.manual', { schema }), transform('t')], ['m → t']);
    await expect(world(strict).call()).rejects.toMatchObject({
      code: 'child.dataInvalid',
      faults: [{ pointer: '/data/id' }],
    });
  });
});
