/**
 * One routing batch as one transaction: checkpoint locked, events read up to the safe head, runs inserted, checkpoint
 * moved. Runs and checkpoint commit together or not at all, which is what makes delivery to flows *effectively-once*.
 * Refuses to judge: which event starts which flow is decided by the caller in the middle.
 */
import type { Pool, PoolClient } from 'pg';
import type { LaneSettings, RunLane } from '@/core/flow/lane';
import type { JsonObject, JsonValue } from '@/core/json';
import { storedLaneKey } from '@/server/repositories/lane-key';
import type { PayloadStore } from '@/server/repositories/payloads';
import { type EventColumns, presentEvent } from '@/server/repositories/run-store';
import { eventColumns } from '@/server/repositories/statements/run-load';

/** A live `trigger.event` step. */
export interface EventRoute extends LaneSettings {
  readonly flowId: string;
  readonly stepId: string;
  readonly versionId: string;
  readonly version: number;
  readonly types: readonly string[];
  readonly config: JsonObject;
}

export interface StreamEvent {
  readonly number: string;
  readonly position: string;
  readonly type: string;
  readonly hops: number;
  /** Appended by a rerun for its own run: a business event that everybody else has had. */
  readonly isForRerun: boolean;
  /** The CloudEvent; its data may have to be fetched. */
  readonly read: () => Promise<JsonObject>;
}

export interface RoutedRun {
  readonly id: string;
  readonly route: EventRoute;
  readonly event: StreamEvent;
  readonly lane: RunLane | null;
}

export interface DispatchStore {
  /**
   * Routes at most `limit` events after the checkpoint of a workspace; all of them at once when nothing subscribes.
   * Dispatchers of one workspace take turns.
   * @param decide which runs the events start; called inside the transaction
   * @returns how far the checkpoint moved, and the runs
   */
  routeBatch(
    workspaceId: string,
    limit: number,
    decide: (events: readonly StreamEvent[], routes: readonly EventRoute[]) => Promise<readonly RoutedRun[]>,
  ): Promise<{ readonly events: number; readonly runs: readonly RoutedRun[] }>;
  /** Workspaces whose checkpoint is behind their head. */
  behind(): Promise<readonly string[]>;
}

const consumer = 'router';

interface StreamRow extends EventColumns {
  number: string;
  hops: number;
  is_for_rerun: boolean;
}

export function createDispatchStore(pool: Pool, payloads: PayloadStore): DispatchStore {
  const dataOf = async (workspaceId: string, row: StreamRow): Promise<JsonValue> => {
    if (row.data_payload === null) return row.data;
    const bytes = (await payloads.getMany(workspaceId, [row.data_payload])).get(row.data_payload);
    return bytes === undefined ? null : (JSON.parse(bytes.toString()) as JsonValue);
  };

  const inTransaction = async <T>(work: (client: PoolClient) => Promise<T>): Promise<T> => {
    const client = await pool.connect();
    try {
      await client.query('BEGIN');
      const result = await work(client);
      await client.query('COMMIT');
      client.release();
      return result;
    } catch (error) {
      await client.query('ROLLBACK').then(
        () => client.release(),
        () => client.release(true),
      );
      throw error;
    }
  };

  return {
    routeBatch: (workspaceId, limit, decide) =>
      inTransaction(async (client) => {
        const { position, head } = await lockCheckpoint(client, workspaceId);
        if (head <= position) return { events: 0, runs: [] };
        // Read after the head, in a statement of its own: whoever subscribed before an event up to there is seen.
        const routes = await readRoutes(client, workspaceId);
        if (routes.length === 0) {
          await moveCheckpoint(client, workspaceId, head);
          return { events: head - position, runs: [] };
        }
        const rows = await readEvents(client, workspaceId, position, head, limit);
        const last = rows.at(-1);
        if (last === undefined) return { events: 0, runs: [] };
        const events = rows.map((row) => ({
          number: row.number,
          position: row.position,
          type: row.type,
          hops: row.hops,
          isForRerun: row.is_for_rerun,
          read: async () => presentEvent(row, await dataOf(workspaceId, row)),
        }));
        const runs = await decide(events, routes);
        if (runs.length > 0) await insertRuns(client, workspaceId, runs);
        await moveCheckpoint(client, workspaceId, Number(last.position));
        return { events: rows.length, runs };
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

/** Positions are gap-free and the head moves only with a commit: what is between checkpoint and head is all there. */
async function readEvents(
  client: PoolClient,
  workspaceId: string,
  after: number,
  head: number,
  limit: number,
): Promise<StreamRow[]> {
  const { rows } = await client.query<StreamRow>({
    name: 'dispatch-read',
    // What a flow publishes names a run, too, but a flow as its actor; and what comes from outside names none.
    text: `SELECT e.number, e.hops, ${eventColumns}, coalesce(e.source = '/runs/' || e.caused_by_run || '/rerun', false)
             AND e.actor NOT LIKE 'flow:%' AS is_for_rerun
           FROM events e
           WHERE e.workspace_id = $1 AND e.position > $2 AND e.position <= $3 ORDER BY e.position LIMIT $4`,
    values: [workspaceId, after, head, limit],
  });
  return rows;
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
