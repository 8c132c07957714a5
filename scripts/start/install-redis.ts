/**
 * Obtains a Redis server from the system's package manager when it may: apt as root or with a sudo that asks nothing,
 * or Homebrew, which needs no rights. Refuses to ask for a password or to download anything from elsewhere.
 */
import { execFile } from 'node:child_process';
import { userInfo } from 'node:os';
import { promisify } from 'node:util';
import { HeadraceError } from '@/core/errors';
import { findRedisBinary } from '@/server/embedded/redis';

const run = promisify(execFile);

/** Package lists and one small package: minutes only on a very slow line. */
const timeoutMs = 5 * 60_000;

/**
 * @returns how Redis was obtained, for the progress line
 * @throws HeadraceError `redis.unavailable` that says exactly what to do
 */
export async function installRedis(): Promise<string> {
  const attempts: string[] = [];
  for (const { name, commands } of await installers()) {
    try {
      for (const [file = '', ...args] of commands) await run(file, args, { timeout: timeoutMs, maxBuffer: 64 << 20 });
      if (await findRedisBinary()) return `installed with ${name}`;
      attempts.push(`${name} installed no redis-server of version 6.2 or newer`);
    } catch (error) {
      attempts.push(`${name} failed (${lastLine(error)})`);
    }
  }
  const tried = attempts.length === 0 ? '' : `\n  Tried: ${attempts.join('; ')}.`;
  throw new HeadraceError('redis.unavailable', `${instructions}${tried}`);
}

const instructions = [
  'Redis is needed and was not found. Do one of these and start again:',
  '  - Debian, Ubuntu:  sudo apt-get install redis-server',
  '  - Fedora:          sudo dnf install valkey',
  '  - Alpine:          apk add redis',
  '  - macOS:           brew install redis',
  '  - or set REDIS_URL to a running server, for example REDIS_URL=redis://127.0.0.1:6379',
].join('\n');

interface Installer {
  readonly name: string;
  readonly commands: readonly (readonly string[])[];
}

async function installers(): Promise<readonly Installer[]> {
  const found: Installer[] = [];
  if (await isThere('apt-get', '--version')) {
    if (userInfo().uid === 0) found.push(apt([]));
    else if (await isThere('sudo', '-n', 'true')) found.push(apt(['sudo', '-n']));
  }
  if (await isThere('brew', '--version')) found.push({ name: 'brew', commands: [['brew', 'install', 'redis']] });
  return found;
}

/**
 * RUNLEVEL=1 keeps the package from starting a server of its own: ours runs in the data directory. A package list
 * that cannot be refreshed may still be good enough, so that failure is left to the installation to report.
 */
function apt(prefix: readonly string[]): Installer {
  const environment = ['env', 'DEBIAN_FRONTEND=noninteractive', 'RUNLEVEL=1'];
  const install = [...prefix, ...environment, 'apt-get', 'install', '-y', '--no-install-recommends', 'redis-server'];
  const refresh = [...prefix, ...environment, 'sh', '-c', 'apt-get update -q || true'];
  return { name: 'apt-get', commands: [refresh, install] };
}

const isThere = (file: string, ...args: string[]): Promise<boolean> =>
  run(file, args).then(
    () => true,
    () => false,
  );

const lastLine = (error: unknown): string => {
  const { stderr, message } = error as { stderr?: string; message: string };
  return (stderr || message).trim().split('\n').at(-1) ?? '';
};
