/**
 * The two connection pools of a process. `pool` is the ordinary one that Prisma shares. `hotPool` runs the statements of
 * the hot path (event append, journal append, run load, dispatch), each written for exactly one plan: nested loops from
 * the group into primary keys. Its connections allow no other and plan each statement once, because a plan made while
 * a table was young would keep its sequential scan until the next ANALYZE. Refuses to hide a lost connection: errors of
 * idle clients are logged, queries fail to their callers.
 */
import pg from 'pg';
import type { Log } from '@/server/services/ports';

/** Connections per process: two cores of a small database are busy with fewer; more processes share max_connections. */
const poolSize = 10;
const hotPoolSize = 6;
/** A statement that takes longer is stuck; its caller gets an error instead of waiting for ever. */
const statementTimeoutMs = 30_000;
const connectTimeoutMs = 10_000;

/** Settings of a connection that runs hot statements. */
export const hotSettings = [
  'enable_seqscan=off',
  'enable_hashjoin=off',
  'enable_mergejoin=off',
  'plan_cache_mode=force_generic_plan',
  'enable_memoize=off',
  'jit=off',
] as const;

const asOptions = (settings: readonly string[]): string => settings.map((setting) => `-c ${setting}`).join(' ');

export interface Pools {
  readonly pool: pg.Pool;
  readonly hotPool: pg.Pool;
  close(): Promise<void>;
}

/** @param applicationName shown in pg_stat_activity, such as `headrace-worker` */
export function createPools(databaseUrl: string, applicationName: string, log: Log): Pools {
  const make = (name: string, max: number, options: string): pg.Pool => {
    const pool = new pg.Pool({
      connectionString: databaseUrl,
      max,
      application_name: `${applicationName}${name}`,
      connectionTimeoutMillis: connectTimeoutMs,
      statement_timeout: statementTimeoutMs,
      keepAlive: true,
      options,
    });
    pool.on('error', (error) => log.warn({ err: error }, 'an idle database connection was lost'));
    // While a client is lent out the pool does not listen to it, and an error that nobody hears ends the process. Whoever
    // holds the client meets the loss with its next query.
    pool.on('connect', (client) => {
      client.on('error', (error) => log.debug({ err: error }, 'a database connection was lost'));
    });
    return pool;
  };
  const pool = make('', poolSize, asOptions(['jit=off']));
  const hotPool = make('-hot', hotPoolSize, asOptions(hotSettings));
  return {
    pool,
    hotPool,
    async close() {
      await Promise.all([pool.end(), hotPool.end()]);
    },
  };
}
