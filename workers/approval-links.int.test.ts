/** A flow tells somebody that they are asked: the link leaves with its request and is seen nowhere else. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { FlowDocument } from '@/core/flow/document';
import { flow, step, transform, trigger } from '@/core/flow/testing';
import type { JsonValue } from '@/core/json';
import { type Api, openApi } from '@/server/testing/api';
import { type Ledger, startLedger } from '@/server/testing/ledger';
import { createTestPlatform } from '@/server/testing/test-platform';
import { waitFor } from '@/server/testing/wait-for';
import { type RunningWorker, startWorker } from '@/workers/worker';

let api: Api;
let worker: RunningWorker;
let ledger: Ledger;
let closePlatform: () => Promise<void>;

beforeAll(async () => {
  ledger = await startLedger();
  api = await openApi();
  const platform = await createTestPlatform(api.servers, 'worker', {
    HEADRACE_ALLOWED_PRIVATE_HOSTS: ledger.host,
    HEADRACE_PUBLIC_URL: 'https://headrace.example.com',
  });
  worker = await startWorker(platform, 'test');
  closePlatform = () => platform.close();
});
afterAll(async () => {
  await worker.stop();
  await closePlatform();
  await api.close();
  await ledger.close();
});

const asking: FlowDocument = flow(
  [
    trigger,
    step('ask', 'human.approval', { title: 'Refund?', assignee: 'ines@example.com' }),
    transform('then', '{{ steps.ask.output }}'),
  ],
  ['m → ask', 'ask → then'],
  { name: 'Asks' },
);
const telling = (path: string, approvalId: JsonValue): FlowDocument =>
  flow(
    [
      { id: 'asked', kind: 'trigger.event', config: { types: ['headrace.approval.requested'] } },
      step(
        'tell',
        'http.request',
        {
          method: 'POST',
          url: `${ledger.url}${path}`,
          body: {
            to: '{{ event.data.assignee }}',
            lines: [{ $approvalLink: approvalId, prefix: '{{ event.data.title }} ' }],
          },
        },
        { retry: { attempts: 1 } },
      ),
    ],
    ['asked → tell'],
    { name: `Tells ${path}` },
  );
const runOf = (flowId: string, status: string) =>
  waitFor(`a run of ${flowId} to be ${status}`, async () => {
    const { body } = await api.call<{ items: { id: string; status: string }[] }>(`GET /runs?flow=${flowId}`);
    return body.items.find((run) => run.status === status);
  });

describe('a flow that begins with a question', () => {
  it('sends the link to who is asked, who answers; journal, stream and answer of the other side show none of it', async () => {
    // The other side repeats what it was told.
    ledger.behave('/mail', (response, call) =>
      response.writeHead(200, { 'content-type': 'application/json' }).end(call.body),
    );
    const tells = await api.publish(telling('/mail', '{{ event.data.approvalId }}'));
    const asks = await api.publish(asking);
    await api.call(`POST /flows/${asks}/runs`, { body: {} });
    const told = await runOf(tells, 'succeeded');
    const sent = JSON.parse(String(ledger.calls.find(({ path }) => path === '/mail')?.body));
    expect(sent.to).toBe('ines@example.com');
    const token =
      /^Refund\? https:\/\/headrace\.example\.com\/approve\/([0-9a-f]{32}[\w-]{43})$/.exec(sent.lines[0])?.[1] ?? '';
    expect(token).not.toBe('');

    const { body: run } = await api.call<{ steps: { id: string; input: unknown; output: { body: unknown } }[] }>(
      `GET /runs/${told.id}`,
    );
    const step = run.steps.find(({ id }) => id === 'tell');
    expect(step?.input).toMatchObject({ body: { lines: [{ $approvalLink: expect.any(String), prefix: 'Refund? ' }] } });
    expect(step?.output.body).toMatchObject({ lines: ['Refund? •••'] });
    for (const table of ['journal', 'events', 'payloads', 'runs', 'run_inbox', 'approval_links', 'audit_log']) {
      const { rows } = await api.container.pool.query(
        `SELECT count(*)::int AS n FROM ${table} t WHERE t::text LIKE $1`,
        [`%${token.slice(32)}%`],
      );
      expect(rows[0].n, table).toBe(0);
    }

    const page = await api.container.approvalDoor.handle({
      method: 'POST',
      path: `/approve/${token}`,
      query: new URLSearchParams(),
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: new TextEncoder().encode(`token=${token}&decision=approve`),
      remoteAddress: '10.0.0.1',
    });
    expect(page.status).toBe(200);
    await runOf(asks, 'succeeded');
    const { rows } = await api.container.pool.query(
      "SELECT actor, details FROM audit_log WHERE action = 'approval.linkMade'",
    );
    expect(rows).toMatchObject([{ actor: `flow:${tells}`, details: { byRun: told.id } }]);
  });

  it('fails its step when there is nothing to answer, and sends nothing', async () => {
    const tells = await api.publish(telling('/nobody', '01a2052d-4c00-7746-8972-e52763ee7466'));
    const asks = await api.publish({ ...asking, name: 'Asks again' });
    await api.call(`POST /flows/${asks}/runs`, { body: {} });
    const { id } = await runOf(tells, 'failed');
    const { body } = await api.call<{ error: { code: string } }>(`GET /runs/${id}`);
    expect(body.error.code).toBe('resource.notFound');
    expect(ledger.calls.filter(({ path }) => path === '/nobody')).toEqual([]);
  });
});
