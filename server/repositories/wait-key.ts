/**
 * The key of a wait as it is stored: bounded, because an index holds it. Refuses to let two keys become one: what is too long
 * is kept as its digest.
 */
import { createHash } from 'node:crypto';
import { limits } from '@/core/limits';

/** @param key from `waitKeyOf`: JSON text, so it never begins with the sign of a digest */
export const storedWaitKey = (key: string): string =>
  key.length <= limits.waitKeyIndexedLength ? key : `#${createHash('sha256').update(key).digest('hex')}`;
