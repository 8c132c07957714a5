/**
 * The local Redis of the one-machine default, of the tests and of the benchmark, run from the system's own
 * `redis-server` or `valkey-server`, since no npm package ships one. Persistence is append-only, synced every second,
 * and nothing is ever evicted; these are part of the product's guarantee and not options here.
 */
import { execFile, spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { createConnection } from 'node:net';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { HeadraceError } from '@/core/errors';
import { readRecord, removeRecord, secretFile, writeRecord } from './data-directory';
import { endProcess, PortTakenError, portTaken, spawnedMark, waitUntil, watch, withPort } from './process-control';
import { isRunning } from './process-identity';
import { type ServerHandle, serverGraceMs } from './server-handle';

const run = promisify(execFile);

/** Loading an append-only file of some GiB takes minutes; beyond that something is wrong. */
const readyTimeoutMs = 180_000;

/** BullMQ needs the commands of Redis 6.2. */
const minimumVersion = [6, 2] as const;

/** Server settings; benchmarks print the durable ones. */
export const redisSettings = {
  appendonly: 'yes',
  appendfsync: 'everysec',
  'maxmemory-policy': 'noeviction',
  // The append-only file is the only persistence: a second one in snapshots would only cost.
  save: '""',
  bind: '127.0.0.1',
  'protected-mode': 'yes',
  // One database per test file; an unused database costs a few bytes.
  databases: '512',
  // Compaction forks and copies; below this size it is not worth it.
  'auto-aof-rewrite-min-size': '64mb',
  daemonize: 'no',
  loglevel: 'notice',
} as const satisfies Record<string, string>;

/**
 * Finds a Redis (or Valkey) binary on the PATH.
 * @returns its name, or undefined when there is none that is new enough
 */
export async function findRedisBinary(): Promise<string | undefined> {
  for (const binary of ['redis-server', 'valkey-server']) {
    const result = await run(binary, ['--version']).catch(() => undefined);
    const version = /v=(\d+)\.(\d+)/.exec(result?.stdout ?? '');
    if (version && isNewEnough(Number(version[1]), Number(version[2]))) return binary;
  }
  return undefined;
}

const isNewEnough = (major: number, minor: number): boolean =>
  major > minimumVersion[0] || (major === minimumVersion[0] && minor >= minimumVersion[1]);

export interface RedisOptions {
  /** The server's directory; made when it does not exist. Small files are placed beside it. */
  readonly dir: string;
  /** Defaults to a free one. */
  readonly port?: number;
}

/**
 * Ends a server that an earlier process left behind in the directory and starts one.
 * @throws HeadraceError `redis.unavailable` when there is no binary or it does not start
 */
export async function startRedis(options: RedisOptions): Promise<ServerHandle> {
  const dir = resolve(options.dir);
  const binary = await findRedisBinary();
  if (binary === undefined) {
    throw new HeadraceError(
      'redis.unavailable',
      'There is no redis-server or valkey-server (6.2 or newer) on the PATH. Install one or set REDIS_URL.',
    );
  }
  mkdirSync(dir, { recursive: true, mode: 0o700 });
  await endLeftOver(dir);
  const password = secretFile(`${dir}.password`, 24, 'base64url');
  return withPort(options.port, (port) => launch(binary, dir, port, password));
}

async function launch(binary: string, dir: string, port: number, password: string): Promise<ServerHandle> {
  const settings = { ...redisSettings, port: String(port), dir: JSON.stringify(dir), requirepass: password };
  const configFile = join(dir, 'redis.conf');
  // A file and not arguments, because arguments are visible to every user of the machine.
  writeFileSync(
    configFile,
    Object.entries(settings)
      .map(([key, value]) => `${key} ${value}\n`)
      .join(''),
    { mode: 0o600 },
  );
  const logFile = `${dir}.log`;
  const log = openSync(logFile, 'w', 0o600);
  const child = spawn(binary, [configFile], { stdio: ['ignore', log, log], detached: true });
  closeSync(log);
  const exited = new Promise<string>((settle) => {
    child.once('error', (error) => settle(error.message));
    child.once('exit', (code, signal) => settle(`Redis ended with ${signal ?? `code ${code}`}`));
  });
  let isGone = false;
  void exited.then(() => {
    isGone = true;
    removeRecord(dir);
  });
  const mark = await spawnedMark(child);
  watch(child, 'TERM');
  writeRecord(dir, { ...mark, port });
  const stop = async (graceMs = serverGraceMs): Promise<void> => {
    await endProcess(mark, 'SIGTERM', graceMs);
    await exited;
  };
  const isReady = await waitUntil(async () => isGone || (await answers(port, password)), readyTimeoutMs);
  if (isGone || !isReady) {
    await stop();
    const lines = readFileSync(logFile, 'utf8').trim();
    if (portTaken.test(lines)) throw new PortTakenError();
    const tail = lines.split('\n').slice(-3).join(' ');
    throw new HeadraceError('redis.unavailable', `The local Redis did not start: ${tail} (log: ${logFile})`);
  }
  return { url: `redis://:${password}@127.0.0.1:${port}`, port, pid: mark.pid, exited, stop };
}

async function endLeftOver(dir: string): Promise<void> {
  const record = readRecord(dir);
  if (record && isRunning(record)) await endProcess(record, 'SIGTERM', serverGraceMs);
  removeRecord(dir);
}

/** PING over a bare socket with an inline command; while the file is loaded the answer is an error. */
function answers(port: number, password: string): Promise<boolean> {
  return new Promise((settle) => {
    const socket = createConnection({ host: '127.0.0.1', port });
    let answer = '';
    socket.setTimeout(2000, () => socket.destroy());
    socket.once('connect', () => socket.write(`AUTH ${password}\r\nPING\r\n`));
    socket.on('data', (bytes) => {
      answer += bytes.toString('latin1');
      if (answer.split('\r\n').length > 2) socket.destroy();
    });
    socket.once('error', () => socket.destroy());
    socket.once('close', () => settle(answer.includes('+PONG')));
  });
}
