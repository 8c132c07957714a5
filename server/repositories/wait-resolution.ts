/**
 * The one way in which an event ends a wait. Whoever has an event and the keys it has (the dispatcher for all runs, a run
 * that looks at what came before its wait for itself) comes here: under the lock of the run's row the oldest open wait that
 * fits is marked with the position and a message is left for the run, in one transaction, or nothing is. Refuses a second
 * wait of the same run for the same event, and runs that have ended.
 *
 * Rows of waits change only under the lock of their run: an append that begins or ends one holds it, and so does this. So
 * what is read here after the lock is what there is, and two who resolve never wait for each other in a circle: runs are
 * locked first, in order of their ids.
 */
import type { PoolClient } from 'pg';
import type { StreamEvent } from '@/server/repositories/stream-events';
import { storedWaitKey } from '@/server/repositories/wait-key';
import { dropWaits } from '@/server/repositories/waits';
import { dataLeftOut } from '@/server/services/events/partial-event';
import type { InboxMessage } from '@/server/services/ports';

/** What an event comes to under one expression. */
export interface EventKey {
  readonly event: StreamEvent;
  /** The expression, as written. */
  readonly eventKey: string;
  /** From `waitKeyOf`. */
  readonly key: string;
}

export interface OpenExpression {
  readonly eventType: string;
  readonly eventKey: string;
}

export interface ResolvedWait {
  readonly waitId: string;
  readonly runId: string;
  readonly position: number;
}

/**
 * Named instants between two statements, at which tests hold a transaction to see every order of events. Nothing is held in
 * production.
 */
export type WaitPoint =
  /** Events are read; open waits have not been looked for. */
  | 'events-read'
  /** Waits were found by their keys; no run is locked. */
  | 'waits-found'
  /** Waits and messages are written; nothing is committed. */
  | 'waits-resolved';
export type Pause = (point: WaitPoint) => Promise<void>;
export const neverPause: Pause = () => Promise.resolve();

/*
 * A loose index scan: the first entry of the index, then the first behind it, and so on, so that a thousand waits with one
 * expression cost as much as one.
 */
const typesText = `
WITH RECURSIVE found AS (
  (SELECT w.event_type FROM event_waits w WHERE w.workspace_id = $1 AND w.resolved_position IS NULL
   ORDER BY w.event_type LIMIT 1)
  UNION ALL
  SELECT (SELECT w.event_type FROM event_waits w
    WHERE w.workspace_id = $1 AND w.event_type > f.event_type AND w.resolved_position IS NULL
    ORDER BY w.event_type LIMIT 1)
  FROM found f WHERE f.event_type IS NOT NULL
)
SELECT event_type AS "eventType" FROM found WHERE event_type IS NOT NULL`;

const expressionsText = `
WITH RECURSIVE found AS (
  SELECT t.event_type, (SELECT w.event_key FROM event_waits w
    WHERE w.workspace_id = $1 AND w.event_type = t.event_type AND w.resolved_position IS NULL
    ORDER BY w.event_key LIMIT 1) AS event_key
  FROM unnest($2::text[]) AS t(event_type)
  UNION ALL
  SELECT f.event_type, (SELECT w.event_key FROM event_waits w
    WHERE w.workspace_id = $1 AND w.event_type = f.event_type AND w.event_key > f.event_key
      AND w.resolved_position IS NULL
    ORDER BY w.event_key LIMIT 1)
  FROM found f WHERE f.event_key IS NOT NULL
)
SELECT event_type AS "eventType", event_key AS "eventKey" FROM found WHERE event_key IS NOT NULL`;

/** Types that anything in the workspace waits for. */
export async function openTypes(client: PoolClient, workspaceId: string): Promise<string[]> {
  const { rows } = await client.query<{ eventType: string }>({
    name: 'wait-types',
    text: typesText,
    values: [workspaceId],
  });
  return rows.map(({ eventType }) => eventType);
}

/** Expressions that events of these types have to be asked, each once. */
export async function openExpressions(
  client: PoolClient,
  workspaceId: string,
  types: readonly string[],
): Promise<OpenExpression[]> {
  if (types.length === 0) return [];
  const { rows } = await client.query<OpenExpression>({
    name: 'wait-expressions',
    text: expressionsText,
    values: [workspaceId, types],
  });
  return rows;
}

/** Where an event may end a wait. */
interface Chance {
  readonly of: EventKey;
  readonly runId: string;
}

/*
 * Each look is one descent of the index of open waits. What the run has had already is found by the unique index that keeps it
 * from having it twice.
 */
const runsText = `
SELECT i.ord::int, w.run_id AS "runId"
FROM unnest($2::text[], $3::text[], $4::text[], $5::bigint[]) WITH ORDINALITY AS i(event_type, event_key, key, position, ord)
CROSS JOIN LATERAL (
  SELECT DISTINCT w.run_id FROM event_waits w
  WHERE w.workspace_id = $1 AND w.event_type = i.event_type AND w.event_key = i.event_key AND w.key = i.key
    AND w.resolved_position IS NULL AND w.after_position < i.position
    AND NOT EXISTS (SELECT 1 FROM event_waits c
      WHERE c.workspace_id = $1 AND c.run_id = w.run_id AND c.resolved_position = i.position)
  LIMIT $6
) w
LIMIT $6`;

/** Under the lock: for each chance the oldest open waits, as many as there are events that may take one. */
const openText = `
SELECT i.ord::int, w.id
FROM unnest($2::text[], $3::text[], $4::text[], $5::bigint[], $6::uuid[]) WITH ORDINALITY
  AS i(event_type, event_key, key, position, run_id, ord)
CROSS JOIN LATERAL (
  SELECT w.id, w.created_at FROM event_waits w
  WHERE w.workspace_id = $1 AND w.event_type = i.event_type AND w.event_key = i.event_key AND w.key = i.key
    AND w.run_id = i.run_id AND w.resolved_position IS NULL AND w.after_position < i.position
    AND NOT EXISTS (SELECT 1 FROM event_waits c
      WHERE c.workspace_id = $1 AND c.run_id = i.run_id AND c.resolved_position = i.position)
  ORDER BY w.created_at, w.id LIMIT $7
) w
ORDER BY i.position, i.run_id, w.created_at, w.id`;

/** The bounds say nothing new, but they are known before the statement starts: it is set up for those partitions alone. */
const lockText = `
SELECT r.id, r.inbox_n AS "inboxN", r.finished_at IS NOT NULL AS "hasEnded" FROM runs r
WHERE r.workspace_id = $1 AND r.id = ANY($2::uuid[]) AND r.id >= $3 AND r.id <= $4
ORDER BY r.id FOR NO KEY UPDATE`;

/*
 * Waits are found by their ids alone, without a join, and what is open is asked in a way that no index answers: over a young table
 * the planner would otherwise take the index of open waits, or any other of the workspace, and read it whole.
 */
const writeText = `
WITH resolved AS (
  UPDATE event_waits w SET resolved_position = ($4::bigint[])[array_position($2::uuid[], w.id)]
  WHERE w.workspace_id = $1 AND w.id = ANY($2::uuid[]) AND coalesce(w.resolved_position, 0) = 0
  RETURNING w.id
), counted AS (
  UPDATE runs r SET inbox_n = c.inbox_n, due_at = CASE WHEN r.owner IS NULL THEN now() ELSE r.due_at END
  FROM unnest($7::uuid[], $8::int[]) AS c(run_id, inbox_n)
  WHERE r.workspace_id = $1 AND r.id = c.run_id AND r.id >= $9 AND r.id <= $10
), told AS (
  INSERT INTO run_inbox (workspace_id, run_id, n, cause, message)
  SELECT $1, i.run_id, i.n, 'wait:' || i.wait_id, i.message
  FROM unnest($2::uuid[], $3::uuid[], $5::int[], $6::json[]) AS i(wait_id, run_id, n, message)
)
SELECT count(*)::int AS resolved FROM resolved`;

const columnsOf = (keys: readonly EventKey[]) => [
  keys.map(({ event }) => event.type),
  keys.map(({ eventKey }) => eventKey),
  keys.map(({ key }) => storedWaitKey(key)),
  keys.map(({ event }) => event.position),
];

/**
 * Ends waits of any runs, inside the caller's transaction. Ring the runs after the commit.
 * @param keys of events in the order of their positions, all of one workspace
 * @param limit waits ended at most, to keep the transaction short
 * @returns `isMore` when the limit was met: the same keys have to be brought again after the commit
 */
export async function resolveWaits(
  client: PoolClient,
  workspaceId: string,
  keys: readonly EventKey[],
  limit: number,
  pause: Pause,
): Promise<{ readonly resolved: readonly ResolvedWait[]; readonly isMore: boolean }> {
  if (keys.length === 0) return { resolved: [], isMore: false };
  const { rows } = await client.query<{ ord: number; runId: string }>({
    name: 'wait-runs',
    text: runsText,
    values: [workspaceId, ...columnsOf(keys), limit + 1],
  });
  const chances = rows.slice(0, limit).map(({ ord, runId }): Chance => ({ of: keys[ord - 1] as EventKey, runId }));
  if (chances.length === 0) return { resolved: [], isMore: false };
  await pause('waits-found');
  const runs = await lockRuns(client, workspaceId, [...new Set(chances.map(({ runId }) => runId))]);
  const resolved = await takeChances(client, workspaceId, chances, runs, pause);
  return { resolved, isMore: rows.length > limit };
}

/**
 * Ends waits of one run, in a transaction of the caller's.
 * @param ask which keys the event has under these expressions of waits that are open; called under the lock of the run
 */
export async function resolveForRun(
  client: PoolClient,
  workspaceId: string,
  runId: string,
  event: StreamEvent,
  ask: (eventKeys: readonly string[]) => Promise<readonly EventKey[]>,
  pause: Pause,
): Promise<readonly ResolvedWait[]> {
  const runs = await lockRuns(client, workspaceId, [runId]);
  const { rows } = await client.query<{ eventKey: string }>({
    name: 'wait-expressions-of-run',
    text: `SELECT DISTINCT event_key AS "eventKey" FROM event_waits
           WHERE workspace_id = $1 AND run_id = $2 AND event_type = $3 AND resolved_position IS NULL`,
    values: [workspaceId, runId, event.type],
  });
  const keys = await ask(rows.map(({ eventKey }) => eventKey));
  const chances = keys.map((of): Chance => ({ of, runId }));
  return takeChances(client, workspaceId, chances, runs, pause);
}

interface LockedRun {
  readonly id: string;
  readonly inboxN: number;
  readonly hasEnded: boolean;
}

async function lockRuns(
  client: PoolClient,
  workspaceId: string,
  ids: readonly string[],
): Promise<ReadonlyMap<string, LockedRun>> {
  const sorted = ids.toSorted();
  const { rows } = await client.query<LockedRun>({
    name: 'wait-lock-runs',
    text: lockText,
    values: [workspaceId, sorted, sorted[0], sorted.at(-1)],
  });
  return new Map(rows.map((run) => [run.id, run]));
}

/** Reads what is open under the lock, gives each event the oldest wait of a run that fits, and writes both sides. */
async function takeChances(
  client: PoolClient,
  workspaceId: string,
  found: readonly Chance[],
  runs: ReadonlyMap<string, LockedRun>,
  pause: Pause,
): Promise<readonly ResolvedWait[]> {
  const ended = [...runs.values()].filter(({ hasEnded }) => hasEnded).map(({ id }) => id);
  // Its last append took them away; should one be left, it would be found with every event.
  await dropWaits(client, workspaceId, ended);
  const chances = found.filter(({ runId }) => runs.get(runId)?.hasEnded === false);
  if (chances.length === 0) return [];
  const events = new Set(chances.map(({ of }) => of.event.position));
  const { rows } = await client.query<{ ord: number; id: string }>({
    name: 'wait-open',
    text: openText,
    values: [workspaceId, ...columnsOf(chances.map(({ of }) => of)), chances.map(({ runId }) => runId), events.size],
  });
  const taken = new Map<string, { readonly event: StreamEvent; readonly runId: string }>();
  const served = new Set<string>();
  for (const { ord, id } of rows) {
    const { of, runId } = chances[ord - 1] as Chance;
    const once = `${runId} ${of.event.position}`;
    if (taken.has(id) || served.has(once)) continue;
    taken.set(id, { event: of.event, runId });
    served.add(once);
  }
  if (taken.size === 0) return [];
  const resolved = [...taken].map(([waitId, { event, runId }]) => ({ waitId, runId, event }));
  await write(client, workspaceId, resolved, runs);
  await pause('waits-resolved');
  return resolved.map(({ waitId, runId, event }) => ({ waitId, runId, position: Number(event.position) }));
}

async function write(
  client: PoolClient,
  workspaceId: string,
  resolved: readonly { readonly waitId: string; readonly runId: string; readonly event: StreamEvent }[],
  runs: ReadonlyMap<string, LockedRun>,
): Promise<void> {
  const counts = new Map<string, number>();
  const numbers = resolved.map(({ runId }) => {
    const n = (counts.get(runId) ?? runs.get(runId)?.inboxN ?? 0) + 1;
    counts.set(runId, n);
    return n;
  });
  const ids = [...counts.keys()].toSorted();
  const { rows } = await client.query<{ resolved: number }>({
    name: 'wait-resolve',
    text: writeText,
    values: [
      workspaceId,
      resolved.map(({ waitId }) => waitId),
      resolved.map(({ runId }) => runId),
      resolved.map(({ event }) => event.position),
      numbers,
      resolved.map(({ waitId, event }) => JSON.stringify(messageOf(waitId, event))),
      ids,
      ids.map((id) => counts.get(id)),
      ids[0],
      ids.at(-1),
    ],
  });
  // Everything was read under the lock; a row that is gone now would leave a message about a wait that nobody ended.
  if (rows[0]?.resolved !== resolved.length) throw new Error('a wait changed under the lock of its run');
}

const messageOf = (waitId: string, event: StreamEvent): InboxMessage => ({
  type: 'endWait',
  waitId,
  outcome: {
    type: 'succeeded',
    output: event.dataPayload === null ? event.glance : dataLeftOut(event.glance),
    port: 'out',
  },
  endedBy: { by: 'event', position: Number(event.position) },
  ...(event.dataPayload === null ? {} : { dataPayload: event.dataPayload }),
});
