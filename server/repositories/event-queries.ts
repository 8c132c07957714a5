/**
 * Reads the stream in order of position. Positions are visible without gaps, because the head moves only with a commit.
 * A filter without an index looks at a bounded number of positions per call. `from` is found by bisection: positions are
 * given out under the head's lock, so the times of receipt ascend with them. Refuses to skip: what a window did not
 * reach, the next page does.
 */
import type { Pool } from 'pg';
import type { JsonObject, JsonValue } from '@/core/json';
import { escapeLike } from '@/server/repositories/like';
import type { PayloadStore } from '@/server/repositories/payloads';
import type { EventListQuery, EventQueries, EventRow } from '@/server/services/events/create-events-service';

/** Positions one call looks at when it filters: some tens of milliseconds. */
const windowPositions = 100_000;
/** Data of one page: a full page of the largest events would be hundreds of megabytes. */
const pageBytes = 8 * 1024 * 1024;
/** A clock that was set back makes times descend for a moment; bisection lands this much before what it looks for. */
const clockSlackMs = 60_000;

interface EventColumns {
  position: string;
  received_at: Date;
  id: string;
  source: string;
  type: string;
  subject: string | null;
  time: Date | null;
  attributes: JsonObject | null;
  data: JsonValue;
  data_payload: string | null;
  data_bytes: number | null;
  partition_key: string | null;
  schema_version: number | null;
  hops: number;
}

const columns = `position, received_at, id, source, type, subject, time, attributes, data,
  encode(data_payload, 'hex') AS data_payload, partition_key, schema_version, hops,
  (SELECT p.size_bytes FROM payloads p WHERE p.workspace_id = e.workspace_id AND p.hash = e.data_payload) AS data_bytes`;

export interface EventQueriesDeps {
  readonly pool: Pool;
  readonly payloads: PayloadStore;
}

export function createEventQueries({ pool, payloads }: EventQueriesDeps): EventQueries {
  const present = async (workspaceId: string, rows: readonly EventColumns[]): Promise<EventRow[]> => {
    const hashes = rows.flatMap((row) => (row.data_payload === null ? [] : [row.data_payload]));
    const contents = await payloads.getMany(workspaceId, hashes);
    return rows.map((row) => presentRow(row, contents));
  };

  return {
    async list(workspaceId, query) {
      const head = await readHead(pool, workspaceId);
      const after = await startOf(pool, workspaceId, query, head);
      const isFiltered = query.type !== null || query.toMs !== null || query.fromMs !== null;
      // The index on subjects finds them wherever they are.
      const end = isFiltered && query.subject === null ? Math.min(head, after + windowPositions) : head;
      const { text, values } = listStatement(workspaceId, query, after, end);
      const { rows } = await pool.query<EventColumns>(text, values);
      const fitting = cutToBytes(rows);
      if (fitting.length < rows.length) {
        return { rows: await present(workspaceId, fitting), scannedTo: Number(fitting.at(-1)?.position ?? after) };
      }
      const hasMore = rows.length < query.take && end < head;
      const isPast = hasMore && (await isReceivedSince(pool, workspaceId, end, query.toMs));
      return { rows: await present(workspaceId, rows), scannedTo: hasMore && !isPast ? end : null };
    },

    async find(workspaceId, position) {
      const { rows } = await pool.query<EventColumns>(
        `SELECT ${columns} FROM events e WHERE workspace_id = $1 AND position = $2`,
        [workspaceId, position],
      );
      const [event] = await present(workspaceId, rows);
      return event ?? null;
    },
  };
}

function listStatement(workspaceId: string, query: EventListQuery, after: number, end: number) {
  const values: unknown[] = [workspaceId, after, end];
  const bind = (value: unknown): string => `$${values.push(value)}`;
  const where = ['workspace_id = $1', 'position > $2', 'position <= $3'];
  if (query.subject !== null) where.push(`subject = ${bind(query.subject)}`);
  if (query.type !== null && query.type !== '*') {
    where.push(
      query.type.endsWith('.*')
        ? `type LIKE ${bind(`${escapeLike(query.type.slice(0, -1))}_%`)}`
        : `type = ${bind(query.type)}`,
    );
  }
  if (query.fromMs !== null) where.push(`received_at >= ${bind(new Date(query.fromMs).toISOString())}`);
  if (query.toMs !== null) where.push(`received_at < ${bind(new Date(query.toMs).toISOString())}`);
  const text = `SELECT ${columns} FROM events e WHERE ${where.join(' AND ')} ORDER BY position LIMIT ${bind(query.take)}`;
  return { text, values };
}

/** As many rows as fit, but one at least. */
function cutToBytes(rows: readonly EventColumns[]): readonly EventColumns[] {
  let bytes = 0;
  const end = rows.findIndex((row, index) => {
    bytes += row.data_bytes ?? 0;
    return index > 0 && bytes > pageBytes;
  });
  return end === -1 ? rows : rows.slice(0, end);
}

async function readHead(pool: Pool, workspaceId: string): Promise<number> {
  const { rows } = await pool.query<{ head: string }>('SELECT head FROM stream_heads WHERE workspace_id = $1', [
    workspaceId,
  ]);
  return Number(rows[0]?.head ?? 0);
}

/** Whether everything after `position` was received too late for the query. */
async function isReceivedSince(
  pool: Pool,
  workspaceId: string,
  position: number,
  toMs: number | null,
): Promise<boolean> {
  if (toMs === null) return false;
  const receivedAtMs = await receivedAfter(pool, workspaceId, position);
  return receivedAtMs === null || receivedAtMs > toMs + clockSlackMs;
}

/** Time of the first event after a position; null when there is none. */
async function receivedAfter(pool: Pool, workspaceId: string, position: number): Promise<number | null> {
  const { rows } = await pool.query<{ received_at: Date }>(
    `SELECT received_at FROM events WHERE workspace_id = $1 AND position > $2 ORDER BY position LIMIT 1`,
    [workspaceId, position],
  );
  return rows[0]?.received_at.getTime() ?? null;
}

/** The position after which to look: given, or found by time. */
async function startOf(pool: Pool, workspaceId: string, query: EventListQuery, head: number): Promise<number> {
  if (query.fromMs === null || head - query.after <= windowPositions) return query.after;
  const fromMs = query.fromMs - clockSlackMs;
  let low = query.after;
  let high = head;
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    const receivedAtMs = await receivedAfter(pool, workspaceId, middle);
    if (receivedAtMs !== null && receivedAtMs < fromMs) low = middle + 1;
    else high = middle;
  }
  return low;
}

function presentRow(row: EventColumns, contents: ReadonlyMap<string, Buffer>): EventRow {
  const content = row.data_payload === null ? undefined : contents.get(row.data_payload);
  return {
    position: Number(row.position),
    receivedAtMs: row.received_at.getTime(),
    id: row.id,
    source: row.source,
    type: row.type,
    subject: row.subject,
    timeMs: row.time?.getTime() ?? null,
    attributes: row.attributes,
    data: content === undefined ? row.data : (JSON.parse(content.toString()) as JsonValue),
    partitionKey: row.partition_key,
    schemaVersion: row.schema_version,
    hops: row.hops,
  };
}
