/**
 * Brings a database to the schema of this checkout: applies prisma/migrations/<name>/migration.sql in order of name,
 * each in a transaction, under an advisory lock. Prisma's own command is not used because it downloads a schema
 * engine on first use, which fails without internet; the bookkeeping table and the lock are the same, so that
 * `prisma migrate deploy` and this runner can be used on one database in turn.
 *
 * It refuses a database that it cannot vouch for: one with a migration this checkout does not have (a newer version
 * ran here), one whose applied migration was edited afterwards, and one with a migration that failed half-way.
 */
import { createHash, randomUUID } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import { HeadraceError } from '@/core/errors';

/** Where the migrations are, relative to the root of the checkout, which is the working directory of every process. */
export const migrationsDir = 'prisma/migrations';

/** The advisory lock of Prisma's migrate commands. */
const lockId = 72_707_369;

/** Longest wait for another process that migrates: a migration of a large table takes minutes. */
const lockTimeoutMs = 10 * 60_000;

export interface Migration {
  readonly name: string;
  readonly sql: string;
  /** SHA-256 of the file, in hex, as Prisma computes it. */
  readonly checksum: string;
}

export interface MigrateResult {
  /** Names of the migrations that this call applied, in order. */
  readonly applied: readonly string[];
  /** How many were there already. */
  readonly existing: number;
}

/** Anything that runs a query: a pool, a client. */
export type Queryable = Pick<pg.ClientBase, 'query'>;

interface Row {
  readonly migration_name: string;
  readonly checksum: string;
  readonly finished_at: Date | null;
}

/** The migrations of this checkout, in the order in which they apply. */
export function readMigrations(dir = migrationsDir): readonly Migration[] {
  const names = readdirSync(dir, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name)
    .sort();
  return names.map((name) => {
    const sql = readFileSync(join(dir, name, 'migration.sql'), 'utf8');
    return { name, sql, checksum: createHash('sha256').update(sql).digest('hex') };
  });
}

/**
 * Applies what is missing. Safe to call from several processes at once: the later ones wait and find nothing to do.
 * @param url of the database
 * @throws HeadraceError `database.unavailable` when it cannot be reached or is of another history, `internal.bug`
 *   when a migration fails; that migration has then left no trace
 */
export async function migrate(url: string, dir = migrationsDir): Promise<MigrateResult> {
  const migrations = readMigrations(dir);
  const client = await connect(url);
  try {
    await client.query(`SET lock_timeout = ${lockTimeoutMs}`);
    await client.query('SELECT pg_advisory_lock($1)', [lockId]);
    await client.query('SET lock_timeout = 0');
    await client.query(bookkeepingTable);
    const rows = await appliedRows(client);
    const missing = missingMigrations(migrations, rows);
    for (const migration of missing) await apply(client, migration);
    return { applied: missing.map(({ name }) => name), existing: migrations.length - missing.length };
  } finally {
    // Ends the session and with it the advisory lock.
    await client.end();
  }
}

/**
 * The migrations a database still lacks, for a readiness check; changes nothing.
 * @returns their names in order; empty when the database is ready
 * @throws HeadraceError `database.unavailable` when the database is of another history
 */
export async function pendingMigrations(database: Queryable, dir = migrationsDir): Promise<readonly string[]> {
  const table = await database.query<{ found: boolean }>(
    `SELECT to_regclass('_prisma_migrations') IS NOT NULL AS found`,
  );
  const rows = table.rows[0]?.found ? await appliedRows(database) : [];
  return missingMigrations(readMigrations(dir), rows).map(({ name }) => name);
}

/** As Prisma 7 creates it. */
const bookkeepingTable = `
  CREATE TABLE IF NOT EXISTS _prisma_migrations (
    id                  varchar(36) PRIMARY KEY NOT NULL,
    checksum            varchar(64) NOT NULL,
    finished_at         timestamptz,
    migration_name      varchar(255) NOT NULL,
    logs                text,
    rolled_back_at      timestamptz,
    started_at          timestamptz NOT NULL DEFAULT now(),
    applied_steps_count integer NOT NULL DEFAULT 0
  )`;

async function connect(url: string): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 10_000 });
  // A server that goes away is also reported as an event; the query under way fails with the same error.
  client.on('error', () => undefined);
  try {
    await client.connect();
    return client;
  } catch (error) {
    const reason = error instanceof Error && error.message !== '' ? error.message : 'no answer';
    throw new HeadraceError('database.unavailable', `The database of DATABASE_URL cannot be reached: ${reason}.`, {
      cause: error,
    });
  }
}

async function appliedRows(database: Queryable): Promise<readonly Row[]> {
  const { rows } = await database.query<Row>(
    `SELECT migration_name, checksum, finished_at FROM _prisma_migrations
      WHERE rolled_back_at IS NULL ORDER BY started_at`,
  );
  return rows;
}

function missingMigrations(migrations: readonly Migration[], rows: readonly Row[]): readonly Migration[] {
  const known = new Map(migrations.map((migration) => [migration.name, migration]));
  for (const row of rows) {
    const migration = known.get(row.migration_name);
    if (migration === undefined) {
      throw refusal(
        `has the migration ${row.migration_name}, which this version does not know: a newer version ran here. ` +
          'Start that version, or restore a backup.',
      );
    }
    if (row.finished_at === null) {
      throw refusal(
        `has the migration ${row.migration_name} half applied. Mark it with "prisma migrate resolve" once you ` +
          'have looked at what is there.',
      );
    }
    if (row.checksum !== migration.checksum) {
      throw refusal(
        `was made with another text of the migration ${row.migration_name}. An applied migration must not be ` +
          'edited: restore its file and put the change into a new one.',
      );
    }
  }
  const applied = new Set(rows.map((row) => row.migration_name));
  return migrations.filter(({ name }) => !applied.has(name));
}

const refusal = (what: string): HeadraceError => new HeadraceError('database.unavailable', `The database ${what}`);

async function apply(client: pg.Client, migration: Migration): Promise<void> {
  await client.query('BEGIN');
  try {
    const startedAt = new Date();
    await client.query(migration.sql);
    await client.query(
      `INSERT INTO _prisma_migrations (id, checksum, migration_name, started_at, finished_at, applied_steps_count)
       VALUES ($1, $2, $3, $4, clock_timestamp(), 1)`,
      [randomUUID(), migration.checksum, migration.name, startedAt],
    );
    await client.query('COMMIT');
  } catch (error) {
    await client.query('ROLLBACK');
    const reason = error instanceof Error ? error.message : String(error);
    throw new HeadraceError('internal.bug', `The migration ${migration.name} failed and was undone: ${reason}`, {
      cause: error,
      details: { migration: migration.name },
    });
  }
}
