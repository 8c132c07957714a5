/** What services need of cryptography, as a port: fingerprints and unguessable text. Refuses keys and ciphers. */
export interface Digest {
  /** @returns 32 bytes */
  sha256(content: string | Uint8Array): Uint8Array<ArrayBuffer>;
  /** Whether two fingerprints are equal, in a time that does not depend on where they differ. */
  isSame(a: Uint8Array, b: Uint8Array): boolean;
  /** @returns `bytes` random bytes in base64url, without padding */
  randomToken(bytes: number): string;
}
