import { appendFileSync, cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { emptyDatabase, testDatabase } from '@/server/testing/servers';
import { migrate, migrationsDir, pendingMigrations, readMigrations } from './migrate';

let directory: string;
let client: pg.Client;
let url: string;

const migrationFile = (name: string, sql: string): void => {
  mkdirSync(join(directory, name), { recursive: true });
  writeFileSync(join(directory, name, 'migration.sql'), sql);
};

const tables = async (): Promise<string[]> => {
  const { rows } = await client.query<{ name: string }>(
    `SELECT tablename AS name FROM pg_tables WHERE schemaname = 'public' AND tablename <> '_prisma_migrations' ORDER BY 1`,
  );
  return rows.map((row) => row.name);
};

beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), 'headrace-migrations-'));
  ({ url } = await emptyDatabase());
  client = new pg.Client({ connectionString: url });
  await client.connect();
});

afterEach(async () => {
  await client.end();
  rmSync(directory, { recursive: true, force: true });
});

describe('migrating', () => {
  it('applies what is missing in the order of the names, and nothing the second time', async () => {
    migrationFile('2_second', 'ALTER TABLE a ADD COLUMN n integer;');
    migrationFile('1_first', 'CREATE TABLE a (); CREATE TABLE b ();');
    expect(await pendingMigrations(client, directory)).toEqual(['1_first', '2_second']);
    expect(await migrate(url, directory)).toEqual({ applied: ['1_first', '2_second'], existing: 0 });
    expect(await pendingMigrations(client, directory)).toEqual([]);
    expect(await migrate(url, directory)).toEqual({ applied: [], existing: 2 });
    migrationFile('3_third', 'CREATE TABLE c ();');
    expect(await migrate(url, directory)).toEqual({ applied: ['3_third'], existing: 2 });
    expect(await tables()).toEqual(['a', 'b', 'c']);
  });

  it('keeps the books as Prisma does', async () => {
    migrationFile('1_first', 'CREATE TABLE a ();');
    await migrate(url, directory);
    const { rows } = await client.query('SELECT * FROM _prisma_migrations');
    expect(rows).toEqual([
      {
        id: expect.stringMatching(/^[0-9a-f-]{36}$/),
        // SHA-256 of the file above.
        checksum: readMigrations(directory)[0]?.checksum,
        migration_name: '1_first',
        logs: null,
        rolled_back_at: null,
        started_at: expect.any(Date),
        finished_at: expect.any(Date),
        applied_steps_count: 1,
      },
    ]);
  });

  it('undoes a migration that fails, names it, and keeps those before it', async () => {
    migrationFile('1_first', 'CREATE TABLE a ();');
    migrationFile('2_second', 'CREATE TABLE b (); SELECT 1/0;');
    await expect(migrate(url, directory)).rejects.toThrow(
      'The migration 2_second failed and was undone: division by zero',
    );
    expect(await tables()).toEqual(['a']);
    expect(await pendingMigrations(client, directory)).toEqual(['2_second']);
  });

  it('lets one of several simultaneous callers do the work', async () => {
    migrationFile('1_first', 'CREATE TABLE a (); SELECT pg_sleep(0.2);');
    const results = await Promise.all([1, 2, 3, 4].map(() => migrate(url, directory)));
    expect(results.map(({ applied }) => applied.length).sort()).toEqual([0, 0, 0, 1]);
  });

  it('refuses an applied migration that was edited', async () => {
    migrationFile('1_first', 'CREATE TABLE a ();');
    await migrate(url, directory);
    appendFileSync(join(directory, '1_first', 'migration.sql'), '-- second thoughts');
    await expect(migrate(url, directory)).rejects.toThrow(/another text of the migration 1_first/);
    await expect(pendingMigrations(client, directory)).rejects.toThrow(/another text/);
  });

  it('refuses a database that a newer version has migrated', async () => {
    migrationFile('1_first', 'CREATE TABLE a ();');
    migrationFile('2_newer', 'CREATE TABLE b ();');
    await migrate(url, directory);
    rmSync(join(directory, '2_newer'), { recursive: true });
    await expect(migrate(url, directory)).rejects.toThrow(/2_newer, which this version does not know/);
  });

  it('refuses a migration that another tool left half applied', async () => {
    migrationFile('1_first', 'CREATE TABLE a ();');
    await migrate(url, directory);
    await client.query('UPDATE _prisma_migrations SET finished_at = NULL');
    await expect(migrate(url, directory)).rejects.toThrow(/1_first half applied/);
  });

  it('says in one sentence that a database cannot be reached', async () => {
    await expect(migrate('postgresql://127.0.0.1:1/none', directory)).rejects.toMatchObject({
      code: 'database.unavailable',
      message: expect.stringMatching(/^The database of DATABASE_URL cannot be reached: .+\.$/),
    });
  });
});

describe('the migrations of this checkout', () => {
  it('apply to an empty database and are all in the template that tests clone', async () => {
    cpSync(migrationsDir, directory, { recursive: true });
    const { applied } = await migrate(url, directory);
    expect(applied).toEqual(readMigrations().map(({ name }) => name));
    const clone = await testDatabase();
    expect(await migrate(clone.url)).toEqual({ applied: [], existing: applied.length });
    await clone.drop();
  });
});
