import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { flow, step, transform } from '@/core/flow/testing';
import type { JsonObject } from '@/core/json';
import { createScheduleStore, type ScheduleStore } from '@/server/repositories/schedule-store';
import { type Api, openApi, type Tenant } from '@/server/testing/api';
import { createTestPlatform } from '@/server/testing/test-platform';
import { waitFor } from '@/server/testing/wait-for';
import { createScheduler, type Scheduler } from '@/workers/scheduler';
import { startWorker } from '@/workers/worker';

let api: Api;
let store: ScheduleStore;
let tenant: Tenant;
let tenants = 0;
/** Too long for an index entry, and random, so that no compression makes it fit. */
const unindexable = randomBytes(6_000).toString('base64');
const rung: string[] = [];
const warned: string[] = [];

beforeAll(async () => {
  api = await openApi();
  store = createScheduleStore(api.container.hotPool, api.container.payloads);
});
afterAll(() => api.close());
beforeEach(async () => {
  tenants += 1;
  tenant = await api.makeTenant(`t${tenants}`);
  await api.container.pool.query('DELETE FROM schedules');
  rung.length = 0;
  warned.length = 0;
});

const scheduler = (from: ScheduleStore = store): Scheduler =>
  createScheduler({
    store: from,
    wakeUps: {
      ring: async (runs) => void rung.push(...runs.map(({ runId }) => runId)),
      streamMoved: async () => undefined,
    },
    ids: api.container.ids,
    log: { ...api.container.log, warn: (_facts, message) => void warned.push(message) },
  });

const scheduled = (config: JsonObject, name = 'Nightly') =>
  flow([step('at', 'trigger.schedule', config), transform('a', '{{ event.data }}')], ['at → a'], { name });

const publish = (config: JsonObject = { cron: '0 * * * *' }): Promise<string> => api.publish(scheduled(config), tenant);

const post = (path: string) => api.call(`POST ${path}`, { key: tenant.key });

interface ScheduleRow {
  cron: string;
  next: string | null;
  settled: string;
  fired: string | null;
}

async function rowOf(flowId: string): Promise<ScheduleRow | undefined> {
  const iso = (column: string) => `to_char(${column} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`;
  const { rows } = await api.container.pool.query<ScheduleRow>(
    `SELECT cron, ${iso('next_fire_at')} AS next, ${iso('settled_at')} AS settled, ${iso('last_fired_at')} AS fired
     FROM schedules WHERE flow_id = $1`,
    [flowId],
  );
  return rows[0];
}

/** As if nobody had looked since: the next fire is the first one after. */
async function unsettled(flowId: string, since: string): Promise<void> {
  await api.container.pool.query(
    `UPDATE schedules SET settled_at = ${since}, next_fire_at = ${since} + interval '1 millisecond' WHERE flow_id = $1`,
    [flowId],
  );
}

interface Fire {
  id: string;
  runId: string;
  version: number;
  type: string;
  data: JsonObject;
  source: string;
  isHeld: boolean;
}

/** Every fire of a flow, with its run, in the order of the stream. */
async function firesOf(flowId: string): Promise<Fire[]> {
  const { rows } = await api.container.pool.query<Fire>(
    `SELECT e.id, e.type, e.source, e.data, r.id AS "runId", r.version, r.is_held AS "isHeld"
     FROM events e LEFT JOIN runs r ON r.workspace_id = e.workspace_id AND r.event_number = e.number
     WHERE e.source LIKE '%/' || $1 || '/at' ORDER BY e.position`,
    [flowId],
  );
  return rows;
}

const hourIso = (ms: number): string => new Date(Math.floor(ms / 3_600_000) * 3_600_000).toISOString();

async function databaseNowMs(): Promise<number> {
  const { rows } = await api.container.pool.query<{ ms: number }>(
    'SELECT (extract(epoch FROM now()) * 1000)::float8 AS ms',
  );
  return rows[0]?.ms ?? 0;
}

describe('the row of a schedule', () => {
  it('is written by publishing, with its first fire after now', async () => {
    const flowId = await publish({ cron: '0 3 * * *', timeZone: 'Europe/Berlin', missed: 'all' });
    const row = await rowOf(flowId);
    expect(Date.parse(row?.next ?? '')).toBeGreaterThan(await databaseNowMs());
    expect(row).toMatchObject({ cron: '0 3 * * *', fired: null });
  });

  it('keeps its next fire when it is published again unchanged, and takes a new one when it changed', async () => {
    const flowId = await publish({ cron: '0 * * * *' });
    await api.container.pool.query(`UPDATE schedules SET next_fire_at = '2030-01-01Z', settled_at = '2026-01-01Z'`);
    const save = (document: unknown, revision: number) =>
      api.call(`PUT /flows/${flowId}`, { body: document, key: tenant.key, headers: { 'if-match': `"${revision}"` } });
    await save(scheduled({ cron: '0 * * * *', missed: 'once' }, 'Renamed'), 1);
    await post(`/flows/${flowId}/publish`);
    expect(await rowOf(flowId)).toMatchObject({
      next: '2030-01-01T00:00:00.000Z',
      settled: '2026-01-01T00:00:00.000Z',
    });

    await save(scheduled({ cron: '30 * * * *' }), 2);
    await post(`/flows/${flowId}/publish`);
    expect((await rowOf(flowId))?.next).toMatch(/:30:00\.000Z$/);
    expect((await rowOf(flowId))?.next).not.toContain('2030');

    await post(`/flows/${flowId}/versions/1/promote`);
    expect((await rowOf(flowId))?.next).toMatch(/:00:00\.000Z$/);
  });

  it('goes with the step, and with the flow', async () => {
    const flowId = await publish();
    const headers = { 'if-match': '"1"' };
    const manual = flow([step('m', 'trigger.manual'), transform('a')], ['m → a']);
    await api.call(`PUT /flows/${flowId}`, { body: manual, key: tenant.key, headers });
    expect(await rowOf(flowId)).toBeDefined();
    await post(`/flows/${flowId}/publish`);
    expect(await rowOf(flowId)).toBeUndefined();

    const other = await publish();
    await unsettled(other, "now() - interval '1 hour'");
    await api.call(`DELETE /flows/${other}`, { key: tenant.key });
    expect(await rowOf(other)).toBeUndefined();
    expect(await scheduler().sweep()).toBe(0);
  });

  it('is not written for what publishing refuses, and a hostile cron is a 4xx', async () => {
    for (const cron of [
      '0 0 30 2 *',
      '* * * * * *',
      '@reboot',
      '\u0000',
      '9'.repeat(10_000),
      `*/${'1,'.repeat(90)}1 * * * *`,
    ]) {
      const created = await api.call<{ id: string }>('POST /flows', { body: scheduled({ cron }), key: tenant.key });
      const problem = await api.refused('flow.invalid', `POST /flows/${created.body.id}/publish`, { key: tenant.key });
      expect(problem.errors?.[0]).toMatchObject({ pointer: '/steps/0/config/cron' });
      expect(await rowOf(created.body.id)).toBeUndefined();
    }
  });

  it('does not make a run by hand possible', async () => {
    const flowId = await publish();
    await api.refused('flow.noManualTrigger', `POST /flows/${flowId}/runs`, { key: tenant.key });
  });
});

describe('a fire', () => {
  it('is one addressed event with its run, and moves the schedule on', async () => {
    const flowId = await publish({ cron: '0 * * * *', missed: 'once' });
    await unsettled(flowId, "date_trunc('hour', now()) - interval '1 millisecond'");
    expect(await scheduler().sweep()).toBe(1);
    const [fire, ...others] = await firesOf(flowId);
    const row = await rowOf(flowId);
    expect(others).toEqual([]);
    expect(fire).toMatchObject({
      type: 'headrace.schedule.fired',
      source: `/schedules/${tenant.slug}/${flowId}/at`,
      data: { scheduledAt: fire?.id },
      version: 1,
    });
    expect(fire?.id).toMatch(/^\d{4}-\d\d-\d\dT\d\d:00:00\.000Z$/);
    expect(row?.fired).toBe(fire?.id);
    expect(Date.parse(row?.next ?? '') - Date.parse(fire?.id ?? '')).toBe(3_600_000);
    expect(rung).toEqual([fire?.runId]);
    expect(await scheduler().sweep()).toBe(0);
  });

  it('happens once however many schedulers race for it', async () => {
    const flowIds = await Promise.all(Array.from({ length: 12 }, () => publish({ cron: '0 * * * *', missed: 'all' })));
    for (const flowId of flowIds) await unsettled(flowId, "date_trunc('hour', now()) - interval '3 hours 1 ms'");
    const swept = await Promise.all(Array.from({ length: 4 }, () => scheduler().sweep()));
    // A row that another scheduler held was skipped; the next look takes it.
    const rest = await scheduler().sweep();
    let events = 0;
    for (const flowId of flowIds) {
      const fires = await firesOf(flowId);
      expect(fires.length).toBeGreaterThanOrEqual(4);
      expect(new Set(fires.map(({ id }) => id)).size).toBe(fires.length);
      events += fires.length;
    }
    expect(swept.reduce((sum, n) => sum + n, rest)).toBe(events);
    expect(new Set(rung).size).toBe(events);
  });

  it('and the move of its schedule happen together or not at all', async () => {
    const flowId = await publish();
    await unsettled(flowId, "now() - interval '1 hour'");
    const before = await rowOf(flowId);
    const unstorable: ScheduleStore = {
      ...store,
      // An id that no index holds fails the append, after the schedule was moved.
      fireDue: (decide) =>
        store.fireDue((due) => {
          const decision = decide({ ...due, missed: 'all' });
          return { ...decision, events: decision.events.map((event) => ({ ...event, id: unindexable })) };
        }),
    };
    await expect(scheduler(unstorable).sweep()).rejects.toThrow();
    expect(await rowOf(flowId)).toEqual(before);
    expect(await firesOf(flowId)).toEqual([]);
    await api.container.pool.query(`UPDATE schedules SET missed = 'all'`);
    expect(await scheduler().sweep()).toBe(1);
  });

  it('of a paused flow happens all the same: its run is kept for the resume', async () => {
    const flowId = await publish({ cron: '0 * * * *', missed: 'once' });
    await post(`/flows/${flowId}/pause`);
    await unsettled(flowId, "date_trunc('hour', now()) - interval '1 ms'");
    expect(await scheduler().sweep()).toBe(1);
    expect(await firesOf(flowId)).toHaveLength(1);
    expect(Date.parse((await rowOf(flowId))?.next ?? '')).toBeGreaterThan(await databaseNowMs());
  });

  it('of several schedules in one flow is each their own, of the version that is live', async () => {
    const document = flow(
      [
        step('at', 'trigger.schedule', { cron: '0 * * * *', missed: 'once' }),
        step('too', 'trigger.schedule', { cron: '0 * * * *', missed: 'once' }),
        transform('a', 1),
      ],
      ['at → a', 'too → a'],
    );
    const flowId = await api.publish(document, tenant);
    await unsettled(flowId, "now() - interval '1 hour'");
    expect(await scheduler().sweep()).toBe(2);
    const { rows } = await api.container.pool.query(
      'SELECT trigger_step, trigger_kind, version FROM runs WHERE flow_id = $1 ORDER BY trigger_step',
      [flowId],
    );
    expect(rows).toEqual([
      { trigger_step: 'at', trigger_kind: 'trigger.schedule', version: 1 },
      { trigger_step: 'too', trigger_kind: 'trigger.schedule', version: 1 },
    ]);
  });
});

describe('after a time without workers', () => {
  // Unsettled since half past, four hours ago: four full hours are owed, the newest perhaps within its grace.
  const away = "date_trunc('hour', now()) - interval '3 hours 30 minutes'";
  const isInGrace = (nowMs: number): boolean => nowMs % 3_600_000 <= 60_000;

  it('skip drops what was missed and says so', async () => {
    const flowId = await publish({ cron: '0 * * * *' });
    await unsettled(flowId, away);
    await scheduler().sweep();
    expect((await firesOf(flowId)).length).toBe(isInGrace(await databaseNowMs()) ? 1 : 0);
    expect(warned).toEqual(['fires of a schedule were missed and not all are made up for']);
    expect(Date.parse((await rowOf(flowId))?.next ?? '')).toBeGreaterThan(await databaseNowMs());
  });

  it('once starts one run, for the latest', async () => {
    const flowId = await publish({ cron: '30 * * * *', missed: 'once' });
    await unsettled(flowId, "now() - interval '10 hours'");
    await scheduler().sweep();
    const fires = await firesOf(flowId);
    expect(Date.parse(fires.at(-1)?.id ?? '')).toBeGreaterThan((await databaseNowMs()) - 3_600_000);
    expect(fires.length).toBeLessThanOrEqual(2);
  });

  it('all starts a run for each, in order', async () => {
    const flowId = await publish({ cron: '0 * * * *', missed: 'all' });
    await unsettled(flowId, away);
    const nowMs = await databaseNowMs();
    await scheduler().sweep();
    const hours = [3, 2, 1, 0].map((hour) => hourIso(nowMs - hour * 3_600_000));
    expect((await firesOf(flowId)).map(({ id }) => id)).toEqual(hours);
    expect(warned).toEqual([]);
  });

  it('all is bounded, and a year of minutes takes no longer than a day', async () => {
    const flowId = await publish({ cron: '* * * * *', missed: 'all' });
    await unsettled(flowId, "now() - interval '1 year'");
    await scheduler().sweep();
    const fires = await firesOf(flowId);
    expect(fires.length).toBeGreaterThanOrEqual(100);
    expect(fires.length).toBeLessThanOrEqual(102);
    expect(warned).toHaveLength(1);
  });
});

describe('a clock that jumps', () => {
  it('back does not fire an instant twice, and does not silence the schedule', async () => {
    const flowId = await publish({ cron: '0 * * * *', missed: 'all' });
    await unsettled(flowId, "date_trunc('hour', now()) - interval '30 minutes'");
    await scheduler().sweep();
    expect(await firesOf(flowId)).toHaveLength(1);

    // What a clock far ahead has left behind: settled tomorrow, due the day after.
    await api.container.pool.query(
      `UPDATE schedules SET settled_at = now() + interval '1 day', next_fire_at = now() + interval '25 hours'`,
    );
    expect(await scheduler().sweep()).toBe(0);
    expect(warned).toEqual(['the clock of the database was set back; schedules follow it']);
    const next = Date.parse((await rowOf(flowId))?.next ?? '');
    expect(next).toBeLessThanOrEqual((await databaseNowMs()) + 3_600_000);

    // The same instants owed again are found by their key.
    await unsettled(flowId, "date_trunc('hour', now()) - interval '30 minutes'");
    expect(await scheduler().sweep()).toBe(0);
    expect(await firesOf(flowId)).toHaveLength(1);
  });
});

it('a schedule that cannot be read any more is stopped, and the others go on', async () => {
  const [bad, good] = [await publish({ cron: '0 * * * *' }), await publish({ cron: '0 * * * *', missed: 'once' })];
  await unsettled(bad, "now() - interval '2 hours'");
  await unsettled(good, "now() - interval '2 hours'");
  await api.container.pool.query(`UPDATE schedules SET cron = 'H H * * *' WHERE flow_id = $1`, [bad]);
  expect(await scheduler().sweep()).toBeGreaterThanOrEqual(1);
  expect((await rowOf(bad))?.next).toBeNull();
  expect(await firesOf(good)).not.toEqual([]);
  // Publishing mends it.
  await post(`/flows/${bad}/publish`);
  expect((await rowOf(bad))?.next).toMatch(/:00:00\.000Z$/);
});

it('a worker fires by itself, runs what it fired, and holds it while the flow is paused', async () => {
  const platform = await createTestPlatform(api.servers, 'worker');
  const worker = await startWorker(platform, 'test');
  try {
    const flowId = await publish({ cron: '0 * * * *', missed: 'once' });
    await unsettled(flowId, "now() - interval '1 hour'");
    const runs = () =>
      api.container.pool.query<{ status: string; output: JsonObject; is_held: boolean }>(
        'SELECT status, output, is_held FROM runs WHERE flow_id = $1 ORDER BY id',
        [flowId],
      );
    const done = await waitFor('the run of a fire', async () =>
      (await runs()).rows.find(({ status }) => status === 'succeeded'),
    );
    expect(done.output).toEqual({ scheduledAt: expect.stringMatching(/:00:00\.000Z$/) });

    await post(`/flows/${flowId}/pause`);
    await api.container.pool.query(`UPDATE schedules SET cron = '30 * * * *' WHERE flow_id = $1`, [flowId]);
    await unsettled(flowId, "now() - interval '1 hour'");
    await waitFor('a held run', async () => (await runs()).rows.find((run) => run.is_held));
    await post(`/flows/${flowId}/resume`);
    await waitFor('the end of the held run', async () =>
      (await runs()).rows.every(({ status }) => status === 'succeeded') ? true : undefined,
    );
  } finally {
    await worker.stop();
    await platform.close();
  }
});
