/** The intake against a stream, runs and routes in memory: what is written, what is answered, and when. */
import { describe, expect, test } from 'vitest';
import { HeadraceError } from '@/core/errors';
import type { JsonObject, JsonValue } from '@/core/json';
import type { HttpRequest } from '@/server/http/types';
import { createIngress, type IngressDeps } from '@/server/ingress/create-ingress';
import type { EventAppend, RunNote } from '@/server/services/ports';
import type { WebhookMatch } from '@/server/services/routing/webhook-routing';
import type { RunOutcome } from '@/server/services/runs/run-outcome';

const nowMs = Date.parse('2026-11-22T12:00:00Z');
const queued: RunOutcome = { status: 'queued', reason: null, outputJson: null, errorCode: null, answer: null };

/** A house with one webhook. */
function house(config: JsonObject = {}, over: Partial<IngressDeps> = {}) {
  const route = {
    workspaceId: 'w1',
    flowId: 'f1',
    versionId: 'v1',
    version: 3,
    stepId: 'hook',
    config: { path: 'orders', ...config },
    laneKey: null,
    concurrency: null,
  };
  const events: EventAppend[] = [];
  const rung: string[] = [];
  const logged: object[] = [];
  const runs = new Map<string, RunOutcome>();
  const keys = new Map<string, string>();
  let notify: (note: RunNote) => void = () => undefined;
  let reads = 0;
  let ids = 0;
  const log = {
    debug: () => undefined,
    info: (facts: object) => logged.push(facts),
    warn: (facts: object) => logged.push(facts),
    error: (facts: object) => logged.push(facts),
  };
  const deps: IngressDeps = {
    routing: {
      matchWebhook: (slug, method, path): WebhookMatch => {
        if (slug !== 'main') return { type: 'noWorkspace' };
        if (path !== 'orders') return { type: 'noFlow' };
        return method === 'POST' ? { type: 'found', route, params: {} } : { type: 'methodNotAllowed', allow: ['POST'] };
      },
    },
    eventLog: {
      async append(_, [event]) {
        if (event === undefined) throw new Error('nothing to append');
        const first = event.keyTtlMs === null ? undefined : keys.get(event.id);
        const runId = first ?? event.run?.id ?? '';
        if (first === undefined) {
          events.push(event);
          keys.set(event.id, runId);
          runs.set(runId, queued);
        }
        return [{ position: events.length, runId, isDuplicate: first !== undefined }];
      },
    },
    wakeUps: {
      async ring(list) {
        // Whatever is rung must be durable already.
        for (const { runId } of list) {
          if (!runs.has(runId)) throw new Error('rung before the append');
          rung.push(runId);
        }
      },
      streamMoved: async () => undefined,
    },
    outcomes: {
      async read(_, runId) {
        reads += 1;
        return runs.get(runId) ?? null;
      },
    },
    notes: {
      async subscribe(_, listener) {
        notify = listener;
        return () => undefined;
      },
    },
    secrets: { read: async (_, name) => (name === 'token' ? 'tok-1' : undefined) },
    clock: { nowMs: () => nowMs },
    ids: { uuid: () => `id-${++ids}` },
    log,
    translateError: (error) => error,
    ...over,
  };
  const become = (runId: string, outcome: Partial<RunOutcome>): void => {
    runs.set(runId, { ...queued, ...outcome });
    notify({ runId, flowId: 'f1', status: outcome.status ?? 'running', n: 1 });
  };
  /** Plays the worker: as soon as the run is rung it becomes `outcome`. */
  const worker = (outcome: Partial<RunOutcome>): void => {
    const { ring } = deps.wakeUps;
    deps.wakeUps.ring = async (list) => {
      await ring(list);
      for (const { runId } of list) become(runId, outcome);
    };
  };
  return { ingress: createIngress(deps), deps, events, rung, logged, runs, become, worker, reads: () => reads };
}

const post = (body: JsonValue = { id: 7 }, over: Partial<HttpRequest> = {}): HttpRequest => ({
  method: 'POST',
  path: '/hooks/main/orders',
  query: new URLSearchParams(),
  remoteAddress: '1.2.3.4',
  body: Buffer.from(JSON.stringify(body)),
  ...over,
  headers: { 'content-type': 'application/json', ...over.headers },
});
const storedHeaders = ([event]: readonly EventAppend[]): unknown => (event?.data as JsonObject | undefined)?.headers;
const parse = (body: unknown): unknown => JSON.parse(String(body));

describe('an accepted request', () => {
  test('is an event with its run, acknowledged once it is durable', async () => {
    const { ingress, events, rung } = house();
    const answer = await ingress.handle(
      post({ id: 7 }, { query: new URLSearchParams('a=1&b=2&b=3'), headers: { 'x-shop': 'north' } }),
    );
    expect(answer).toMatchObject({
      status: 202,
      headers: {
        'headrace-run-id': 'id-2',
        'content-security-policy': 'sandbox',
        'x-content-type-options': 'nosniff',
        'cache-control': 'no-store',
      },
    });
    expect(parse(answer.body)).toEqual({ runId: 'id-2' });
    expect(rung).toEqual(['id-2']);
    expect(events).toEqual([
      {
        id: 'id-1',
        source: '/hooks/main/f1/hook',
        type: 'headrace.webhook.received',
        subject: null,
        timeMs: nowMs,
        attributes: null,
        data: {
          method: 'POST',
          path: 'orders',
          params: {},
          query: { a: '1', b: ['2', '3'] },
          headers: { 'content-type': 'application/json', 'x-shop': 'north' },
          body: { id: 7 },
        },
        raw: null,
        partitionKey: null,
        schemaVersion: null,
        hops: 0,
        causedByRun: null,
        actor: 'webhook',
        keyTtlMs: null,
        run: {
          id: 'id-2',
          flowId: 'f1',
          versionId: 'v1',
          version: 3,
          isDraft: false,
          triggerStep: 'hook',
          triggerKind: 'trigger.webhook',
          lane: null,
        },
      },
    ]);
  });

  test('is acknowledged even when nobody could be rung, and that is logged', async () => {
    const { ingress, logged, deps } = house();
    deps.wakeUps.ring = () => Promise.reject(new HeadraceError('redis.unavailable', 'gone'));
    expect((await ingress.handle(post())).status).toBe(202);
    expect(logged).toHaveLength(1);
  });

  test('is not acknowledged when it is not durable', async () => {
    const append = () => Promise.reject(new HeadraceError('database.unavailable', 'The event could not be stored.'));
    const { ingress, rung } = house({}, { eventLog: { append } });
    expect(await ingress.handle(post())).toMatchObject({ status: 503 });
    expect(rung).toEqual([]);
  });

  test('keeps no cookies and nothing that belongs to the connection', async () => {
    const { ingress, events } = house();
    const headers = {
      cookie: 'session=1',
      connection: 'close, X-Hop',
      'x-hop': '1',
      te: 'trailers',
      authorization: 'Bearer kept',
    };
    await ingress.handle(post({}, { headers }));
    expect(storedHeaders(events)).toEqual({
      'content-type': 'application/json',
      authorization: 'Bearer kept',
    });
  });

  test.each([
    ['idempotency-key', 'k-1'],
    ['webhook-id', 'msg_1'],
  ])('with the same %s twice starts one run and gives it back', async (name, value) => {
    const { ingress, events, rung } = house();
    const first = await ingress.handle(post({}, { headers: { [name]: value } }));
    const second = await ingress.handle(post({}, { headers: { [name]: value } }));
    expect(second.body).toBe(first.body);
    expect(events).toMatchObject([{ id: value, keyTtlMs: 86_400_000 }]);
    expect(rung).toHaveLength(1);
  });

  test('is deduplicated by the header and for the time that the trigger names', async () => {
    const { ingress, events } = house({ dedup: { header: 'X-Delivery', windowMs: 60_000 } });
    await ingress.handle(post({}, { headers: { 'x-delivery': 'd-1', 'idempotency-key': 'ignored' } }));
    expect(events).toMatchObject([{ id: 'd-1', keyTtlMs: 60_000 }]);
  });

  test('has the subject that the trigger computes; a missing one is none', async () => {
    const { ingress, events } = house({ subject: '{{ event.data.body.id }}' });
    await ingress.handle(post({ id: 7 }));
    await ingress.handle(post({}));
    expect(events.map((event) => event.subject)).toEqual(['7', null]);
  });

  test('counts how many flows lie behind it', async () => {
    const { ingress, events } = house();
    await ingress.handle(post({}, { headers: { 'headrace-hops': '4' } }));
    await ingress.handle(post({}, { headers: { 'headrace-hops': 'many' } }));
    expect(events.map((event) => event.hops)).toEqual([5, 0]);
  });

  test('tells the dispatcher once for a burst', async () => {
    let moved = 0;
    const { ingress, deps } = house();
    deps.wakeUps.streamMoved = async () => {
      moved += 1;
    };
    await Promise.all(Array.from({ length: 20 }, () => ingress.handle(post())));
    expect(moved).toBe(1);
  });
});

describe('a refused request starts nothing', () => {
  test.each<[string, Partial<HttpRequest>, number, string]>([
    ['no flow', { path: '/hooks/main/nothing' }, 404, 'resource.notFound'],
    ['no workspace', { path: '/hooks/other/orders' }, 404, 'resource.notFound'],
    ['a trick of a path', { path: '/hooks/main/../main/orders' }, 404, 'resource.notFound'],
    ['an encoded slash', { path: '/hooks/main/orders%2F' }, 400, 'request.malformed'],
    ['another method', { method: 'GET' }, 405, 'request.methodNotAllowed'],
    ['broken JSON', { body: Buffer.from('{') }, 400, 'request.malformed'],
    ['a large body', { body: Buffer.alloc(1024 * 1024 + 1, 0x20) }, 413, 'request.tooLarge'],
    ['a compressed body', { headers: { 'content-encoding': 'gzip' } }, 415, 'request.unsupportedType'],
    ['a huge delivery key', { headers: { 'idempotency-key': 'x'.repeat(1025) } }, 400, 'request.malformed'],
    ['a loop of flows', { headers: { 'headrace-hops': '32' } }, 422, 'event.hopLimit'],
    ['a query that reaches prototypes', { query: new URLSearchParams('__proto__=1') }, 400, 'request.malformed'],
  ])('%s', async (_, over, status, code) => {
    const { ingress, events } = house();
    const answer = await ingress.handle(post({}, over));
    expect(answer.status).toBe(status);
    expect(parse(answer.body)).toMatchObject({ code, status });
    expect(answer.headers).toMatchObject({
      'content-type': 'application/problem+json',
      'content-security-policy': 'sandbox',
    });
    expect(events).toEqual([]);
  });

  test('the methods that would work are named', async () => {
    const { ingress } = house();
    expect((await ingress.handle(post({}, { method: 'PUT' }))).headers.allow).toBe('POST');
  });

  test('routes that cannot be read are 503, and the limit of the body is the default meanwhile', async () => {
    const matchWebhook = () => Promise.reject(new Error('connection refused'));
    const translateError = (error: unknown) => new HeadraceError('database.unavailable', 'away', { cause: error });
    const { ingress } = house({}, { routing: { matchWebhook }, translateError });
    expect((await ingress.handle(post())).status).toBe(503);
    expect(await ingress.bodyLimitBytes(post())).toBe(1024 * 1024);
  });

  test.each([
    ['an object', { id: { nested: true } }],
    ['text with a line break', { id: 'a\nb' }],
    ['text with a NUL', { id: 'a\u0000b' }],
    ['text without end', { id: 'x'.repeat(1100) }],
  ])('a subject that would be %s', async (_, body) => {
    const { ingress, events } = house({ subject: '{{ event.data.body.id }}' });
    const answer = await ingress.handle(post(body));
    expect(parse(answer.body)).toMatchObject({ status: 422, code: 'request.invalid' });
    expect(events).toEqual([]);
  });

  test('a subject that cannot be computed, without showing the expression to the caller', async () => {
    const { ingress, events } = house({ subject: 'order-{{ event.data.body.hidden }}' });
    const answer = await ingress.handle(post({}));
    expect(answer.status).toBe(422);
    expect(String(answer.body)).not.toContain('hidden');
    expect(events).toEqual([]);
  });

  test('one without a valid proof, whose cause is logged and not told', async () => {
    const { ingress, events, logged } = house({ verify: { bearer: { $secret: 'token' } } });
    const answer = await ingress.handle(post({}, { headers: { authorization: 'Bearer wrong' } }));
    expect(answer).toMatchObject({ status: 401, headers: { 'www-authenticate': 'Bearer' } });
    expect(parse(answer.body)).toMatchObject({ code: 'webhook.unverified' });
    expect(String(answer.body)).not.toContain('credential');
    expect(logged).toMatchObject([
      { flowId: 'f1', stepId: 'hook', cause: 'credential.wrong', remoteAddress: '1.2.3.4' },
    ]);
    expect(events).toEqual([]);
  });

  test('a proof is checked before the body is read', async () => {
    const { ingress } = house({ verify: { bearer: { $secret: 'gone' } } });
    const answer = await ingress.handle(post({}, { body: Buffer.from('{'), headers: { authorization: 'Bearer x' } }));
    expect(answer.status).toBe(401);
  });

  test('a proof that was right is not stored', async () => {
    const { ingress, events } = house({ verify: { bearer: { $secret: 'token' } } });
    expect((await ingress.handle(post({}, { headers: { authorization: 'Bearer tok-1' } }))).status).toBe(202);
    expect(storedHeaders(events)).not.toHaveProperty('authorization');
  });
});

describe('a caller that waits for the end', () => {
  test('gets the output of a run that succeeded', async () => {
    const { ingress, worker } = house({ respond: 'completed' });
    worker({ status: 'succeeded', outputJson: '{"total":3}' });
    const answer = await ingress.handle(post());
    expect(answer).toMatchObject({ status: 200, body: '{"total":3}' });
    expect(answer.headers).toMatchObject({ 'content-type': 'application/json', 'headrace-run-id': 'id-2' });
  });

  test.each(['failed', 'compensated', 'cancelled', 'terminated'] as const)(
    'gets a problem when it ends as %s',
    async (status) => {
      const { ingress, worker } = house({ respond: 'completed' });
      worker({ status, errorCode: 'http.status' });
      const answer = await ingress.handle(post());
      expect(answer).toMatchObject({ status: 500, headers: { 'headrace-run-id': 'id-2' } });
      expect(parse(answer.body)).toMatchObject({
        code: 'webhook.runFailed',
        runId: 'id-2',
        runStatus: status,
        cause: 'http.status',
      });
    },
  );

  const since = { message: '', sinceMs: nowMs };
  test.each<[string, Partial<RunOutcome>]>([
    ['waits', { status: 'waiting', reason: { code: 'event', ...since } }],
    ['is blocked', { status: 'blocked', reason: { code: 'blocked.unknown', ...since } }],
    ['is held back', { status: 'queued', reason: { code: 'paused', ...since } }],
    ['tries again too late', { status: 'waiting', reason: { code: 'retry', ...since, untilMs: nowMs + 30_000 } }],
  ])('is let go when the run %s', async (_, outcome) => {
    const { ingress, worker } = house({ respond: 'completed' });
    worker(outcome);
    const answer = await ingress.handle(post());
    expect(answer.status).toBe(202);
    expect(parse(answer.body)).toEqual({ runId: 'id-2', status: outcome.status });
  });

  test('stays while the run only tries again', async () => {
    const { ingress, worker, become } = house({ respond: 'completed' });
    worker({ status: 'waiting', reason: { code: 'retry', ...since, untilMs: nowMs + 200 } });
    const answering = ingress.handle(post());
    await new Promise((resolve) => setImmediate(resolve));
    become('id-2', { status: 'succeeded', outputJson: '1' });
    expect((await answering).status).toBe(200);
  });

  test('is let go when its time is over', async () => {
    let clockMs = nowMs;
    const { ingress, worker, deps } = house({ respond: 'completed', waitMs: 5 }, { clock: { nowMs: () => clockMs } });
    worker({ status: 'running' });
    const { read } = deps.outcomes;
    deps.outcomes.read = (workspaceId, runId) => {
      clockMs += 10;
      return read(workspaceId, runId);
    };
    const answer = await ingress.handle(post());
    expect(answer.status).toBe(202);
    expect(parse(answer.body)).toEqual({ runId: 'id-2', status: 'running' });
  });

  test('attaches to the first run when it calls again, also after that has ended', async () => {
    const { ingress, become, events } = house({ respond: 'completed' });
    const headers = { 'idempotency-key': 'k' };
    const first = ingress.handle(post({}, { headers }));
    const second = ingress.handle(post({}, { headers }));
    await new Promise((resolve) => setImmediate(resolve));
    become('id-1', { status: 'succeeded', outputJson: '"once"' });
    const third = ingress.handle(post({}, { headers }));
    for (const answer of await Promise.all([first, second, third])) {
      expect(answer).toMatchObject({ status: 200, body: '"once"', headers: { 'headrace-run-id': 'id-1' } });
    }
    expect(events).toHaveLength(1);
  });

  test('that goes away is forgotten, and the run goes on', async () => {
    const { ingress, reads, runs } = house({ respond: 'completed' });
    let leave: () => void = () => undefined;
    const request = { ...post(), onCallerGone: (listener: () => void) => (leave = listener) };
    const answering = ingress.handle(request);
    await new Promise((resolve) => setImmediate(resolve));
    leave();
    await answering;
    expect(reads()).toBe(0);
    expect(runs.get('id-2')).toEqual(queued);
  });

  test('is let go when the process stops', async () => {
    const { ingress } = house({ respond: 'completed' });
    const answering = ingress.handle(post());
    await new Promise((resolve) => setImmediate(resolve));
    ingress.close();
    expect((await answering).status).toBe(202);
  });

  test('is answered by looking when no notes can be had', async () => {
    const subscribe = () => Promise.reject(new HeadraceError('redis.unavailable', 'gone'));
    const { ingress, runs, deps } = house({ respond: 'completed' }, { notes: { subscribe } });
    deps.wakeUps.ring = async ([run]) => {
      runs.set(run?.runId ?? '', { ...queued, status: 'succeeded', outputJson: '1' });
    };
    expect((await ingress.handle(post())).status).toBe(200);
  });

  test('is not sent off by a database that is away for a moment', async () => {
    const { ingress, worker, deps, logged } = house({ respond: 'completed' });
    worker({ status: 'succeeded', outputJson: '1' });
    const { read } = deps.outcomes;
    let looks = 0;
    deps.outcomes.read = (workspaceId, runId) => {
      looks += 1;
      return looks === 1 ? Promise.reject(new Error('restarting')) : read(workspaceId, runId);
    };
    expect((await ingress.handle(post())).status).toBe(200);
    expect(logged).toHaveLength(1);
  });

  test('is not read for again and again while the run merely goes on', async () => {
    const { ingress, become, reads } = house({ respond: 'completed' });
    const answering = ingress.handle(post());
    await new Promise((resolve) => setImmediate(resolve));
    for (let n = 0; n < 5; n += 1) become('id-2', { status: 'running' });
    become('id-2', { status: 'succeeded' });
    await answering;
    expect(reads()).toBe(1);
  });
});

describe('a caller that waits for a step', () => {
  test('gets what the step said while the run goes on', async () => {
    const { ingress, worker } = house({ respond: 'step' });
    const headers = {
      'X-Order': '7',
      'Set-Cookie': 'a=b',
      'Content-Security-Policy': 'none',
      'Cache-Control': 'public',
      'Headrace-Run-Id': 'forged',
    };
    worker({ status: 'running', answer: { status: 201, headers, body: { ok: true } } });
    const answer = await ingress.handle(post());
    expect(answer).toEqual({
      status: 201,
      headers: {
        'content-type': 'application/json',
        'x-order': '7',
        'content-security-policy': 'sandbox',
        'x-content-type-options': 'nosniff',
        'cache-control': 'no-store',
        'headrace-run-id': 'id-2',
      },
      body: '{"ok":true}',
    });
  });

  test.each<[JsonValue, string | null, string | undefined]>([
    ['text', 'text', 'text/plain; charset=utf-8'],
    [null, null, undefined],
    [[1], '[1]', 'application/json'],
  ])('gets the body %j as %j', async (body, expected, type) => {
    const { ingress, worker } = house({ respond: 'step' });
    worker({ status: 'succeeded', answer: { status: 200, headers: {}, body } });
    const answer = await ingress.handle(post());
    expect(answer.body).toBe(expected);
    expect(answer.headers['content-type']).toBe(type);
  });

  test('gets a problem when the run ends without an answer', async () => {
    const { ingress, worker } = house({ respond: 'step' });
    worker({ status: 'succeeded', outputJson: '1' });
    const answer = await ingress.handle(post());
    expect(answer).toMatchObject({ status: 500, headers: { 'headrace-run-id': 'id-2' } });
    expect(parse(answer.body)).toMatchObject({ code: 'webhook.noResponse', runStatus: 'succeeded' });
  });

  test('gets the answer even when the run failed afterwards', async () => {
    const { ingress, worker } = house({ respond: 'step' });
    worker({ status: 'failed', answer: { status: 200, headers: {}, body: 'said' } });
    expect(await ingress.handle(post())).toMatchObject({ status: 200, body: 'said' });
  });
});

test('the largest body is what the trigger says, and the default where there is none', () => {
  const { ingress } = house({ maxBodyBytes: 10 });
  expect(ingress.bodyLimitBytes(post())).toBe(10);
  expect(ingress.bodyLimitBytes(post({}, { path: '/hooks/main/none' }))).toBe(1024 * 1024);
});
