/** Workers that die between what is durable for a child or its parent and telling the other one: the next one tells. */
import { afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { flow, step, transform, trigger } from '@/core/flow/testing';
import type { Platform } from '@/server/platform';
import { makeWorkspace, publishFixture, startOf } from '@/server/testing/engine-fixtures';
import { createTestPlatform, type TestServers, testServers } from '@/server/testing/test-platform';
import { waitFor } from '@/server/testing/wait-for';
import { startWorkerProcess, type WorkerProcess } from '@/server/testing/worker-process';
import { type RunningWorker, startWorker } from '@/workers/worker';

let servers: TestServers;
let platform: Platform;
let workspaceId: string;
let number = 0;
let mortal: WorkerProcess | null = null;
let next: RunningWorker | null = null;

beforeAll(async () => {
  servers = await testServers();
});
beforeEach(async () => {
  number += 1;
  platform = await createTestPlatform(servers, 'worker');
  workspaceId = await makeWorkspace(platform.pool, `w${number}`);
});
afterEach(async () => {
  mortal?.kill();
  await mortal?.exited;
  await next?.stop();
  await platform.close();
  mortal = null;
  next = null;
});

/** A parent that waits for a run of `child`, carried by a worker that dies at this point. @returns the parent's id */
async function carryUntilDead(faultPoint: string, child: Parameters<typeof flow>): Promise<string> {
  mortal = startWorkerProcess(servers, faultPoint);
  await mortal.ready;
  await publishFixture(platform.pool, workspaceId, { ...flow(...child), name: 'Child' });
  const call = step('c', 'flow.call', { flow: 'Child' });
  const parent = await publishFixture(platform.pool, workspaceId, flow([trigger, call], ['m → c']));
  const [answer] = await platform.eventLog.append(workspaceId, [startOf(parent)]);
  const runId = answer?.runId ?? '';
  await ring(runId);
  return runId;
}
const ring = (runId: string) => platform.wakeUps.ring([{ workspaceId, runId }]);

const statusOf = async (runId: string): Promise<string | undefined> =>
  (await platform.runStore.load(workspaceId, runId))?.row.status;
const inStatus = (runId: string, status: string) =>
  waitFor(`run in ${status}`, async () => ((await statusOf(runId)) === status ? true : undefined), 30_000);
const childOf = (parentId: string) =>
  waitFor('the child', async () => {
    const { rows } = await platform.pool.query<{ id: string; status: string; tells_parent: string | null }>(
      'SELECT id, status, tells_parent FROM runs WHERE parent_run_id = $1',
      [parentId],
    );
    return rows[0];
  });

it('the end of a child is told although the worker died when only the child knew', async () => {
  const parentId = await carryUntilDead('before-telling', [[trigger, transform('t', 'made')], ['m → t']]);
  expect(await mortal?.exited).toBe('SIGKILL');
  expect(await childOf(parentId)).toMatchObject({ status: 'succeeded', tells_parent: expect.any(String) });
  expect(await statusOf(parentId)).not.toBe('succeeded');
  // Redis has forgotten everything, too.
  await platform.redis.flushdb();
  next = await startWorker(platform, 'test');
  await inStatus(parentId, 'succeeded');
  expect(await childOf(parentId)).toMatchObject({ tells_parent: null });
});

it.each([
  ['cancel', 'cancelled'],
  ['terminate', 'terminated'],
] as const)('a %s reaches the child although the worker died when only the parent knew', async (type, status) => {
  const wait = step('d', 'logic.delay', { forMs: 24 * 60 * 60_000 });
  const parentId = await carryUntilDead('before-stopping', [[trigger, wait], ['m → d']]);
  const child = await childOf(parentId);
  await inStatus(child.id, 'waiting');
  await platform.runInbox.post(workspaceId, parentId, type, { type, actor: 'user:1', reason: null });
  await ring(parentId);
  expect(await mortal?.exited).toBe('SIGKILL');
  expect(await statusOf(child.id)).toBe('waiting');
  await platform.redis.flushdb();
  next = await startWorker(platform, 'test');
  await inStatus(child.id, status);
  await inStatus(parentId, status);
  expect((await platform.pool.query('SELECT 1 FROM child_stops')).rows).toEqual([]);
});
