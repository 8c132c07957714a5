/** Lanes as a caller of the API sees them, with a worker that carries the runs. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { FlowDocument, FlowSettings } from '@/core/flow/document';
import type { Page } from '@/server/services/common-schemas';
import type { Lane, Limit } from '@/server/services/lanes/schemas';
import type { RunSummary, RunView } from '@/server/services/runs/schemas';
import { type Api, openApi } from '@/server/testing/api';
import { waitFor } from '@/server/testing/wait-for';
import { type RunningWorker, startWorker } from '@/workers/worker';

let api: Api;
let worker: RunningWorker;
beforeAll(async () => {
  api = await openApi();
  worker = await startWorker(api.container, 'test');
});
afterAll(async () => {
  await worker.stop();
  await api.close();
});

/** Waits an hour, and keeps its turn meanwhile. */
const sleeper = (name: string, settings: FlowSettings): FlowDocument => ({
  headrace: 1,
  name,
  steps: [
    { id: 'm', kind: 'trigger.manual' },
    { id: 'pause', kind: 'logic.delay', config: { forMs: 3_600_000 } },
  ],
  edges: [{ from: 'm', to: 'pause' }],
  settings,
});
const start = async (flowId: string, data: object): Promise<string> =>
  (await api.call<{ runId: string }>(`POST /flows/${flowId}/runs`, { body: { data } })).body.runId;
const waits = (runId: string, code: string, forRunId?: string): Promise<RunView> =>
  waitFor(`${runId} to wait for ${code}`, async () => {
    const { body } = await api.call<RunView>(`GET /runs/${runId}`);
    const isThere = body.reason?.code === code && (forRunId === undefined || body.reason.runId === forRunId);
    return isThere ? body : undefined;
  });

it('a lane shows whose turn it is, how many wait and since when; a run done again joins the tail', async () => {
  const flowId = await api.publish(sleeper('Orders', { lane: { key: '{{ event.data.order }}' } }));
  const first = await start(flowId, { order: 7 });
  await waits(first, 'timer');
  const second = await start(flowId, { order: 7 });
  const third = await start(flowId, { order: 7 });
  expect(await waits(second, 'lane', first)).toMatchObject({
    status: 'waiting',
    startedAt: null,
    reason: { runId: first, actions: ['cancel', 'terminate'] },
  });
  await waits(third, 'lane', second);

  const lanes = (await api.call<Page<Lane>>(`GET /lanes?flow=${flowId}`)).body;
  expect(lanes).toEqual({
    items: [
      {
        flowId,
        flowName: 'Orders',
        key: '7',
        depth: 2,
        turn: { runId: first, status: 'waiting', since: expect.any(String) },
        oldest: { runId: second, since: expect.any(String) },
      },
    ],
    nextCursor: null,
  });
  const { body: runs } = await api.call<Page<RunSummary>>(`GET /runs?flow=${flowId}&lane=7`);
  expect(runs.items.map(({ id }) => id)).toEqual([third, second, first]);
  expect((await api.call<Page<RunSummary>>(`GET /runs?flow=${flowId}&lane=8`)).body.items).toEqual([]);

  await api.call(`POST /runs/${first}/terminate`);
  await waits(second, 'timer');
  const { body: again } = await api.call<{ runId: string }>(`POST /runs/${first}/rerun`);
  await waits(again.runId, 'lane', third);
  await api.call(`POST /runs/${third}/cancel`);
  await waits(again.runId, 'lane', second);
});

it('a limit shows what is used of it and how many want a place', async () => {
  const flowId = await api.publish(sleeper('Limited', { concurrency: 1 }));
  const runId = await start(flowId, {});
  await waits(runId, 'timer');
  // It waits, so its place is free again.
  const { body } = await api.call<Page<Limit>>(`GET /lanes/limits?flow=${flowId}`);
  expect(body.items).toEqual([{ flowId, flowName: 'Limited', limit: 1, used: 0, waiting: 0, oldest: null }]);
});

it('lanes come page by page, the one with the oldest run first', async () => {
  const flowId = await api.publish(sleeper('Many', { lane: { key: '{{ event.data.key }}' } }));
  const keys = ['c', 'a', 'b', 'ü/"', 'z'];
  for (const key of keys) await start(flowId, { key });
  const seen: string[] = [];
  let cursor: string | null = '';
  while (cursor !== null) {
    const more: string = cursor === '' ? '' : `&cursor=${cursor}`;
    const { body }: { body: Page<Lane> } = await api.call<Page<Lane>>(`GET /lanes?flow=${flowId}&limit=2${more}`);
    seen.push(...body.items.map(({ key }) => key));
    cursor = body.nextCursor;
  }
  expect(seen).toEqual(keys);
  await api.refused('request.invalid', 'GET /lanes?cursor=bm90aGluZw');
});

it('publishing refuses a key that reads what is not there yet', async () => {
  const { body } = await api.call<{ id: string }>('POST /flows', {
    body: sleeper('Early', { lane: { key: '{{ vars.x }}' } }),
  });
  const problem = await api.refused('flow.invalid', `POST /flows/${body.id}/publish`);
  expect(problem.errors).toMatchObject([{ pointer: '/settings/lane/key', code: 'expression.rootNotHere' }]);
});
