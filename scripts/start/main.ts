/**
 * `npm start` once packages are there: validates the configuration, takes the data directory, provides Postgres and
 * Redis, migrates, builds, runs web and workers, and on a signal undoes all of it in reverse order. Whatever fails is
 * told in one message with what to do; what was started before the failure is stopped again.
 */
import pg from 'pg';
import { isHeadraceError } from '@/core/errors';
import { migrate } from '@/server/database/migrate';
import { dataPaths, secretFile } from '@/server/embedded/data-directory';
import { startPostgres } from '@/server/embedded/postgres';
import { sendSignal } from '@/server/embedded/process-control';
import { startRedis } from '@/server/embedded/redis';
import { type EnvSource, inheritedVariables, parseStartEnv, type StartEnv } from '@/server/env';
import { generate } from '../generate.mjs';
import { ensureRedis } from '../lib/ensure-redis';
import { ensureBuild } from './build';
import { checkPort, checkRedis } from './checks';
import { keepServer } from './keep-server';
import { lockDataDirectory } from './lock';
import { createProgress, type Progress } from './progress';
import { endLeftOverServices, recordServices, serviceVariables, webService, workerServices } from './services';
import { type Service, type ServiceSpec, superviseService } from './supervisor';

/** Undoes one thing that was started. */
type Undo = () => Promise<void> | void;

interface Start {
  readonly env: StartEnv;
  readonly source: EnvSource;
  readonly progress: Progress;
  readonly signal: AbortSignal;
  readonly services: Service[];
  /** In order of starting; undone in reverse. */
  readonly undo: { readonly title: string; readonly run: Undo }[];
}

/** npm passes a signal on that the terminal has already sent to us: only a later one means impatience. */
const impatienceMs = 1000;

/** @returns the exit code, after everything was stopped again */
export async function main(): Promise<number> {
  const progress = createProgress();
  const source = inheritedVariables();
  const stopping = new AbortController();
  const services: Service[] = [];
  onSignals(stopping, services, progress);
  let start: Start | undefined;
  try {
    const env = parseStartEnv(source);
    start = { env, source, progress, signal: stopping.signal, services, undo: [] };
    await bringUp(start);
    await new Promise<void>((resolve) => {
      if (stopping.signal.aborted) resolve();
      else stopping.signal.addEventListener('abort', () => resolve());
    });
    return 0;
  } catch (error) {
    if (stopping.signal.aborted) return 0;
    if (!isHeadraceError(error)) throw error;
    process.stderr.write(`\n${error.message}\n`);
    return 1;
  } finally {
    if (start) await takeDown(start);
  }
}

function onSignals(stopping: AbortController, services: readonly Service[], progress: Progress): void {
  let firstMs: number | undefined;
  const onSignal = (name: NodeJS.Signals): void => {
    if (firstMs === undefined) {
      firstMs = performance.now();
      progress.say(`\nStopping (${name}) …`);
      stopping.abort();
    } else if (performance.now() - firstMs > impatienceMs) {
      progress.say('Ending the processes at once.');
      for (const mark of services.map((service) => service.mark())) if (mark) sendSignal(mark, 'SIGKILL');
    }
  };
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(name, onSignal);
}

async function bringUp(start: Start): Promise<void> {
  const { env, source, progress, signal, undo } = start;
  const paths = dataPaths(env.dataDir);
  progress.say('Headrace');
  for (const warning of env.warnings) progress.warn(warning);

  await progress.step('Data directory', async () => {
    const lock = lockDataDirectory(env.dataDir, env.publicUrl);
    undo.push({ title: 'Lock', run: lock.release });
    const ended = await endLeftOverServices(paths.services);
    await checkPort(env.host, env.port);
    return ended === 0 ? env.dataDir : `${env.dataDir}, ended ${ended} processes that a killed start had left`;
  });
  signal.throwIfAborted();
  await progress.step('Prisma client', () => (generate() ? 'generated' : undefined));
  signal.throwIfAborted();
  const redisUrl = await provideRedis(start);
  signal.throwIfAborted();
  const databaseUrl = await provideDatabase(start);
  signal.throwIfAborted();
  await progress.step('Application', () => ensureBuild(source as NodeJS.ProcessEnv, signal));
  signal.throwIfAborted();

  const encryptionKey = env.encryptionKey?.toString('base64') ?? secretFile(paths.encryptionKey, 32, 'base64');
  const setupToken = env.setupToken ?? (env.isLoopback ? undefined : secretFile(paths.setupToken, 18, 'base64url'));
  const variables = serviceVariables(source, env, { databaseUrl, redisUrl, encryptionKey, setupToken });
  undo.push({ title: 'Record', run: () => recordServices(paths.services, []) });
  const run = (spec: ServiceSpec): Promise<void> => runService(start, spec);
  await progress.step(env.workers === 1 ? 'Worker' : 'Workers', async () => {
    // All of them settle before a failure is told, so that each one that did start is known and stopped.
    const results = await Promise.allSettled(workerServices(env, variables).map(run));
    for (const result of results) if (result.status === 'rejected') throw result.reason;
    return env.workers === 1 ? undefined : String(env.workers);
  });
  signal.throwIfAborted();
  await progress.step('Web', async () => {
    await run(webService(env, variables));
    return undefined;
  });
  progress.say(`\nHeadrace is ready: ${env.publicUrl}`);
  if (setupToken !== undefined && env.owner === undefined && !(await hasOwner(databaseUrl))) {
    progress.say(`The first visit asks for this set-up token: ${setupToken}`);
  }
  progress.say('Ctrl-C stops it.\n');
}

async function provideRedis(start: Start): Promise<string> {
  const { env, progress, undo } = start;
  let url = env.redisUrl;
  await progress.step('Redis', async () => {
    if (env.redisUrl !== undefined) {
      for (const warning of await checkRedis(env.redisUrl)) progress.warn(warning);
      return 'REDIS_URL';
    }
    const note = await ensureRedis();
    const { redis } = dataPaths(env.dataDir);
    const server = await keepServer((port) => startRedis({ dir: redis, port }), progress.warn);
    undo.push({ title: 'Redis', run: server.stop });
    ({ url } = server);
    return note;
  });
  return url as string;
}

async function provideDatabase(start: Start): Promise<string> {
  const { env, progress, undo } = start;
  let url = env.databaseUrl;
  if (env.databaseUrl === undefined) {
    await progress.step('Postgres', async () => {
      const { postgres } = dataPaths(env.dataDir);
      const server = await keepServer((port) => startPostgres({ dir: postgres, port }), progress.warn);
      undo.push({ title: 'Postgres', run: server.stop });
      ({ url } = server);
      return undefined;
    });
  }
  await progress.step('Database', async () => {
    const { applied } = await migrate(url as string);
    return applied.length === 0 ? 'up to date' : `${applied.length} migrations applied`;
  });
  return url as string;
}

async function runService(start: Start, spec: ServiceSpec): Promise<void> {
  const { env, progress, services, undo } = start;
  const path = dataPaths(env.dataDir).services;
  const service = await superviseService(spec, {
    onRestart: progress.warn,
    onChange: () => recordServices(path, services),
    signal: start.signal,
  });
  services.push(service);
  undo.push({ title: spec.name, run: () => service.stop() });
  recordServices(path, services);
}

/** Whether the first visit has happened; decides if the set-up token is worth showing. */
async function hasOwner(url: string): Promise<boolean> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    const { rows } = await client.query<{ found: boolean }>('SELECT EXISTS (SELECT 1 FROM users) AS found');
    return rows[0]?.found ?? false;
  } finally {
    await client.end();
  }
}

/** Stops everything in reverse order of its start. A part that resists is reported and does not keep the rest up. */
async function takeDown({ undo, progress, signal }: Start): Promise<void> {
  for (const { title, run } of undo.toReversed()) {
    try {
      await run();
    } catch (error) {
      progress.warn(`${title} did not stop cleanly: ${error instanceof Error ? error.message : error}`);
    }
  }
  if (signal.aborted) progress.say('Stopped.');
}
