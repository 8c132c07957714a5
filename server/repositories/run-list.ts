/**
 * The list of runs, newest first, by keyset. What has an index is decided by it: workspace, flow, tags, the rare
 * statuses, and times through the time-ordered ids. What has none (free text; the common statuses, most of which are
 * the newest rows anyway) filters a bounded window of rows per call, so that no request walks a year of runs. Refuses
 * offsets: a page must not shift while runs arrive.
 */
import type { Pool } from 'pg';
import type { JsonValue } from '@/core/json';
import type { RunReason, RunStatus } from '@/core/run/types';
import type { StepError } from '@/core/steps/contract';
import { escapeLike } from '@/server/repositories/like';
import type { RunListQuery, RunListRow } from '@/server/services/runs/run-reader';

/** Rows one call looks at: the text filter reads an event per row, the status filter only the row. */
const windowRows = { text: 20_000, status: 100_000 } as const;
/** Ids are made before the row: by another clock, and by as much earlier as a request may take. */
const idSlackMs = 5 * 60_000;

/** Statuses of the partial index `runs_status_idx`. */
const indexed: ReadonlySet<RunStatus> = new Set([
  'waiting',
  'compensating',
  'blocked',
  'failed',
  'compensated',
  'cancelled',
  'terminated',
]);

interface RunColumns {
  id: string;
  flow_id: string;
  flow_name: string;
  version_id: string;
  version: number | null;
  is_draft: boolean;
  status: RunStatus;
  reason: RunReason | null;
  trigger_step: string;
  trigger_kind: string;
  error: StepError | null;
  created_at: Date;
  started_at: Date | null;
  finished_at: Date | null;
  parent_run_id: string | null;
  retry_of: string | null;
  replay_id: string | null;
  tags: string[] | null;
  output: JsonValue;
  output_bytes: number | null;
  event_position: string;
  event_id: string;
  event_type: string;
}

/** A statement under construction: conditions and the values they name. */
class Conditions {
  readonly values: unknown[] = [];
  readonly #texts: string[] = [];

  value(value: unknown): string {
    this.values.push(value);
    return `$${this.values.length}`;
  }
  add(text: string): void {
    this.#texts.push(text);
  }
  toString(): string {
    return this.#texts.join(' AND ');
  }
}

/** Smallest UUIDv7 of an instant (RFC 9562 §5.7), within the 48 bits it has. */
function uuidFloor(timeMs: number): string {
  const hex = Math.min(Math.max(0, timeMs), 2 ** 48 - 1)
    .toString(16)
    .padStart(12, '0');
  return `${hex.slice(0, 8)}-${hex.slice(8)}-0000-0000-000000000000`;
}

function indexConditions(workspaceId: string, query: RunListQuery): Conditions {
  const where = new Conditions();
  where.add(`r.workspace_id = ${where.value(workspaceId)}`);
  if (query.beforeId !== null) where.add(`r.id < ${where.value(query.beforeId)}`);
  if (query.flowId !== null) where.add(`r.flow_id = ${where.value(query.flowId)}`);
  if (query.parentId !== null) where.add(`r.parent_run_id = ${where.value(query.parentId)}`);
  if (query.fromMs !== null) {
    where.add(`r.id >= ${where.value(uuidFloor(query.fromMs - idSlackMs))}`);
    where.add(`r.created_at >= ${where.value(new Date(query.fromMs).toISOString())}`);
  }
  if (query.toMs !== null) {
    where.add(`r.id < ${where.value(uuidFloor(query.toMs + idSlackMs))}`);
    where.add(`r.created_at < ${where.value(new Date(query.toMs).toISOString())}`);
  }
  if (query.lane !== null) {
    const own = query.flowId === null ? '' : ` AND l.flow_id = ${where.value(query.flowId)}`;
    where.add(`r.id = ANY (ARRAY(SELECT l.run_id FROM lane_runs l
      WHERE l.workspace_id = ${where.value(workspaceId)}${own} AND l.key = ${where.value(query.lane)}))`);
  }
  if (query.tags.length > 0) where.add(`r.tags @> ${where.value(query.tags)}::text[]`);
  return where;
}

/** Keys of an error are not its text. */
const errorText = `regexp_replace(r.error::text, '"(code|message|isRetryable|details)":', '', 'g')`;

function textCondition(where: Conditions, q: string): string {
  const like = where.value(`%${escapeLike(q)}%`);
  const inJson = where.value(`%${escapeLike(JSON.stringify(q).slice(1, -1))}%`);
  return `(r.id::text LIKE lower(${like}) OR ${errorText} ILIKE ${inJson} OR e.id ILIKE ${like}
    OR e.subject ILIKE ${like} OR EXISTS (SELECT 1 FROM unnest(r.tags) AS t(tag) WHERE t.tag ILIKE ${like}))`;
}

/** One ordered scan per status, because an index that leads with the status has no order across several. */
function candidateText(where: Conditions, statuses: readonly RunStatus[] | null, take: string): string {
  const one = (more: string): string =>
    `(SELECT r.* FROM runs r WHERE ${where}${more} ORDER BY r.id DESC LIMIT ${take})`;
  if (statuses === null) return one('');
  return statuses.map((status) => one(` AND r.status = '${status}'`)).join(' UNION ALL ');
}

/** @returns rows and, when a window ended before the page was full, the id to continue from */
export async function listRuns(
  pool: Pool,
  workspaceId: string,
  query: RunListQuery,
): Promise<{ rows: RunListRow[]; scannedTo: string | null }> {
  const where = indexConditions(workspaceId, query);
  const statuses = query.statuses;
  const scansStatus = statuses?.some((status) => !indexed.has(status)) ?? false;
  const window = query.q !== null ? windowRows.text : scansStatus ? windowRows.status : null;
  const candidates = candidateText(where, scansStatus ? null : statuses, where.value(window ?? query.take));

  const late: string[] = [];
  if (scansStatus) late.push(`r.status = ANY (${where.value(statuses)}::text[])`);
  if (query.q !== null) late.push(textCondition(where, query.q));
  const { rows } = await pool.query<RunColumns>(pageText(candidates, late, where.value(query.take)), where.values);
  const isFull = rows.length === query.take;
  return {
    rows: rows.map(presentRow),
    scannedTo: isFull || window === null ? null : await endOfWindow(pool, workspaceId, query, scansStatus, window),
  };
}

const pageText = (candidates: string, late: readonly string[], take: string): string => `
SELECT r.id, r.flow_id, f.name AS flow_name, r.version_id, r.version, r.is_draft, r.status, r.reason, r.trigger_step,
  r.trigger_kind, r.error, r.created_at, r.started_at, r.finished_at, r.parent_run_id, r.retry_of, r.replay_id, r.tags,
  r.output, p.size_bytes AS output_bytes, r.event_position, e.id AS event_id, e.type AS event_type
FROM (SELECT * FROM (${candidates}) c ORDER BY c.id DESC) r
JOIN LATERAL (
  SELECT e.id, e.type, e.subject FROM events e
  WHERE e.workspace_id = r.workspace_id AND e.position = r.event_position AND e.number = r.event_number
  -- one row by the primary key; without the limit the planner may flatten this into a join over the whole stream
  LIMIT 1
) e ON true
JOIN flows f ON f.workspace_id = r.workspace_id AND f.id = r.flow_id
LEFT JOIN payloads p ON p.workspace_id = r.workspace_id AND p.hash = r.output_payload
${late.length === 0 ? '' : `WHERE ${late.join(' AND ')}`}
ORDER BY r.id DESC LIMIT ${take}`;

/** The last row the window held, or null when it held all there are. */
async function endOfWindow(
  pool: Pool,
  workspaceId: string,
  query: RunListQuery,
  scansStatus: boolean,
  window: number,
): Promise<string | null> {
  const where = indexConditions(workspaceId, query);
  const candidates = candidateText(where, scansStatus ? null : query.statuses, where.value(window));
  const { rows } = await pool.query<{ id: string | null }>(
    `SELECT CASE WHEN count(*) >= $${where.values.length + 1} THEN min(c.id::text) END AS id
     FROM (SELECT id FROM (${candidates}) c ORDER BY id DESC LIMIT $${where.values.length + 1}) c`,
    [...where.values, window],
  );
  return rows[0]?.id ?? null;
}

const presentRow = (row: RunColumns): RunListRow => ({
  id: row.id,
  flowId: row.flow_id,
  flowName: row.flow_name,
  versionId: row.version_id,
  version: row.version,
  isDraft: row.is_draft,
  status: row.status,
  reason: row.reason,
  triggerStep: row.trigger_step,
  triggerKind: row.trigger_kind,
  error: row.error,
  createdAtMs: row.created_at.getTime(),
  startedAtMs: row.started_at?.getTime() ?? null,
  finishedAtMs: row.finished_at?.getTime() ?? null,
  parentRunId: row.parent_run_id,
  retryOf: row.retry_of,
  replayId: row.replay_id,
  tags: row.tags ?? [],
  output: row.output,
  outputBytes: row.output_bytes,
  event: { position: Number(row.event_position), id: row.event_id, type: row.event_type },
});
