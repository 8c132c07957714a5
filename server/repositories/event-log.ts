/**
 * The stream's write side: exactly-once append (same transaction and a unique key). Every append of the process goes
 * through one group commit per workspace, so the head row is locked a few hundred times a second whatever the number of
 * callers. The rules that make positions safe to read live in the SQL function `append_events`. Refuses to acknowledge
 * what is not durable: an append resolves after its commit.
 */
import type { Pool, PoolClient } from 'pg';
import { HeadraceError } from '@/core/errors';
import { arrayParameter, type Element, type ElementType } from '@/server/repositories/array-parameter';
import { isConflict, isDataFault } from '@/server/repositories/database-errors';
import { createGroupCommit, type GroupCommit } from '@/server/repositories/group-commit';
import { storedLaneKey } from '@/server/repositories/lane-key';
import { isInline, type PayloadStore } from '@/server/repositories/payloads';
import type { AppendedEvent, EventAppend, EventLog } from '@/server/services/ports';

type Batch = readonly EventAppend[];

/** An event whose data has found its place: inline text or a payload's hash. */
interface PlacedEvent {
  readonly event: EventAppend;
  readonly data: string | null;
  readonly payload: Buffer | null;
}

const columns: readonly [type: ElementType, value: (placed: PlacedEvent) => Element][] = [
  ['text', ({ event }) => event.id],
  ['text', ({ event }) => event.source],
  ['text', ({ event }) => event.type],
  ['text', ({ event }) => event.subject],
  ['timestamptz', ({ event }) => (event.timeMs === null ? null : new Date(event.timeMs).toISOString())],
  ['json', ({ event }) => (event.attributes === null ? null : JSON.stringify(event.attributes))],
  ['json', ({ data }) => data],
  ['bytea', ({ payload }) => payload],
  ['bytea', ({ event }) => event.raw],
  ['text', ({ event }) => event.partitionKey],
  ['int', ({ event }) => event.schemaVersion],
  ['smallint', ({ event }) => event.hops],
  ['uuid', ({ event }) => event.causedByRun],
  ['text', ({ event }) => event.actor],
  ['bigint', ({ event }) => (event.keyTtlMs === 'forever' ? -1 : event.keyTtlMs)],
  ['uuid', ({ event }) => event.run?.id ?? null],
  ['uuid', ({ event }) => event.run?.flowId ?? null],
  ['uuid', ({ event }) => event.run?.versionId ?? null],
  ['int', ({ event }) => event.run?.version ?? null],
  ['boolean', ({ event }) => event.run?.isDraft ?? null],
  ['text', ({ event }) => event.run?.triggerStep ?? null],
  ['text', ({ event }) => event.run?.triggerKind ?? null],
];

/** Left empty, which stands for nulls, when no run of the append has a lane: others do not pay for them. */
const laneColumns: readonly [type: ElementType, value: (placed: PlacedEvent) => Element][] = [
  ['text', ({ event }) => storedLaneKey(event.run?.lane?.key ?? null)],
  ['int', ({ event }) => event.run?.lane?.concurrency ?? null],
  ['text', ({ event }) => event.run?.lane?.fault ?? null],
];

const appendText = `SELECT ord, event_position, run_id, is_duplicate FROM append_events($1, ${[
  ...columns,
  ...laneColumns,
]
  // JSON travels as text and is checked where it is stored.
  .map(([type], index) => `$${index + 2}::${type === 'json' ? 'text' : type}[]`)
  .join(', ')})`;

/** Puts large data aside before the append, so that no transaction holds the head while a megabyte travels. */
export async function placeData(
  payloads: PayloadStore,
  workspaceId: string,
  events: Batch,
  client?: PoolClient,
): Promise<PlacedEvent[]> {
  return Promise.all(
    events.map(async (event): Promise<PlacedEvent> => {
      const data = JSON.stringify(event.data);
      if (isInline(data)) return { event, data, payload: null };
      return { event, data: null, payload: await payloads.put(workspaceId, Buffer.from(data), client) };
    }),
  );
}

/**
 * One call of `append_events`, on the given connection: inside a transaction it is part of it.
 * The caller has made sure that no (source, id) with a key occurs twice.
 */
export async function appendPlaced(
  client: Pool | PoolClient,
  workspaceId: string,
  placed: readonly PlacedEvent[],
): Promise<AppendedEvent[]> {
  const hasLanes = placed.some(({ event }) => event.run !== null && event.run.lane !== null);
  const { rows } = await client.query<{ event_position: string; run_id: string | null; is_duplicate: boolean }>({
    name: 'append-events',
    text: appendText,
    values: [
      workspaceId,
      ...columns.map(([type, value]) => arrayParameter(type, placed.map(value))),
      ...laneColumns.map(([type, value]) => arrayParameter(type, hasLanes ? placed.map(value) : [])),
    ],
  });
  return rows.map((row) => ({
    position: Number(row.event_position),
    runId: row.run_id,
    isDuplicate: row.is_duplicate,
  }));
}

const keyOfEvent = (event: EventAppend): string | null =>
  event.keyTtlMs === null ? null : `${event.source}\u0000${event.id}`;

/** Events of one call that repeat a key share the first one's place. */
function dedupe(events: Batch): { readonly unique: Batch; readonly indexOf: readonly number[] } {
  const seen = new Map<string, number>();
  const unique: EventAppend[] = [];
  const indexOf = events.map((event) => {
    const key = keyOfEvent(event);
    const known = key === null ? undefined : seen.get(key);
    if (known !== undefined) return known;
    unique.push(event);
    if (key !== null) seen.set(key, unique.length - 1);
    return unique.length - 1;
  });
  return { unique, indexOf };
}

export interface EventLogDeps {
  readonly pool: Pool;
  readonly payloads: PayloadStore;
}

export function createEventLog({ pool, payloads }: EventLogDeps): EventLog {
  const groups = new Map<string, GroupCommit<Batch, readonly AppendedEvent[]>>();

  const flush = async (workspaceId: string, batches: readonly Batch[]): Promise<readonly AppendedEvent[][]> => {
    const { unique, indexOf } = dedupe(batches.flat());
    const placed = await placeData(payloads, workspaceId, unique);
    const written = await withRetry(() => appendPlaced(pool, workspaceId, placed));
    const seen = new Set<number>();
    const answers = indexOf.map((index): AppendedEvent => {
      const answer = written[index] as AppendedEvent;
      const isRepeat = seen.has(index);
      seen.add(index);
      return isRepeat ? { ...answer, isDuplicate: true } : answer;
    });
    let from = 0;
    return batches.map((batch) => {
      from += batch.length;
      return answers.slice(from - batch.length, from);
    });
  };

  const groupOf = (workspaceId: string): GroupCommit<Batch, readonly AppendedEvent[]> => {
    const known = groups.get(workspaceId);
    if (known !== undefined) return known;
    const group = createGroupCommit<Batch, readonly AppendedEvent[]>({
      // 128 webhook events are about 200 KB of parameters; larger groups no longer save time per event.
      maxItems: 128,
      // The head row admits one append at a time; a second would only wait for the lock.
      maxFlushes: 1,
      flush: (batches) => flush(workspaceId, batches),
      isMemberFault: isDataFault,
    });
    groups.set(workspaceId, group);
    return group;
  };

  return {
    async append(workspaceId, events) {
      try {
        return await groupOf(workspaceId).submit(events);
      } catch (error) {
        throw asHeadraceError(error);
      }
    },
  };
}

async function withRetry<T>(write: () => Promise<T>): Promise<T> {
  try {
    return await write();
  } catch (error) {
    if (isConflict(error)) return write();
    throw error;
  }
}

function asHeadraceError(error: unknown): HeadraceError {
  if (error instanceof HeadraceError) return error;
  if (isDataFault(error)) {
    return new HeadraceError('event.invalid', 'The event holds a value that cannot be stored.', { cause: error });
  }
  return new HeadraceError('database.unavailable', 'The event could not be stored. Send it again with the same id.', {
    cause: error,
  });
}
