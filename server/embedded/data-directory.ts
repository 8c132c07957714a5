/**
 * The layout of the data directory and the small files in it: secrets that only the owner may read, and the marks of
 * running servers. Everything that a first start creates lives under this one directory, so that a backup is a copy
 * and a reset is one removal.
 */
import { randomBytes } from 'node:crypto';
import { chmodSync, linkSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { ProcessMark } from './process-identity';

export const dataPaths = (dataDir: string) => ({
  lock: join(dataDir, 'lock'),
  postgres: join(dataDir, 'postgres'),
  redis: join(dataDir, 'redis'),
  /** Marks of the web and worker processes of the start that is running or was killed. */
  services: join(dataDir, 'services.json'),
  encryptionKey: join(dataDir, 'keys', 'encryption-key'),
  setupToken: join(dataDir, 'keys', 'setup-token'),
});

/** Reads a file as trimmed text, or undefined when it does not exist. */
export function readText(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8').trim();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

/**
 * The secret in `path`, made on first use from `bytes` random bytes. The file appears whole or not at all, and the
 * first of two simultaneous makers wins.
 */
export function secretFile(path: string, bytes: number, encoding: 'base64' | 'base64url' | 'hex'): string {
  const existing = readText(path);
  if (existing !== undefined && existing !== '') return existing;
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  const draft = `${path}.${process.pid}`;
  writeFileSync(draft, `${randomBytes(bytes).toString(encoding)}\n`, { mode: 0o600 });
  try {
    if (existing === '') renameSync(draft, path);
    else linkSync(draft, path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  } finally {
    rmSync(draft, { force: true });
  }
  chmodSync(path, 0o600);
  return readText(path) as string;
}

/** What is written down about a running server so that a later start can find it. */
export interface ServerRecord extends ProcessMark {
  readonly port: number;
}

const recordPath = (serverDir: string): string => `${serverDir}.process.json`;

export const writeRecord = (serverDir: string, record: ServerRecord): void =>
  writeFileSync(recordPath(serverDir), `${JSON.stringify(record)}\n`);

export const removeRecord = (serverDir: string): void => rmSync(recordPath(serverDir), { force: true });

/** @returns the record, or undefined when there is none or it is not readable as one. */
export function readRecord(serverDir: string): ServerRecord | undefined {
  const text = readText(recordPath(serverDir));
  if (text === undefined) return undefined;
  try {
    const { pid, identity, port } = JSON.parse(text) as Partial<ServerRecord>;
    if (typeof pid !== 'number' || typeof identity !== 'string' || typeof port !== 'number') return undefined;
    return { pid, identity, port };
  } catch {
    // Cut off by a crash while it was written: the server of that moment is found by its own pid file.
    return undefined;
  }
}
