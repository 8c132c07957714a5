/**
 * JSON as a type, and the few small questions every module asks of it. It exists so that nobody writes these walks
 * twice. Refuses to validate documents (zod does that) and to guess: what is not JSON is not accepted as `JsonValue`.
 */

export type JsonPrimitive = string | number | boolean | null;
export type JsonArray = JsonValue[];
export type JsonObject = { [key: string]: JsonValue };
export type JsonValue = JsonPrimitive | JsonArray | JsonObject;

/** Escapes one reference token of a JSON pointer (RFC 6901 §3: `~` first, then `/`). */
export const escapePointerToken = (token: string | number): string =>
  typeof token === 'number' ? String(token) : token.replaceAll('~', '~0').replaceAll('/', '~1');

/** Undoes {@link escapePointerToken} (RFC 6901 §4: `~1` first, then `~0`). */
export const unescapePointerToken = (token: string): string => token.replaceAll('~1', '/').replaceAll('~0', '~');

/**
 * The RFC 6901 pointer to the value reached through `parts`.
 * @param parts object keys and array indices, outermost first
 * @returns `''` for the whole document, otherwise `/a/0/b`
 */
export const jsonPointer = (...parts: readonly (string | number)[]): string =>
  parts.map((part) => `/${escapePointerToken(part)}`).join('');

/** The tokens of a pointer, unescaped; `[]` for the whole document. */
export const parseJsonPointer = (pointer: string): string[] =>
  pointer === '' ? [] : pointer.slice(1).split('/').map(unescapePointerToken);

/** Whether the value is an object as `JSON.parse` or a literal makes it: no class instance, no array, not null. */
export function isPlainObject(value: unknown): value is Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return false;
  }
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

/**
 * Whether arrays and objects nest deeper than `max` levels (a scalar has depth 0, `[]` depth 1). The walk keeps its
 * own stack and stops at the first offender, so that hostile nesting cannot exhaust the call stack.
 */
export function hasDepthOver(value: unknown, max: number): boolean {
  const pending: { value: object; depth: number }[] = [];
  const push = (child: unknown, depth: number): void => {
    if (typeof child === 'object' && child !== null) {
      pending.push({ value: child, depth });
    }
  };
  push(value, 1);
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    if (next.depth > max) {
      return true;
    }
    for (const child of Array.isArray(next.value) ? next.value : Object.values(next.value)) {
      push(child, next.depth + 1);
    }
  }
  return false;
}

/**
 * JSON text in which equal values are equal: members stand in order of their names (by UTF-16 unit, RFC 8785 section 3.2.3).
 * What no text column could hold is escaped.
 */
export const canonicalJson = (value: JsonValue): string => JSON.stringify(ordered(value));

function ordered(value: JsonValue): JsonValue {
  if (Array.isArray(value)) return value.map(ordered);
  if (!isPlainObject(value)) return value;
  const members = Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(members.map(([name, member]) => [name, ordered(member)]));
}

/**
 * Bytes of `JSON.stringify(value)` in UTF-8, counted without building the text.
 * @param stopAfter counting ends early once the sum exceeds this many bytes; the result is then only known to be larger
 */
export function byteLengthOfJson(value: JsonValue, stopAfter = Number.POSITIVE_INFINITY): number {
  switch (typeof value) {
    case 'string':
      return byteLengthOfJsonString(value);
    case 'number':
      return Number.isFinite(value) ? String(value).length : 4;
    case 'boolean':
      return value ? 4 : 5;
    default:
      break;
  }
  if (value === null) {
    return 4;
  }
  let bytes = 2;
  if (Array.isArray(value)) {
    for (const item of value) {
      bytes += byteLengthOfJson(item, stopAfter - bytes) + 1;
      if (bytes > stopAfter) {
        return bytes;
      }
    }
    return value.length > 0 ? bytes - 1 : bytes;
  }
  let members = 0;
  for (const [key, member] of Object.entries(value)) {
    if (member === undefined) {
      continue;
    }
    members += 1;
    bytes += byteLengthOfJsonString(key) + byteLengthOfJson(member, stopAfter - bytes) + 2;
    if (bytes > stopAfter) {
      return bytes;
    }
  }
  return members > 0 ? bytes - 1 : bytes;
}

/** The quotes included; escapes as `JSON.stringify` writes them (lone surrogates and controls as `\uXXXX`). */
function byteLengthOfJsonString(text: string): number {
  let bytes = text.length + 2;
  for (let at = 0; at < text.length; at += 1) {
    const unit = text.charCodeAt(at);
    if (unit >= 0x20 && unit < 0x80) {
      bytes += unit === 0x22 || unit === 0x5c ? 1 : 0;
    } else if (unit < 0x20) {
      bytes += unit >= 0x08 && unit <= 0x0d && unit !== 0x0b ? 1 : 5;
    } else if (unit < 0x800) {
      bytes += 1;
    } else if (unit >= 0xd800 && unit <= 0xdbff && isLowSurrogate(text.charCodeAt(at + 1))) {
      bytes += 2;
      at += 1;
    } else {
      bytes += unit >= 0xd800 && unit <= 0xdfff ? 5 : 2;
    }
  }
  return bytes;
}

const isLowSurrogate = (unit: number): boolean => unit >= 0xdc00 && unit <= 0xdfff;

/** JSON equality; a key whose value is undefined is not there. */
export function sameJson(a: unknown, b: unknown): boolean {
  if (a === b) {
    return true;
  }
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) {
    return false;
  }
  if (Array.isArray(a) || Array.isArray(b)) {
    return (
      Array.isArray(a) &&
      Array.isArray(b) &&
      a.length === b.length &&
      a.every((item, index) => sameJson(item, b[index]))
    );
  }
  const left = definedEntries(a);
  const right = new Map(definedEntries(b));
  return left.length === right.size && left.every(([key, value]) => right.has(key) && sameJson(value, right.get(key)));
}

const definedEntries = (value: object): [string, unknown][] =>
  Object.entries(value).filter(([, member]) => member !== undefined);
