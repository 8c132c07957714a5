/**
 * What operators and load balancers ask: is the process alive (`/healthz`), can it serve (`/readyz`: database, Redis,
 * migrations), and how is it doing (`/metrics`, Prometheus text format). Answers without a key and so says nothing about
 * any workspace.
 */
import type { Redis } from 'ioredis';
import type { Pool } from 'pg';
import { collectDefaultMetrics, Gauge, Registry } from 'prom-client';
import { pendingMigrations } from '@/server/database/migrate';
import type { HttpHandler, HttpResponse } from '@/server/http/types';

/** A dependency that does not answer in this time is as good as down for a load balancer. */
const checkMs = 2_000;

export interface OpsDeps {
  readonly pool: Pool;
  readonly redis: Redis;
  readonly version: string;
}

type Check = readonly [name: string, check: () => Promise<unknown>];

export function createOps({ pool, redis, version }: OpsDeps): HttpHandler {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  addGauges(registry, pool, version);

  const checks: readonly Check[] = [
    ['database', () => pool.query('SELECT 1')],
    ['redis', () => redis.ping()],
    [
      'migrations',
      async () => {
        const pending = await pendingMigrations(pool);
        if (pending.length > 0) throw new Error(`not applied: ${pending.join(', ')}`);
      },
    ],
  ];

  const ready = async (): Promise<HttpResponse> => {
    const results = await Promise.all(
      checks.map(async ([name, check]) => [name, (await answersInTime(check)) ? 'ok' : 'failing'] as const),
    );
    const isReady = results.every(([, state]) => state === 'ok');
    return json(isReady ? 200 : 503, {
      status: isReady ? 'ready' : 'unavailable',
      checks: Object.fromEntries(results),
    });
  };

  return {
    bodyLimitBytes: () => 0,
    async handle({ path, method }) {
      if (method !== 'GET' && method !== 'HEAD') {
        return { status: 405, headers: { allow: 'GET, HEAD' }, body: null };
      }
      if (path === '/healthz') return json(200, { status: 'ok', version });
      if (path === '/readyz') return ready();
      return { status: 200, headers: { 'content-type': registry.contentType }, body: await registry.metrics() };
    },
  };
}

const json = (status: number, value: object): HttpResponse => ({
  status,
  headers: { 'content-type': 'application/json', 'cache-control': 'no-store' },
  body: JSON.stringify(value),
});

async function answersInTime(check: () => Promise<unknown>): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error('too late')), checkMs);
  });
  try {
    await Promise.race([check(), late]);
    return true;
  } catch {
    // Which check failed is the answer; why stands in the log of the driver.
    return false;
  } finally {
    clearTimeout(timer);
  }
}

/** Runs by status that are not ended, and how far the router is behind: one cheap query per scrape. */
function addGauges(registry: Registry, pool: Pool, version: string): void {
  new Gauge({
    name: 'headrace_build_info',
    help: 'The version of this process',
    labelNames: ['version'],
    registers: [registry],
    collect() {
      this.set({ version }, 1);
    },
  });
  new Gauge({
    name: 'headrace_workers',
    help: 'Worker processes with a fresh heartbeat',
    registers: [registry],
    async collect() {
      const { rows } = await pool.query<{ n: number }>(
        "SELECT count(*)::int AS n FROM workers WHERE last_seen_at > now() - interval '6 seconds'",
      );
      this.set(rows[0]?.n ?? 0);
    },
  });
  new Gauge({
    name: 'headrace_router_lag_events',
    help: 'Events after the routing checkpoint, over all workspaces',
    registers: [registry],
    async collect() {
      const { rows } = await pool.query<{ lag: number }>(
        `SELECT coalesce(sum(h.head - coalesce(c.position, 0)), 0)::float AS lag FROM stream_heads h
         LEFT JOIN stream_checkpoints c ON c.workspace_id = h.workspace_id AND c.consumer = 'router'`,
      );
      this.set(rows[0]?.lag ?? 0);
    },
  });
  new Gauge({
    name: 'headrace_runs_due',
    help: 'Runs that are past their due time and owned by nobody',
    registers: [registry],
    async collect() {
      const { rows } = await pool.query<{ n: number }>(
        'SELECT count(*)::int AS n FROM runs WHERE due_at < now() AND owner IS NULL AND NOT is_held',
      );
      this.set(rows[0]?.n ?? 0);
    },
  });
}
