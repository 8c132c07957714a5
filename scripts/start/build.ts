/**
 * Builds the web application when its sources changed since the last build. The build carries a fingerprint of what
 * it was made from, so that a second start is quick and one after `git pull` is right.
 */
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { stripVTControlCharacters } from 'node:util';
import { HeadraceError } from '@/core/errors';
import { readText } from '@/server/embedded/data-directory';
import { tryLock } from './lock';

/** What the build reads, relative to the root of the checkout. */
const sources = [
  'app',
  'components',
  'core',
  'server',
  'public',
  'instrumentation.ts',
  'next.config.js',
  'package-lock.json',
  'postcss.config.mjs',
  'tsconfig.json',
];
const ignored = /(^|\/)(testing|embedded)$|\.test\.tsx?$|\.md$/;

const stampFile = '.next/headrace-sources';
const logFile = '.next/headrace-build.log';
const lockFile = 'node_modules/.headrace-build-lock';
const waitMs = 500;

/**
 * @param env variables of the build process
 * @param signal ends a build under way
 * @returns what was done, for the progress line
 * @throws HeadraceError `internal.bug` with the last lines of the build when it fails
 */
export async function ensureBuild(env: NodeJS.ProcessEnv, signal: AbortSignal): Promise<string> {
  for (;;) {
    signal.throwIfAborted();
    if (isBuilt()) return 'up to date';
    const lock = lockBuild();
    if ('holder' in lock) {
      await delay(waitMs, undefined, { signal });
      continue;
    }
    try {
      if (isBuilt()) return 'up to date';
      const fingerprint = sourceFingerprint();
      await build(env, signal);
      writeFileSync(stampFile, fingerprint);
      return 'built';
    } finally {
      lock.release();
    }
  }
}

function lockBuild(): ReturnType<typeof tryLock> {
  try {
    return tryLock(lockFile, 'next build');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== 'EACCES' && code !== 'EROFS' && code !== 'EPERM') throw error;
    throw new HeadraceError(
      'config.invalid',
      `The application must be built and this user may not write to the checkout (${code}). ` +
        'Run "npm run build" as a user who may, then start again.',
      { cause: error },
    );
  }
}

/** A finished build has its id; ours of the same sources has their fingerprint. */
const isBuilt = (): boolean => existsSync('.next/BUILD_ID') && readText(stampFile) === sourceFingerprint();

/** SHA-256 over path and content of every source file, in order of path. */
export function sourceFingerprint(): string {
  const hash = createHash('sha256').update(process.versions.node);
  const add = (path: string): void => {
    hash.update(`\0${path}\0`).update(readFileSync(path));
  };
  const walk = (directory: string): void => {
    const entries = readdirSync(directory, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1));
    for (const entry of entries) {
      const path = join(directory, entry.name);
      if (ignored.test(path)) continue;
      if (entry.isDirectory()) walk(path);
      else if (entry.isFile()) add(path);
    }
  };
  for (const source of sources.filter((path) => existsSync(path))) {
    if (/\.[a-z]+$/.test(source)) add(source);
    else walk(source);
  }
  return hash.digest('hex');
}

async function build(env: NodeJS.ProcessEnv, signal: AbortSignal): Promise<void> {
  mkdirSync('.next', { recursive: true });
  const next = createRequire(import.meta.url).resolve('next/dist/bin/next');
  const child = spawn(process.execPath, [next, 'build'], {
    env: { ...env, NODE_ENV: 'production', NEXT_TELEMETRY_DISABLED: '1', NO_COLOR: '1' },
    stdio: ['ignore', 'pipe', 'pipe'],
    signal,
    killSignal: 'SIGKILL',
  });
  const output: string[] = [];
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (bytes: Buffer) => output.push(bytes.toString()));
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  signal.throwIfAborted();
  const text = stripVTControlCharacters(output.join(''));
  mkdirSync('.next', { recursive: true });
  writeFileSync(logFile, text);
  if (code === 0) return;
  const tail = text.trim().split('\n').slice(-15).join('\n');
  throw new HeadraceError('internal.bug', `The application could not be built (full log: ${logFile}):\n${tail}`);
}
