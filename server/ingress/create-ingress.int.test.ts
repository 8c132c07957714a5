/** The whole way of a webhook: a real server, the stream, a worker, and the answer. */
import { createHmac } from 'node:crypto';
import { createServer, request, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { FlowDocument } from '@/core/flow/document';
import { flow, step, transform } from '@/core/flow/testing';
import type { JsonObject } from '@/core/json';
import { type Container, createContainer } from '@/server/create-container';
import { parseEnv } from '@/server/env';
import { serverOptions, toNodeListener } from '@/server/http/node-adapter';
import type { Platform } from '@/server/platform';
import { type Caller, scopes } from '@/server/services/ports';
import { makeWorkspace } from '@/server/testing/engine-fixtures';
import { type Ledger, startLedger } from '@/server/testing/ledger';
import { createTestPlatform, testEncryptionKey, testServers } from '@/server/testing/test-platform';
import { waitFor } from '@/server/testing/wait-for';
import { type RunningWorker, startWorker } from '@/workers/worker';

let container: Container;
let platform: Platform;
let worker: RunningWorker;
let ledger: Ledger;
let server: Server;
let caller: Caller;
let origin: string;

beforeAll(async () => {
  ledger = await startLedger();
  const servers = await testServers();
  container = await createContainer(
    parseEnv({
      NODE_ENV: 'test',
      LOG_LEVEL: 'silent',
      DATABASE_URL: servers.databaseUrl,
      REDIS_URL: servers.redisUrl,
      HEADRACE_ENCRYPTION_KEY: testEncryptionKey,
    }),
  );
  platform = await createTestPlatform(servers, 'worker', { HEADRACE_ALLOWED_PRIVATE_HOSTS: ledger.host });
  worker = await startWorker(platform, 'test');
  const workspaceId = await makeWorkspace(platform.pool, 'main');
  caller = { workspaceId, workspaceSlug: 'main', actor: 'user:test', scopes: new Set(scopes) };
  server = createServer(serverOptions, toNodeListener(container.ingress, { log: container.log, trustProxy: [] }));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(async () => {
  server.closeAllConnections();
  server.close();
  await worker.stop();
  await platform.close();
  await container.close();
  await ledger.close();
});

const webhook = (config: JsonObject) => step('hook', 'trigger.webhook', config);

async function publish(document: FlowDocument): Promise<string> {
  const { id } = await container.services.flows.create(caller, { document });
  await container.services.flows.publish(caller, { flowId: id });
  return id;
}

const send = (path: string, body: unknown, headers: Record<string, string> = {}): Promise<Response> =>
  fetch(`${origin}/hooks/main/${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });

const countRuns = async (flowId: string): Promise<number> => {
  const { rows } = await platform.pool.query('SELECT count(*)::int AS n FROM runs WHERE flow_id = $1', [flowId]);
  return rows[0].n;
};

const storedEvent = async (
  runId: string,
): Promise<{ id: string; data: JsonObject; raw: Buffer | null; hops: number }> => {
  const { rows } = await platform.pool.query(
    `SELECT e.id, e.data, e.raw, e.hops FROM runs r
     JOIN events e ON e.workspace_id = r.workspace_id AND e.position = r.event_position WHERE r.id = $1`,
    [runId],
  );
  return rows[0];
};

describe('a webhook', () => {
  // hook → total
  test('is acknowledged with the id of a run that a worker carries to its end', async () => {
    await publish(
      flow(
        [webhook({ path: 'orders/:id' }), transform('total', '{{ $sum(event.data.body.prices) }}')],
        ['hook → total'],
        {
          name: 'accepted',
        },
      ),
    );
    const answer = await send('orders/a%20b?x=1', '{ "prices": [1, 2] }');
    expect(answer.status).toBe(202);
    const { runId } = await answer.json();
    expect(answer.headers.get('headrace-run-id')).toBe(runId);
    expect(answer.headers.get('content-security-policy')).toBe('sandbox');
    const run = await waitFor('the run to succeed', async () => {
      const loaded = await platform.runStore.load(caller.workspaceId, runId);
      return loaded?.row.status === 'succeeded' ? loaded : undefined;
    });
    expect(run.state.output).toBe(3);
    const event = await storedEvent(runId);
    expect(event.data).toMatchObject({
      path: 'orders/a b',
      params: { id: 'a b' },
      query: { x: '1' },
      body: { prices: [1, 2] },
    });
    expect(event.raw?.toString()).toBe('{ "prices": [1, 2] }');
  });

  // hook → echo
  test('gives the output of its run back, whatever its size and characters', async () => {
    await publish(
      flow(
        [webhook({ path: 'echo', respond: 'completed' }), transform('echo', '{{ event.data.body }}')],
        ['hook → echo'],
        {
          name: 'completed',
        },
      ),
    );
    for (const body of [{ ok: true }, { odd: 'a\u0000b\ud800' }, { large: 'ü'.repeat(50_000) }, null, [1, 'two']]) {
      const answer = await send('echo', body);
      expect(answer.status).toBe(200);
      expect(JSON.stringify(await answer.json())).toBe(JSON.stringify(body));
    }
  });

  // hook → answer → slow
  test('is answered by its step while the run goes on', async () => {
    ledger.behave('/slow', () => undefined);
    await publish(
      flow(
        [
          webhook({ path: 'step', respond: 'step' }),
          step('answer', 'webhook.respond', {
            status: 201,
            headers: { 'X-Id': '{{ event.data.body.id }}' },
            body: 'made',
          }),
          step(
            'slow',
            'http.request',
            { method: 'POST', url: `${ledger.url}/slow` },
            { timeoutMs: 2_000, retry: { attempts: 1 } },
          ),
        ],
        ['hook → answer', 'answer → slow'],
        { name: 'step' },
      ),
    );
    const answer = await send('step', { id: 9 });
    expect(answer.status).toBe(201);
    expect(answer.headers.get('x-id')).toBe('9');
    expect(await answer.text()).toBe('made');
    const loaded = await platform.runStore.load(caller.workspaceId, answer.headers.get('headrace-run-id') ?? '');
    expect(loaded?.row.finishedAtMs).toBeNull();
  });

  // hook → fail        hook → choose ─speak→ answer
  test('is told when its run fails, and when its run ends without a word', async () => {
    const failing = [step('fail', 'logic.fail', { message: 'no' })];
    await publish(
      flow([webhook({ path: 'fails', respond: 'completed' }), ...failing], ['hook → fail'], { name: 'fails' }),
    );
    await publish(
      flow(
        [
          webhook({ path: 'silent', respond: 'step' }),
          step('choose', 'logic.switch', { cases: [{ port: 'speak', when: '{{ event.data.body.speak }}' }] }),
          step('answer', 'webhook.respond', { status: 200 }),
        ],
        ['hook → choose', 'choose.speak → answer'],
        { name: 'silent' },
      ),
    );
    const failed = await send('fails', {});
    expect(failed.status).toBe(500);
    expect(await failed.json()).toMatchObject({ code: 'webhook.runFailed', runStatus: 'failed' });
    const silent = await send('silent', {});
    expect(silent.status).toBe(500);
    expect(await silent.json()).toMatchObject({ code: 'webhook.noResponse', runStatus: 'succeeded' });
  });

  // hook → flaky
  test('waits through a retry, with one idempotency key for both attempts', async () => {
    ledger.behave('/flaky', (response, _call, n) => response.writeHead(n === 1 ? 503 : 201).end());
    await publish(
      flow(
        [
          webhook({ path: 'flaky', respond: 'completed' }),
          step(
            'flaky',
            'http.request',
            { method: 'POST', url: `${ledger.url}/flaky` },
            { retry: { initialMs: 10, jitter: 'none' } },
          ),
        ],
        ['hook → flaky'],
        { name: 'flaky' },
      ),
    );
    const answer = await send('flaky', {});
    expect(answer.status).toBe(200);
    const calls = ledger.calls.filter((call) => call.path === '/flaky');
    expect(new Set(calls.map((call) => call.key)).size).toBe(1);
    expect(calls).toHaveLength(2);
    expect(calls[0]?.headers['headrace-hops']).toBe('0');
  });

  test('delivered many times at once starts one run, and everybody gets its result', async () => {
    const flowId = await publish(
      flow([webhook({ path: 'once', respond: 'completed' }), transform('t', { id: '{{ run.id }}' })], ['hook → t'], {
        name: 'once',
      }),
    );
    const answers = await Promise.all(Array.from({ length: 20 }, () => send('once', {}, { 'idempotency-key': 'k-1' })));
    const results = await Promise.all(answers.map(async (answer) => (await answer.json()).id));
    expect(new Set(results).size).toBe(1);
    expect(await countRuns(flowId)).toBe(1);
    await send('once', {}, { 'idempotency-key': 'k-2' });
    expect(await countRuns(flowId)).toBe(2);
  });

  test('of a paused flow is accepted, and its caller is not kept', async () => {
    const flowId = await publish(
      flow([webhook({ path: 'paused', respond: 'completed' }), transform('t')], ['hook → t'], { name: 'paused' }),
    );
    await container.services.flows.pause(caller, { flowId });
    const answer = await send('paused', {});
    expect(answer.status).toBe(202);
    const { runId, status } = await answer.json();
    expect(status).toBe('queued');
    await container.services.flows.resume(caller, { flowId });
    await waitFor('the held run to succeed', async () => {
      const loaded = await platform.runStore.load(caller.workspaceId, runId);
      return loaded?.row.status === 'succeeded' ? true : undefined;
    });
  });
});

describe('a signed webhook', () => {
  const sign = (key: string, body: string) => `sha256=${createHmac('sha256', key).update(body).digest('hex')}`;
  const body = '{ "exact":  "bytes" }';

  test('is proved with stored secrets, through a rotation, and refused without starting anything', async () => {
    const verify = {
      hmac: { header: 'X-Signature', algorithm: 'sha256', encoding: 'hex', prefix: 'sha256=' },
      secrets: [{ $secret: 'hook_new' }, { $secret: 'hook_old' }],
    };
    const flowId = await publish(
      flow([webhook({ path: 'signed', verify }), transform('t')], ['hook → t'], { name: 'signed' }),
    );
    const post = async (key: string) => (await send('signed', body, { 'x-signature': sign(key, body) })).status;

    expect(await post('old-secret')).toBe(401);
    await container.services.secrets.put(caller, { name: 'hook_old', value: 'old-secret' });
    expect(await post('old-secret')).toBe(202);
    await container.services.secrets.put(caller, { name: 'hook_new', value: 'new-secret' });
    expect(await post('new-secret')).toBe(202);
    expect(await post('old-secret')).toBe(202);
    await container.services.secrets.remove(caller, { name: 'hook_old' });
    expect(await post('old-secret')).toBe(401);

    const unsigned = await send('signed', body);
    expect(unsigned.status).toBe(401);
    expect(await unsigned.json()).toMatchObject({ code: 'webhook.unverified' });
    const altered = await send('signed', `${body} `, { 'x-signature': sign('new-secret', body) });
    expect(altered.status).toBe(401);
    expect(await countRuns(flowId)).toBe(3);
  });
});

describe('what is not a webhook', () => {
  test.each([
    ['orders', 404],
    ['orders/a%2Fb', 400],
    ['orders/a/../b', 404],
    ['nothing', 404],
  ])('%s is answered %i', async (path, status) => {
    // Not by fetch, which would tidy the path.
    const answer = await new Promise<number | undefined>((resolve, reject) => {
      const outgoing = request(origin, { method: 'POST', path: `/hooks/main/${path}` }, (response) => {
        response.resume();
        resolve(response.statusCode);
      });
      outgoing.on('error', reject);
      outgoing.end();
    });
    expect(answer).toBe(status);
  });

  test('another method names the one that works; a body over the limit is refused', async () => {
    await publish(
      flow([webhook({ path: 'small', maxBodyBytes: 10 }), transform('t')], ['hook → t'], { name: 'small' }),
    );
    const got = await fetch(`${origin}/hooks/main/small`);
    expect(got.status).toBe(405);
    expect(got.headers.get('allow')).toBe('POST');
    expect((await send('small', '"0123456789"')).status).toBe(413);
    expect((await send('small', '"01234567"')).status).toBe(202);
  });

  test('a deleted flow answers 404 at once', async () => {
    const flowId = await publish(flow([webhook({ path: 'gone' }), transform('t')], ['hook → t'], { name: 'gone' }));
    expect((await send('gone', {})).status).toBe(202);
    await container.services.flows.remove(caller, { flowId });
    expect((await send('gone', {})).status).toBe(404);
  });
});
