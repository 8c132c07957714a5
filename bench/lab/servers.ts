/**
 * Postgres and Redis for one benchmark, the embedded ones that `npm start` runs, with the very same settings, in a
 * temporary directory and on free ports. Refuses other servers: figures of different durability cannot be compared.
 */
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import pg from 'pg';
import { migrate } from '@/server/database/migrate';
import { startPostgres } from '@/server/embedded/postgres';
import { startRedis } from '@/server/embedded/redis';
import type { ServerHandle } from '@/server/embedded/server-handle';

export interface Lab {
  readonly directory: string;
  readonly postgres: ServerHandle;
  readonly redis: ServerHandle;
  /** For looking at results; nothing that is measured goes over it. */
  readonly pool: pg.Pool;
  close(): Promise<void>;
}

export async function openLab(): Promise<Lab> {
  const directory = mkdtempSync(join(tmpdir(), 'headrace-bench-'));
  // Postgres does not run as root and must be able to pass through to its files.
  chmodSync(directory, 0o711);
  const started: ServerHandle[] = [];
  const remove = async (): Promise<void> => {
    await Promise.allSettled(started.map((server) => server.stop()));
    rmSync(directory, { recursive: true, force: true });
  };
  try {
    const redis = await startRedis({ dir: join(directory, 'redis') });
    started.push(redis);
    const postgres = await startPostgres({ dir: join(directory, 'postgres') });
    started.push(postgres);
    await migrate(postgres.url);
    const pool = new pg.Pool({ connectionString: postgres.url, max: 2 });
    // The server may cut a connection that is on its way out when it stops; nothing is measured by then.
    pool.on('error', () => undefined);
    const close = async (): Promise<void> => {
      await pool.end();
      await remove();
    };
    return { directory, postgres, redis, pool, close };
  } catch (error) {
    await remove();
    throw error;
  }
}

/** What the figures depend on: durability as the servers themselves report it, versions, the machine. */
export async function readSettings(lab: Lab): Promise<Readonly<Record<string, string>>> {
  const settings: Record<string, string> = {};
  const names = ['fsync', 'synchronous_commit', 'full_page_writes', 'wal_sync_method', 'shared_buffers'];
  for (const name of names) {
    const { rows } = await lab.pool.query<{ value: string }>('SELECT current_setting($1) AS value', [name]);
    settings[`postgres ${name}`] = rows[0]?.value ?? '?';
  }
  const { rows } = await lab.pool.query<{ value: string }>(`SELECT current_setting('server_version') AS value`);
  settings['postgres version'] = rows[0]?.value ?? '?';
  const redis = new Redis(lab.redis.url);
  try {
    for (const name of ['appendonly', 'appendfsync', 'maxmemory-policy']) {
      settings[`redis ${name}`] = ((await redis.config('GET', name)) as string[])[1] ?? '?';
    }
    settings['redis version'] = /^redis_version:(\S+)/m.exec(await redis.info('server'))?.[1] ?? '?';
  } finally {
    redis.disconnect();
  }
  const processors = cpus();
  settings.machine = `${processors.length} × ${processors[0]?.model.trim() ?? 'unknown'}, ${process.platform}`;
  settings.node = process.version;
  return settings;
}
