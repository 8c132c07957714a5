import { v7 as uuidv7 } from 'uuid';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { flow, step, trigger } from '@/core/flow/testing';
import type { Platform } from '@/server/platform';
import { createDispatchStore, type RoutingDecisions } from '@/server/repositories/dispatch-store';
import { openWaits } from '@/server/repositories/waits';
import { anEvent, makeWorkspace, publishFixture, startOf } from '@/server/testing/engine-fixtures';
import { createTestPlatform, testServers } from '@/server/testing/test-platform';

let platform: Platform;
beforeAll(async () => {
  platform = await createTestPlatform(await testServers(), 'worker');
});
afterAll(() => platform.close());

const bySubject: RoutingDecisions = {
  route: async () => [],
  keysOf: async (events, expressions) =>
    events.flatMap((event) =>
      expressions.map(({ eventKey }) => ({ event, eventKey, key: JSON.stringify(event.glance.subject ?? null) })),
    ),
};

/** Runs that wait for the subject `k` of an event `a.b`. */
async function waitingRuns(workspaceId: string, count: number): Promise<string[]> {
  const published = await publishFixture(
    platform.pool,
    workspaceId,
    flow([trigger, step('w', 'event.wait')], ['m → w']),
  );
  const runs = Array.from({ length: count }, () => startOf(published));
  const answers = await platform.eventLog.append(workspaceId, runs);
  const client = await platform.pool.connect();
  await openWaits(
    client,
    workspaceId,
    answers.map(({ runId, position }) => ({
      id: uuidv7(),
      runId: runId ?? '',
      flowId: published.flowId,
      stepId: 'w',
      path: '',
      untilMs: null,
      awaits: { on: 'event', eventType: 'a.b', key: '"k"', eventKey: '{{ event.subject }}' },
      afterPosition: position,
    })),
  );
  client.release();
  return answers.map(({ runId }) => runId ?? '');
}

it('ends any number of waits for one event in transactions of bounded size, each wait once', async () => {
  const workspaceId = await makeWorkspace(platform.pool, 'many');
  const runs = await waitingRuns(workspaceId, 1_200);
  await platform.eventLog.append(workspaceId, [anEvent({ type: 'a.b', subject: 'k' })]);
  const store = createDispatchStore(platform.hotPool, platform.payloads);
  const resolved: string[] = [];
  const batches: number[] = [];
  for (let isBehind = true; isBehind; ) {
    const done = await store.routeBatch(workspaceId, 200, bySubject);
    resolved.push(...done.resolved.map(({ runId }) => runId));
    batches.push(done.resolved.length);
    isBehind = done.isBehind;
  }
  expect(resolved.toSorted()).toEqual(runs.toSorted());
  expect(batches).toEqual([500, 500, 200]);
  expect(await store.behind()).toEqual([]);
});

it('passes over what nobody waits for without reading it', async () => {
  const workspaceId = await makeWorkspace(platform.pool, 'jump');
  await waitingRuns(workspaceId, 1);
  const others = Array.from({ length: 300 }, () => anEvent({ type: 'c.d' }));
  await platform.eventLog.append(workspaceId, [...others, anEvent({ type: 'a.b', subject: 'other' })]);
  const seen: string[] = [];
  const store = createDispatchStore(platform.hotPool, platform.payloads);
  const done = await store.routeBatch(workspaceId, 200, {
    ...bySubject,
    keysOf: (events, expressions) => {
      seen.push(...events.map(({ type }) => type));
      return bySubject.keysOf(events, expressions);
    },
  });
  expect(done).toMatchObject({ events: 302, resolved: [], isBehind: false });
  expect(seen).toEqual(['a.b']);
});

it('goes on behind what it has read when there is more that is waited for', async () => {
  const workspaceId = await makeWorkspace(platform.pool, 'steps');
  await waitingRuns(workspaceId, 1);
  await platform.eventLog.append(
    workspaceId,
    Array.from({ length: 7 }, () => anEvent({ type: 'a.b', subject: 'other' })),
  );
  const store = createDispatchStore(platform.hotPool, platform.payloads);
  expect(await store.routeBatch(workspaceId, 5, bySubject)).toMatchObject({ events: 6, isBehind: true });
  expect(await store.routeBatch(workspaceId, 5, bySubject)).toMatchObject({ events: 2, isBehind: false });
});

it('passes over runs that have ended, and leaves them no message', async () => {
  const workspaceId = await makeWorkspace(platform.pool, 'ended');
  const [over = '', other = ''] = await waitingRuns(workspaceId, 2);
  await platform.pool.query("UPDATE runs SET finished_at = now(), status = 'terminated' WHERE id = $1", [over]);
  await platform.eventLog.append(workspaceId, [anEvent({ type: 'a.b', subject: 'k' })]);
  const done = await createDispatchStore(platform.hotPool, platform.payloads).routeBatch(workspaceId, 200, bySubject);
  expect(done.resolved.map(({ runId }) => runId)).toEqual([other]);
  const { rows } = await platform.pool.query('SELECT inbox_n FROM runs WHERE id = $1', [over]);
  expect(rows).toEqual([{ inbox_n: 0 }]);
});
