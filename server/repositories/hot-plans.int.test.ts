/**
 * The plans of the hot statements, as Postgres itself reports them while the real code runs: over tables that nothing is
 * known about yet, and over tables with tens of thousands of rows. Whatever a statement touches, it finds by a key.
 */
import pg from 'pg';
import { v7 as uuidv7 } from 'uuid';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { FlowDocument } from '@/core/flow/document';
import type { ChildStop } from '@/core/run/children';
import { initialState } from '@/core/run/state';
import { hotSettings } from '@/server/database/pools';
import { createChildEnds } from '@/server/repositories/child-ends';
import { createChildStops } from '@/server/repositories/child-stops';
import { createDispatchStore, type RoutingDecisions } from '@/server/repositories/dispatch-store';
import { createEventLog } from '@/server/repositories/event-log';
import { createRunInbox } from '@/server/repositories/inbox';
import { createJournalWriter, type JournalAppend } from '@/server/repositories/journal';
import { createLanes } from '@/server/repositories/lanes';
import { createOverdueRuns } from '@/server/repositories/overdue-runs';
import { createPayloadStore } from '@/server/repositories/payloads';
import { createRunOutcomes } from '@/server/repositories/run-outcomes';
import { createRunSnapshots } from '@/server/repositories/run-snapshots';
import { createRunStore } from '@/server/repositories/run-store';
import { journalReadBack } from '@/server/repositories/statements/journal-read-back';
import type { StreamEvent } from '@/server/repositories/stream-events';
import { type EventKey, openTypes } from '@/server/repositories/wait-resolution';
import { createWaitScan } from '@/server/repositories/wait-scan';
import type { OpenedWait } from '@/server/repositories/waits';
import {
  anAppend,
  anEvent,
  makeWorkspace,
  type PublishedFlow,
  publishFixture,
  startOf,
} from '@/server/testing/engine-fixtures';
import { testDatabase } from '@/server/testing/servers';

/** As many as one group commit writes under load. */
const groupSize = 40;
const oldRows = 50_000;

/** Makes the server report the plan of every statement, those inside functions too, to the client that ran it. */
const reporting = [
  'session_preload_libraries=auto_explain',
  'auto_explain.log_min_duration=0',
  'auto_explain.log_analyze=on',
  'auto_explain.log_timing=off',
  'auto_explain.log_nested_statements=on',
  'auto_explain.log_format=json',
  'client_min_messages=log',
];

interface PlanNode {
  readonly 'Node Type': string;
  readonly 'Relation Name'?: string;
  readonly 'Index Name'?: string;
  readonly 'Index Cond'?: string;
  readonly 'Actual Rows': number;
  readonly 'Actual Loops': number;
  readonly 'Rows Removed by Filter'?: number;
  readonly 'Rows Removed by Index Recheck'?: number;
  readonly Plans?: readonly PlanNode[];
}

interface Reported {
  readonly text: string;
  readonly nodes: readonly PlanNode[];
}

const allNodes = (node: PlanNode): PlanNode[] => [node, ...(node.Plans ?? []).flatMap(allNodes)];

let plain: pg.Pool;
let reporter: pg.Pool;
let reported: Reported[] = [];

beforeAll(async () => {
  const { url } = await testDatabase();
  plain = new pg.Pool({ connectionString: url, max: 1 });
  // Statistics are made by the test alone.
  for (const table of await partitions()) await plain.query(`ALTER TABLE ${table} SET (autovacuum_enabled = false)`);
  reporter = new pg.Pool({
    connectionString: url,
    // One connection: its plans are made once, as early as they ever are, and kept.
    max: 1,
    options: [...hotSettings, ...reporting].map((setting) => `-c ${setting}`).join(' '),
  });
  reporter.on('connect', (client) => client.on('notice', ({ message }) => hear(message ?? '')));
});
afterAll(async () => {
  await reporter.end();
  await plain.end();
});
beforeEach(() => {
  reported = [];
});

function hear(message: string): void {
  const json = /plan:\s*(\{[\s\S]*\})\s*$/.exec(message)?.[1];
  if (json === undefined) return;
  const { 'Query Text': text, Plan: plan } = JSON.parse(json) as { 'Query Text': string; Plan: PlanNode };
  reported.push({ text, nodes: allNodes(plan) });
}

async function partitions(): Promise<string[]> {
  const { rows } = await plain.query<{ name: string }>(
    `SELECT oid::regclass::text AS name FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace`,
  );
  return rows.map((row) => row.name);
}

const flow: FlowDocument = {
  headrace: 1,
  name: 'Plans',
  steps: [{ id: 'm', kind: 'trigger.manual' }],
  edges: [],
};
const listener: FlowDocument = {
  headrace: 1,
  name: 'Listens',
  steps: [{ id: 'x', kind: 'trigger.event', config: { types: ['never.happens'] } }],
  edges: [],
};

const lined: FlowDocument = {
  ...flow,
  name: 'In lanes',
  settings: { lane: { key: '{{ event.data.key }}' }, concurrency: 10 },
};

interface Hot {
  readonly workspaceId: string;
  readonly workerId: string;
  readonly flow: PublishedFlow;
  /** One with lanes and a limit. */
  readonly lined: PublishedFlow;
}

async function prepare(slug: string): Promise<Hot> {
  const workspaceId = await makeWorkspace(plain, slug);
  const workerId = uuidv7();
  await plain.query("INSERT INTO workers (id, role, host, pid, version) VALUES ($1, 'worker', 'test', 1, 'test')", [
    workerId,
  ]);
  await publishFixture(plain, workspaceId, listener);
  const [plainFlow, linedFlow] = [
    await publishFixture(plain, workspaceId, flow),
    await publishFixture(plain, workspaceId, lined),
  ];
  return { workspaceId, workerId, flow: plainFlow, lined: linedFlow };
}

/** What lanes add: joining, admission, the append that gives on, the look for turns that nobody took up. */
async function carryLanes({ workspaceId, workerId, lined: published }: Hot): Promise<void> {
  const payloads = createPayloadStore(reporter);
  const eventLog = createEventLog({ pool: reporter, payloads });
  const ready: string[] = [];
  const onReady = (runs: readonly { readonly runId: string }[]) => void ready.push(...runs.map(({ runId }) => runId));
  const lanes = createLanes({ pool: reporter, onReady });
  const journal = createJournalWriter({ pool: reporter, payloads, workerId, onReady });
  const answers = await Promise.all(
    Array.from({ length: groupSize }, (_, index) =>
      eventLog.append(workspaceId, [startOf(published, { key: `${index % 20}` })]),
    ),
  );
  let asking = answers.map(([answer]) => answer?.runId ?? '');
  let ended = 0;
  while (ended < groupSize) {
    const admissions = await Promise.all(
      asking.map((runId) => lanes.admit({ workspaceId, runId, journalN: 0, inboxN: 0 })),
    );
    const admitted = asking.filter((_, index) => admissions[index]?.type === 'admitted');
    expect(admitted.length).toBeGreaterThan(0);
    ready.length = 0;
    const end = { owner: null, status: 'succeeded', finishedAtMs: 2, output: 1, isLaned: true } as const;
    const verdicts = await Promise.all(
      admitted.map((runId) => journal.append(anAppend({ workspaceId, runId, n: 1, ...end }))),
    );
    expect(new Set(verdicts)).toEqual(new Set(['won']));
    ended += admitted.length;
    asking = [...new Set(ready)];
  }
  await createOverdueRuns(reporter).unclaimed(10);
}

/** What children add: their start in the append of their parent, stops, the telling, the sweeps. */
async function carryChildren({ workspaceId, workerId, flow: published }: Hot): Promise<void> {
  const payloads = createPayloadStore(reporter);
  const journal = createJournalWriter({ pool: reporter, payloads, workerId, onReady: () => {} });
  const append = (runId: string, n: number, rest: Partial<JournalAppend>): Promise<'won' | 'lost'> =>
    journal.append(anAppend({ workspaceId, runId, n, owner: workerId, ...rest }));
  const inbox = createRunInbox(reporter);
  const stops = createChildStops({ pool: reporter, inbox, ids: { uuid: uuidv7 } });
  const ends = createChildEnds(reporter);
  const eventLog = createEventLog({ pool: reporter, payloads });
  const [parent] = await eventLog.append(workspaceId, [startOf(published)]);
  const parentId = parent?.runId ?? '';
  const starts = Array.from({ length: groupSize - 1 }, () => {
    const event = startOf(published);
    return { ...event, run: event.run && { ...event.run, parent: { runId: parentId, waitId: uuidv7() } } };
  });
  const children = starts.map(({ run }) => ({ workspaceId, runId: run?.id ?? '' }));
  const left = starts.map(({ run }): ChildStop => {
    return { waitId: run?.parent?.waitId ?? '', runId: run?.id ?? '', how: 'cancel', reason: 'test' };
  });
  await append(parentId, 1, { events: starts });
  await append(parentId, 2, { stops: left });
  expect(await stops.deliverOf(workspaceId, left)).toHaveLength(starts.length);
  await stops.deliverOldest(10);
  const end = { status: 'succeeded', owner: null, finishedAtMs: 2, output: 1, inboxSeen: 1 } as const;
  await Promise.all(children.map(({ runId }) => append(runId, 1, end)));
  expect((await Promise.all(children.map((child) => ends.tell(child)))).every((told) => told !== null)).toBe(true);
  expect(await ends.untold(10)).toEqual([]);
  await append(parentId, 3, { ...end, inboxSeen: starts.length });
}

/** Everything the hot pool does for a group of runs, from their events to their end. @returns the runs */
async function carryGroup(hot: Hot): Promise<string[]> {
  const { workspaceId, workerId, flow: published } = hot;
  const payloads = createPayloadStore(reporter);
  const eventLog = createEventLog({ pool: reporter, payloads });
  const runStore = createRunStore({ pool: reporter, payloads });
  const journal = createJournalWriter({ pool: reporter, payloads, workerId, onReady: () => {} });
  const outcomes = createRunOutcomes({ pool: reporter, payloads });
  const dispatch = createDispatchStore(reporter, payloads);
  const overdue = createOverdueRuns(reporter);
  const appendOf = (runId: string, n: number, rest: Partial<JournalAppend>): JournalAppend =>
    anAppend({ workspaceId, runId, n, owner: workerId, ...rest });
  const append = (runId: string, n: number, rest: Partial<JournalAppend>): Promise<'won' | 'lost'> =>
    journal.append(appendOf(runId, n, rest));

  const answers = await Promise.all(
    Array.from({ length: groupSize }, (_, index) =>
      eventLog.append(workspaceId, [
        { ...startOf(published), subject: `s${index % 5}`, keyTtlMs: index % 2 === 0 ? 60_000 : null },
      ]),
    ),
  );
  const runIds = answers.map(([answer]) => answer?.runId ?? '');
  await Promise.all(runIds.map((runId) => runStore.load(workspaceId, runId)));
  expect(new Set(await Promise.all(runIds.map((runId) => append(runId, 1, {}))))).toEqual(new Set(['won']));
  await Promise.all(runIds.map((runId) => runStore.load(workspaceId, runId)));
  const [first = ''] = runIds;
  await dispatch.routeBatch(workspaceId, 200, nothingWaits);
  const waits = runIds.map((runId, index) => aWait(runId, published.flowId, `"k${index}"`));
  await Promise.all(runIds.map((runId, index) => append(runId, 2, { openedWaits: waits.slice(index, index + 1) })));
  const scan = createWaitScan(reporter, payloads);
  await Promise.all(runIds.map(() => scan.read(workspaceId, 'a.b', 0, 20)));
  const awaited = runIds.slice(1).map((_, index) => anEvent({ type: 'a.b', subject: `k${index + 1}` }));
  await eventLog.append(workspaceId, awaited);
  const { resolved } = await dispatch.routeBatch(workspaceId, 200, bySubject);
  expect(resolved).toHaveLength(awaited.length);
  await openTypesOf(workspaceId);
  const [last] = await eventLog.append(workspaceId, [anEvent({ type: 'a.b', subject: 'k0' })]);
  await dispatch.routeBatch(workspaceId, 200, nothingWaits);
  const [late] = await scan.read(workspaceId, 'a.b', (last?.position ?? 0) - 1, 20);
  if (late !== undefined) await scan.offer(workspaceId, first, late, async (keys) => keysOf(late, keys));
  await createRunInbox(reporter).post(workspaceId, first, 'cancel', { type: 'cancel', actor: 'user:1', reason: null });
  await overdue.orphans(10, workerId);
  const end = { status: 'succeeded', owner: null, finishedAtMs: 2, output: 1, dropsWaits: true } as const;
  const { rows: messages } = await plain.query<{ id: string; inbox_n: number }>(
    'SELECT id, inbox_n FROM runs WHERE id = ANY($1)',
    [runIds],
  );
  const seen = new Map(messages.map((row) => [row.id, row.inbox_n]));
  const closed = (runId: string): string[] => waits.filter((wait) => wait.runId === runId).map(({ id }) => id);
  const ends = runIds.map((runId) =>
    append(runId, 3, { ...end, inboxSeen: seen.get(runId) ?? 0, closedWaits: closed(runId), isUndisturbed: true }),
  );
  expect(new Set(await Promise.all(ends))).toEqual(new Set(['won']));
  await Promise.all(runIds.map((runId) => outcomes.read(workspaceId, runId)));
  await runStore.journal(workspaceId, first);
  await reporter.query(journalReadBack(runIds.map((runId) => ({ ...noValues, append: appendOf(runId, 3, {}) }))));
  const snapshots = createRunSnapshots(reporter);
  await snapshots.write(workspaceId, first, 1, initialState({}));
  await snapshots.read(workspaceId, first, {});
  await dispatch.behind();
  await overdue.overdue(10);
  await carryLanes(hot);
  await dispatch.routeBatch(workspaceId, 200, { route: async () => [], keysOf: async () => [] });
  await carryChildren(hot);
  await dispatch.routeBatch(workspaceId, 200, { route: async () => [], keysOf: async () => [] });
  return runIds;
}

const nothingWaits: RoutingDecisions = { route: async () => [], keysOf: async () => [] };
const keysOf = (event: StreamEvent, eventKeys: readonly string[]): EventKey[] =>
  eventKeys.map((eventKey) => ({ event, eventKey, key: JSON.stringify(event.glance.subject ?? null) }));
const bySubject: RoutingDecisions = {
  ...nothingWaits,
  keysOf: async (events, expressions) => {
    const eventKeys = expressions.map(({ eventKey }) => eventKey);
    return events.flatMap((event) => keysOf(event, eventKeys));
  },
};

const aWait = (runId: string, flowId: string, key: string): OpenedWait => ({
  id: uuidv7(),
  runId,
  flowId,
  stepId: 'w',
  path: '',
  untilMs: null,
  awaits: { on: 'event', eventType: 'a.b', key, eventKey: '{{ event.subject }}' },
  afterPosition: 0,
});

async function openTypesOf(workspaceId: string): Promise<void> {
  const client = await reporter.connect();
  expect(await openTypes(client, workspaceId)).toContain('a.b');
  client.release();
}

const partitioned = /^(events|runs|journal)_/;
const grown = /^(events|runs|journal)_|^(event_keys|event_waits|run_inbox|run_snapshots|payloads|lane_runs)$/;

const noValues = { entries: '[]', output: null, outputPayload: null };

/** What breaks the rule, in words; empty when every statement found what it touched by a key. */
function findFaults(maxRowsPerLook: number): string[] {
  return reported.flatMap(({ text, nodes }) => {
    const statement = text.trim().replaceAll(/\s+/g, ' ').slice(0, 80);
    return nodes.flatMap((node) => {
      const relation = node['Relation Name'] ?? '';
      if (!grown.test(relation) || node['Node Type'] === 'ModifyTable') return [];
      const where = `${node['Node Type']} of ${relation} by ${node['Index Cond'] ?? 'nothing'} in: ${statement}`;
      if (!/^Index (Only )?Scan$/.test(node['Node Type'])) return [where];
      const looked = node['Actual Rows'] + (node['Rows Removed by Filter'] ?? 0);
      return looked > maxRowsPerLook ? [`${looked} rows for each look: ${where}`] : [];
    });
  });
}

/** Partitions that the scans of one statement really entered, for statements that look rows up by key. */
const entered = (statement: RegExp): string[] => [
  ...new Set(
    reported
      .filter(({ text }) => statement.test(text))
      .flatMap(({ nodes }) =>
        nodes
          .filter((node) => partitioned.test(node['Relation Name'] ?? '') && node['Node Type'] !== 'ModifyTable')
          .filter((node) => node['Actual Loops'] > 0)
          .map((node) => node['Relation Name'] ?? ''),
      ),
  ),
];

describe('the hot statements', () => {
  it('find by a key what they touch in tables that nothing is known about', async () => {
    const hot = await prepare('young');
    // The plans are made now, over nothing, and are still used when there are rows.
    await carryGroup(hot);
    for (let group = 0; group < 10; group += 1) await carryGroup(hot);
    reported = [];
    await carryGroup(hot);
    expect(reported.length).toBeGreaterThan(15);
    expect(findFaults(groupSize)).toEqual([]);
  });

  it('enter the partition of a run alone', async () => {
    await carryGroup(await prepare('partitions'));
    expect(entered(/WITH ORDINALITY AS i\(workspace_id, run_id, ord\)/)).toHaveLength(2);
    expect(entered(/UPDATE runs r SET\s+status/)).toHaveLength(1);
    expect(entered(/SELECT entries FROM journal/)).toHaveLength(1);
  });

  it('find by a key what they touch in tables with many rows and statistics', async () => {
    const hot = await prepare('old');
    await grow(hot);
    reported = [];
    await carryGroup(hot);
    expect(findFaults(groupSize)).toEqual([]);
    // Other connections make their plans from the statistics there are now.
    await plain.query('ANALYZE');
    await carryGroup(hot);
    reported = [];
    await carryGroup(hot);
    expect(findFaults(groupSize)).toEqual([]);
  }, 120_000);
});

/** Ended runs with their events and journals, beside which the next group stands. */
async function grow({ workspaceId, workerId, flow: published, lined: queued }: Hot): Promise<void> {
  const perCall = 5_000;
  for (let made = 0; made < oldRows; made += perCall) {
    await plain.query(
      `SELECT count(*) FROM append_events($1,
         ARRAY(SELECT gen_random_uuid()::text FROM generate_series(1, $2)), array_fill('/test'::text, ARRAY[$2::int]),
         array_fill('test.happened'::text, ARRAY[$2::int]), array_fill(NULL::text, ARRAY[$2::int]),
         array_fill(NULL::timestamptz, ARRAY[$2::int]), array_fill(NULL::text, ARRAY[$2::int]),
         array_fill('{}'::text, ARRAY[$2::int]), array_fill(NULL::bytea, ARRAY[$2::int]),
         array_fill(NULL::bytea, ARRAY[$2::int]), array_fill(NULL::text, ARRAY[$2::int]),
         array_fill(NULL::int, ARRAY[$2::int]), array_fill(0::smallint, ARRAY[$2::int]),
         array_fill(NULL::uuid, ARRAY[$2::int]), array_fill('system'::text, ARRAY[$2::int]),
         array_fill(60000::bigint, ARRAY[$2::int]), ARRAY(SELECT uuidv7() FROM generate_series(1, $2)),
         array_fill($3::uuid, ARRAY[$2::int]), array_fill($4::uuid, ARRAY[$2::int]), array_fill(1, ARRAY[$2::int]),
         array_fill(false, ARRAY[$2::int]), array_fill('m'::text, ARRAY[$2::int]),
         array_fill('trigger.manual'::text, ARRAY[$2::int]))`,
      [workspaceId, perCall, published.flowId, published.versionId],
    );
  }
  await plain.query(
    `INSERT INTO journal (workspace_id, run_id, n, append_id, first_seq, entries, worker_id)
     SELECT workspace_id, id, 1, uuidv7(), 1, '[]', $2 FROM runs WHERE workspace_id = $1`,
    [workspaceId, workerId],
  );
  // Long lines in other lanes of the flow.
  await plain.query(
    `INSERT INTO lane_runs (workspace_id, run_id, flow_id, key, concurrency, position, is_routed, has_key)
     SELECT workspace_id, id, $2, 'old-' || event_position % 100, 10, event_position, true, event_position <= 100
     FROM runs WHERE workspace_id = $1`,
    [workspaceId, queued.flowId],
  );
  await plain.query(
    `INSERT INTO event_waits (workspace_id, id, run_id, step_id, event_type, event_key, key, after_position, resolved_position)
     SELECT workspace_id, uuidv7(), id, 'w', CASE WHEN event_position % 5 = 0 THEN 'c.d' ELSE 'a.b' END,
       '{{ event.subject }}', event_position::text, event_position,
       CASE WHEN event_position % 2 = 0 THEN event_position END
     FROM runs WHERE workspace_id = $1`,
    [workspaceId],
  );
  await plain.query(
    "UPDATE runs SET status = 'succeeded', journal_n = 1, due_at = NULL, finished_at = now() WHERE workspace_id = $1",
    [workspaceId],
  );
  await plain.query(
    `INSERT INTO stream_checkpoints (workspace_id, consumer, position)
     SELECT workspace_id, 'router', head FROM stream_heads WHERE workspace_id = $1`,
    [workspaceId],
  );
}
