/**
 * Databases for integration tests: every call hands out a fresh one on the shared test servers, so that test files
 * run side by side without seeing each other. Refuses to work outside the integration test projects, whose global
 * setup provides the servers.
 */
import { randomBytes } from 'node:crypto';
import { Redis } from 'ioredis';
import pg from 'pg';
import { inject } from 'vitest';
import { databaseUrl } from '@/server/embedded/postgres';
import { redisSettings } from '@/server/embedded/redis';
import { templateName } from './global-setup';

export interface TestDatabase {
  readonly url: string;
  /** Drops the database and cuts what is still connected to it. Optional: the servers go with the run. */
  readonly drop: () => Promise<void>;
}

export interface TestRedis {
  /** Names a database number of its own; empty at first. */
  readonly url: string;
  /** A key prefix of its own, for pub/sub channels, which Redis shares between database numbers. */
  readonly prefix: string;
}

/** A database with all migrations applied and no rows, cloned from the template. */
export const testDatabase = (): Promise<TestDatabase> => createDatabase(`TEMPLATE ${templateName}`);

/** A database without any table, for tests of the migrations themselves. */
export const emptyDatabase = (): Promise<TestDatabase> => createDatabase('');

/** A Redis database of its own. FLUSHDB is safe in it; FLUSHALL is not, start an own server for that. */
export async function testRedis(): Promise<TestRedis> {
  const base = inject('redisUrl');
  const counter = new Redis(base);
  try {
    // Database 0 holds only this counter.
    const issued = await counter.incr('test-databases');
    if (issued >= Number(redisSettings.databases)) throw new Error('the test run used up all Redis databases');
    return { url: `${base}/${issued}`, prefix: `t${issued}` };
  } finally {
    counter.disconnect();
  }
}

async function createDatabase(template: string): Promise<TestDatabase> {
  const base = inject('postgresUrl');
  const name = `test_${randomBytes(6).toString('hex')}`;
  await administer(base, `CREATE DATABASE ${name} ${template}`);
  return {
    url: databaseUrl(base, name),
    drop: () => administer(base, `DROP DATABASE IF EXISTS ${name} WITH (FORCE)`),
  };
}

async function administer(url: string, statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}
