/** Fingerprints and random text by Node's own cryptography. Refuses weaker hashes and guessable sources. */
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import type { Digest } from '@/server/services/digest';

export const nodeDigest: Digest = {
  sha256: (content) => new Uint8Array(createHash('sha256').update(content).digest()),
  isSame: (a, b) => a.length === b.length && timingSafeEqual(a, b),
  randomToken: (bytes) => randomBytes(bytes).toString('base64url'),
};
