import { type ChildProcess, spawn } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import pg from 'pg';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { postgresSettings, startPostgres } from './postgres';
import { waitUntil } from './process-control';
import { isRunning, markOf } from './process-identity';
import { startRedis } from './redis';
import type { ServerHandle } from './server-handle';

let directory: string;
let started: ServerHandle[];

const keep = async (server: Promise<ServerHandle>): Promise<ServerHandle> => {
  started.push(await server);
  return server;
};

const ask = async <T>(url: string, statement: string): Promise<T[]> => {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query(statement)).rows as T[];
  } finally {
    await client.end();
  }
};

// One directory for all: making a cluster is the slow part, and every start here must cope with what is there anyway.
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'headrace-servers-'));
});

beforeEach(() => {
  chmodSync(directory, 0o711);
  started = [];
});

afterEach(() => Promise.all(started.map((server) => server.stop())));

afterAll(() => rmSync(directory, { recursive: true, force: true }));

describe('the embedded Postgres', () => {
  const dir = (): string => join(directory, 'postgres');

  it('keeps its data, its password and its settings from one start to the next', async () => {
    const first = await keep(startPostgres({ dir: dir() }));
    await ask(first.url, 'CREATE TABLE kept AS SELECT 42 AS n');
    await first.stop();
    expect(await first.exited).toContain('PostgreSQL ended');
    const second = await keep(startPostgres({ dir: dir() }));
    expect(new URL(second.url).password).toBe(new URL(first.url).password);
    expect(await ask(second.url, 'SELECT n FROM kept')).toEqual([{ n: 42 }]);
    const durable = await ask<{ name: string; setting: string }>(
      second.url,
      `SELECT name, setting FROM pg_settings WHERE name IN ('fsync', 'synchronous_commit', 'full_page_writes') ORDER BY 1`,
    );
    expect(durable.map(({ setting }) => setting)).toEqual(['on', 'on', 'on']);
    expect(await ask(second.url, 'SHOW shared_buffers')).toEqual([{ shared_buffers: postgresSettings.shared_buffers }]);
  });

  it('listens on the loopback interface and refuses a wrong password', async () => {
    const { url } = await keep(startPostgres({ dir: dir() }));
    expect(await ask(url, 'SHOW listen_addresses')).toEqual([{ listen_addresses: '127.0.0.1' }]);
    const wrong = new URL(url);
    wrong.password = 'guessed';
    await expect(ask(wrong.href, 'SELECT 1')).rejects.toThrow(/password authentication failed/);
  });

  it('works in a directory whose parent is closed to other users', async () => {
    chmodSync(directory, 0o700);
    const { url } = await keep(startPostgres({ dir: dir() }));
    expect(await ask(url, 'SELECT 1 AS n')).toEqual([{ n: 1 }]);
  });

  it('ends the server that a killed start left behind and takes over its data', async () => {
    const left = await keep(startPostgres({ dir: dir() }));
    await ask(left.url, 'CREATE TABLE left_behind AS SELECT 42 AS n');
    const next = await keep(startPostgres({ dir: dir() }));
    expect(await left.exited).toContain('PostgreSQL ended');
    expect(await ask(next.url, 'SELECT n FROM left_behind')).toEqual([{ n: 42 }]);
  });
});

describe('the local Redis', () => {
  const dir = (): string => join(directory, 'redis');

  it('keeps its data from one start to the next, appended every second and never evicted', async () => {
    const first = await keep(startRedis({ dir: dir() }));
    const writer = new Redis(first.url);
    await writer.set('kept', '42');
    expect(await writer.config('GET', 'append*', 'maxmemory-policy')).toEqual(
      expect.arrayContaining(['appendonly', 'yes', 'appendfsync', 'everysec', 'maxmemory-policy', 'noeviction']),
    );
    writer.disconnect();
    await first.stop();
    const second = await keep(startRedis({ dir: dir() }));
    const reader = new Redis(second.url);
    expect(await reader.get('kept')).toBe('42');
    reader.disconnect();
  });

  it('ends the server that a killed start left behind', async () => {
    const left = await keep(startRedis({ dir: dir() }));
    const next = await keep(startRedis({ dir: dir() }));
    expect(await left.exited).toContain('Redis ended');
    expect(next.port).not.toBe(left.port);
  });
});

describe('a process that is killed', () => {
  const owner = (statement: string): ChildProcess =>
    spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '--eval', statement], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });

  const firstLine = (child: ChildProcess): Promise<string> =>
    new Promise((resolve) => child.stdout?.once('data', (bytes: Buffer) => resolve(bytes.toString().trim())));

  it('takes the servers it started with it', async () => {
    const child = owner(`
      import { startPostgres } from './server/embedded/postgres.ts';
      import { startRedis } from './server/embedded/redis.ts';
      const postgres = await startPostgres({ dir: ${JSON.stringify(join(directory, 'postgres'))} });
      const redis = await startRedis({ dir: ${JSON.stringify(join(directory, 'redis'))} });
      console.log([postgres.pid, redis.pid].join(' '));
      setInterval(() => undefined, 1000);
    `);
    const marks = (await firstLine(child)).split(' ').map((pid) => markOf(Number(pid)));
    expect(marks.every((mark) => mark !== undefined)).toBe(true);
    child.kill('SIGKILL');
    const areGone = await waitUntil(() => marks.every((mark) => mark !== undefined && !isRunning(mark)), 20_000);
    expect(areGone).toBe(true);
  });
});
