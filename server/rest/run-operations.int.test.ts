/** What people do with runs that went wrong, on the real API, a real worker, and the ledger as the world outside. */
import { v7 as uuidv7 } from 'uuid';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { FlowDocument } from '@/core/flow/document';
import { flow, step, transform, trigger } from '@/core/flow/testing';
import { type Api, type ApiRequest, openApi } from '@/server/testing/api';
import { type Ledger, startLedger } from '@/server/testing/ledger';
import { createTestPlatform } from '@/server/testing/test-platform';
import { waitFor } from '@/server/testing/wait-for';
import { type RunningWorker, startWorker } from '@/workers/worker';

interface StepShown {
  readonly id: string;
  readonly status: string;
  readonly output: unknown;
  readonly reusedFrom?: string;
  readonly attempts: readonly { readonly idempotencyKey: string }[];
}
interface Run {
  readonly id: string;
  readonly status: string;
  readonly version: number | null;
  readonly draft: boolean;
  readonly retryOf: string | null;
  readonly output: unknown;
  readonly error: { readonly code: string } | null;
  readonly reason: { readonly code: string; readonly stepId: string; readonly actions: string[] } | null;
  readonly steps: readonly StepShown[];
  readonly event: { readonly position: number; readonly type: string };
}
interface Preview {
  readonly version: number | null;
  readonly reused: string[];
  readonly executed: string[];
  readonly skipped: string[];
  readonly sameKey: string[];
}

let api: Api;
let worker: RunningWorker;
let ledger: Ledger;
let closePlatform: () => Promise<void>;
let tests = 0;

beforeAll(async () => {
  ledger = await startLedger();
  api = await openApi();
  const platform = await createTestPlatform(api.servers, 'worker', { HEADRACE_ALLOWED_PRIVATE_HOSTS: ledger.host });
  worker = await startWorker(platform, 'test');
  closePlatform = () => platform.close();
});
afterAll(async () => {
  await worker.stop();
  await closePlatform();
  await api.close();
  await ledger.close();
});
beforeEach(() => {
  tests += 1;
});

/** Paths carry the number of the test, so that each has a part of the ledger for itself. */
const post = (id: string, rest: object = {}, config: object = {}) =>
  step(
    id,
    'http.request',
    { method: 'POST', url: `${ledger.url}/${tests}/${id}`, ...config },
    { retry: { attempts: 1 }, ...rest },
  );
const behave = (id: string, behaviour: Parameters<Ledger['behave']>[1]) => ledger.behave(`/${tests}/${id}`, behaviour);
const refuses = (id: string) => behave(id, (response) => response.writeHead(422).end());
const accepts = (id: string) => behave(id, (response) => response.writeHead(201).end('{}'));
/** The request arrives, and no answer comes back. */
const breaksOff = (id: string) => behave(id, (response) => response.destroy());
const callsTo = (id: string) => ledger.calls.filter(({ path }) => path === `/${tests}/${id}`);
const keysOf = (id: string) => callsTo(id).map(({ key }) => key);

const start = async (flowId: string, body: object = {}): Promise<string> => {
  const answer = await api.call<{ runId: string }>(`POST /flows/${flowId}/runs`, { body });
  expect(answer.status, answer.text).toBe(202);
  return answer.body.runId;
};
const read = async (runId: string): Promise<Run> => (await api.call<Run>(`GET /runs/${runId}`)).body;
const inStatus = (runId: string, status: string): Promise<Run> =>
  waitFor(`the run to be ${status}`, async () => {
    const run = await read(runId);
    return run.status === status ? run : undefined;
  });
/** Asks for a new run and gives its id. */
const again = async (target: string, request: ApiRequest = {}): Promise<string> => {
  const answer = await api.call<{ runId: string }>(`POST /runs/${target}`, request);
  expect(answer.status, answer.text).toBe(202);
  expect(answer.headers.location).toBe(`/api/v1/runs/${answer.body.runId}`);
  return answer.body.runId;
};
const preview = async (target: string, request: ApiRequest = {}): Promise<Preview> => {
  const answer = await api.call<Preview>(`POST /runs/${target}?preview=true`, request);
  expect(answer.status, answer.text).toBe(200);
  return answer.body;
};
const publishNext = async (flowId: string, document: FlowDocument): Promise<void> => {
  const { body } = await api.call<{ revision: number }>(`GET /flows/${flowId}`);
  const headers = { 'content-type': 'application/json', 'if-match': String(body.revision) };
  expect((await api.call(`PUT /flows/${flowId}`, { body: document, headers })).status).toBe(200);
  expect((await api.call(`POST /flows/${flowId}/publish`)).status).toBe(200);
};
const statusesOf = (run: Run): Record<string, string> =>
  Object.fromEntries(run.steps.map(({ id, status }) => [id, status]));
/** What a run did, in the words of a preview. */
const didOf = (run: Run) => ({
  reused: run.steps.filter(({ reusedFrom }) => reusedFrom !== undefined).map(({ id }) => id),
  executed: run.steps.filter(({ attempts }) => attempts.length > 0).map(({ id }) => id),
});
const runsOf = async (flowId: string): Promise<number> =>
  (await api.call<{ items: unknown[] }>(`GET /runs?flow=${flowId}`)).body.items.length;

describe('a retry', () => {
  //   m → reserve → charge → ship
  const chain = () =>
    flow(
      [trigger, post('reserve'), post('charge'), post('ship')],
      ['m → reserve', 'reserve → charge', 'charge → ship'],
    );

  it('does what failed and what is behind it, and nothing else a second time', async () => {
    refuses('charge');
    const first = await start(await api.publish(chain()), { data: { order: 7 } });
    await inStatus(first, 'failed');
    accepts('charge');
    const promised = await preview(`${first}/retry`);
    expect(promised).toEqual({
      version: 1,
      reused: ['m', 'reserve'],
      executed: ['charge', 'ship'],
      skipped: [],
      sameKey: [],
      loops: [],
    });
    expect((await api.call<{ items: unknown[] }>('GET /runs?status=queued')).body.items).toEqual([]);

    const second = await inStatus(await again(`${first}/retry`), 'succeeded');
    expect(second.retryOf).toBe(first);
    expect(didOf(second)).toEqual({ reused: ['reserve'], executed: ['charge', 'ship'] });
    expect(second.steps.find(({ id }) => id === 'reserve')).toMatchObject({
      status: 'succeeded',
      reusedFrom: first,
      output: { status: 201 },
    });
    expect(keysOf('reserve')).toEqual([`${first}:reserve:forward:0`]);
    expect(keysOf('charge')).toEqual([`${first}:charge:forward:0`, `${first}:charge:forward:1`]);
    expect(keysOf('ship')).toEqual([`${first}:ship:forward:1`]);
    // The first run stays as it ended.
    expect(statusesOf(await read(first))).toMatchObject({ reserve: 'succeeded', charge: 'failed', ship: 'pending' });
    const { body } = await api.call<{ items: { type: string; data: object }[] }>(`GET /runs/${second.id}/journal`);
    expect(body.items[1]).toMatchObject({ type: 'steps.reused', data: { fromRunId: first, stepId: 'reserve' } });
    await api.refused('run.notRetryable', `POST /runs/${second.id}/retry`);
  });

  it('of a saga that was undone does everything again, under new keys', async () => {
    const undo = ['reserve.compensate → release', 'charge.compensate → refund'];
    const saga = chain();
    const document = flow([...saga.steps, post('release'), post('refund')], [], {
      edges: [...saga.edges, ...flow([], undo).edges],
    });
    refuses('ship');
    const first = await start(await api.publish(document));
    await inStatus(first, 'compensated');
    const second = await again(`${first}/retry`);
    await inStatus(second, 'compensated');
    accepts('ship');
    const third = await again(`${second}/retry`);
    const run = await inStatus(third, 'succeeded');
    expect(didOf(run)).toEqual({ reused: [], executed: ['reserve', 'charge', 'ship'] });
    const forward = (id: string) => [0, 1, 2].map((generation) => `${first}:${id}:forward:${generation}`);
    expect(keysOf('reserve')).toEqual(forward('reserve'));
    expect(keysOf('ship')).toEqual(forward('ship'));
    expect(keysOf('refund')).toEqual([0, 1].map((generation) => `${first}:refund:compensate:${generation}`));
  });

  it('undoes what it took over, should it fail in its turn', async () => {
    //   m → reserve → charge     reserve ┄┄→ release
    const document = flow(
      [trigger, post('reserve'), post('charge'), post('release')],
      ['m → reserve', 'reserve → charge', 'reserve.compensate → release'],
    );
    behave('charge', () => undefined);
    const first = await start(await api.publish(document));
    await waitFor('the charge', async () => (callsTo('charge').length > 0 ? true : undefined));
    expect((await api.call(`POST /runs/${first}/terminate`)).status).toBe(202);
    await inStatus(first, 'terminated');
    refuses('charge');
    const second = await inStatus(await again(`${first}/retry`), 'compensated');
    expect(didOf(second)).toEqual({ reused: ['reserve'], executed: ['charge', 'release'] });
    expect([callsTo('reserve').length, callsTo('release').length]).toEqual([1, 1]);
  });

  it('is refused of a run that goes on, has succeeded, or is not there', async () => {
    const flowId = await api.publish(chain());
    behave('reserve', () => undefined);
    const going = await start(flowId);
    await api.refused('run.notRetryable', `POST /runs/${going}/retry`);
    await api.refused('run.notRetryable', `POST /runs/${going}/rerun`);
    await api.call(`POST /runs/${going}/terminate`);
    await api.refused('resource.notFound', `POST /runs/${uuidv7()}/retry`);
    expect(await api.refused('request.invalid', `POST /runs/${going}/retry`, { body: { from: 'x' } })).toMatchObject({
      status: 422,
    });
  });

  it('fails clearly when what it should reuse is gone', async () => {
    const large = transform('large', 'x'.repeat(20_000));
    refuses('call');
    const first = await start(await api.publish(flow([trigger, large, post('call')], ['m → large', 'large → call'])));
    await inStatus(first, 'failed');
    await api.container.pool.query('DELETE FROM payloads');
    const second = await inStatus(await again(`${first}/retry`), 'failed');
    expect(second.error).toMatchObject({ code: 'run.sourceGone' });
    expect(callsTo('call')).toHaveLength(1);
  });

  it('waits while the flow is paused, and is refused once it is deleted', async () => {
    refuses('call');
    const flowId = await api.publish(flow([trigger, post('call')], ['m → call']));
    const first = await start(flowId);
    await inStatus(first, 'failed');
    accepts('call');
    await api.call(`POST /flows/${flowId}/pause`);
    const second = await again(`${first}/retry`);
    await waitFor('the run to be held', async () =>
      (await read(second)).reason?.code === 'paused' ? true : undefined,
    );
    await api.call(`POST /flows/${flowId}/resume`);
    await inStatus(second, 'succeeded');
    expect((await api.call(`DELETE /flows/${flowId}`)).status).toBe(204);
    await api.refused('flow.deleted', `POST /runs/${first}/retry`);
  });
});

describe('a step whose outcome is unknown', () => {
  const sends = (value = 'plain') => flow([trigger, post('pay', {}, { body: { to: value } })], ['m → pay']);
  const cutOff = async (document: FlowDocument): Promise<{ flowId: string; runId: string }> => {
    breaksOff('pay');
    const flowId = await api.publish(document);
    const runId = await start(flowId);
    const run = await inStatus(runId, 'blocked');
    expect(run.reason).toMatchObject({ code: 'blocked.unknown', stepId: 'pay' });
    await api.call(`POST /runs/${runId}/terminate`);
    await inStatus(runId, 'terminated');
    return { flowId, runId };
  };

  it('carries the same key again in a retry, and in the retry of that', async () => {
    const { runId: first } = await cutOff(sends());
    expect((await preview(`${first}/retry`)).sameKey).toEqual(['pay']);
    const second = await again(`${first}/retry`);
    await inStatus(second, 'blocked');
    await api.call(`POST /runs/${second}/terminate`);
    await inStatus(second, 'terminated');
    accepts('pay');
    const third = await inStatus(await again(`${second}/retry`), 'succeeded');
    expect(new Set(keysOf('pay'))).toEqual(new Set([`${first}:pay:forward:0`]));
    expect(third.retryOf).toBe(second);
    const { workspaceId, slug: workspaceSlug } = api.main;
    const caller = { workspaceId, workspaceSlug, actor: 'user:1', scopes: new Set(['runs:read'] as const) };
    const repeats = async (runId: string) => (await api.container.services.runs.repeats(caller, { runId })).items;
    expect(await repeats(first)).toEqual([{ id: second, status: 'terminated' }]);
    expect(await repeats(second)).toEqual([{ id: third.id, status: 'succeeded' }]);
    expect(await repeats(third.id)).toEqual([]);
  });

  it('is not sent other data, nor another version, before it is settled', async () => {
    const { flowId, runId } = await cutOff(sends());
    const refused = (target: string, body: object) =>
      api.refused('run.unknownOutcome', `POST /runs/${runId}/${target}`, { body });
    expect(await refused('rerun', { data: 2 })).toMatchObject({ status: 409, steps: ['pay'] });
    await publishNext(flowId, sends('somebody else'));
    expect(await refused('rerun', { version: 'live' })).toMatchObject({ steps: ['pay'] });
    expect(await refused('rerun?preview=true', { version: 2 })).toMatchObject({ steps: ['pay'] });
    await inStatus(await again(`${runId}/rerun`), 'blocked');
  });

  it('does not leave when a variable has changed what it would send, until a person says so', async () => {
    await api.call('PUT /vars/payee', { body: { value: 'Ada' } });
    const { runId: first } = await cutOff(sends('{{ vars.payee }}'));
    await api.call('PUT /vars/payee', { body: { value: 'Bob' } });
    accepts('pay');
    // The worker keeps variables for a moment.
    const second = await waitFor('a run that sees the change', async () => {
      const run = await again(`${first}/retry?force=true`);
      const ended = await waitFor('its end', async () => {
        const { status } = await read(run);
        return ['blocked', 'succeeded'].includes(status) ? status : undefined;
      });
      return ended === 'blocked' ? run : undefined;
    });
    const sent = callsTo('pay').length;
    const blocked = await read(second);
    expect(blocked.reason).toMatchObject({ code: 'blocked.unknown', stepId: 'pay' });
    expect(blocked.steps.at(-1)).toMatchObject({ status: 'unknown', error: { code: 'run.unknownOutcome' } });
    const decide = { body: { stepId: 'pay', action: 'retry' } };
    expect((await api.call(`POST /runs/${second}/resolve`, decide)).status).toBe(202);
    await inStatus(second, 'succeeded');
    expect(callsTo('pay')).toHaveLength(sent + 1);
    expect(callsTo('pay').at(-1)).toMatchObject({ key: `${first}:pay:forward:0`, body: '{"to":"Bob"}' });
  });
});

describe('a rerun', () => {
  it('begins with any step, on the version it had, the live one, or another', async () => {
    const document = (output: string) =>
      flow([trigger, post('call'), transform('say', `${output} {{ event.data }}`)], ['m → call', 'call → say']);
    const flowId = await api.publish(document('one'));
    const first = await start(flowId, { data: 'Ada' });
    expect((await inStatus(first, 'succeeded')).output).toBe('one Ada');
    await publishNext(flowId, document('two'));
    for (const [body, version, output] of [
      [{ from: 'say' }, 1, 'one Ada'],
      [{ from: 'say', version: 'live' }, 2, 'two Ada'],
      [{ from: 'say', version: 1 }, 1, 'one Ada'],
    ] as const) {
      expect(await preview(`${first}/rerun`, { body })).toMatchObject({
        version,
        reused: ['m', 'call'],
        executed: ['say'],
      });
      const run = await inStatus(await again(`${first}/rerun`, { body }), 'succeeded');
      expect(run).toMatchObject({ version, output, retryOf: first });
      expect(didOf(run)).toEqual({ reused: ['call'], executed: ['say'] });
    }
    expect(callsTo('call')).toHaveLength(1);
    const whole = await inStatus(await again(`${first}/rerun`, { body: { version: 2 } }), 'succeeded');
    expect(didOf(whole)).toEqual({ reused: [], executed: ['call', 'say'] });
    // Each run of the family has a generation of its own.
    expect(keysOf('call')).toEqual([`${first}:call:forward:0`, `${first}:call:forward:4`]);
    for (const [body, pointer] of [
      [{ from: 'nobody' }, '/from'],
      [{ version: 9 }, '/version'],
      [{ version: 0 }, '/version'],
      [{ version: 'first' }, '/version'],
    ] as const) {
      const problem = await api.refused('request.invalid', `POST /runs/${first}/rerun`, { body });
      expect(problem.errors?.[0]?.pointer).toBe(pointer);
    }
  });

  it('on a version that can be executed mends a run of one that cannot', async () => {
    const document = flow([trigger, transform('say', 'hello')], ['m → say']);
    const flowId = await api.publish(document);
    await api.call(`POST /flows/${flowId}/pause`);
    const first = await start(flowId);
    const broken = JSON.stringify(flow([trigger, step('say', 'not.built')], ['m → say']));
    await api.container.pool.query('UPDATE flow_versions SET document = $2 WHERE flow_id = $1', [flowId, broken]);
    await api.call(`POST /flows/${flowId}/resume`);
    expect((await inStatus(first, 'failed')).error).toMatchObject({ code: 'flow.invalid' });
    await api.refused('flow.invalid', `POST /runs/${first}/retry`);
    await publishNext(flowId, flow([trigger, transform('say', 'mended')], ['m → say']));
    const run = await inStatus(await again(`${first}/rerun`, { body: { version: 'live' } }), 'succeeded');
    expect(run.output).toBe('mended');
  });

  it('keeps the snapshot of a draft', async () => {
    const { body } = await api.call<{ id: string }>('POST /flows', {
      body: flow([trigger, transform('say', 'draft')], ['m → say']),
    });
    const first = await start(body.id, { draft: true });
    await inStatus(first, 'succeeded');
    const second = await inStatus(await again(`${first}/rerun`), 'succeeded');
    expect(second).toMatchObject({ draft: true, version: null, output: 'draft' });
    await api.refused('flow.notPublished', `POST /runs/${first}/rerun`, { body: { version: 'live' } });
  });

  it('with other data delivers an event of its own, to nobody else', async () => {
    const onOrder = (name: string) =>
      flow(
        [
          step('on', 'trigger.event', { types: ['order.*'] }),
          transform('say', '{{ event.type & " " & event.subject & " " & event.data.n }}'),
        ],
        ['on → say'],
        { name },
      );
    const flowId = await api.publish(onOrder('one'));
    const other = await api.publish(onOrder('other'));
    const event = {
      specversion: '1.0',
      id: uuidv7(),
      source: '/shop',
      type: 'order.placed',
      subject: 'A',
      data: { n: 1 },
    };
    const headers = { 'content-type': 'application/cloudevents+json' };
    await api.call('POST /events', { body: event, headers });
    const first = await waitFor('the run', async () => {
      const { body } = await api.call<{ items: Run[] }>(`GET /runs?flow=${flowId}&status=succeeded`);
      return body.items[0];
    });
    const second = await inStatus(await again(`${first.id}/rerun`, { body: { data: { n: 2 } } }), 'succeeded');
    expect(second.output).toBe('order.placed A 2');
    expect(second.event.position).toBeGreaterThan(first.event.position);
    const { body } = await api.call<{ event: object }>(`GET /events/${second.event.position}`);
    expect(body.event).toMatchObject({ source: `/runs/${first.id}/rerun`, type: 'order.placed', data: { n: 2 } });
    // Whoever subscribes had the original; a later event proves that the dispatcher has passed this one.
    await api.call('POST /events', { body: { ...event, id: uuidv7(), data: { n: 3 } }, headers });
    await waitFor('the later event', async () => ((await runsOf(other)) >= 2 ? true : undefined));
    expect([await runsOf(flowId), await runsOf(other)]).toEqual([3, 2]);
    const same = await inStatus(await again(`${first.id}/rerun`), 'succeeded');
    expect(same.event.position).toBe(first.event.position);
  });

  it('holds other data against the schema of the trigger', async () => {
    const schema = { type: 'object', required: ['id'] };
    const manual = step('m', 'trigger.manual', { schema });
    const first = await start(await api.publish(flow([manual, transform('say', 1)], ['m → say'])), { data: { id: 1 } });
    await inStatus(first, 'succeeded');
    const problem = await api.refused('request.invalid', `POST /runs/${first}/rerun`, { body: { data: {} } });
    expect(problem.errors?.[0]?.pointer).toMatch(/^\/data/);
  });
});

describe('several people at once', () => {
  const failed = async (): Promise<string> => {
    refuses('call');
    const runId = await start(await api.publish(flow([trigger, post('call')], ['m → call'])));
    await inStatus(runId, 'failed');
    return runId;
  };

  it('who retry start one run, which the other is told of', async () => {
    const first = await failed();
    behave('call', () => undefined);
    const retry = (query = '') => api.call<{ runId: string }>(`POST /runs/${first}/retry${query}`);
    const answers = await Promise.all([retry(), retry(), retry()]);
    expect(answers.map(({ status }) => status).sort()).toEqual([202, 409, 409]);
    const winner = answers.find(({ status }) => status === 202)?.body.runId;
    for (const { status, body } of answers) {
      if (status === 409) expect(body).toMatchObject({ code: 'run.retryRunning', runId: winner });
    }
    const forced = await again(`${first}/retry?force=true`);
    await waitFor('both calls', async () => (callsTo('call').length === 3 ? true : undefined));
    expect(new Set(keysOf('call')).size).toBe(3);
    for (const runId of [winner, forced]) await api.call(`POST /runs/${runId}/terminate`);
  });

  it('who send the same Idempotency-Key get the same run', async () => {
    const first = await failed();
    accepts('call');
    const headers = { 'idempotency-key': uuidv7() };
    const one = await again(`${first}/retry`, { headers });
    await inStatus(one, 'succeeded');
    const two = await api.call<{ runId: string }>(`POST /runs/${first}/retry`, { headers });
    expect([two.status, two.body.runId]).toEqual([202, one]);
  });

  it('who cancel twice and retry end it once; only what has ended is retried', async () => {
    behave('call', (response) => response.writeHead(503, { 'retry-after': '3600' }).end());
    const document = flow([trigger, post('call', { retry: { attempts: 5 } })], ['m → call']);
    const runId = await start(await api.publish(document));
    await inStatus(runId, 'waiting');
    const ask = (verb: string) => api.call<{ code?: string }>(`POST /runs/${runId}/${verb}`);
    const [one, two, retry] = await Promise.all([ask('cancel'), ask('cancel'), ask('retry')]);
    // What comes after the end is told so; a retry that came after it is a good one.
    expect([one.status, two.status]).toContain(202);
    for (const { status, body } of [one, two]) if (status !== 202) expect(body.code).toBe('run.ended');
    if (retry.status !== 202) expect(retry.body.code).toBe('run.notRetryable');
    await inStatus(runId, 'cancelled');
    const { rows } = await api.container.pool.query(
      "SELECT count(*)::int AS n FROM audit_log WHERE target_id = $1 AND action = 'run.cancelRequested'",
      [runId],
    );
    expect(rows).toEqual([{ n: 1 }]);
  });
});

describe('a decision about a step that holds its run', () => {
  const decide = (runId: string, body: object) => api.call<{ code?: string }>(`POST /runs/${runId}/resolve`, { body });
  /** Stands blocked at `call`, whose outcome is unknown. */
  const blocked = async (edges: string[] = []): Promise<string> => {
    breaksOff('call');
    const steps = [
      trigger,
      post('before'),
      post('call'),
      transform('say', '{{ steps.call.output.given }}'),
      post('undo'),
    ];
    const wires = ['m → before', 'before → call', 'call → say', 'before.compensate → undo', ...edges];
    const runId = await start(await api.publish(flow(steps, wires)));
    const run = await inStatus(runId, 'blocked');
    expect(run.reason?.actions).toEqual(['retry', 'output', 'skip', 'compensate', 'terminate']);
    return runId;
  };

  it('tries again under the same key', async () => {
    const runId = await blocked();
    accepts('call');
    expect((await decide(runId, { stepId: 'call', action: 'retry' })).status).toBe(202);
    await inStatus(runId, 'succeeded');
    expect(keysOf('call')).toEqual([`${runId}:call:forward:0`, `${runId}:call:forward:0`]);
    await api.refused('run.notWaiting', `POST /runs/${runId}/resolve`, { body: { stepId: 'call', action: 'retry' } });
  });

  it('gives the output it must have had', async () => {
    const runId = await blocked();
    expect((await decide(runId, { stepId: 'call', action: 'output', output: { given: 5 } })).status).toBe(202);
    expect((await inStatus(runId, 'succeeded')).output).toBe(5);
    expect(callsTo('call')).toHaveLength(1);
    const { rows } = await api.container.pool.query('SELECT details FROM audit_log WHERE target_id = $1', [runId]);
    expect(rows).toEqual([{ details: { stepId: 'call', action: 'output' } }]);
  });

  it('passes it over', async () => {
    const runId = await blocked();
    expect((await decide(runId, { stepId: 'call', action: 'skip' })).status).toBe(202);
    expect(statusesOf(await inStatus(runId, 'succeeded'))).toMatchObject({ call: 'skipped', say: 'succeeded' });
  });

  it('undoes what came before', async () => {
    const runId = await blocked();
    expect((await decide(runId, { stepId: 'call', action: 'compensate' })).status).toBe(202);
    expect(statusesOf(await inStatus(runId, 'compensated'))).toMatchObject({ before: 'compensated', call: 'failed' });
    expect(callsTo('undo')).toHaveLength(1);
  });

  it('is refused for what does not wait, for what nobody asked, and half said', async () => {
    const runId = await blocked();
    const path = `POST /runs/${runId}/resolve`;
    await api.refused('run.notWaiting', path, { body: { stepId: 'say', action: 'skip' } });
    await api.refused('run.notWaiting', path, { body: { stepId: 'nobody', action: 'skip' } });
    await api.refused('run.notWaiting', path, { body: { stepId: 'call', action: 'answer', answer: 1 } });
    const problem = await api.refused('request.invalid', path, { body: { stepId: 'call', action: 'output' } });
    expect(problem).toMatchObject({ status: 422, errors: [{ pointer: '/output' }] });
    await api.refused('request.invalid', path, { body: { stepId: 'call', action: 'sing' } });
    await api.call(`POST /runs/${runId}/terminate`);
  });

  it('counts once when two people make it', async () => {
    const runId = await blocked();
    const answers = await Promise.all([
      decide(runId, { stepId: 'call', action: 'output', output: { given: 'mine' } }),
      decide(runId, { stepId: 'call', action: 'output', output: { given: 'yours' } }),
    ]);
    expect(answers.map(({ status }) => status).sort()).toEqual([202, 409]);
    const winner = answers[0]?.status === 202 ? 'mine' : 'yours';
    expect((await inStatus(runId, 'succeeded')).output).toBe(winner);
  });
});

describe('a cancel', () => {
  it('is refused past the pivot, where a terminate still works', async () => {
    //   m → before → pivot → call     before ┄┄→ undo
    behave('call', (response) => response.writeHead(503, { 'retry-after': '3600' }).end());
    const document = flow(
      [trigger, post('before'), post('pivot', { pivot: true }), post('call', { retry: { attempts: 5 } }), post('undo')],
      ['m → before', 'before → pivot', 'pivot → call', 'before.compensate → undo'],
    );
    const runId = await start(await api.publish(document));
    await inStatus(runId, 'waiting');
    expect(await api.refused('run.pastPivot', `POST /runs/${runId}/cancel`)).toMatchObject({ status: 409 });
    expect((await api.call(`POST /runs/${runId}/terminate`)).status).toBe(202);
    await inStatus(runId, 'terminated');
    expect(callsTo('undo')).toEqual([]);
  });

  it('is refused of a retry that has not begun, but takes over the pivot', async () => {
    refuses('call');
    const document = flow([trigger, post('pivot', { pivot: true }), post('call')], ['m → pivot', 'pivot → call']);
    const flowId = await api.publish(document);
    const first = await start(flowId);
    await inStatus(first, 'blocked');
    await api.call(`POST /runs/${first}/terminate`);
    await inStatus(first, 'terminated');
    await api.call(`POST /flows/${flowId}/pause`);
    const second = await again(`${first}/retry`);
    await api.refused('run.pastPivot', `POST /runs/${second}/cancel`);
    await api.call(`POST /flows/${flowId}/resume`);
    await inStatus(second, 'blocked');
    await api.call(`POST /runs/${second}/terminate`);
  });

  it('changes nothing while the run undoes', async () => {
    const held: { answer?: () => void } = {};
    behave('undo', (response) => {
      held.answer = () => response.writeHead(200).end('{}');
    });
    refuses('call');
    const document = flow(
      [trigger, post('before'), post('call'), post('undo')],
      ['m → before', 'before → call', 'before.compensate → undo'],
    );
    const runId = await start(await api.publish(document));
    const answer = await waitFor('the undoing', async () => held.answer);
    expect((await api.call(`POST /runs/${runId}/cancel`)).status).toBe(202);
    answer();
    await inStatus(runId, 'compensated');
  });
});
