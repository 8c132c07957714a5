/**
 * Events as those see them who route them: the dispatcher, and a wait that looks at what came before it. Large data stays
 * where it is until somebody asks for it. Refuses to know what an event is for.
 */
import type { JsonObject, JsonValue } from '@/core/json';
import type { PayloadStore } from '@/server/repositories/payloads';
import { type EventColumns, presentEvent } from '@/server/repositories/run-store';
import { eventColumns } from '@/server/repositories/statements/run-load';
import { withoutData } from '@/server/services/events/partial-event';

export interface StreamEvent {
  readonly number: string;
  readonly position: string;
  readonly type: string;
  readonly receivedAtMs: number;
  readonly hops: number;
  /** Appended by a rerun for its own run: a business event that everybody else has had. */
  readonly isForRerun: boolean;
  /** Where its data is kept, in hex; null when it came with the event. */
  readonly dataPayload: string | null;
  /** The CloudEvent as far as it is here: asking it for data that is kept elsewhere throws `DataElsewhere`. */
  readonly glance: JsonObject;
  /** The CloudEvent; its data may have to be fetched, once. */
  readonly read: () => Promise<JsonObject>;
}

export interface StreamRow extends EventColumns {
  readonly number: string;
  readonly hops: number;
  readonly is_for_rerun: boolean;
}

/** What a flow publishes names a run, too, but a flow as its actor; and what comes from outside names none. */
export const isForRerun = `coalesce(e.source = '/runs/' || e.caused_by_run || '/rerun', false) AND e.actor NOT LIKE 'flow:%'`;

/** Columns of a {@link StreamRow}; `e` is the alias of events. */
export const streamColumns = `e.number, e.hops, ${eventColumns}, ${isForRerun} AS is_for_rerun`;

/** @param row with {@link streamColumns} */
export function streamEvent(payloads: PayloadStore, workspaceId: string, row: StreamRow): StreamEvent {
  const { data_payload: dataPayload } = row;
  let whole: Promise<JsonObject> | null = null;
  let seen: JsonObject | null = null;
  return {
    number: row.number,
    position: row.position,
    type: row.type,
    receivedAtMs: row.received_at.getTime(),
    hops: row.hops,
    isForRerun: row.is_for_rerun,
    dataPayload,
    // Most events that are routed are asked nothing.
    get glance() {
      seen ??= dataPayload === null ? presentEvent(row, row.data) : withoutData(presentEvent(row, null));
      return seen;
    },
    read() {
      whole ??= readData(payloads, workspaceId, row).then((data) => presentEvent(row, data));
      return whole;
    },
  };
}

async function readData(payloads: PayloadStore, workspaceId: string, row: StreamRow): Promise<JsonValue> {
  if (row.data_payload === null) return row.data;
  const bytes = (await payloads.getMany(workspaceId, [row.data_payload])).get(row.data_payload);
  return bytes === undefined ? null : (JSON.parse(bytes.toString()) as JsonValue);
}
