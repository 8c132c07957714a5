/**
 * Reads CloudEvents 1.0 from their JSON format, every attribute rule enforced and every fault reported at its pointer.
 * Structured, batch and binary mode all end here; binary mode first gathers its headers into the same shape. Refuses
 * what the specification forbids and what our columns and indexes cannot hold.
 *
 * Sources: CloudEvents 1.0.2 (context attributes, type system), JSON event format 1.0.2 (§2.3, §3.1).
 */
import type { Fault } from '@/core/errors';
import { isPlainObject, type JsonObject, type JsonValue, jsonPointer } from '@/core/json';
import { limits } from '@/core/limits';

export interface CloudEvent {
  readonly id: string;
  readonly source: string;
  readonly type: string;
  readonly subject: string | null;
  readonly timeMs: number | null;
  /** `datacontenttype`, `dataschema` and extensions; {@link base64Marker} when `data` is base64. Null when empty. */
  readonly attributes: JsonObject | null;
  readonly data: JsonValue;
  readonly partitionKey: string | null;
  readonly schemaVersion: number | null;
  readonly hops: number;
}

/**
 * Kept among the attributes of an event whose data is bytes: `data` then holds their base64 text, which travels, is
 * put aside when large and is erased like any other data. No attribute can have this name.
 */
export const base64Marker = '$base64';

/** How many flows an event has passed through, as an extension: whoever sends an event on hands it on too. */
export const hopsExtension = 'headracehops';

/**
 * Longest attribute values in bytes. An index entry must stay below a third of a page (2,704 bytes), and `source` and
 * `id` share one.
 */
const attribute = limits.eventAttributeBytes;
const maxBytes = {
  id: attribute,
  source: attribute,
  subject: attribute,
  partitionkey: attribute,
  type: 255,
  other: 4096,
} as const;

const int32 = { min: -2_147_483_648, max: 2_147_483_647 } as const;

/** Events of Headrace itself: triggers that somebody could otherwise forge. */
const reservedPrefix = 'headrace.';

// CloudEvents 1.0.2 "Type System", String: no control characters, no lone surrogates, no noncharacters.
const forbidden = /[\p{Cc}\p{Cs}\p{Noncharacter_Code_Point}]/u;
// RFC 3986 appendix A, the characters of a URI-reference; structure is checked by the URL parser.
const uriCharacters = /^(?:[A-Za-z0-9\-._~:/?#[\]@!$&'()*+,;=]|%[0-9A-Fa-f]{2})+$/;
const timestamp = /^(?!0000)\d{4}-\d{2}-\d{2}[Tt]\d{2}:\d{2}:\d{2}(\.\d+)?([Zz]|[+-]\d{2}:\d{2})$/;
const mediaType = /^[\w!#$&^.+-]+\/[\w!#$&^.+-]+(\s*;\s*[\w!#$&^.+-]+=("[^"]*"|[\w!#$&^.+-]+))*$/;
const extensionName = /^[a-z0-9]{1,20}$/;
const base64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;
const schemaReference = /^\/types\/[^/]+\/schemas\/([1-9]\d{0,8})$/;

const coreNames = new Set(['specversion', 'id', 'source', 'type', 'subject', 'time', 'datacontenttype', 'dataschema']);
const dataNames = new Set(['data', 'data_base64']);

export type CloudEventReading =
  | { readonly ok: true; readonly event: CloudEvent }
  | { readonly ok: false; readonly faults: readonly Fault[] };

/**
 * @param value one event in the JSON format, parsed
 * @param at where it stands in the body: `[]` for a single event, `[index]` in a batch
 */
export function readCloudEvent(value: unknown, at: readonly (string | number)[] = []): CloudEventReading {
  const faults: Fault[] = [];
  const report = (name: string | null, message: string): void => {
    faults.push({ pointer: jsonPointer(...at, ...(name === null ? [] : [name])), code: 'event.invalid', message });
  };
  if (!isPlainObject(value)) {
    report(null, 'A CloudEvent is a JSON object.');
    return { ok: false, faults };
  }
  const read = new AttributeReader(value, report);
  const event = readAttributes(read, value, report);
  return faults.length === 0 ? { ok: true, event } : { ok: false, faults };
}

type Report = (name: string | null, message: string) => void;

/** Reads attributes by type; null counts as absent (JSON format §2.3). */
class AttributeReader {
  readonly #value: Record<string, unknown>;
  readonly #report: Report;

  constructor(value: Record<string, unknown>, report: Report) {
    this.#value = value;
    this.#report = report;
  }

  has(name: string): boolean {
    return Object.hasOwn(this.#value, name) && this.#value[name] !== null && this.#value[name] !== undefined;
  }

  required(name: string, limit: number): string {
    if (!this.has(name)) this.#report(name, `"${name}" is required.`);
    return this.optional(name, limit) ?? '';
  }

  optional(name: string, limit: number): string | null {
    if (!this.has(name)) return null;
    const fault = stringFault(this.#value[name], limit);
    if (fault !== null) this.#report(name, fault);
    return fault === null ? (this.#value[name] as string) : null;
  }

  matching(name: string, limit: number, isFine: (text: string) => boolean, message: string): string | null {
    const text = this.optional(name, limit);
    if (text === null || isFine(text)) return text;
    this.#report(name, message);
    return null;
  }

  /** Integers arrive as numbers, in binary mode as digits. */
  integer(name: string, min: number, max: number): number | null {
    if (!this.has(name)) return null;
    const raw = this.#value[name];
    const number = typeof raw === 'string' && /^\d{1,10}$/.test(raw) ? Number(raw) : raw;
    if (typeof number === 'number' && Number.isInteger(number) && number >= min && number <= max) return number;
    this.#report(name, `"${name}" must be a whole number from ${min} to ${max}.`);
    return null;
  }
}

function readAttributes(read: AttributeReader, value: Record<string, unknown>, report: Report): CloudEvent {
  if (value.specversion !== '1.0') report('specversion', '"specversion" must be "1.0".');
  const id = read.required('id', maxBytes.id);
  const source = read.required('source', maxBytes.source);
  if (source !== '' && !isUriReference(source)) report('source', '"source" must be a URI-reference (RFC 3986).');
  const type = read.required('type', maxBytes.type);
  if (type.startsWith(reservedPrefix)) report('type', 'Types that begin with "headrace." are published by Headrace.');
  const subject = read.optional('subject', maxBytes.subject);
  const time = read.matching('time', maxBytes.other, isTimestamp, '"time" must be an RFC 3339 timestamp.');
  const contentType = read.matching(
    'datacontenttype',
    maxBytes.other,
    (text) => mediaType.test(text),
    '"datacontenttype" must be a media type such as application/json.',
  );
  const dataSchema = read.matching('dataschema', maxBytes.other, isUriReference, '"dataschema" must be a URI.');
  const partitionKey = read.optional('partitionkey', maxBytes.partitionkey);
  const schemaVersion = read.integer('schemaversion', 1, int32.max);
  const hops = read.integer(hopsExtension, 0, limits.eventHops) ?? 0;

  const attributes: JsonObject = {};
  if (contentType !== null) attributes.datacontenttype = contentType;
  if (dataSchema !== null) attributes.dataschema = dataSchema;
  readExtensions(value, attributes, report);
  const data = readData(value, attributes, report);
  return {
    id,
    source,
    type,
    subject,
    timeMs: time === null ? null : Date.parse(time),
    attributes: Object.keys(attributes).length === 0 ? null : attributes,
    data,
    partitionKey,
    schemaVersion: schemaVersion ?? schemaVersionOf(dataSchema),
    hops,
  };
}

/** Extensions with a column of their own are read elsewhere; everything else is kept beside the core attributes. */
const columnExtensions = new Set(['partitionkey', 'schemaversion', hopsExtension]);

function readExtensions(value: Record<string, unknown>, attributes: JsonObject, report: Report): void {
  for (const [name, extension] of Object.entries(value)) {
    const isElsewhere = coreNames.has(name) || dataNames.has(name) || columnExtensions.has(name);
    if (isElsewhere || extension === null || extension === undefined) continue;
    const fault = extensionName.test(name)
      ? extensionFault(extension)
      : 'Attribute names are 1 to 20 lower-case letters and digits.';
    if (fault === null) attributes[name] = extension as string | number | boolean;
    else report(name, fault);
  }
}

function extensionFault(value: unknown): string | null {
  if (typeof value === 'boolean') return null;
  if (typeof value !== 'number') return stringFault(value, maxBytes.other);
  const isInt32 = Number.isInteger(value) && value >= int32.min && value <= int32.max;
  return isInt32 ? null : 'A number in an attribute must be a whole number of 32 bits.';
}

function readData(value: Record<string, unknown>, attributes: JsonObject, report: Report): JsonValue {
  const binary = value.data_base64;
  if (binary === undefined || binary === null) return (value.data ?? null) as JsonValue;
  if (value.data !== undefined && value.data !== null) {
    report('data_base64', 'An event has either "data" or "data_base64".');
  } else if (typeof binary !== 'string' || !base64.test(binary)) {
    report('data_base64', '"data_base64" must be base64 text (RFC 4648 §4).');
  } else {
    attributes[base64Marker] = true;
    return binary;
  }
  return null;
}

function stringFault(value: unknown, limit: number): string | null {
  if (typeof value !== 'string') return 'This attribute must be a string.';
  if (value === '') return 'This attribute must not be empty.';
  if (forbidden.test(value)) return 'Control characters and broken text are not allowed.';
  if (new TextEncoder().encode(value).length > limit) return `This attribute is longer than ${limit} bytes.`;
  return null;
}

/** A base makes relative references parse, so only a broken authority, port or scheme is left to fail. */
const isUriReference = (text: string): boolean => uriCharacters.test(text) && URL.canParse(text, 'http://base.invalid');

/** `Date.parse` takes 30 February for 2 March, so the day is held against its month. */
function isTimestamp(text: string): boolean {
  const [year, month, day] = text.slice(0, 10).split('-').map(Number);
  const isRealDay = (day ?? 0) <= new Date(Date.UTC(year ?? 0, month ?? 0, 0)).getUTCDate();
  return timestamp.test(text) && isRealDay && !Number.isNaN(Date.parse(text.toUpperCase()));
}

function schemaVersionOf(dataSchema: string | null): number | null {
  const version = dataSchema === null ? undefined : schemaReference.exec(dataSchema)?.[1];
  return version === undefined ? null : Number(version);
}
