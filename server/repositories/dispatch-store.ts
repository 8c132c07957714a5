/**
 * One routing batch as one transaction: checkpoint locked, events read up to the safe head, waits ended, runs inserted,
 * checkpoint moved. All of it commits together or not at all, which is what makes delivery to flows *effectively-once*.
 * Refuses to judge: which event starts which flow, and which key it has, is decided by the caller in the middle.
 */
import type { Pool, PoolClient } from 'pg';
import type { LaneSettings, RunLane } from '@/core/flow/lane';
import type { JsonObject } from '@/core/json';
import { storedLaneKey } from '@/server/repositories/lane-key';
import type { PayloadStore } from '@/server/repositories/payloads';
import { type StreamEvent, type StreamRow, streamColumns, streamEvent } from '@/server/repositories/stream-events';
import { inTransaction } from '@/server/repositories/transaction';
import {
  type EventKey,
  neverPause,
  type OpenExpression,
  openExpressions,
  openTypes,
  type Pause,
  type ResolvedWait,
  resolveWaits,
} from '@/server/repositories/wait-resolution';

/** A live `trigger.event` step. */
export interface EventRoute extends LaneSettings {
  readonly flowId: string;
  readonly stepId: string;
  readonly versionId: string;
  readonly version: number;
  readonly types: readonly string[];
  readonly config: JsonObject;
}

export interface RoutedRun {
  readonly id: string;
  readonly route: EventRoute;
  readonly event: StreamEvent;
  readonly lane: RunLane | null;
}

/** What the caller decides, inside the transaction. */
export interface RoutingDecisions {
  /** Which runs the events start. */
  readonly route: (events: readonly StreamEvent[], routes: readonly EventRoute[]) => Promise<readonly RoutedRun[]>;
  /** What the events come to under the expressions of waits for their types, in the order of the events. */
  readonly keysOf: (
    events: readonly StreamEvent[],
    expressions: readonly OpenExpression[],
  ) => Promise<readonly EventKey[]>;
}

export interface RoutedBatch {
  /** How far the checkpoint moved. */
  readonly events: number;
  readonly runs: readonly RoutedRun[];
  readonly resolved: readonly ResolvedWait[];
  /** Whether there was more up to the head. */
  readonly isBehind: boolean;
}

export interface DispatchStore {
  /**
   * Routes at most `limit` events after the checkpoint of a workspace; all of them at once when nothing subscribes and
   * nothing waits. Dispatchers of one workspace take turns.
   */
  routeBatch(workspaceId: string, limit: number, decisions: RoutingDecisions): Promise<RoutedBatch>;
  /** Workspaces whose checkpoint is behind their head. */
  behind(): Promise<readonly string[]>;
}

const consumer = 'router';
/** Waits ended in one transaction: one event may be what a hundred thousand runs wait for. */
const waitsPerBatch = 500;

/** @param pause for tests; holds a batch between its statements */
export function createDispatchStore(pool: Pool, payloads: PayloadStore, pause: Pause = neverPause): DispatchStore {
  return {
    routeBatch: (workspaceId, limit, decisions) =>
      inTransaction(pool, async (client): Promise<RoutedBatch> => {
        const { position, head } = await lockCheckpoint(client, workspaceId);
        if (head <= position) return { events: 0, runs: [], resolved: [], isBehind: false };
        // Read after the head, in a statement of its own: whoever subscribed before an event up to there is seen.
        const routes = await readRoutes(client, workspaceId);
        const range = { after: position, head, limit };
        const { rows, until } =
          routes.length > 0
            ? await readAll(client, workspaceId, range)
            : await readAwaited(client, workspaceId, range, await openTypes(client, workspaceId));
        const events = rows.map((row) => streamEvent(payloads, workspaceId, row));
        if (events.length > 0) await pause('events-read');
        // Looked for after the head was read: a wait that is registered later looks for itself, up to a later head.
        const expressions = await openExpressions(client, workspaceId, awaitableTypes(events));
        const keys = expressions.length === 0 ? [] : await decisions.keysOf(events, expressions);
        const { resolved, isMore } = await resolveWaits(client, workspaceId, keys, waitsPerBatch, pause);
        // The same events come again with the next batch; what they ended already they end no more.
        if (isMore) return { events: 0, runs: [], resolved, isBehind: true };
        const runs = routes.length === 0 || events.length === 0 ? [] : await decisions.route(events, routes);
        if (runs.length > 0) await insertRuns(client, workspaceId, runs);
        await moveCheckpoint(client, workspaceId, until);
        return { events: until - position, runs, resolved, isBehind: until < head };
      }),
    async behind() {
      const { rows } = await pool.query<{ workspace_id: string }>({
        name: 'dispatch-behind',
        text: `SELECT h.workspace_id FROM stream_heads h
               LEFT JOIN stream_checkpoints c ON c.workspace_id = h.workspace_id AND c.consumer = $1
               WHERE h.head > coalesce(c.position, 0)`,
        values: [consumer],
      });
      return rows.map((row) => row.workspace_id);
    },
  };
}

/** What an addressed trigger appended is waited for by nobody. */
const awaitableTypes = (events: readonly StreamEvent[]): string[] => [
  ...new Set(events.flatMap(({ type }) => (type.startsWith('headrace.') ? [] : [type]))),
];

interface Checkpoint {
  readonly position: number;
  /** As it was when the checkpoint was asked for: behind the truth at worst, and then the next hint tells. */
  readonly head: number;
}

async function lockCheckpoint(client: PoolClient, workspaceId: string): Promise<Checkpoint> {
  const lock = () =>
    client.query<{ position: string; head: string | null }>({
      name: 'dispatch-checkpoint-lock',
      text: `SELECT c.position, (SELECT h.head FROM stream_heads h WHERE h.workspace_id = $1) AS head
             FROM stream_checkpoints c WHERE c.workspace_id = $1 AND c.consumer = $2 FOR UPDATE OF c`,
      values: [workspaceId, consumer],
    });
  let [row] = (await lock()).rows;
  if (row === undefined) {
    await client.query({
      name: 'dispatch-checkpoint-new',
      text: 'INSERT INTO stream_checkpoints (workspace_id, consumer) VALUES ($1, $2) ON CONFLICT DO NOTHING',
      values: [workspaceId, consumer],
    });
    [row] = (await lock()).rows;
  }
  return { position: Number(row?.position ?? 0), head: Number(row?.head ?? 0) };
}

async function moveCheckpoint(client: PoolClient, workspaceId: string, position: number): Promise<void> {
  await client.query({
    name: 'dispatch-checkpoint-move',
    text: 'UPDATE stream_checkpoints SET position = $3, updated_at = now() WHERE workspace_id = $1 AND consumer = $2',
    values: [workspaceId, consumer, position],
  });
}

interface Range {
  readonly after: number;
  readonly head: number;
  readonly limit: number;
}

/** Rows with the position up to which nothing else is left to look at. */
interface ReadRange {
  readonly rows: readonly StreamRow[];
  readonly until: number;
}

/** Positions are gap-free and the head moves only with a commit: what is between checkpoint and head is all there. */
async function readAll(client: PoolClient, workspaceId: string, { after, head, limit }: Range): Promise<ReadRange> {
  const { rows } = await client.query<StreamRow>({
    name: 'dispatch-read',
    text: `SELECT ${streamColumns} FROM events e
           WHERE e.workspace_id = $1 AND e.position > $2 AND e.position <= $3 ORDER BY e.position LIMIT $4`,
    values: [workspaceId, after, head, limit],
  });
  return { rows, until: Number(rows.at(-1)?.position ?? head) };
}

/** With nobody who subscribes, only what is waited for is read, type by type; the rest is passed over unseen. */
async function readAwaited(
  client: PoolClient,
  workspaceId: string,
  { after, head, limit }: Range,
  types: readonly string[],
): Promise<ReadRange> {
  if (types.length === 0) return { rows: [], until: head };
  const { rows } = await client.query<StreamRow>({
    name: 'dispatch-read-awaited',
    text: `SELECT e.* FROM unnest($5::text[]) AS t(type) CROSS JOIN LATERAL (
             SELECT ${streamColumns} FROM events e
             WHERE e.workspace_id = $1 AND e.type = t.type AND e.type NOT LIKE 'headrace.%'
               AND e.position > $2 AND e.position <= $3 ORDER BY e.position LIMIT $4
           ) e ORDER BY e.position LIMIT $4`,
    values: [workspaceId, after, head, limit, types],
  });
  return { rows, until: rows.length < limit ? head : Number(rows.at(-1)?.position) };
}

async function readRoutes(client: PoolClient, workspaceId: string): Promise<EventRoute[]> {
  const { rows } = await client.query<EventRoute>({
    name: 'dispatch-routes',
    text: `SELECT t.flow_id AS "flowId", t.step_id AS "stepId", t.version_id AS "versionId", t.version, t.types, t.config,
             t.lane_key AS "laneKey", t.concurrency
           FROM flow_triggers t
           JOIN flows f ON f.workspace_id = t.workspace_id AND f.id = t.flow_id
           WHERE t.workspace_id = $1 AND t.kind = 'trigger.event' AND f.deleted_at IS NULL
           ORDER BY t.flow_id, t.step_id`,
    values: [workspaceId],
  });
  return rows;
}

async function insertRuns(client: PoolClient, workspaceId: string, runs: readonly RoutedRun[]): Promise<void> {
  await client.query({
    name: 'dispatch-runs',
    text: `INSERT INTO runs (workspace_id, id, flow_id, version_id, version, trigger_step, trigger_kind, event_number,
             event_position, actor, due_at, hops, origin_run_id, lane_key, concurrency, lane_fault)
           SELECT $1, i.id, i.flow_id, i.version_id, i.version, i.trigger_step, 'trigger.event', i.number, i.position,
             'system', now() + interval '5 seconds', i.hops, i.id, i.lane_key, i.concurrency, i.lane_fault
           FROM unnest($2::uuid[], $3::uuid[], $4::uuid[], $5::int[], $6::text[], $7::bigint[], $8::bigint[],
             $9::smallint[], $10::text[], $11::int[], $12::text[]) AS i(id, flow_id, version_id, version, trigger_step,
             number, position, hops, lane_key, concurrency, lane_fault)`,
    values: [
      workspaceId,
      runs.map((run) => run.id),
      runs.map((run) => run.route.flowId),
      runs.map((run) => run.route.versionId),
      runs.map((run) => run.route.version),
      runs.map((run) => run.route.stepId),
      runs.map((run) => run.event.number),
      runs.map((run) => run.event.position),
      runs.map((run) => run.event.hops),
      runs.map((run) => storedLaneKey(run.lane?.key ?? null)),
      runs.map((run) => run.lane?.concurrency ?? null),
      runs.map((run) => run.lane?.fault ?? null),
    ],
  });
  if (runs.every((run) => run.lane === null)) return;
  await client.query({
    name: 'dispatch-lanes',
    text: 'SELECT join_lanes($1, $2, true, NULL)',
    values: [workspaceId, runs.map((run) => run.id)],
  });
}
