/**
 * Admission against a release that is under way, held between its statements: whoever asks waits for the lock and looks
 * afterwards, whatever became of the release.
 */
import pg from 'pg';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createEventLog } from '@/server/repositories/event-log';
import { type Admission, createLanes } from '@/server/repositories/lanes';
import { createPayloadStore } from '@/server/repositories/payloads';
import { makeWorkspace, publishFixture, startOf } from '@/server/testing/engine-fixtures';
import { testDatabase } from '@/server/testing/servers';
import { waitFor } from '@/server/testing/wait-for';

let pool: pg.Pool;
let number = 0;
beforeAll(async () => {
  pool = new pg.Pool({ connectionString: (await testDatabase()).url });
});
afterAll(() => pool.end());

/** Runs of a flow with these settings, and how to ask for the turn of one. */
async function line(count: number, settings: { lane?: { key: string }; concurrency?: number }) {
  number += 1;
  const workspaceId = await makeWorkspace(pool, `w${number}`);
  const steps = [{ id: 'm', kind: 'trigger.manual' }];
  const flow = await publishFixture(pool, workspaceId, { headrace: 1, name: 'L', steps, edges: [], settings });
  const log = createEventLog({ pool, payloads: createPayloadStore(pool) });
  const appended = await log.append(
    workspaceId,
    Array.from({ length: count }, () => startOf(flow)),
  );
  const runIds = appended.map(({ runId }) => runId ?? '');
  const ready: string[] = [];
  const lanes = createLanes({ pool, onReady: (runs) => ready.push(...runs.map(({ runId }) => runId)) });
  const ask = (n: number): Promise<Admission> =>
    lanes.admit({ workspaceId, runId: runIds[n] ?? '', journalN: 0, inboxN: 0 });
  const end = (client: pg.ClientBase, n: number) =>
    client.query<{ run_id: string }>('SELECT run_id FROM release_lanes(ARRAY[$1::uuid], ARRAY[$2::uuid], $3)', [
      workspaceId,
      runIds[n],
      [true],
    ]);
  return { workspaceId, runIds, ready, ask, end };
}

const someoneWaits = () =>
  waitFor('somebody to wait for the lock', async () => {
    const { rows } = await pool.query(
      "SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query LIKE '%admit_runs%'",
    );
    return rows.length > 0 || undefined;
  });

it.each([
  ['COMMIT', { type: 'admitted' }],
  ['ROLLBACK', { type: 'waits', for: 'key' }],
] as const)('an admission that meets a release waits for its %s and looks then', async (outcome, expected) => {
  const { ask, end } = await line(2, { lane: { key: 'x' } });
  expect(await ask(0)).toEqual({ type: 'admitted' });
  const client = await pool.connect();
  await client.query('BEGIN');
  expect((await end(client, 0)).rows).toHaveLength(1);
  const asking = ask(1);
  await someoneWaits();
  await client.query(outcome);
  client.release();
  expect(await asking).toMatchObject(expected);
});

it('a place that two ask for at once goes to the first in line, and the other is told', async () => {
  const { ask, end, ready, runIds } = await line(3, { concurrency: 1 });
  expect(await ask(2)).toEqual({ type: 'admitted' });
  // Nobody is turned out, however early its event was.
  expect(await Promise.all([ask(1), ask(0)])).toEqual([
    { type: 'waits', for: 'slot', behind: runIds[2] },
    { type: 'waits', for: 'slot', behind: runIds[2] },
  ]);
  const client = await pool.connect();
  expect((await end(client, 2)).rows.map((row) => row.run_id)).toEqual([runIds[0]]);
  client.release();
  expect(await ask(1)).toMatchObject({ behind: runIds[0] });
  expect(ready).toEqual([]);
});

it('a lane is given on by whoever asks when it is free, and the first in line is rung for', async () => {
  const { ask, ready, runIds } = await line(2, { lane: { key: 'x' } });
  expect(await ask(1)).toEqual({ type: 'waits', for: 'key', behind: runIds[0] });
  expect(ready).toEqual([runIds[0]]);
});

it('a run that has moved on since it was read is given nothing', async () => {
  const { ask, workspaceId, runIds } = await line(1, { concurrency: 1 });
  await pool.query('UPDATE runs SET journal_n = 1 WHERE workspace_id = $1 AND id = $2', [workspaceId, runIds[0]]);
  expect(await ask(0)).toEqual({ type: 'gone' });
  const { rows } = await pool.query('SELECT has_slot FROM lane_runs WHERE run_id = $1', [runIds[0]]);
  expect(rows).toEqual([{ has_slot: false }]);
});
