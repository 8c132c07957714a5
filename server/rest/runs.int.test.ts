import { v7 as uuidv7 } from 'uuid';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Api, echoFlow, openApi } from '@/server/testing/api';
import { createTestPlatform } from '@/server/testing/test-platform';
import { waitFor } from '@/server/testing/wait-for';
import { type RunningWorker, startWorker } from '@/workers/worker';

interface Run {
  id: string;
  status: string;
  [field: string]: unknown;
}
interface List<Item> {
  items: Item[];
  nextCursor: string | null;
}

let api: Api;
let worker: RunningWorker;
let closePlatform: () => Promise<void>;

beforeAll(async () => {
  api = await openApi();
  const platform = await createTestPlatform(api.servers, 'worker', { HEADRACE_ALLOWED_PRIVATE_HOSTS: '127.0.0.1:1' });
  worker = await startWorker(platform, 'test');
  closePlatform = () => platform.close();
});
afterAll(async () => {
  await worker.stop();
  await closePlatform();
  await api.close();
});

const start = async (flowId: string, body: object = {}): Promise<string> => {
  const answer = await api.call<{ runId: string }>(`POST /flows/${flowId}/runs`, { body });
  expect(answer.status, answer.text).toBe(202);
  return answer.body.runId;
};
const untilStatus = (runId: string, status: string) =>
  waitFor(`the run to be ${status}`, async () => {
    const { body } = await api.call<Run>(`GET /runs/${runId}`);
    return body.status === status ? body : undefined;
  });

/** Fails on its second step; a branch that was not chosen stays untouched. */
const failing = (message = 'No such customer') =>
  echoFlow('Failing', {
    steps: [
      { id: 'start', kind: 'trigger.manual' },
      { id: 'choose', kind: 'logic.switch', config: { cases: [{ port: 'other', when: '{{ false }}' }] } },
      { id: 'stop', kind: 'logic.fail', config: { message, code: 'customer.missing' } },
      { id: 'never', kind: 'data.transform', config: { output: 1 } },
    ],
    edges: [
      { from: 'start', to: 'choose' },
      { from: 'choose', port: 'else', to: 'stop' },
      { from: 'choose', port: 'other', to: 'never' },
    ],
  });

/** Waits an hour between two attempts of its first step. */
const waiting = () =>
  echoFlow('Waiting', {
    steps: [
      { id: 'start', kind: 'trigger.manual' },
      {
        id: 'call',
        kind: 'http.request',
        config: { method: 'POST', url: 'http://127.0.0.1:1/' },
        retry: { attempts: 5, backoff: 'fixed', initialMs: 3_600_000, maxMs: 3_600_000, jitter: 'none' },
      },
    ],
    edges: [{ from: 'start', to: 'call' }],
  });

describe('starting a run', () => {
  it('answers the run itself when it ends while the caller waits', async () => {
    const flowId = await api.publish(echoFlow('Echo', { settings: { tags: { who: '{{ event.data.who }}' } } }));
    const answer = await api.call<Run>(`POST /flows/${flowId}/runs?wait=20000`, { body: { data: { who: 'Ada' } } });
    expect(answer.status, answer.text).toBe(200);
    expect(answer.headers.location).toBe(`/api/v1/runs/${answer.body.id}`);
    expect(answer.body).toMatchObject({
      flowId,
      flowName: 'Echo',
      version: 1,
      draft: false,
      status: 'succeeded',
      reason: null,
      trigger: { stepId: 'start', kind: 'trigger.manual' },
      event: { position: expect.any(Number), type: 'headrace.manual.started' },
      output: { given: { who: 'Ada' } },
      error: null,
      parentRunId: null,
      retryOf: null,
      replay: false,
      tags: { who: 'Ada' },
      steps: [
        { id: 'start', status: 'succeeded', output: { who: 'Ada' } },
        {
          id: 'echo',
          status: 'succeeded',
          output: { given: { who: 'Ada' } },
          attempts: [{ n: 1, status: 'succeeded' }],
        },
      ],
    });
  });

  it('runs a snapshot of the draft, one snapshot for equal drafts, and never publishes', async () => {
    const { body: flow } = await api.call<{ id: string }>('POST /flows', { body: echoFlow('Draft') });
    await api.refused('flow.notPublished', `POST /flows/${flow.id}/runs`);
    const first = await start(flow.id, { draft: true });
    await start(flow.id, { draft: true, data: 2 });
    expect((await untilStatus(first, 'succeeded')).version).toBeNull();
    expect((await api.call<Run>(`GET /runs/${first}`)).body.draft).toBe(true);
    const { rows } = await api.container.pool.query('SELECT version FROM flow_versions WHERE flow_id = $1', [flow.id]);
    expect(rows).toEqual([{ version: null }]);
    expect((await api.call<List<Run>>(`GET /flows/${flow.id}/versions`)).body.items).toEqual([]);
  });

  it('refuses a draft with problems, naming them', async () => {
    const { body: flow } = await api.call<{ id: string }>('POST /flows', {
      body: echoFlow('Bad', { edges: [{ from: 'start', to: 'nowhere' }] }),
    });
    const problem = await api.refused('flow.invalid', `POST /flows/${flow.id}/runs`, { body: { draft: true } });
    expect(problem.errors?.length).toBeGreaterThan(0);
  });

  it('refuses a flow without a manual trigger', async () => {
    const flowId = await api.publish({
      headrace: 1,
      name: 'Listens',
      steps: [{ id: 'on', kind: 'trigger.event', config: { types: ['never.sent'] } }],
      edges: [],
    });
    expect(await api.refused('flow.noManualTrigger', `POST /flows/${flowId}/runs`)).toMatchObject({ status: 409 });
  });

  it('holds the data against the schema of the trigger and starts nothing that does not fit', async () => {
    const schema = { type: 'object', required: ['id'], properties: { id: { type: 'string' }, n: { type: 'integer' } } };
    const flow = echoFlow('Checked');
    const flowId = await api.publish({
      ...flow,
      steps: flow.steps.map((step) => (step.id === 'start' ? { ...step, config: { schema } } : step)),
    });
    const problem = await api.refused('request.invalid', `POST /flows/${flowId}/runs`, { body: { data: { id: 7 } } });
    expect(problem.errors?.[0]?.pointer).toBe('/data/id');
    expect((await api.call<List<Run>>(`GET /runs?flow=${flowId}`)).body.items).toEqual([]);
    await start(flowId, { data: { id: 'x' } });
  });
});

describe('one run', () => {
  it('shows the failing step, its error, and what was not reached', async () => {
    const flowId = await api.publish(failing());
    const run = await untilStatus(await start(flowId), 'failed');
    expect(run).toMatchObject({
      error: { message: 'No such customer' },
      output: null,
      steps: [
        { id: 'start', status: 'succeeded' },
        { id: 'choose', status: 'succeeded' },
        { id: 'stop', status: 'failed', error: { message: 'No such customer' } },
        { id: 'never', status: 'skipped', attempts: [], input: null, output: null },
      ],
    });
  });

  it('says why it is waiting, and ends by one cancel however often it is asked for', async () => {
    const flowId = await api.publish(waiting());
    const runId = await start(flowId);
    const run = await untilStatus(runId, 'waiting');
    expect(run.reason).toMatchObject({
      code: 'retry',
      stepId: 'call',
      since: expect.stringMatching(/\.\d{3}Z$/),
      until: expect.stringMatching(/\.\d{3}Z$/),
    });
    const cancel = () => api.call(`POST /runs/${runId}/cancel`, { body: { reason: 'wrong' } });
    const statuses = (await Promise.all([cancel(), cancel()])).map(({ status }) => status);
    // The second may come after the end.
    expect(statuses).toContain(202);
    expect([202, 409]).toEqual(expect.arrayContaining(statuses));
    await untilStatus(runId, 'cancelled');
    await api.refused('run.ended', `POST /runs/${runId}/cancel`);
    await api.refused('run.ended', `POST /runs/${runId}/terminate`);
    const { rows } = await api.container.pool.query('SELECT action, actor FROM audit_log WHERE target_id = $1', [
      runId,
    ]);
    expect(rows).toEqual([{ action: 'run.cancelRequested', actor: expect.stringMatching(/^key:/) }]);
  });

  it('ends by a terminate', async () => {
    const runId = await start(await api.publish(waiting()));
    await untilStatus(runId, 'waiting');
    expect((await api.call(`POST /runs/${runId}/terminate`)).status).toBe(202);
    await untilStatus(runId, 'terminated');
  });

  it('shows its journal in order, page by page', async () => {
    const flowId = await api.publish(echoFlow());
    const { body: run } = await api.call<Run>(`POST /flows/${flowId}/runs?wait=20000`, { body: { data: 1 } });
    const all = await api.call<List<{ seq: number; type: string }>>(`GET /runs/${run.id}/journal`);
    expect(all.body.items[0]).toMatchObject({ seq: 1, type: 'run.started', v: 1, data: { triggerStep: 'start' } });
    expect(all.body.items.at(-1)).toMatchObject({ type: 'run.succeeded' });
    const seqs: number[] = [];
    for (let query = '?limit=1'; query !== ''; ) {
      const { body } = await api.call<List<{ seq: number }>>(`GET /runs/${run.id}/journal${query}`);
      seqs.push(...body.items.map(({ seq }) => seq));
      query = body.nextCursor === null ? '' : `?limit=1&cursor=${body.nextCursor}`;
    }
    expect(seqs).toEqual(all.body.items.map(({ seq }) => seq));
  });

  it('gives a large output whole, and leaves it out of lists with its size', async () => {
    const flowId = await api.publish(echoFlow('Large'));
    const data = 'x'.repeat(50_000);
    const { body: run } = await api.call<Run>(`POST /flows/${flowId}/runs?wait=20000`, { body: { data } });
    expect(run.output).toEqual({ given: data });
    const { body } = await api.call<List<Run>>(`GET /runs?flow=${flowId}`);
    expect(body.items).toMatchObject([{ id: run.id, output: null, outputBytes: 50_012 }]);
  });

  it('offers its document and the newest data to the designer', async () => {
    const { runs, apiKeys } = api.container.services;
    const caller = await apiKeys.authenticate(api.main.key);
    if (caller === null) throw new Error('the test key must work');
    const flowId = await api.publish(echoFlow('Latest'));
    expect(await runs.latest(caller, { flowId })).toBeNull();
    const runId = await start(flowId, { data: 5 });
    await untilStatus(runId, 'succeeded');
    expect(await runs.latest(caller, { flowId })).toMatchObject({ run: { id: runId }, event: { data: 5 } });
    expect(await runs.document(caller, { runId })).toMatchObject({ name: 'Latest' });
  });
});

describe('the list of runs', () => {
  const idsOf = async (query: string): Promise<string[]> =>
    (await api.call<List<Run>>(`GET /runs${query}`)).body.items.map(({ id }) => id);

  it('is filtered by status, flow, tag, time and text, newest first', async () => {
    const echo = await api.publish(echoFlow('Filter', { settings: { tags: { order: '{{ event.data }}' } } }));
    const broken = await api.publish(failing('Zebra crossing "closed"'));
    const before = new Date().toISOString();
    const one = await start(echo, { data: 'a=1' });
    const two = await start(echo, { data: 'B_2' });
    const three = await start(broken);
    await untilStatus(one, 'succeeded');
    await untilStatus(two, 'succeeded');
    await untilStatus(three, 'failed');
    const after = new Date(Date.now() + 1).toISOString();

    expect(await idsOf(`?flow=${echo}`)).toEqual([two, one]);
    expect(await idsOf(`?flow=${echo}&status=succeeded`)).toEqual([two, one]);
    expect(await idsOf(`?flow=${broken}&status=failed&status=cancelled`)).toEqual([three]);
    expect(await idsOf(`?flow=${broken}&status=failed&status=succeeded`)).toEqual([three]);
    expect(await idsOf(`?flow=${broken}&status=succeeded`)).toEqual([]);
    expect(await idsOf(`?tag.order=a%3D1`)).toEqual([one]);
    expect(await idsOf(`?tag.order=nothing`)).toEqual([]);
    expect(await idsOf(`?from=${before}&to=${after}`)).toEqual([three, two, one]);
    expect(await idsOf(`?flow=${echo}&to=${before}`)).toEqual([]);
    expect(await idsOf(`?q=zebra%20CROSSING`)).toEqual([three]);
    expect(await idsOf(`?q=${encodeURIComponent('"closed"')}`)).toEqual([three]);
    expect(await idsOf(`?q=${encodeURIComponent('b_2')}`)).toEqual([two]);
    expect(await idsOf(`?q=${three.slice(-12)}`)).toEqual([three]);
    expect(await idsOf(`?q=${three}`)).toEqual([three]);
    expect(await idsOf('?q=isRetryable')).toEqual([]);
  });

  it('pages without repeating or skipping while runs arrive', async () => {
    const flowId = await api.publish(echoFlow('Pages'));
    const started: string[] = [];
    for (let count = 0; count < 5; count += 1) started.unshift(await start(flowId));
    const seen: string[] = [];
    for (let query = '&limit=2'; query !== ''; ) {
      const { body } = await api.call<List<Run>>(`GET /runs?flow=${flowId}${query}`);
      seen.push(...body.items.map(({ id }) => id));
      await start(flowId);
      query = body.nextCursor === null ? '' : `&limit=2&cursor=${body.nextCursor}`;
    }
    expect(seen).toEqual(started);
  });

  it('uses an index for every filter that has one, on a table worth an index', async () => {
    const { pool } = api.container;
    const flowId = await api.publish(echoFlow('Many'));
    const { rows: versions } = await pool.query('SELECT id FROM flow_versions WHERE flow_id = $1', [flowId]);
    await pool.query(
      `INSERT INTO runs (workspace_id, id, flow_id, version_id, status, trigger_step, trigger_kind, event_number,
         event_position, actor, origin_run_id, finished_at)
       SELECT $1, gen.id, $2, $3, CASE WHEN gen.n % 500 = 0 THEN 'failed' ELSE 'succeeded' END, 's', 'trigger.manual',
         1, 1, 'system', gen.id, now()
       FROM (SELECT n, overlay(uuid_floor(now() + n * interval '1 ms')::text PLACING '7000-8000' FROM 15)::uuid AS id
         FROM generate_series(1, 40000) n) gen`,
      [api.main.workspaceId, flowId, versions[0].id],
    );
    await pool.query('ANALYZE runs');
    const { rows: partitions } = await pool.query('SELECT tableoid::regclass::text AS name FROM runs WHERE id = $1', [
      (await pool.query('SELECT id FROM runs ORDER BY id DESC LIMIT 1')).rows[0].id,
    ]);
    const scannedBy = async (query: string): Promise<string[]> => {
      const plans: string[] = [];
      const original = pool.query.bind(pool);
      // The statement as the API sends it, explained before it runs.
      pool.query = (async (text: unknown, values: unknown[]) => {
        if (typeof text === 'string' && /FROM runs r/.test(text)) {
          const { rows } = await original(`EXPLAIN ${text}`, values);
          plans.push(rows.map((row: Record<string, string>) => row['QUERY PLAN']).join('\n'));
        }
        return original(text as string, values);
      }) as typeof pool.query;
      await api.call(`GET /runs${query}`);
      pool.query = original as typeof pool.query;
      return plans;
    };
    for (const [query, index] of [
      ['', /runs_\w*pkey/],
      [`?flow=${flowId}`, /runs_\w*flow\w*idx|runs_\w*pkey/],
      ['?status=failed', /status_\w*idx/],
      ['?status=failed&status=blocked', /status_\w*idx/],
      ['?from=2026-01-01T00:00:00Z', /runs_\w*pkey/],
    ] as const) {
      const plans = await scannedBy(query);
      expect(plans.length, query).toBeGreaterThan(0);
      for (const plan of plans) {
        expect(plan, query).toMatch(index);
        // Empty partitions may be read any way.
        expect(plan, query).not.toContain(`Seq Scan on ${partitions[0].name}`);
      }
    }
  });

  it('goes on behind the window of a search that found too little', async () => {
    // Forty thousand runs stand before the ones above; the text filter looks at half of them per call.
    const [oldest] = (await api.container.pool.query('SELECT id FROM runs ORDER BY id LIMIT 1')).rows;
    const needle = String(oldest.id).slice(-12);
    let pages = 0;
    let found: string[] = [];
    for (let query = ''; found.length === 0; pages += 1) {
      const { body } = await api.call<List<Run>>(`GET /runs?q=${needle}${query}`);
      found = body.items.map(({ id }) => id);
      if (found.length > 0) break;
      expect(body.nextCursor).not.toBeNull();
      query = `&cursor=${body.nextCursor}`;
    }
    expect(found).toContain(oldest.id);
    expect(pages).toBeGreaterThanOrEqual(1);
  });

  it('knows nothing of a run that does not exist', async () => {
    await api.refused('resource.notFound', `GET /runs/${uuidv7()}/journal`);
    await api.refused('resource.notFound', `POST /runs/${uuidv7()}/cancel`);
  });
});
