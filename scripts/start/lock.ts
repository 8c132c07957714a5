/**
 * Locks between processes of one machine. A lock names its holder by process and start time, so that one left by a
 * crash is seen to be dead at once, without a waiting time and without trusting a bare process id.
 */
import { accessSync, constants, linkSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { HeadraceError } from '@/core/errors';
import { dataPaths, readText } from '@/server/embedded/data-directory';
import { isRunning, markOf, type ProcessMark } from '@/server/embedded/process-identity';

export interface Lock {
  readonly release: () => void;
}

interface Holder extends ProcessMark {
  /** What the holder wants others to know, such as its address. */
  readonly note: string;
}

/**
 * Takes the data directory for this process, making it when needed.
 * @param url where this process is going to serve, for the message that a second one shows
 * @throws HeadraceError `config.invalid` when another start holds it or it cannot be written
 */
export function lockDataDirectory(dataDir: string, url: string): Lock {
  makeDirectory(dataDir);
  const result = tryLock(dataPaths(dataDir).lock, url);
  if ('release' in result) return result;
  throw new HeadraceError(
    'config.invalid',
    `The data directory ${dataDir} is in use by another start of Headrace ` +
      `(process ${result.holder.pid}, ${result.holder.note}). ` +
      'Stop that one, or choose another directory with HEADRACE_DATA_DIR and another PORT.',
  );
}

/**
 * Takes the lock file at `path` unless a living process holds it.
 * @param note told to whoever comes second
 */
export function tryLock(path: string, note: string): Lock | { readonly holder: Holder } {
  const own = markOf(process.pid);
  if (own === undefined) throw new HeadraceError('internal.bug', 'This process could not find itself.');
  const draft = `${path}.${own.pid}`;
  writeFileSync(draft, JSON.stringify({ ...own, note } satisfies Holder), { mode: 0o600 });
  try {
    while (!claim(draft, path)) {
      const holder = readHolder(path);
      if (holder && isRunning(holder)) return { holder };
      removeDead(path);
    }
  } finally {
    rmSync(draft, { force: true });
  }
  return {
    release: () => {
      if (readHolder(path)?.identity === own.identity) rmSync(path, { force: true });
    },
  };
}

/** A link either appears with its whole content or fails because the name exists: a lock is never seen empty. */
function claim(draft: string, path: string): boolean {
  try {
    linkSync(draft, path);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

/** Moved aside before it is removed: when another start was faster, what we moved is its living lock and goes back. */
function removeDead(path: string): void {
  const aside = `${path}.dead.${process.pid}`;
  try {
    renameSync(path, aside);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return;
    throw error;
  }
  const moved = readHolder(aside);
  if (moved && isRunning(moved)) claim(aside, path);
  rmSync(aside, { force: true });
}

function readHolder(path: string): Holder | undefined {
  const text = readText(path);
  if (text === undefined) return undefined;
  try {
    return JSON.parse(text) as Holder;
  } catch {
    // Not written by us, or cut off by a full disk: it names nobody, so nobody holds it.
    return undefined;
  }
}

function makeDirectory(dataDir: string): void {
  try {
    mkdirSync(dataDir, { recursive: true });
    accessSync(dataDir, constants.R_OK | constants.W_OK | constants.X_OK);
  } catch (error) {
    const reason = (error as NodeJS.ErrnoException).code ?? String(error);
    throw new HeadraceError(
      'config.invalid',
      `The data directory ${dataDir} cannot be written (${reason}). Give this user access to it, or choose another ` +
        'with HEADRACE_DATA_DIR.',
      { cause: error },
    );
  }
}
