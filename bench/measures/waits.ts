/**
 * Runs that wait for events: as many waits as events, each event ending one, for growing numbers of waits, against the least that a
 * database has to do for it: find rows by a key and mark them. Refuses figures of runs that still wait or took another's event.
 */
import { setTimeout as pause } from 'node:timers/promises';
import pg from 'pg';
import type { FlowDocument } from '@/core/flow/document';
import { sampleBody, sendLoad } from './load';
import { untilNothingIsDue } from './run-ledger';
import type { Subject } from './webhooks';

export interface WaitFigures {
  /** Waits that were open when the first event came. */
  readonly waits: number;
  /** From the first event to the end of the last run. */
  readonly endedPerSecond: number;
  /** From the first event until the dispatcher had passed the last one. */
  readonly dispatchedPerSecond: number;
  /** Rows found by a key and marked, as many at a time as the dispatcher takes. */
  readonly rawPerSecond: number;
}

const connections = 50;
/** As many as one request may carry. */
const eventsPerRequest = 500;
/** As many as the dispatcher takes at a time. */
const rowsPerStatement = 200;
const pollMs = 5;

const waitFlow = (path: string): FlowDocument => ({
  headrace: 1,
  name: `Benchmark ${path}`,
  steps: [
    { id: 'hook', kind: 'trigger.webhook', config: { path, respond: 'accepted' } },
    {
      id: 'wait',
      kind: 'event.wait',
      config: { type: `bench.${path}`, key: '{{ event.id }}', eventKey: '{{ event.data.id }}' },
    },
    {
      id: 'check',
      kind: 'data.transform',
      config: { output: '{{ steps.wait.output.data.id = event.id }}' },
    },
  ],
  edges: [
    { from: 'hook', to: 'wait' },
    { from: 'wait', to: 'check' },
  ],
});

let flows = 0;

/** @param counts of waits, one measurement each */
export async function measureWaits(subject: Subject, counts: readonly number[]): Promise<readonly WaitFigures[]> {
  await measure(subject, counts[0] ?? 100);
  const figures: WaitFigures[] = [];
  for (const count of counts) figures.push(await measure(subject, count));
  return figures;
}

async function measure(subject: Subject, waits: number): Promise<WaitFigures> {
  const { lab, headrace, generator } = subject;
  flows += 1;
  const path = `waits-${flows}`;
  const flowId = await headrace.publish(waitFlow(path));
  const url = `${headrace.url}/hooks/main/${path}`;
  await sendLoad(generator, { url, connections: Math.min(connections, waits), requests: waits, body: sampleBody }, 202);
  await untilNothingIsDue(lab);
  const keys = await openKeys(subject);
  if (keys.length !== waits) throw new Error(`${waits} runs should wait; Postgres has ${keys.length}`);

  const firstAtMs = performance.now();
  const last = await appendAll(subject, path, keys);
  const dispatched = until(subject, `SELECT 1 FROM stream_checkpoints WHERE position >= ${last}`);
  // The rows of its waits go with the end of a run.
  const ended = until(subject, 'SELECT 1 WHERE NOT EXISTS (SELECT 1 FROM event_waits)');
  const [dispatchedAtMs, endedAtMs] = await Promise.all([dispatched, ended]);
  await proveWaits(subject, flowId, waits);
  const perSecond = (atMs: number): number => waits / ((atMs - firstAtMs) / 1000);
  return {
    waits,
    dispatchedPerSecond: perSecond(dispatchedAtMs),
    endedPerSecond: perSecond(endedAtMs),
    rawPerSecond: await measureRaw(subject, keys),
  };
}

async function openKeys({ lab }: Subject): Promise<string[]> {
  const { rows } = await lab.pool.query<{ key: string }>('SELECT key FROM event_waits WHERE resolved_position IS NULL');
  return rows.map(({ key }) => JSON.parse(key) as string);
}

/** @returns position of the last event */
async function appendAll({ headrace }: Subject, path: string, keys: readonly string[]): Promise<number> {
  let last = 0;
  for (let from = 0; from < keys.length; from += eventsPerRequest) {
    const positions = await headrace.append(
      keys.slice(from, from + eventsPerRequest).map((id) => ({
        specversion: '1.0',
        id: `${path}-${id}`,
        source: '/bench',
        type: `bench.${path}`,
        data: { id, amount: 12 },
      })),
    );
    last = positions.at(-1) ?? last;
  }
  return last;
}

async function until({ lab }: Subject, question: string): Promise<number> {
  const patienceMs = 120_000;
  const startedMs = performance.now();
  for (;;) {
    if ((await lab.pool.query(question)).rowCount !== 0) return performance.now();
    if (performance.now() - startedMs > patienceMs) throw new Error(`never came true: ${question}`);
    await pause(pollMs);
  }
}

async function proveWaits({ lab }: Subject, flowId: string, count: number): Promise<void> {
  const { rows } = await lab.pool.query<{ n: number }>(
    `SELECT count(*)::int AS n FROM runs WHERE flow_id = $1 AND status = 'succeeded' AND output::text = 'true'`,
    [flowId],
  );
  if (rows[0]?.n !== count)
    throw new Error(`${count} runs should have had their own event; Postgres has ${rows[0]?.n}`);
}

/** The same rows with the same index, in transactions of one statement that looks and one that marks. */
async function measureRaw({ lab }: Subject, keys: readonly string[]): Promise<number> {
  await lab.pool.query('CREATE TABLE bench_waits (id bigserial PRIMARY KEY, kind text, key text, resolved bigint)');
  await lab.pool.query("INSERT INTO bench_waits (kind, key) SELECT 'bench', unnest($1::text[])", [keys]);
  await lab.pool.query('CREATE INDEX bench_waits_idx ON bench_waits (kind, key) WHERE resolved IS NULL');
  await lab.pool.query('ANALYZE bench_waits');
  const client = new pg.Client({ connectionString: lab.postgres.url });
  await client.connect();
  try {
    const startedMs = performance.now();
    for (let from = 0; from < keys.length; from += rowsPerStatement) {
      await client.query('BEGIN');
      const { rows } = await client.query<{ id: string }>({
        name: 'bench-find',
        text: `SELECT w.id FROM unnest($1::text[]) AS i(key) CROSS JOIN LATERAL (
                 SELECT id FROM bench_waits w WHERE w.kind = 'bench' AND w.key = i.key AND w.resolved IS NULL LIMIT 1) w`,
        values: [keys.slice(from, from + rowsPerStatement)],
      });
      await client.query({
        name: 'bench-mark',
        text: 'UPDATE bench_waits SET resolved = 1 WHERE id = ANY($1::bigint[])',
        values: [rows.map(({ id }) => id)],
      });
      await client.query('COMMIT');
    }
    const seconds = (performance.now() - startedMs) / 1000;
    return keys.length / seconds;
  } finally {
    await client.end();
    await lab.pool.query('DROP TABLE bench_waits');
  }
}
