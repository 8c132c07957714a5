/**
 * The token of a link: the id that finds its row, and 32 random bytes that prove it. Only their SHA-256 is stored, bound to
 * the purpose and to the row: nothing that is read from the database, or made for something else, opens anything. A random
 * value of 256 bits needs neither salt nor a slow hash.
 */
import type { Digest } from '@/server/services/digest';

const secretBytes = 32;
const shape = /^([0-9a-f]{8})([0-9a-f]{4})([0-9a-f]{4})([0-9a-f]{4})([0-9a-f]{12})([A-Za-z0-9_-]{43})$/;

export interface LinkToken {
  readonly linkId: string;
  readonly secret: string;
}

export const hashOfLink = (digest: Digest, { linkId, secret }: LinkToken): Uint8Array<ArrayBuffer> =>
  digest.sha256(`headrace approval link\n${linkId}\n${secret}`);

/** @returns the token, and what is stored of it */
export function makeLinkToken(digest: Digest, linkId: string): { token: string; secretHash: Uint8Array<ArrayBuffer> } {
  const secret = digest.randomToken(secretBytes);
  return { token: `${linkId.replaceAll('-', '')}${secret}`, secretHash: hashOfLink(digest, { linkId, secret }) };
}

/** @returns null for what is no token of ours */
export function readLinkToken(token: string): LinkToken | null {
  const found = shape.exec(token);
  if (found === null) return null;
  const [, a, b, c, d, e, secret = ''] = found;
  return { linkId: [a, b, c, d, e].join('-'), secret };
}
