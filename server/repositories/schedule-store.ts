/**
 * Fires due schedules: takes the rows, appends their events with their runs and moves their next fire, all in one
 * transaction, so a fire exists if and only if its schedule has moved past it. Two workers never take one row, and one
 * that dies in between leaves it as it was. Refuses to judge what is owed; the caller decides in the middle.
 * Lock order: schedules, then runs and the stream head by way of `append_events`.
 */
import type { Pool, PoolClient } from 'pg';
import type { LaneSettings } from '@/core/flow/lane';
import { limits } from '@/core/limits';
import type { MissedPolicy } from '@/core/steps/trigger-schedule/owed';
import { appendPlaced, placeData } from '@/server/repositories/event-log';
import type { PayloadStore } from '@/server/repositories/payloads';
import type { EventAppend } from '@/server/services/ports';

export interface DueSchedule extends LaneSettings {
  readonly workspaceId: string;
  readonly workspaceSlug: string;
  readonly flowId: string;
  readonly stepId: string;
  readonly versionId: string;
  readonly version: number;
  readonly cron: string;
  readonly timeZone: string;
  readonly missed: MissedPolicy;
  /** Fires up to here are done with. */
  readonly settledMs: number;
  /** By the clock of the database, the same for all that are taken together. */
  readonly nowMs: number;
}

export interface ScheduleDecision {
  readonly events: readonly EventAppend[];
  /** Newest instant that fires; null when none does. */
  readonly firedMs: number | null;
  /** Null stops the schedule until its flow is published again. */
  readonly nextFireMs: number | null;
}

export interface FiredSchedules {
  readonly schedules: number;
  readonly events: number;
  /** Runs that this started; fires that had happened already start none. */
  readonly runs: readonly { readonly workspaceId: string; readonly runId: string }[];
}

export interface ScheduleStore {
  /** Makes schedules due that a clock set back would leave silent. @returns how many */
  afterClockWentBack(): Promise<number>;
  /** Takes due schedules of one workspace, a batch at most. */
  fireDue(decide: (due: DueSchedule) => ScheduleDecision): Promise<FiredSchedules>;
  /** Ms until the next is due, 0 for now; null when there is none. */
  nextDueInMs(): Promise<number | null>;
}

/** Schedules taken at once: their events are appended under one lock of the stream head, which stays short. */
const schedulesPerBatch = 50;

/**
 * What was settled in a future that did not come was settled by a clock that has been set back since. Such schedules are
 * looked at anew, or they would be silent until the old time comes again. Less than a minute heals by itself.
 */
const clockWentBackText = `
UPDATE schedules SET next_fire_at = now(), settled_at = now()
WHERE settled_at > now() + interval '1 minute' AND next_fire_at IS NOT NULL`;

/** One workspace at a time, because two transactions that each hold one stream's head must not wait for the other's. */
const takeText = `
WITH first AS (
  SELECT workspace_id FROM schedules WHERE next_fire_at <= now()
  ORDER BY next_fire_at LIMIT 1 FOR UPDATE SKIP LOCKED
)
SELECT workspace_id AS "workspaceId", flow_id AS "flowId", step_id AS "stepId", cron, time_zone AS "timeZone", missed,
  floor(extract(epoch FROM least(settled_at, next_fire_at - interval '1 millisecond')) * 1000)::float8 AS "settledMs",
  floor(extract(epoch FROM now()) * 1000)::float8 AS "nowMs"
FROM schedules WHERE workspace_id = (SELECT workspace_id FROM first) AND next_fire_at <= now()
ORDER BY next_fire_at LIMIT $1 FOR UPDATE SKIP LOCKED`;

/** In a statement of its own, after the lock: a publish that was waited for is seen. */
const versionsText = `
SELECT t.flow_id AS "flowId", t.step_id AS "stepId", t.version_id AS "versionId", t.version, w.slug AS "workspaceSlug",
  t.lane_key AS "laneKey", t.concurrency
FROM flow_triggers t
JOIN workspaces w ON w.id = t.workspace_id
JOIN unnest($2::uuid[], $3::text[]) AS due(flow_id, step_id) ON due.flow_id = t.flow_id AND due.step_id = t.step_id
WHERE t.workspace_id = $1 AND t.kind = 'trigger.schedule'`;

const moveText = `
UPDATE schedules s SET next_fire_at = i.next_fire_at, settled_at = now(),
  last_fired_at = greatest(s.last_fired_at, i.fired_at)
FROM unnest($2::uuid[], $3::text[], $4::timestamptz[], $5::timestamptz[]) AS i(flow_id, step_id, next_fire_at, fired_at)
WHERE s.workspace_id = $1 AND s.flow_id = i.flow_id AND s.step_id = i.step_id`;

type VersionFacts = Pick<
  DueSchedule,
  'flowId' | 'stepId' | 'versionId' | 'version' | 'workspaceSlug' | keyof LaneSettings
>;
type TakenRow = Pick<DueSchedule, 'flowId' | 'stepId'> & Omit<DueSchedule, keyof VersionFacts>;
interface Decided {
  readonly row: TakenRow;
  readonly decision: ScheduleDecision;
}

const nothing: FiredSchedules = { schedules: 0, events: 0, runs: [] };

export function createScheduleStore(pool: Pool, payloads: PayloadStore): ScheduleStore {
  const fire = async (client: PoolClient, decide: (due: DueSchedule) => ScheduleDecision): Promise<FiredSchedules> => {
    const taken = await client.query<TakenRow>({ name: 'schedules-take', text: takeText, values: [schedulesPerBatch] });
    const workspaceId = taken.rows[0]?.workspaceId;
    if (workspaceId === undefined) return nothing;
    const decided = decideAll(taken.rows, await readVersions(client, workspaceId, taken.rows), decide);
    const events = decided.flatMap(({ decision }) => decision.events);
    await move(client, workspaceId, decided);
    if (events.length === 0) return { ...nothing, schedules: decided.length };
    const placed = await placeData(payloads, workspaceId, events, client);
    const appended = await appendPlaced(client, workspaceId, placed);
    const runs = appended.flatMap(({ runId, isDuplicate }) =>
      isDuplicate || runId === null ? [] : [{ workspaceId, runId }],
    );
    return { schedules: decided.length, events: runs.length, runs };
  };

  return {
    async fireDue(decide) {
      const client = await pool.connect();
      try {
        await client.query('BEGIN');
        const fired = await fire(client, decide);
        await client.query('COMMIT');
        client.release();
        return fired;
      } catch (error) {
        await client.query('ROLLBACK').then(
          () => client.release(),
          () => client.release(true),
        );
        throw error;
      }
    },
    async afterClockWentBack() {
      const { rowCount } = await pool.query({ name: 'schedules-clock-back', text: clockWentBackText });
      return rowCount ?? 0;
    },
    async nextDueInMs() {
      const { rows } = await pool.query<{ ms: number | null }>({
        name: 'schedules-next',
        text: 'SELECT greatest(0, extract(epoch FROM min(next_fire_at) - now()) * 1000)::float8 AS ms FROM schedules',
      });
      return rows[0]?.ms ?? null;
    },
  };
}

async function readVersions(
  client: PoolClient,
  workspaceId: string,
  rows: readonly TakenRow[],
): Promise<VersionFacts[]> {
  const versions = await client.query<VersionFacts>({
    name: 'schedules-versions',
    text: versionsText,
    values: [workspaceId, rows.map((row) => row.flowId), rows.map((row) => row.stepId)],
  });
  return versions.rows;
}

/** Stops before the events are more than one append should carry; what is left is still due, and comes next. */
function decideAll(
  rows: readonly TakenRow[],
  versions: readonly VersionFacts[],
  decide: (due: DueSchedule) => ScheduleDecision,
): Decided[] {
  const decided: Decided[] = [];
  let events = 0;
  for (const row of rows) {
    const facts = versions.find(({ flowId, stepId }) => flowId === row.flowId && stepId === row.stepId);
    const decision =
      facts === undefined ? { events: [], firedMs: null, nextFireMs: null } : decide({ ...row, ...facts });
    if (decided.length > 0 && events + decision.events.length > limits.eventBatch) break;
    events += decision.events.length;
    decided.push({ row, decision });
  }
  return decided;
}

async function move(client: PoolClient, workspaceId: string, decided: readonly Decided[]): Promise<void> {
  const time = (ms: number | null): string | null => (ms === null ? null : new Date(ms).toISOString());
  await client.query({
    name: 'schedules-move',
    text: moveText,
    values: [
      workspaceId,
      decided.map(({ row }) => row.flowId),
      decided.map(({ row }) => row.stepId),
      decided.map(({ decision }) => time(decision.nextFireMs)),
      decided.map(({ decision }) => time(decision.firedMs)),
    ],
  });
}
