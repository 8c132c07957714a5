/*
 * Everything started by the program a person starts, a thousand webhooks to a flow with two calls, and the books of the
 * outside world compared afterwards. Then the same while workers die between intent and journal.
 *
 *   hook ─→ reserve ─→ charge          both POST to the ledger
 */
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { freePort } from '@/server/embedded/process-control';
import { type HeadraceProcess, startHeadrace } from '@/server/testing/headrace';
import { type Ledger, startLedger } from '@/server/testing/ledger';
import { waitFor } from '@/server/testing/wait-for';

const apiKey = 'hr_ledger_test_0123456789';
const webhooks = 1_000;
const callers = 20;

let directory: string;
let ledger: Ledger;

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'headrace-ledger-'));
  // Postgres does not run as root and must be able to pass through to its files.
  chmodSync(directory, 0o711);
  ledger = await startLedger();
});
afterAll(async () => {
  await ledger.close();
  rmSync(directory, { recursive: true, force: true });
});

const flowDocument = (path: string) => ({
  headrace: 1,
  name: `Ledger ${path}`,
  steps: [
    { id: 'hook', kind: 'trigger.webhook', config: { path } },
    {
      id: 'reserve',
      kind: 'http.request',
      config: { method: 'POST', url: `${ledger.url}/${path}/reserve`, body: { order: '{{ event.data.body.n }}' } },
    },
    {
      id: 'charge',
      kind: 'http.request',
      config: { method: 'POST', url: `${ledger.url}/${path}/charge`, body: { order: '{{ event.data.body.n }}' } },
    },
  ],
  edges: [
    { from: 'hook', to: 'reserve' },
    { from: 'reserve', to: 'charge' },
  ],
});

const call = (headrace: HeadraceProcess, path: string, body?: unknown): Promise<Response> =>
  fetch(`${headrace.url}/api/v1${path}`, {
    method: body === undefined ? 'GET' : 'POST',
    headers: { authorization: `Bearer ${apiKey}`, 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });

async function publish(headrace: HeadraceProcess, path: string): Promise<string> {
  const created = (await (await call(headrace, '/flows', flowDocument(path))).json()) as { id: string };
  const published = await call(headrace, `/flows/${created.id}/publish`, {});
  expect(published.status, await published.text()).toBe(200);
  return created.id;
}

/** Posts all webhooks over a few connections; returns the run ids that were acknowledged. */
async function postAll(headrace: HeadraceProcess, path: string): Promise<string[]> {
  const runIds: string[] = [];
  let next = 0;
  await Promise.all(
    Array.from({ length: callers }, async () => {
      while (next < webhooks) {
        const n = next;
        next += 1;
        const response = await fetch(`${headrace.url}/hooks/main/${path}`, {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify({ n }),
        });
        expect(response.status).toBe(202);
        runIds.push(((await response.json()) as { runId: string }).runId);
      }
    }),
  );
  return runIds;
}

/** All items of a list, page by page. */
async function all<Item>(headrace: HeadraceProcess, path: string): Promise<Item[]> {
  const items: Item[] = [];
  let cursor: string | null = '';
  while (cursor !== null) {
    const more: string = cursor === '' ? '' : `&cursor=${encodeURIComponent(cursor)}`;
    const response = await call(headrace, `${path}&limit=200${more}`);
    const page = (await response.json()) as { items: Item[]; nextCursor: string | null };
    items.push(...page.items);
    cursor = page.nextCursor;
  }
  return items;
}

const statusesOf = async (headrace: HeadraceProcess, flowId: string): Promise<Record<string, number>> => {
  const runs = await all<{ status: string }>(headrace, `/runs?flow=${flowId}`);
  const counts: Record<string, number> = {};
  for (const { status } of runs) counts[status] = (counts[status] ?? 0) + 1;
  return counts;
};

/** Effects seen outside, by step: how many keys, and the orders they were for. */
function effectsOf(path: string, step: string): { keys: number; orders: number } {
  const calls = ledger.calls.filter((call) => call.path === `/${path}/${step}`);
  return {
    keys: new Set(calls.map((call) => call.key)).size,
    orders: new Set(calls.map((call) => `${call.key} ${call.body}`)).size,
  };
}

async function run(
  path: string,
  env: Record<string, string>,
  onHeadrace: (headrace: HeadraceProcess) => Promise<void>,
) {
  const headrace = await startHeadrace({
    dataDir: join(directory, path),
    port: await freePort(),
    env: {
      HEADRACE_OWNER_EMAIL: 'owner@example.com',
      HEADRACE_OWNER_PASSWORD: 'a long enough password',
      HEADRACE_API_KEY: apiKey,
      HEADRACE_ALLOWED_PRIVATE_HOSTS: ledger.host,
      LOG_LEVEL: 'warn',
      NODE_ENV: 'test',
      ...env,
    },
  });
  try {
    await onHeadrace(headrace);
  } finally {
    await headrace.stop();
  }
}

async function everyWebhookBecomesOneRun(headrace: HeadraceProcess, path: string): Promise<void> {
  const flowId = await publish(headrace, path);
  const runIds = await postAll(headrace, path);
  expect(new Set(runIds).size).toBe(webhooks);
  const statuses = await waitFor(
    'all runs to end',
    async () => {
      const open = ['queued', 'running', 'waiting'].map((status) => `&status=${status}`).join('');
      const response = await call(headrace, `/runs?flow=${flowId}&limit=1${open}`);
      const { items } = (await response.json()) as { items: unknown[] };
      return items.length > 0 ? undefined : await statusesOf(headrace, flowId);
    },
    150_000,
  );
  expect(statuses).toEqual({ succeeded: webhooks });
  const events = await all(headrace, '/events?type=headrace.webhook.received');
  expect(events).toHaveLength(webhooks);
  // One key per effect, and never a key for two different orders.
  for (const step of ['reserve', 'charge']) {
    expect(effectsOf(path, step)).toEqual({ keys: webhooks, orders: webhooks });
  }
}

describe('a thousand webhooks', () => {
  it('become a thousand events, a thousand succeeded runs and one key per effect', async () => {
    await run('calm', {}, async (headrace) => {
      await everyWebhookBecomesOneRun(headrace, 'calm');
      const calls = ledger.calls.filter((call) => call.path.startsWith('/calm/'));
      expect(calls).toHaveLength(2 * webhooks);
    });
  }, 240_000);

  it('do so while every worker dies after a second of work, between intent and journal', async () => {
    await run('storm', { HEADRACE_FAULT_POINTS: 'after-effect@1000', HEADRACE_WORKERS: '2' }, async (headrace) => {
      await everyWebhookBecomesOneRun(headrace, 'storm');
      // The storm was real: calls were repeated, with the key they had.
      const calls = ledger.calls.filter((call) => call.path.startsWith('/storm/'));
      expect(calls.length).toBeGreaterThan(2 * webhooks);
    });
  }, 240_000);
});
