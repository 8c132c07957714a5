/**
 * Runs that go one after the other by key, and runs of a flow with a limit, against the same runs without either. With one
 * key they are a queue of one, with ten thousand nearly all are alone in their lane and pay for the lane only. Refuses
 * figures of runs that were left in line.
 */
import type { FlowDocument, FlowSettings } from '@/core/flow/document';
import { sampleBody, sendLoad } from './load';
import { untilNothingIsDue } from './run-ledger';
import type { Subject } from './webhooks';

export interface LaneFigures {
  readonly plainPerSecond: number;
  readonly oneKeyPerSecond: number;
  readonly hundredKeysPerSecond: number;
  readonly manyKeysPerSecond: number;
  readonly limitedPerSecond: number;
}

/** Of the flow with a limit. */
export const laneLimit = 10;
const connections = 50;
/** Share of the runs that the measurements of a queue of one get: they take as many times longer. */
const serialShare = 0.2;

const laneFlow = (path: string, settings: FlowSettings): FlowDocument => ({
  headrace: 1,
  name: `Benchmark ${path}`,
  steps: [
    { id: 'hook', kind: 'trigger.webhook', config: { path, respond: 'accepted' } },
    { id: 'work', kind: 'data.transform', config: { output: { id: '{{ event.data.body.order.id }}' } } },
  ],
  edges: [{ from: 'hook', to: 'work' }],
  settings,
});

/** One of so many keys, drawn for each event. */
const byKey = (keys: number): FlowSettings => ({ lane: { key: `{{ $floor($random() * ${keys}) }}` } });

let flows = 0;

/** @returns runs completed per second over the full path, from the first request to the end of the last run */
async function measure({ lab, headrace, generator }: Subject, runs: number, settings: FlowSettings): Promise<number> {
  flows += 1;
  const path = `lane-${flows}`;
  const flowId = await headrace.publish(laneFlow(path, settings));
  const url = `${headrace.url}/hooks/main/${path}`;
  const rest = async (): Promise<void> => {
    do await untilNothingIsDue(lab);
    while (((await lab.pool.query('SELECT 1 FROM lane_runs LIMIT 1')).rowCount ?? 0) > 0);
  };
  const warmUp = Math.max(connections, Math.ceil(runs / 10));
  await sendLoad(generator, { url, connections, requests: warmUp, body: sampleBody }, 202);
  await rest();
  const { firstAtMs } = await sendLoad(generator, { url, connections, requests: runs, body: sampleBody }, 202);
  await rest();
  const { rows } = await lab.pool.query<{ succeeded: number; last: Date }>(
    `SELECT count(*) FILTER (WHERE status = 'succeeded')::int AS succeeded, max(finished_at) AS last
     FROM runs WHERE flow_id = $1`,
    [flowId],
  );
  const [found] = rows;
  if (found?.succeeded !== warmUp + runs) {
    throw new Error(`${warmUp + runs} runs should have succeeded; Postgres has ${found?.succeeded}`);
  }
  return runs / ((found.last.getTime() - firstAtMs) / 1000);
}

export async function measureLanes(subject: Subject, runs: number): Promise<LaneFigures> {
  const few = Math.max(100, Math.round(runs * serialShare));
  return {
    plainPerSecond: await measure(subject, runs, {}),
    oneKeyPerSecond: await measure(subject, few, byKey(1)),
    hundredKeysPerSecond: await measure(subject, runs, byKey(100)),
    manyKeysPerSecond: await measure(subject, runs, byKey(10_000)),
    limitedPerSecond: await measure(subject, runs, { concurrency: laneLimit }),
  };
}
