/**
 * A stored event as the CloudEvent it is, in the JSON format. The REST answers, the run page and the `event` root of
 * expressions show events this way. Refuses internals: numbers, keys and hops of our own stay behind.
 */
import type { JsonObject, JsonValue } from '@/core/json';
import { base64Marker, hopsExtension } from '@/server/services/events/cloud-event';

/** The columns of an event, its data resolved. */
export interface StoredEvent {
  readonly id: string;
  readonly source: string;
  readonly type: string;
  readonly subject: string | null;
  readonly timeMs: number | null;
  readonly attributes: JsonObject | null;
  readonly data: JsonValue;
  readonly partitionKey: string | null;
  readonly schemaVersion: number | null;
  readonly hops: number;
}

export function presentCloudEvent(event: StoredEvent): JsonObject {
  const { [base64Marker]: isBase64, ...attributes } = event.attributes ?? {};
  return {
    specversion: '1.0',
    id: event.id,
    source: event.source,
    type: event.type,
    ...(event.subject === null ? {} : { subject: event.subject }),
    ...(event.timeMs === null ? {} : { time: new Date(event.timeMs).toISOString() }),
    ...attributes,
    ...(event.partitionKey === null ? {} : { partitionkey: event.partitionKey }),
    ...(event.schemaVersion === null ? {} : { schemaversion: event.schemaVersion }),
    ...(event.hops === 0 ? {} : { [hopsExtension]: event.hops }),
    ...(isBase64 === true ? { data_base64: event.data } : { data: event.data }),
  };
}
