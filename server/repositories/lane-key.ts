/**
 * The key of a lane as it is stored: bounded, because an index holds it. Refuses to let two keys become one: what is cut
 * off stays in a digest.
 */
import { createHash } from 'node:crypto';
import { limits } from '@/core/limits';

/** SHA-256 in hex, and the sign before it. */
const digestBytes = 64 + 1;

/** @param key from `laneOf`; any length */
export function storedLaneKey(key: string | null): string | null {
  if (key === null || Buffer.byteLength(key) <= limits.laneKeyBytes) return key;
  const kept = Buffer.from(key)
    .subarray(0, limits.laneKeyBytes - digestBytes)
    .toString()
    // A character cut in two.
    .replace(/\uFFFD+$/, '');
  return `${kept}#${createHash('sha256').update(key).digest('hex')}`;
}
