/**
 * A loop against the same number of plain runs, and what a long one costs in journal and memory. Refuses figures of loops
 * that did not end as they should.
 */
import type { FlowDocument, FlowStep } from '@/core/flow/document';
import { readResidentBytes } from '../lab/processor-time';
import { sampleBody, sendLoad } from './load';
import { untilNothingIsDue } from './run-ledger';
import type { Subject } from './webhooks';

const concurrency = 10;

const hook = (path: string): FlowStep => ({
  id: 'hook',
  kind: 'trigger.webhook',
  config: { path, respond: 'accepted' },
});

/** What is done per run, and per item. */
const work = {
  kind: 'data.transform',
  config: { output: { id: '{{ event.data.body.order.id }}', half: '{{ 21 * 2 }}' } },
};

const plainFlow = (path: string): FlowDocument => ({
  headrace: 1,
  name: `Benchmark ${path}`,
  steps: [hook(path), { id: 'work', ...work }],
  edges: [{ from: 'hook', to: 'work' }],
});

/** The same work once per item of a list of this length; `step` replaces it. */
const loopFlow = (path: string, items: number, step: Pick<FlowStep, 'kind' | 'config'> = work): FlowDocument => ({
  headrace: 1,
  name: `Benchmark ${path}`,
  steps: [
    hook(path),
    { id: 'each', kind: 'logic.forEach', config: { items: `{{ [1..${items}] }}`, concurrency } },
    { id: 'work', in: 'each', ...step },
    { id: 'count', kind: 'data.transform', config: { output: '{{ $count(steps.each.output.items) }}' } },
  ],
  edges: [
    { from: 'hook', to: 'each' },
    { from: 'each', to: 'count' },
  ],
});

let flows = 0;

/** @returns seconds of one run over so many items, and the size of its journal per item */
async function runLoop(
  { lab, headrace, generator }: Subject,
  items: number,
  step?: Pick<FlowStep, 'kind' | 'config'>,
): Promise<{ readonly seconds: number; readonly journalBytesPerItem: number }> {
  flows += 1;
  const path = `loop-${flows}`;
  const flowId = await headrace.publish(loopFlow(path, items, step));
  await sendLoad(
    generator,
    { url: `${headrace.url}/hooks/main/${path}`, connections: 1, requests: 1, body: sampleBody },
    202,
  );
  await untilNothingIsDue(lab);
  const { rows } = await lab.pool.query<{ status: string; output: unknown; seconds: number; bytes: string }>(
    `SELECT r.status, r.output, extract(epoch FROM r.finished_at - r.started_at)::float8 AS seconds,
       (SELECT sum(octet_length(j.entries::text)) FROM journal j WHERE j.run_id = r.id) AS bytes
     FROM runs r WHERE r.flow_id = $1`,
    [flowId],
  );
  const [run] = rows;
  if (run?.status !== 'succeeded' || run.output !== items) {
    throw new Error(`a loop over ${items} items should have succeeded; Postgres has ${JSON.stringify(run)}`);
  }
  return { seconds: run.seconds, journalBytesPerItem: Number(run.bytes) / items };
}

export interface LoopFigures {
  readonly plainRunsPerSecond: number;
  readonly iterationsPerSecond: number;
  readonly longIterationsPerSecond: number;
  readonly journalBytesPerItem: number;
  readonly longJournalBytesPerItem: number;
  /** How much more memory the worker held after the long loop than after the short one. */
  readonly residentGrowthBytes: number;
}

/** @param items of the shorter loop, and the number of plain runs; the longer one has ten times as many */
export async function measureLoops(subject: Subject, items: number): Promise<LoopFigures> {
  const { lab, headrace, generator } = subject;
  flows += 1;
  const path = `plain-${flows}`;
  await headrace.publish(plainFlow(path));
  const send = (requests: number) =>
    sendLoad(
      generator,
      { url: `${headrace.url}/hooks/main/${path}`, connections: 50, requests, body: sampleBody },
      202,
    );
  await send(Math.ceil(items / 5));
  await untilNothingIsDue(lab);
  const { firstAtMs } = await send(items);
  const plainSeconds = ((await untilNothingIsDue(lab)) - firstAtMs) / 1000;
  await runLoop(subject, Math.ceil(items / 5));
  const short = await runLoop(subject, items);
  const residentBefore = readResidentBytes(headrace.workerPid);
  const long = await runLoop(subject, items * 10);
  return {
    plainRunsPerSecond: items / plainSeconds,
    iterationsPerSecond: items / short.seconds,
    longIterationsPerSecond: (items * 10) / long.seconds,
    journalBytesPerItem: short.journalBytesPerItem,
    longJournalBytesPerItem: long.journalBytesPerItem,
    residentGrowthBytes: readResidentBytes(headrace.workerPid) - residentBefore,
  };
}

export interface CodeFigures {
  readonly expressionsPerSecond: number;
  readonly codePerSecond: number;
}

const asExpression = { kind: 'data.transform', config: { output: '{{ $sum([1..20].($ * $$.item)) }}' } };
const asCode = {
  kind: 'code.run',
  config: {
    input: { item: '{{ item }}' },
    source:
      'export default ({ item }) => Array.from({ length: 20 }, (_, i) => (i + 1) * item).reduce((a, b) => a + b, 0);',
  },
};

/** The same sum by an expression and by code, once per item. */
export async function measureCode(subject: Subject, items: number): Promise<CodeFigures> {
  await runLoop(subject, Math.ceil(items / 5), asCode);
  const code = await runLoop(subject, items, asCode);
  const expressions = await runLoop(subject, items, asExpression);
  return { expressionsPerSecond: items / expressions.seconds, codePerSecond: items / code.seconds };
}
