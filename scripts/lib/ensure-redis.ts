/** Obtains a Redis server when the machine has none, or says exactly what a person has to do. */
import { HeadraceError } from '@/core/errors';
import { findRedisBinary } from '@/server/embedded/redis';
import { installSystemPackage } from './system-package';

const instructions = [
  'Redis is needed and was not found. Do one of these and start again:',
  '  - Debian, Ubuntu:  sudo apt-get install redis-server',
  '  - Fedora:          sudo dnf install valkey',
  '  - Alpine:          apk add redis',
  '  - macOS:           brew install redis',
  '  - or set REDIS_URL to a running server, for example REDIS_URL=redis://127.0.0.1:6379',
];

/**
 * @returns how Redis was obtained, or undefined when it was there
 * @throws HeadraceError `redis.unavailable` with the ways to get it
 */
export async function ensureRedis(): Promise<string | undefined> {
  const isThere = async (): Promise<boolean> => (await findRedisBinary()) !== undefined;
  if (await isThere()) return undefined;
  const result = await installSystemPackage({ apt: 'redis-server', brew: 'redis', isThere });
  if (result.isInstalled) return `installed with ${result.by}`;
  const tried = result.tried.length === 0 ? [] : [`  Tried: ${result.tried.join('; ')}.`];
  throw new HeadraceError('redis.unavailable', [...instructions, ...tried].join('\n'));
}
