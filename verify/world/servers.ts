/**
 * Postgres and Redis of the storm: the embedded ones of `npm start`, in a directory of the storm's own, with ways to hurt
 * them. A server that was hurt comes back on the same port. Refuses to lose a restart: whoever hurts a server waits until
 * it answers again.
 */
import { Redis } from 'ioredis';
import pg from 'pg';
import { databaseUrl, startPostgres } from '@/server/embedded/postgres';
import { startRedis } from '@/server/embedded/redis';
import type { ServerHandle } from '@/server/embedded/server-handle';

export interface HurtServers {
  readonly postgresUrl: string;
  readonly redisUrl: string;
  /** Ends all connections cleanly; those in the middle of a commit do not learn its outcome. */
  restartPostgres(): Promise<void>;
  /** As a crash: no checkpoint, recovery from the log. */
  crashPostgres(): Promise<void>;
  /** pg_terminate_backend of everybody. */
  cutConnections(): Promise<void>;
  crashRedis(): Promise<void>;
  flushRedis(): Promise<void>;
  stop(): Promise<void>;
}

export async function startServers(directories: {
  readonly postgres: string;
  readonly redis: string;
}): Promise<HurtServers> {
  let redis = await startRedis({ dir: directories.redis });
  let postgres: ServerHandle;
  try {
    postgres = await startPostgres({ dir: directories.postgres });
  } catch (error) {
    await redis.stop();
    throw error;
  }
  const { url: postgresUrl, port: postgresPort } = postgres;
  const { url: redisUrl, port: redisPort } = redis;

  const endPostgres = async (signal: 'SIGINT' | 'SIGQUIT'): Promise<void> => {
    process.kill(postgres.pid, signal);
    await postgres.exited;
    postgres = await startPostgres({ dir: directories.postgres, port: postgresPort });
  };

  return {
    postgresUrl,
    redisUrl,
    restartPostgres: () => endPostgres('SIGINT'),
    crashPostgres: () => endPostgres('SIGQUIT'),
    async cutConnections() {
      const client = new pg.Client({ connectionString: databaseUrl(postgresUrl, 'postgres') });
      await client.connect();
      try {
        await client.query(
          `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
           WHERE pid <> pg_backend_pid() AND backend_type = 'client backend'`,
        );
      } finally {
        await client.end();
      }
    },
    async crashRedis() {
      process.kill(redis.pid, 'SIGKILL');
      await redis.exited;
      redis = await startRedis({ dir: directories.redis, port: redisPort });
    },
    async flushRedis() {
      const connection = new Redis(redisUrl);
      try {
        await connection.flushall();
      } finally {
        connection.disconnect();
      }
    },
    async stop() {
      await Promise.allSettled([postgres.stop(), redis.stop()]);
    },
  };
}
