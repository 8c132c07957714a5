/**
 * The embedded PostgreSQL of the one-machine default, of the tests and of the benchmark: one cluster in one
 * directory, on the loopback interface, with a password that never leaves the directory. The durability settings are
 * the product's guarantee and the same everywhere; this module refuses to make them an option.
 */
import { execFile, spawn } from 'node:child_process';
import {
  chownSync,
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { promisify } from 'node:util';
import pg from 'pg';
import { HeadraceError } from '@/core/errors';
import { readRecord, readText, removeRecord, secretFile, writeRecord } from './data-directory';
import { findPostgres, type PostgresBinaries } from './postgres-binaries';
import {
  endProcess,
  PortTakenError,
  portTaken,
  serverEnvironment,
  spawnedMark,
  waitUntil,
  watch,
  withPort,
} from './process-control';
import { isRunning, markOf } from './process-identity';
import { type ServerHandle, serverGraceMs } from './server-handle';

const run = promisify(execFile);

/** Role and first database of the embedded cluster. */
const name = 'headrace';

/** Recovery after a crash replays at most max_wal_size; a minute is far beyond that on any disk. */
const readyTimeoutMs = 60_000;

/**
 * Server settings, with their reasons. The first group is the durability that the product promises; benchmarks
 * print it. The rest fits a machine with two cores and a few GiB.
 */
export const postgresSettings = {
  fsync: 'on',
  synchronous_commit: 'on',
  full_page_writes: 'on',
  // A hundred connections serve several processes with a pool each; more only wait for the cores.
  max_connections: '100',
  shared_buffers: '256MB',
  effective_cache_size: '1GB',
  work_mem: '8MB',
  maintenance_work_mem: '64MB',
  // Journals are append-only: room between checkpoints keeps whole-page images rare.
  max_wal_size: '2GB',
  min_wal_size: '256MB',
  checkpoint_timeout: '15min',
  checkpoint_completion_target: '0.9',
  wal_compression: 'on',
  random_page_cost: '1.1',
  // Short statements: compiling one or fanning it out costs more than it saves.
  jit: 'off',
  max_parallel_workers_per_gather: '0',
  // Young tables grow fast here, and a plan made while they were empty is a bad plan.
  autovacuum_naptime: '10s',
  autovacuum_analyze_scale_factor: '0.05',
  autovacuum_vacuum_insert_scale_factor: '0.1',
  timezone: 'UTC',
  log_timezone: 'UTC',
  // The log is for faults; it is not rotated.
  log_checkpoints: 'off',
  lc_messages: 'C',
  log_line_prefix: '%m [%p] ',
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
} as const satisfies Record<string, string>;

export interface PostgresOptions {
  /** The cluster's directory; made and initialised when it does not exist. Its parent receives small files beside it. */
  readonly dir: string;
  /** Defaults to a free one. */
  readonly port?: number;
}

/**
 * Initialises the cluster when needed, ends a server that an earlier process left behind in it, and starts it.
 * @returns a handle whose `url` names the database `headrace`, which exists
 * @throws HeadraceError `config.invalid` when the machine cannot run it, `database.unavailable` when it does not start
 */
export async function startPostgres(options: PostgresOptions): Promise<ServerHandle> {
  const dir = resolve(options.dir);
  mkdirSync(dirname(dir), { recursive: true });
  const binaries = await findPostgres(dirname(dir));
  await endLeftOver(dir);
  const password = secretFile(`${dir}.password`, 24, 'base64url');
  if (!existsSync(join(dir, 'PG_VERSION'))) await initialise(binaries, dir, password);
  const handle = await withPort(options.port, (port) =>
    launch(binaries, dir, port, `postgresql://${name}:${password}@127.0.0.1:${port}/${name}`),
  );
  await createDatabase(handle.url);
  return handle;
}

/** The address of another database of the same server. */
export function databaseUrl(url: string, database: string): string {
  const other = new URL(url);
  other.pathname = `/${database}`;
  return other.href;
}

async function initialise(binaries: PostgresBinaries, dir: string, password: string): Promise<void> {
  // Built beside its place and renamed at the end, so an interrupted first start leaves nothing half-made.
  const draft = `${dir}.new`;
  rmSync(draft, { recursive: true, force: true });
  mkdirSync(draft, { mode: 0o700 });
  const passwordFile = `${dir}.initial-password`;
  writeFileSync(passwordFile, `${password}\n`, { mode: 0o600 });
  if (binaries.user) {
    chownSync(draft, binaries.user.uid, binaries.user.gid);
    chownSync(passwordFile, binaries.user.uid, binaries.user.gid);
  }
  const { file, args, options } = binaries.asUser(binaries.initdb, [
    `--pgdata=${draft}`,
    `--username=${name}`,
    `--pwfile=${passwordFile}`,
    '--auth=scram-sha-256',
    '--encoding=UTF8',
    // The same order and case rules on every machine, whatever locales it has.
    '--locale=C',
    '--locale-provider=builtin',
    '--builtin-locale=C.UTF-8',
  ]);
  try {
    await run(file, args, { ...options, env: serverEnvironment });
    renameSync(draft, dir);
  } catch (error) {
    rmSync(draft, { recursive: true, force: true });
    throw new HeadraceError(
      'database.unavailable',
      `PostgreSQL could not create its files in ${dir}: ${lastLines(error)}`,
      {
        cause: error,
      },
    );
  } finally {
    rmSync(passwordFile, { force: true });
  }
}

async function launch(binaries: PostgresBinaries, dir: string, port: number, url: string): Promise<ServerHandle> {
  const logFile = `${dir}.log`;
  const log = openSync(logFile, 'w', 0o600);
  const settings = Object.entries(postgresSettings).flatMap(([key, value]) => ['-c', `${key}=${value}`]);
  const { file, args, options } = binaries.asUser(binaries.postgres, ['-D', dir, '-p', String(port), ...settings]);
  const child = spawn(file, args, {
    ...options,
    env: serverEnvironment,
    stdio: ['ignore', log, log],
    // A session of its own: Ctrl-C must reach us first, so that the server ends last.
    detached: true,
  });
  closeSync(log);
  const exited = new Promise<string>((settle) => {
    child.once('error', (error) => settle(error.message));
    child.once('exit', (code, signal) => settle(`PostgreSQL ended with ${signal ?? `code ${code}`}`));
  });
  let isGone = false;
  void exited.then(() => {
    isGone = true;
    removeRecord(dir);
  });
  const mark = await spawnedMark(child);
  watch(child, 'INT');
  writeRecord(dir, { ...mark, port });
  const stop = async (graceMs = serverGraceMs): Promise<void> => {
    // SIGINT is PostgreSQL's fast shutdown: it ends connections and writes a checkpoint.
    await endProcess(mark, 'SIGINT', graceMs);
    await exited;
  };
  const isReady = await waitUntil(async () => isGone || (await answers(url)), readyTimeoutMs);
  if (isGone || !isReady) {
    await stop();
    const lines = readFileSync(logFile, 'utf8').trim();
    if (portTaken.test(lines)) throw new PortTakenError();
    const tail = lines.split('\n').slice(-3).join(' ');
    throw new HeadraceError('database.unavailable', `The embedded PostgreSQL did not start: ${tail} (log: ${logFile})`);
  }
  return { url, port, pid: mark.pid, exited, stop };
}

/** A server of an earlier process that was killed still owns the directory: end it. */
async function endLeftOver(dir: string): Promise<void> {
  const record = readRecord(dir);
  if (record && isRunning(record)) await endProcess(record, 'SIGINT', serverGraceMs);
  removeRecord(dir);
  const pidFile = join(dir, 'postmaster.pid');
  const pid = Number(readText(pidFile)?.split('\n')[0]);
  // After a reboot or in a new container the id in PostgreSQL's own file can belong to a stranger, and PostgreSQL
  // would refuse to start. The record proves that it is not our server any more.
  if (record && pid === record.pid && markOf(pid) !== undefined && !isRunning(record)) rmSync(pidFile, { force: true });
}

async function answers(url: string): Promise<boolean> {
  const client = new pg.Client({ connectionString: databaseUrl(url, 'postgres'), connectionTimeoutMillis: 2000 });
  // A connection cut during start-up is also reported as an event; the rejected promise below is enough.
  client.on('error', () => undefined);
  try {
    await client.connect();
    return true;
  } catch {
    // Not listening yet, or still in recovery.
    return false;
  } finally {
    await client.end().catch(() => undefined);
  }
}

async function createDatabase(url: string): Promise<void> {
  const client = new pg.Client({ connectionString: databaseUrl(url, 'postgres') });
  await client.connect();
  try {
    const { rowCount } = await client.query('SELECT 1 FROM pg_database WHERE datname = $1', [name]);
    if (rowCount === 0) await client.query(`CREATE DATABASE ${name}`);
  } finally {
    await client.end();
  }
}

const lastLines = (error: unknown): string => {
  const { stderr, message } = error as { stderr?: string; message: string };
  return (stderr || message).trim().split('\n').slice(-3).join(' ');
};
