/** Runs that start runs, as a client of the API sees them, carried by a real worker. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { flow, step, transform, trigger } from '@/core/flow/testing';
import { type Api, openApi } from '@/server/testing/api';
import { createTestPlatform } from '@/server/testing/test-platform';
import { waitFor } from '@/server/testing/wait-for';
import { type RunningWorker, startWorker } from '@/workers/worker';

interface Child {
  readonly runId: string;
  readonly stepId: string;
  readonly path?: string;
  readonly flowName: string;
  readonly status: string;
  readonly hasChildren: boolean;
}
interface Run {
  readonly id: string;
  readonly status: string;
  readonly parentRunId: string | null;
  readonly retryOf: string | null;
  readonly children: readonly Child[];
  readonly output: unknown;
}

let api: Api;
let worker: RunningWorker;
let closePlatform: () => Promise<void>;

beforeAll(async () => {
  api = await openApi();
  const platform = await createTestPlatform(api.servers, 'worker');
  worker = await startWorker(platform, 'test');
  closePlatform = () => platform.close();
});
afterAll(async () => {
  await worker.stop();
  await closePlatform();
  await api.close();
});

const call = (id: string, name: string, rest: object = {}) => step(id, 'flow.call', { flow: name }, rest);
const start = async (flowId: string, body: object = {}): Promise<string> =>
  (await api.call<{ runId: string }>(`POST /flows/${flowId}/runs`, { body })).body.runId;
const get = async (runId: string): Promise<Run> => (await api.call<Run>(`GET /runs/${runId}`)).body;
const inStatus = (runId: string, status: string): Promise<Run> =>
  waitFor(`run in ${status}`, async () => {
    const run = await get(runId);
    return run.status === status ? run : undefined;
  });

describe('a family of runs', () => {
  //   Grand: m → each [ c ]        Middle: m → c        Leaf: m → t
  it('is shown from both ends, with the step and iteration that started each', async () => {
    await api.publish({ ...flow([trigger, transform('t', 1)], ['m → t']), name: 'Leaf' });
    await api.publish({ ...flow([trigger, call('c', 'Leaf')], ['m → c']), name: 'Middle' });
    const each = step('each', 'logic.forEach', { items: [1, 2], concurrency: 1 });
    const grand = flow([trigger, each, call('c', 'Middle', { in: 'each' })], ['m → each']);
    const runId = await start(await api.publish({ ...grand, name: 'Grand' }));
    const run = await inStatus(runId, 'succeeded');
    expect(run.children).toMatchObject([
      { stepId: 'c', path: 'each[0]', flowName: 'Middle', status: 'succeeded', hasChildren: true },
      { stepId: 'c', path: 'each[1]', flowName: 'Middle', status: 'succeeded', hasChildren: true },
    ]);
    const [middle] = run.children;
    const [leaf] = (await get(middle?.runId ?? '')).children;
    expect(await get(leaf?.runId ?? '')).toMatchObject({ parentRunId: middle?.runId, children: [] });
    expect(leaf).toMatchObject({ stepId: 'c', flowName: 'Leaf', hasChildren: false });

    const listed = await api.call<{ items: Run[] }>(`GET /runs?parent=${runId}`);
    expect(listed.body.items.map(({ id }) => id)).toEqual(run.children.map(({ runId: id }) => id).toReversed());
    expect((await api.call(`GET /runs?parent=${leaf?.runId}`)).body).toEqual({ items: [], nextCursor: null });

    const ofLeaf = await api.container.services.runs.family(caller(), { runId: leaf?.runId ?? '' });
    expect(ofLeaf.line.map(({ flowName }) => flowName)).toEqual(['Grand', 'Middle', 'Leaf']);
    const ofGrand = await api.container.services.runs.family(caller(), { runId });
    expect(ofGrand).toMatchObject({ counts: { succeeded: 2 }, isCountedWhole: true });
    const page = await api.container.services.runs.children(caller(), { runId, limit: 1 });
    const rest = await api.container.services.runs.children(caller(), { runId, cursor: page.nextCursor ?? '' });
    expect([...page.items, ...rest.items].map(({ path }) => path)).toEqual(['each[0]', 'each[1]']);
  });

  it('is not touched when a child is done again alone', async () => {
    const fails = flow([trigger, step('no', 'logic.fail', { message: 'no' })], ['m → no']);
    await api.publish({ ...fails, name: 'Failing' });
    const parentId = await start(await api.publish({ ...flow([trigger, call('c', 'Failing')], ['m → c']), name: 'P' }));
    const parent = await inStatus(parentId, 'failed');
    const childId = parent.children[0]?.runId ?? '';
    const again = await api.call<{ runId: string }>(`POST /runs/${childId}/retry`, { body: {} });
    const retried = await inStatus(again.body.runId, 'failed');
    expect(retried).toMatchObject({ parentRunId: null, retryOf: childId });
    expect((await get(parentId)).children).toHaveLength(1);
  });

  it('grows by a new child when the parent is done again, unless the child had succeeded', async () => {
    await api.publish({ ...flow([trigger, transform('t', 'made')], ['m → t']), name: 'Good' });
    const fails = step('no', 'logic.fail', { message: 'no' });
    const parent = flow([trigger, call('c', 'Good'), fails], ['m → c', 'c → no']);
    const parentId = await start(await api.publish({ ...parent, name: 'Half' }));
    await inStatus(parentId, 'failed');
    const retry = await api.call<{ runId: string }>(`POST /runs/${parentId}/retry`, { body: {} });
    expect((await inStatus(retry.body.runId, 'failed')).children).toEqual([]);
    const rerun = await api.call<{ runId: string }>(`POST /runs/${parentId}/rerun`, { body: {} });
    expect((await inStatus(rerun.body.runId, 'failed')).children).toHaveLength(1);
  });
});

describe('publishing', () => {
  it('refuses a call of what is not there, and warns of what is not ready', async () => {
    const create = async (name: string, called: string): Promise<string> => {
      const document = { ...flow([trigger, call('c', called)], ['m → c']), name };
      return (await api.call<{ id: string }>('POST /flows', { body: document })).body.id;
    };
    const problem = await api.refused('flow.invalid', `POST /flows/${await create('A', 'Nowhere')}/publish`, {
      body: {},
    });
    expect(problem.errors).toMatchObject([
      { code: 'call.flowUnknown', pointer: '/steps/1/config/flow', stepId: 'c', severity: 'error' },
    ]);
    const mutual = await create('B', 'B');
    expect((await api.call(`POST /flows/${mutual}/publish`, { body: {} })).status).toBe(200);
    const states = await api.container.services.flows.callees(caller(), { flows: ['B', 'A', 'Nowhere', mutual] });
    expect(states).toMatchObject([
      { flow: 'B', state: 'ready', flowId: mutual },
      { flow: 'A', state: 'notPublished' },
      { flow: 'Nowhere', state: 'unknown' },
      { flow: mutual, state: 'ready', name: 'B' },
    ]);
  });
});

const caller = () => ({
  workspaceId: api.main.workspaceId,
  workspaceSlug: api.main.slug,
  actor: 'user:1',
  scopes: new Set(['runs:read', 'flows:read'] as const),
});
