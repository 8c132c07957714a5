/**
 * Bytes to JSON, refusing before anything walks the value: broken UTF-8, broken JSON, keys that reach for a prototype,
 * nesting that would exhaust a stack, and numbers that no double holds (they would come back as null).
 */
import { parse } from 'secure-json-parse';
import { HeadraceError } from '@/core/errors';
import { hasDepthOver } from '@/core/json';
import { limits } from '@/core/limits';

const utf8 = new TextDecoder('utf-8', { fatal: true });

/** @throws HeadraceError `request.malformed` when the bytes are not UTF-8 */
export function decodeUtf8(bytes: Uint8Array): string {
  try {
    return utf8.decode(bytes);
  } catch (cause) {
    throw new HeadraceError('request.malformed', 'The body is not valid UTF-8.', { cause });
  }
}

/** @throws HeadraceError `request.malformed` · `request.tooDeep` */
export function readJson(bytes: Uint8Array): unknown {
  const text = decodeUtf8(bytes);
  if (text.trim() === '') throw new HeadraceError('request.malformed', 'The body is empty; JSON is expected.');
  const value = parseSafely(text);
  if (hasDepthOver(value, limits.jsonDepth)) {
    throw new HeadraceError('request.tooDeep', `The JSON is nested deeper than ${limits.jsonDepth} levels.`);
  }
  if (hasInfinity(value)) {
    throw new HeadraceError('request.malformed', 'A number in the JSON is too large to be kept exactly or at all.');
  }
  return value;
}

function parseSafely(text: string): unknown {
  try {
    return parse(text, { protoAction: 'error', constructorAction: 'error' });
  } catch (cause) {
    const isPrototypeKey = cause instanceof Error && cause.message.includes('forbidden prototype property');
    const message = isPrototypeKey
      ? 'The JSON has a key that would reach an object prototype ("__proto__" or "constructor.prototype").'
      : 'The body is not valid JSON.';
    throw new HeadraceError('request.malformed', message, { cause });
  }
}

/** `1e400` parses to Infinity. The depth is bounded here, so recursion is safe. */
function hasInfinity(value: unknown): boolean {
  if (typeof value === 'number') return !Number.isFinite(value);
  if (typeof value !== 'object' || value === null) return false;
  return Object.values(value).some(hasInfinity);
}
