/**
 * A list that is filled here and there and never changed in place: setting one of a hundred thousand places copies a
 * few hundred references, not all of them. Folding needs both: states that stand, and long loops that stay linear.
 */

const chunkLength = 256;

/** Chunks of places; what was never set is undefined. */
export type SparseList<T> = readonly (readonly (T | undefined)[] | undefined)[];

export const emptyList: SparseList<never> = [];

/** What stands there; nothing for a place that was never set, also after a way through JSON. */
export const getAt = <T>(list: SparseList<T>, index: number): T | undefined =>
  list[Math.floor(index / chunkLength)]?.[index % chunkLength] ?? undefined;

/** What is set, with its place, the last first. */
export function* backwards<T>(list: SparseList<T>): Generator<readonly [index: number, value: T]> {
  for (let at = list.length - 1; at >= 0; at -= 1) {
    const chunk = list[at] ?? [];
    for (let offset = chunk.length - 1; offset >= 0; offset -= 1) {
      const value = chunk[offset];
      if (value !== undefined && value !== null) yield [at * chunkLength + offset, value];
    }
  }
}

/** A list that differs in this place alone. @param index from 0 @param value undefined empties it */
export function setAt<T>(list: SparseList<T>, index: number, value: T | undefined): SparseList<T> {
  const at = Math.floor(index / chunkLength);
  const chunk = [...(list[at] ?? [])];
  while (chunk.length < index % chunkLength) chunk.push(undefined);
  chunk[index % chunkLength] = value;
  const next = [...list];
  while (next.length < at) next.push(undefined);
  next[at] = withoutTail(chunk);
  return withoutTail(next.map((each) => (each?.length === 0 ? undefined : each)));
}

/** Who empties a list from its end should not walk over what is gone. */
function withoutTail<T>(list: readonly (T | undefined)[]): readonly (T | undefined)[] {
  let length = list.length;
  while (length > 0 && (list[length - 1] ?? undefined) === undefined) length -= 1;
  return length === list.length ? list : list.slice(0, length);
}

/** A list that went through JSON, where an empty place is null. */
export const readList = <T>(list: SparseList<T>, read: (value: T) => T): SparseList<T> =>
  list.map((chunk) =>
    (chunk ?? undefined)?.map((value) => ((value ?? undefined) === undefined ? undefined : read(value as T))),
  );
