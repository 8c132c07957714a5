/** What services need of cryptography, as a port: fingerprints and unguessable text. Refuses keys and ciphers. */
export interface Digest {
  /** @returns 32 bytes */
  sha256(content: string | Uint8Array): Uint8Array<ArrayBuffer>;
  /** @returns `bytes` random bytes in base64url, without padding */
  randomToken(bytes: number): string;
}
