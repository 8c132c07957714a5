/**
 * A storm of webhooks on a Headrace started by the program a person starts, against a ledger that keeps the books of the
 * outside world. What must hold afterwards is checked from outside alone: the API and the ledger.
 *
 *   hook ─→ reserve ─→ charge          both POST to the ledger
 */
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'vitest';
import { freePort } from '@/server/embedded/process-control';
import { type HeadraceProcess, startHeadrace } from '@/server/testing/headrace';
import { type Ledger, type LedgerCall, startLedger } from '@/server/testing/ledger';
import { waitFor } from '@/server/testing/wait-for';

const apiKey = 'hr_ledger_test_0123456789';
/** Connections that post at once. */
const callers = 20;
/** How often the API is asked whether all runs have ended; it shares the machine with them. */
const pollMs = 500;

export interface StormOptions {
  /** Names the webhook path, the flow and the data directory: unique per storm. */
  readonly path: string;
  readonly webhooks: number;
  readonly env?: Readonly<Record<string, string>>;
  /** Called once all webhooks are acknowledged, while runs are under way. */
  readonly disturb?: (headrace: HeadraceProcess, dataDir: string) => Promise<void>;
}

export interface Storms {
  /**
   * Starts Headrace, posts, waits until every run has ended, and compares the books: one event and one succeeded run per
   * webhook, one key per effect and never one key for two orders.
   * @returns every call that reached the ledger
   */
  run(options: StormOptions): Promise<readonly LedgerCall[]>;
  close(): Promise<void>;
}

export async function openStorms(): Promise<Storms> {
  const directory = mkdtempSync(join(tmpdir(), 'headrace-ledger-'));
  // Postgres does not run as root and must be able to pass through to its files.
  chmodSync(directory, 0o711);
  const ledger = await startLedger();
  return {
    async run({ path, webhooks, env = {}, disturb }) {
      const dataDir = join(directory, path);
      const headrace = await startHeadrace({
        dataDir,
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
        const flowId = await publish(ledger, headrace, path);
        const runIds = await postAll(headrace, path, webhooks);
        expect(new Set(runIds).size).toBe(webhooks);
        await disturb?.(headrace, dataDir);
        await compareBooks(ledger, headrace, flowId, path, webhooks);
      } finally {
        await headrace.stop();
      }
      return ledger.calls.filter((call) => call.path.startsWith(`/${path}/`));
    },
    async close() {
      await ledger.close();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

async function compareBooks(
  ledger: Ledger,
  headrace: HeadraceProcess,
  flowId: string,
  path: string,
  webhooks: number,
): Promise<void> {
  const statuses = await waitFor(
    'all runs to end',
    async () => {
      const open = ['queued', 'running', 'waiting'].map((status) => `&status=${status}`).join('');
      const response = await call(headrace, `/runs?flow=${flowId}&limit=1${open}`);
      const { items } = (await response.json()) as { items: unknown[] };
      return items.length > 0 ? undefined : await statusesOf(headrace, flowId);
    },
    200_000,
    pollMs,
  );
  expect(statuses).toEqual({ succeeded: webhooks });
  expect(await all(headrace, '/events?type=headrace.webhook.received')).toHaveLength(webhooks);
  for (const step of ['reserve', 'charge']) {
    expect(effectsOf(ledger, path, step)).toEqual({ keys: webhooks, orders: webhooks });
  }
}

const flowDocument = (ledger: Ledger, path: string) => ({
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

async function publish(ledger: Ledger, headrace: HeadraceProcess, path: string): Promise<string> {
  const created = (await (await call(headrace, '/flows', flowDocument(ledger, path))).json()) as { id: string };
  const published = await call(headrace, `/flows/${created.id}/publish`, {});
  expect(published.status, await published.text()).toBe(200);
  return created.id;
}

/** Posts all webhooks over a few connections; returns the run ids that were acknowledged. */
async function postAll(headrace: HeadraceProcess, path: string, webhooks: number): Promise<string[]> {
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
function effectsOf(ledger: Ledger, path: string, step: string): { keys: number; orders: number } {
  const calls = ledger.calls.filter((call) => call.path === `/${path}/${step}`);
  return {
    keys: new Set(calls.map((call) => call.key)).size,
    orders: new Set(calls.map((call) => `${call.key} ${call.body}`)).size,
  };
}
