/** Asks Postgres and Redis which version they are. Refuses to interpret the answer: it is shown to people. */
import type { Redis } from 'ioredis';
import type { Pool } from 'pg';

/** @returns such as `18.1` */
export async function readPostgresVersion(pool: Pick<Pool, 'query'>): Promise<string> {
  const { rows } = await pool.query<{ server_version: string }>('SHOW server_version');
  return rows[0]?.server_version ?? 'unknown';
}

/** @returns such as `8.2.1`; Valkey names the Redis version it is compatible with */
export async function readRedisVersion(redis: Pick<Redis, 'info'>): Promise<string> {
  const info = await redis.info('server');
  return /^redis_version:(\S+)/m.exec(info)?.[1] ?? 'unknown';
}
