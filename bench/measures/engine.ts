/**
 * The engine where it does what others do too: one call, a failing saga with callers that wait, timers, and the same work
 * over a hundred times as many stored runs. Refuses figures of runs that did not end as they should.
 */
import type { Lab } from '../lab/servers';
import { percentile } from '../statistics';
import { callFlow, pauseFlow, sagaFlow } from './engine-flows';
import { type LoadResult, sampleBody, sendLoad } from './load';
import { untilNothingIsDue } from './run-ledger';
import { measureFullPath, type Subject } from './webhooks';

let flows = 0;
const freshPath = (what: string): string => {
  flows += 1;
  return `${what}-${flows}`;
};

async function countRuns(lab: Lab, flowId: string, status: string): Promise<number> {
  const { rows } = await lab.pool.query<{ n: number }>(
    'SELECT count(*)::int AS n FROM runs WHERE flow_id = $1 AND status = $2',
    [flowId, status],
  );
  return rows[0]?.n ?? 0;
}

async function proveStatus(lab: Lab, flowId: string, status: string, count: number): Promise<void> {
  const found = await countRuns(lab, flowId, status);
  if (found !== count) throw new Error(`${count} runs should be ${status}; Postgres has ${found}`);
}

/** @param serviceUrl accepts every call @returns runs completed per second, callers and service included */
export async function measureCalls(
  subject: Subject,
  serviceUrl: string,
  { connections, requests }: { readonly connections: number; readonly requests: number },
): Promise<number> {
  const path = freshPath('call');
  const flowId = await subject.headrace.publish(callFlow(path, serviceUrl));
  const url = `${subject.headrace.url}/hooks/main/${path}`;
  const send = (count: number): Promise<LoadResult> =>
    sendLoad(subject.generator, { url, connections, requests: count, body: sampleBody }, 202);
  const warmUp = Math.ceil(requests / 5);
  await send(warmUp);
  await untilNothingIsDue(subject.lab);
  const { firstAtMs } = await send(requests);
  const finishedAtMs = await untilNothingIsDue(subject.lab);
  await proveStatus(subject.lab, flowId, 'succeeded', warmUp + requests);
  return requests / ((finishedAtMs - firstAtMs) / 1000);
}

/** Callers that wait for a saga that is undone: each gets its answer when the last compensation is in the journal. */
export async function measureSagas(subject: Subject, connections: number, requests: number): Promise<LoadResult> {
  const path = freshPath('saga');
  const flowId = await subject.headrace.publish(sagaFlow(path));
  const url = `${subject.headrace.url}/hooks/main/${path}`;
  const send = (count: number): Promise<LoadResult> =>
    sendLoad(subject.generator, { url, connections, requests: count, body: sampleBody }, 500);
  const warmUp = Math.max(connections, Math.ceil(requests / 5));
  await send(warmUp);
  const result = await send(requests);
  await proveStatus(subject.lab, flowId, 'compensated', warmUp + requests);
  return result;
}

export interface Lateness {
  readonly p50Ms: number;
  readonly p99Ms: number;
}

const firstTimerMs = 5_000;
const timerSpreadMs = 10_000;

/** How long after its instant a pause ended, by the journal, with all timers set before the first is due. */
export async function measureTimers(subject: Subject, timers: number): Promise<Lateness> {
  const path = freshPath('pause');
  const flowId = await subject.headrace.publish(pauseFlow(path, firstTimerMs, timerSpreadMs));
  const url = `${subject.headrace.url}/hooks/main/${path}`;
  await sendLoad(subject.generator, { url, connections: 50, requests: timers, body: sampleBody }, 202);
  await untilNothingIsDue(subject.lab);
  await proveStatus(subject.lab, flowId, 'succeeded', timers);
  const { rows } = await subject.lab.pool.query<{ late: number }>(
    `SELECT max((e ->> 'atMs')::float8) FILTER (WHERE e ->> 'type' = 'step.succeeded')
          - max((e ->> 'untilMs')::float8) FILTER (WHERE e ->> 'type' = 'step.waiting') AS late
     FROM runs r JOIN journal j ON j.workspace_id = r.workspace_id AND j.run_id = r.id, json_array_elements(j.entries) e
     WHERE r.flow_id = $1 GROUP BY r.id`,
    [flowId],
  );
  const sorted = rows.map(({ late }) => late).toSorted((a, b) => a - b);
  return { p50Ms: percentile(sorted, 0.5), p99Ms: percentile(sorted, 0.99) };
}

export interface Growth {
  readonly storedBefore: number;
  readonly storedAfter: number;
  readonly runsPerSecondBefore: number;
  readonly runsPerSecondAfter: number;
}

/** The full path over few stored runs, and over many that the database made of one of them. */
export async function measureGrowth(subject: Subject, runs: number, storedAfter: number): Promise<Growth> {
  const crowd = { connections: 50, requests: runs };
  const before = await measureFullPath(subject, crowd);
  const storedBefore = await storedRuns(subject.lab);
  await growTo(subject.lab, storedAfter - storedBefore);
  const after = await measureFullPath(subject, crowd);
  return {
    storedBefore,
    storedAfter: await storedRuns(subject.lab),
    runsPerSecondBefore: before.runsPerSecond,
    runsPerSecondAfter: after.runsPerSecond,
  };
}

async function storedRuns(lab: Lab): Promise<number> {
  const { rows } = await lab.pool.query<{ n: number }>('SELECT count(*)::int AS n FROM runs');
  return rows[0]?.n ?? 0;
}

/** Copies of one finished run with its event and journal, at ids and positions of their own. */
async function growTo(lab: Lab, count: number): Promise<void> {
  const client = await lab.pool.connect();
  try {
    await client.query('BEGIN');
    await client.query(
      `CREATE TEMPORARY TABLE bench_model ON COMMIT DROP AS
       SELECT * FROM runs WHERE status = 'succeeded' AND journal_n = 1 LIMIT 1`,
    );
    await client.query(
      `CREATE TEMPORARY TABLE bench_copies ON COMMIT DROP AS
       SELECT g, uuidv7(-(random() * interval '6 hours')) AS run_id, nextval('event_number') AS number, h.head + g AS position
       FROM bench_model m JOIN stream_heads h USING (workspace_id), generate_series(1, $1::int) g`,
      [count],
    );
    await client.query(
      `INSERT INTO events (number, workspace_id, position, received_at, id, source, type, time, attributes, data, actor)
       SELECT c.number, e.workspace_id, c.position, e.received_at, c.run_id::text, e.source, e.type, e.time, e.attributes, e.data, e.actor
       FROM bench_copies c, bench_model m
       JOIN events e ON e.workspace_id = m.workspace_id AND e.position = m.event_position AND e.number = m.event_number`,
    );
    await client.query(
      `INSERT INTO runs (workspace_id, id, flow_id, version_id, version, status, trigger_step, trigger_kind, event_number,
         event_position, actor, journal_n, epoch, output, origin_run_id, created_at, started_at, finished_at)
       SELECT m.workspace_id, c.run_id, m.flow_id, m.version_id, m.version, m.status, m.trigger_step, m.trigger_kind, c.number,
         c.position, m.actor, m.journal_n, m.epoch, m.output, c.run_id, m.created_at, m.started_at, m.finished_at
       FROM bench_copies c, bench_model m`,
    );
    await client.query(
      `INSERT INTO journal (workspace_id, run_id, n, append_id, first_seq, entries, worker_id)
       SELECT j.workspace_id, c.run_id, j.n, gen_random_uuid(), j.first_seq, j.entries, j.worker_id
       FROM bench_copies c, bench_model m JOIN journal j ON j.workspace_id = m.workspace_id AND j.run_id = m.id`,
    );
    await client.query(
      'UPDATE stream_heads h SET head = h.head + $1 FROM bench_model m WHERE h.workspace_id = m.workspace_id',
      [count],
    );
    await client.query('COMMIT');
  } catch (error) {
    await client.query('ROLLBACK');
    throw error;
  } finally {
    client.release();
  }
  // What autovacuum would have done by itself while these rows came in over days.
  for (const table of ['events', 'runs', 'journal']) await lab.pool.query(`VACUUM ANALYZE ${table}`);
}
