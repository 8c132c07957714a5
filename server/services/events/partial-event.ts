/**
 * Events whose data is kept elsewhere: seen without it, stored without it, made whole again. Most that is asked of an event
 * (its type, its subject) needs no megabyte of data. Refuses to hide that it is missing: whoever asks for it is told.
 */
import type { JsonObject, JsonValue } from '@/core/json';

/** Thrown by an event that was asked for data that has not been fetched. */
export class DataElsewhere extends Error {
  constructor() {
    super('the data of the event is kept elsewhere');
  }
}

/** Members of an event that hold its data; bytes stand under both names. */
const dataMembers = ['data', 'data_base64'] as const;

/** @returns the event, whose data throws {@link DataElsewhere} when it is read */
export function withoutData(event: JsonObject): JsonObject {
  const partial = { ...event };
  const get = (): never => {
    throw new DataElsewhere();
  };
  for (const name of dataMembers) {
    if (Object.hasOwn(event, name)) Object.defineProperty(partial, name, { get, enumerable: true });
  }
  return partial;
}

/** The event with its data in place of what {@link dataLeftOut} left. */
export function withData(event: JsonObject, data: JsonValue): JsonObject {
  const present = dataMembers.filter((name) => Object.hasOwn(event, name));
  return { ...event, ...Object.fromEntries(present.map((name) => [name, data])) };
}

/** An event that may be {@link withoutData}, as it can be stored: data that is elsewhere is null. */
export function dataLeftOut(event: JsonObject): JsonObject {
  const members = Object.entries(Object.getOwnPropertyDescriptors(event));
  return Object.fromEntries(
    members.map(([name, { value }]): [string, JsonValue] => [name, (value as JsonValue | undefined) ?? null]),
  );
}
