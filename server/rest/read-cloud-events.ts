/**
 * The three HTTP forms of CloudEvents: structured, batch and binary, told apart by content type and `ce-` headers.
 * Refuses other event formats and plain JSON: an event says that it is one.
 *
 * Source: CloudEvents HTTP protocol binding 1.0.2, §3.1 to §3.3.
 */
import { type Fault, HeadraceError } from '@/core/errors';
import { limits } from '@/core/limits';
import { type CloudEvent, type CloudEventReading, readCloudEvent } from '@/server/services/events/cloud-event';
import { decodeUtf8, readJson } from './read-json';

export interface ReadEvents {
  readonly events: readonly CloudEvent[];
  readonly isBatch: boolean;
}

interface EventRequest {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
}

/** @throws HeadraceError `event.invalid` with all faults · `request.unsupportedType` · `request.malformed` */
export function readCloudEvents({ headers, body }: EventRequest): ReadEvents {
  const contentType = headers['content-type'] ?? '';
  const mediaType = (contentType.split(';')[0] ?? '').trim().toLowerCase();
  if (mediaType === 'application/cloudevents-batch+json') return { events: readBatch(readJson(body)), isBatch: true };
  if (mediaType === 'application/cloudevents+json') return single(readCloudEvent(readJson(body)));
  const isBinary = headers['ce-specversion'] !== undefined || headers['ce-id'] !== undefined;
  if (mediaType.startsWith('application/cloudevents') || !isBinary) {
    throw new HeadraceError(
      'request.unsupportedType',
      'Send application/cloudevents+json, application/cloudevents-batch+json, or any type with ce- headers.',
    );
  }
  return single(readCloudEvent(binaryEvent(headers, contentType, mediaType, body)));
}

const single = (reading: CloudEventReading): ReadEvents => {
  if (!reading.ok) throw invalid(reading.faults);
  return { events: [reading.event], isBatch: false };
};

function readBatch(value: unknown): CloudEvent[] {
  if (!Array.isArray(value)) {
    throw invalid([{ pointer: '', code: 'event.invalid', message: 'A batch is a JSON array of events.' }]);
  }
  if (value.length > limits.eventBatch) {
    const message = `A batch holds ${limits.eventBatch} events at most.`;
    throw invalid([{ pointer: '', code: 'event.invalid', message }]);
  }
  const readings = value.map((member, index) => readCloudEvent(member, [index]));
  const faults = readings.flatMap((reading) => (reading.ok ? [] : reading.faults));
  if (faults.length > 0) throw invalid(faults);
  return readings.flatMap((reading) => (reading.ok ? [reading.event] : []));
}

const invalid = (faults: readonly Fault[]): HeadraceError =>
  new HeadraceError('event.invalid', 'This is not a valid CloudEvent.', { faults });

/** Gathers headers and body into the JSON format, where all rules are checked. */
function binaryEvent(
  headers: Readonly<Record<string, string>>,
  contentType: string,
  mediaType: string,
  body: Uint8Array,
): Record<string, unknown> {
  const event: Record<string, unknown> = {};
  for (const [header, value] of Object.entries(headers)) {
    if (header.startsWith('ce-')) event[header.slice(3)] = decodeHeader(header, value);
  }
  if (contentType !== '') event.datacontenttype = contentType;
  if (body.length === 0) return event;
  if (mediaType === 'application/json' || mediaType.endsWith('+json')) event.data = readJson(body);
  else if (mediaType.startsWith('text/')) event.data = decodeUtf8(body);
  else event.data_base64 = Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString('base64');
  return event;
}

/** Unquotes, then percent-decodes (§3.1.3.2). */
function decodeHeader(header: string, value: string): string {
  const trimmed = value.trim();
  const isQuoted = trimmed.length > 1 && trimmed.startsWith('"') && trimmed.endsWith('"');
  const plain = isQuoted ? trimmed.slice(1, -1).replace(/\\(.)/g, '$1') : trimmed;
  try {
    return plain.replace(/(?:%[0-9A-Fa-f]{2})+/g, (escaped) => decodeURIComponent(escaped));
  } catch (cause) {
    throw new HeadraceError('request.malformed', `The header ${header} has an invalid percent-encoding.`, { cause });
  }
}
