/**
 * Starts one Postgres and one Redis for a run of integration tests, in a temporary directory, and applies the
 * migrations to a template database that each test file clones. The servers end and the directory goes when the run
 * ends, even when it is killed, since the servers watch this process.
 */
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import type { TestProject } from 'vitest/node';
import { migrate } from '@/server/database/migrate';
import { databaseUrl, startPostgres } from '@/server/embedded/postgres';
import { startRedis } from '@/server/embedded/redis';
import type { ServerHandle } from '@/server/embedded/server-handle';

declare module 'vitest' {
  export interface ProvidedContext {
    postgresUrl: string;
    redisUrl: string;
  }
}

export const templateName = 'headrace_template';

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const directory = mkdtempSync(join(tmpdir(), 'headrace-test-'));
  // Postgres does not run as root and must be able to pass through to its files.
  chmodSync(directory, 0o711);
  const started: ServerHandle[] = [];
  const keep = async (server: Promise<ServerHandle>): Promise<ServerHandle> => {
    started.push(await server);
    return server;
  };
  const tearDown = async (): Promise<void> => {
    await Promise.all(started.map((server) => server.stop()));
    rmSync(directory, { recursive: true, force: true });
  };
  try {
    const redis = await keep(startRedis({ dir: join(directory, 'redis') }));
    const postgres = await keep(startPostgres({ dir: join(directory, 'postgres') }));
    await makeTemplate(postgres.url);
    project.provide('postgresUrl', postgres.url);
    project.provide('redisUrl', redis.url);
  } catch (error) {
    await tearDown();
    throw error;
  }
  return tearDown;
}

async function makeTemplate(url: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(`CREATE DATABASE ${templateName}`);
    await migrate(databaseUrl(url, templateName));
  } finally {
    await client.end();
  }
}
