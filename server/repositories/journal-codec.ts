/**
 * Journal entries as they are stored: values over the inline limit leave the row and a reference `{"$payload": hash,
 * "bytes": n}` takes their place, under a marker key of its own so that no user's data can be mistaken for one.
 * Refuses to know what the values mean.
 */
import type { JsonValue } from '@/core/json';
import type { JournalEntry } from '@/core/run/entries';
import { isInline, type PayloadStore } from '@/server/repositories/payloads';

/** Fields of entries that hold values of any size. */
const valueFields = ['input', 'output'] as const;
type ValueField = (typeof valueFields)[number];

interface Outside {
  readonly field: ValueField;
  readonly payload: string;
  readonly bytes: number;
}
/** An entry on disk: `outside` lists the fields whose values stand in payloads. */
type StoredEntry = JournalEntry & { readonly outside?: readonly Outside[] };

/** An entry whose value fields may be taken out and put back; only the codec sees it so. */
type Movable = { [Field in ValueField]?: JsonValue };

/**
 * Serialises entries, storing large values first.
 * @returns the JSON text of the row's `entries`
 */
export async function encodeEntries(
  payloads: PayloadStore,
  workspaceId: string,
  entries: readonly JournalEntry[],
): Promise<string> {
  const whole = JSON.stringify(entries);
  if (isInline(whole)) return whole;
  const stored = await Promise.all(
    entries.map(async (entry): Promise<StoredEntry> => {
      const outside: Outside[] = [];
      const copy = { ...entry } as Movable;
      for (const field of valueFields) {
        const value = copy[field];
        if (value === undefined) continue;
        const json = JSON.stringify(value);
        if (isInline(json)) continue;
        const bytes = Buffer.from(json);
        const hash = await payloads.put(workspaceId, bytes);
        delete copy[field];
        outside.push({ field, payload: hash.toString('hex'), bytes: bytes.byteLength });
      }
      return outside.length === 0 ? entry : ({ ...copy, outside } as unknown as StoredEntry);
    }),
  );
  return JSON.stringify(stored);
}

/**
 * Reads entries back, fetching the payloads they name. A deleted payload leaves null.
 * @param onGone told of each value that is not there any more
 */
export async function decodeEntries(
  payloads: PayloadStore,
  workspaceId: string,
  rows: readonly (readonly StoredEntry[])[],
  onGone?: (entry: JournalEntry, field: ValueField) => void,
): Promise<JournalEntry[]> {
  const entries = rows.flat();
  const hashes = entries.flatMap((entry) => entry.outside?.map((value) => value.payload) ?? []);
  if (hashes.length === 0) return entries;
  const contents = await payloads.getMany(workspaceId, hashes);
  return entries.map((entry) => {
    const { outside, ...rest } = entry;
    if (outside === undefined) return entry;
    const whole = { ...rest } as Movable;
    for (const value of outside) {
      const bytes = contents.get(value.payload);
      if (bytes === undefined) onGone?.(entry, value.field);
      whole[value.field] = bytes === undefined ? null : (JSON.parse(bytes.toString()) as JsonValue);
    }
    return whole as JournalEntry;
  });
}

export type { StoredEntry, ValueField };
