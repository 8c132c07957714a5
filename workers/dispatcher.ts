/**
 * The dispatcher turns events into runs of the flows that subscribe to their type. One routing checkpoint per
 * workspace: runs and checkpoint commit together, so delivery to flows is *effectively-once* (effect and checkpoint
 * share a transaction). It reads up to the head row, which is the safe head, and never past it. Refuses to skip: an
 * event whose filter cannot be evaluated is logged and does not match, it never stops the stream.
 */
import type { Pool, PoolClient } from 'pg';
import { type CompiledTemplate, compileTemplate, evaluateTemplate, isTruthy, seededRandom } from '@/core/expression';
import { matchType } from '@/core/flow/triggers';
import type { JsonObject, JsonValue } from '@/core/json';
import type { PayloadStore } from '@/server/repositories/payloads';
import { type EventColumns, eventColumns, presentEvent } from '@/server/repositories/run-store';
import type { Clock, Ids, Log, WakeUps } from '@/server/services/ports';

/** Events routed per transaction: the checkpoint row is locked meanwhile, so a batch stays short. */
const eventsPerBatch = 200;
const consumer = 'router';

interface Route {
  readonly flowId: string;
  readonly stepId: string;
  readonly versionId: string;
  readonly version: number;
  readonly types: readonly string[];
  readonly filter: CompiledTemplate | null;
}

interface NewRun {
  readonly id: string;
  readonly route: Route;
  readonly number: string;
  readonly position: string;
  readonly hops: number;
}

interface StreamRow extends EventColumns {
  number: string;
  hops: number;
}

export interface DispatcherDeps {
  readonly pool: Pool;
  readonly payloads: PayloadStore;
  readonly wakeUps: WakeUps;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly log: Log;
}

export interface Dispatcher {
  /** Routes everything up to the head. Concurrent calls for one workspace, in any process, take turns. */
  dispatch(workspaceId: string): Promise<{ readonly events: number; readonly runs: number }>;
  /** Workspaces whose checkpoint is behind their head. */
  behind(): Promise<readonly string[]>;
}

export function createDispatcher(deps: DispatcherDeps): Dispatcher {
  const { pool } = deps;

  /** One transaction: the checkpoint's lock makes dispatchers of one workspace take turns. */
  const batch = async (workspaceId: string): Promise<{ events: number; runs: readonly NewRun[] }> => {
    const client = await pool.connect();
    try {
      await client.query('BEGIN');
      await client.query({
        name: 'dispatch-checkpoint-new',
        text: `INSERT INTO stream_checkpoints (workspace_id, consumer) VALUES ($1, $2) ON CONFLICT DO NOTHING`,
        values: [workspaceId, consumer],
      });
      const checkpoint = await client.query<{ position: string }>({
        name: 'dispatch-checkpoint-lock',
        text: 'SELECT position FROM stream_checkpoints WHERE workspace_id = $1 AND consumer = $2 FOR UPDATE',
        values: [workspaceId, consumer],
      });
      const from = checkpoint.rows[0]?.position ?? '0';
      const rows = await readEvents(client, workspaceId, from);
      const runs = rows.length === 0 ? [] : await route(client, workspaceId, rows);
      if (runs.length > 0) await insertRuns(client, workspaceId, runs);
      const last = rows.at(-1);
      if (last !== undefined) {
        await client.query({
          name: 'dispatch-checkpoint-move',
          text: `UPDATE stream_checkpoints SET position = $3, updated_at = now() WHERE workspace_id = $1 AND consumer = $2`,
          values: [workspaceId, consumer, last.position],
        });
      }
      await client.query('COMMIT');
      client.release();
      return { events: rows.length, runs };
    } catch (error) {
      await client.query('ROLLBACK').then(
        () => client.release(),
        () => client.release(true),
      );
      throw error;
    }
  };

  const readEvents = async (client: PoolClient, workspaceId: string, from: string): Promise<StreamRow[]> => {
    // Positions are gap-free and the head moves only with a commit: what is between checkpoint and head is all there.
    const { rows } = await client.query<StreamRow>({
      name: 'dispatch-read',
      text: `SELECT e.number, e.hops, ${eventColumns} FROM events e
             WHERE e.workspace_id = $1 AND e.position > $2
               AND e.position <= (SELECT head FROM stream_heads WHERE workspace_id = $1)
             ORDER BY e.position LIMIT $3`,
      values: [workspaceId, from, eventsPerBatch],
    });
    return rows;
  };

  const readRoutes = async (client: PoolClient, workspaceId: string): Promise<Route[]> => {
    const { rows } = await client.query<{
      flow_id: string;
      step_id: string;
      version_id: string;
      version: number;
      types: string[];
      config: JsonObject;
    }>({
      name: 'dispatch-routes',
      text: `SELECT t.flow_id, t.step_id, t.version_id, t.version, t.types, t.config FROM flow_triggers t
             JOIN flows f ON f.workspace_id = t.workspace_id AND f.id = t.flow_id
             WHERE t.workspace_id = $1 AND t.kind = 'trigger.event' AND f.deleted_at IS NULL
             ORDER BY t.flow_id, t.step_id`,
      values: [workspaceId],
    });
    return rows.map((row) => ({
      flowId: row.flow_id,
      stepId: row.step_id,
      versionId: row.version_id,
      version: row.version,
      types: row.types,
      filter: compileFilter(row.config.filter),
    }));
  };

  const route = async (client: PoolClient, workspaceId: string, rows: readonly StreamRow[]): Promise<NewRun[]> => {
    const routes = await readRoutes(client, workspaceId);
    const runs: NewRun[] = [];
    if (routes.length === 0) return runs;
    for (const row of rows) {
      const candidates = routes.filter((candidate) => candidate.types.some((type) => matchType(type, row.type)));
      if (candidates.length === 0) continue;
      const event = candidates.some((candidate) => candidate.filter !== null) ? await wholeEvent(workspaceId, row) : {};
      for (const candidate of candidates) {
        if (await passes(candidate, event, row)) {
          runs.push({
            id: deps.ids.uuid(),
            route: candidate,
            number: row.number,
            position: row.position,
            hops: row.hops,
          });
        }
      }
    }
    return runs;
  };

  const wholeEvent = async (workspaceId: string, row: StreamRow): Promise<JsonObject> => {
    if (row.data_payload === null) return presentEvent(row, row.data);
    const bytes = (await deps.payloads.getMany(workspaceId, [row.data_payload])).get(row.data_payload);
    return presentEvent(row, bytes === undefined ? null : (JSON.parse(bytes.toString()) as JsonValue));
  };

  const passes = async (candidate: Route, event: JsonObject, row: StreamRow): Promise<boolean> => {
    if (candidate.filter === null) return true;
    try {
      const clock = { nowMs: deps.clock.nowMs(), random: seededRandom(`${candidate.flowId}:${row.position}`) };
      return isTruthy(await evaluateTemplate(candidate.filter, { event }, clock));
    } catch (error) {
      deps.log.warn({ err: error, flowId: candidate.flowId, position: row.position }, 'a filter failed; no match');
      return false;
    }
  };

  const insertRuns = async (client: PoolClient, workspaceId: string, runs: readonly NewRun[]): Promise<void> => {
    await client.query({
      name: 'dispatch-runs',
      text: `INSERT INTO runs (workspace_id, id, flow_id, version_id, version, trigger_step, trigger_kind, event_number,
               event_position, actor, due_at, hops, origin_run_id)
             SELECT $1, i.id, i.flow_id, i.version_id, i.version, i.trigger_step, 'trigger.event', i.number, i.position,
               'system', now() + interval '5 seconds', i.hops, i.id
             FROM unnest($2::uuid[], $3::uuid[], $4::uuid[], $5::int[], $6::text[], $7::bigint[], $8::bigint[],
               $9::smallint[]) AS i(id, flow_id, version_id, version, trigger_step, number, position, hops)`,
      values: [
        workspaceId,
        runs.map((run) => run.id),
        runs.map((run) => run.route.flowId),
        runs.map((run) => run.route.versionId),
        runs.map((run) => run.route.version),
        runs.map((run) => run.route.stepId),
        runs.map((run) => run.number),
        runs.map((run) => run.position),
        runs.map((run) => run.hops),
      ],
    });
  };

  return {
    async dispatch(workspaceId) {
      let events = 0;
      let runs = 0;
      for (;;) {
        const done = await batch(workspaceId);
        events += done.events;
        runs += done.runs.length;
        // After the commit, never before it: a worker that hears of a run must find it.
        if (done.runs.length > 0) await deps.wakeUps.ring(done.runs.map((run) => ({ workspaceId, runId: run.id })));
        if (done.events < eventsPerBatch) break;
      }
      return { events, runs };
    },
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

function compileFilter(filter: JsonValue | undefined): CompiledTemplate | null {
  if (filter === undefined || filter === null) return null;
  return compileTemplate(filter).template;
}
