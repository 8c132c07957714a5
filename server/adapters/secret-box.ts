/**
 * Encryption at rest for secrets, and the derivation of every other key from the one an operator configures. AES-256-GCM
 * with a fresh nonce per box; workspace and name are authenticated with it, so a row copied to another workspace or name
 * does not open. Refuses to hand out the master key and to open anything whose tag does not verify.
 */
import { createCipheriv, createDecipheriv, createHash, hkdfSync, randomBytes } from 'node:crypto';
import { HeadraceError } from '@/core/errors';
import type { SealedSecret, SecretBox } from '@/server/services/secrets/secret-box';

const algorithm = 'aes-256-gcm';
const keyBytes = 32;
/** 96 bits: the size GCM is defined for without another hash (NIST SP 800-38D §5.2.1.1). */
const nonceBytes = 12;
const tagBytes = 16;
/** First byte of every box: a later format is told apart from this one. */
const formatVersion = 1;

/**
 * A key for one purpose, by HKDF-SHA-256 (RFC 5869). Keys of different purposes say nothing about each other.
 * @param master 32 bytes of HEADRACE_ENCRYPTION_KEY
 * @param purpose short constant such as `session`
 * @returns 32 bytes
 */
export function deriveKey(master: Buffer, purpose: string): Buffer {
  return Buffer.from(hkdfSync('sha256', master, Buffer.alloc(0), `headrace/${purpose}`, keyBytes));
}

/**
 * @param key 32 bytes of HEADRACE_ENCRYPTION_KEY; the encryption key of secrets is derived from it
 * @throws HeadraceError `config.invalid` when the key has another length
 */
export function createSecretBox(key: Buffer): SecretBox {
  if (key.length !== keyBytes) {
    throw new HeadraceError('config.invalid', `The encryption key must have ${keyBytes} bytes.`);
  }
  const secretsKey = deriveKey(key, 'secrets');
  const keyId = createHash('sha256').update(key).digest('hex').slice(0, 8);

  return {
    keyId,
    seal(workspaceId, name, value) {
      const nonce = randomBytes(nonceBytes);
      const cipher = createCipheriv(algorithm, secretsKey, nonce, { authTagLength: tagBytes });
      cipher.setAAD(boundTo(workspaceId, name));
      const text = Buffer.concat([cipher.update(value, 'utf8'), cipher.final()]);
      return { sealed: Buffer.concat([Buffer.of(formatVersion), nonce, cipher.getAuthTag(), text]), keyId };
    },
    open(workspaceId, name, box) {
      if (box.keyId !== keyId) {
        throw unreadable(name, 'it was encrypted with another HEADRACE_ENCRYPTION_KEY. Store it again.');
      }
      return decrypt(secretsKey, workspaceId, name, box);
    },
  };
}

function decrypt(key: Buffer, workspaceId: string, name: string, box: SealedSecret): string {
  const bytes = Buffer.from(box.sealed.buffer, box.sealed.byteOffset, box.sealed.byteLength);
  const textAt = 1 + nonceBytes + tagBytes;
  if (bytes.length < textAt || bytes[0] !== formatVersion) {
    throw unreadable(name, 'its stored form is not known to this release.');
  }
  const decipher = createDecipheriv(algorithm, key, bytes.subarray(1, 1 + nonceBytes), { authTagLength: tagBytes });
  decipher.setAAD(boundTo(workspaceId, name));
  decipher.setAuthTag(bytes.subarray(1 + nonceBytes, textAt));
  try {
    return Buffer.concat([decipher.update(bytes.subarray(textAt)), decipher.final()]).toString('utf8');
  } catch (cause) {
    throw unreadable(name, 'its stored form was altered or belongs elsewhere. Store it again.', cause);
  }
}

/** NUL cannot occur in a UUID, so the pair is unambiguous. */
const boundTo = (workspaceId: string, name: string): Buffer => Buffer.from(`${workspaceId}\0${name}`, 'utf8');

const unreadable = (name: string, why: string, cause?: unknown): HeadraceError =>
  new HeadraceError('secret.unreadable', `The secret "${name}" cannot be decrypted: ${why}`, { cause });
