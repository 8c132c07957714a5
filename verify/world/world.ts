/**
 * A whole Headrace as a person runs it on one machine, made to be hurt: its own servers and directory, a web process and
 * workers with the specifications of `npm start`, and ways to look at it from outside. Refuses to reach inside: what it
 * offers is HTTP, read-only SQL and signals.
 */
import { randomBytes } from 'node:crypto';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import type { FlowDocument } from '@/core/flow/document';
import { migrate } from '@/server/database/migrate';
import { freePort } from '@/server/embedded/process-control';
import { inheritedVariables, parseStartEnv } from '@/server/env';
import { ensureBuild } from '../../scripts/start/build';
import { serviceVariables, webService, workerServices } from '../../scripts/start/services';
import type { ServiceSpec } from '../../scripts/start/supervisor';
import type { PlantedBug } from '../planted/bugs';
import { type HurtProcess, keepProcess } from './processes';
import { type HurtServers, startServers } from './servers';

export interface WorldOptions {
  readonly workers: number;
  /** `host:port` that flows may call. */
  readonly allowedHost: string;
  readonly bug?: PlantedBug;
  readonly signal: AbortSignal;
}

export interface World {
  readonly url: string;
  readonly servers: HurtServers;
  readonly web: HurtProcess;
  readonly workers: readonly HurtProcess[];
  /** For looking, and for what has no operation; its queries fail while Postgres is down. */
  readonly pool: pg.Pool;
  /** A call of the REST API. @returns null when nobody answered */
  rest(method: string, path: string, body?: unknown, contentType?: string): Promise<RestAnswer | null>;
  publish(document: FlowDocument): Promise<string>;
  close(): Promise<void>;
}

export interface RestAnswer {
  readonly status: number;
  readonly body: unknown;
}

/** Processes compile their sources when they start, and here they do so side by side. */
const readyMs = 120_000;
const restTimeoutMs = 15_000;

export async function openWorld(options: WorldOptions): Promise<World> {
  const directory = mkdtempSync(join(tmpdir(), 'headrace-faults-'));
  // Postgres does not run as root and must be able to pass through to its files.
  chmodSync(directory, 0o711);
  const undo: (() => Promise<unknown>)[] = [async () => rmSync(directory, { recursive: true, force: true })];
  const close = async (): Promise<void> => {
    for (const step of undo.toReversed()) await step();
  };
  try {
    const servers = await startServers({ postgres: join(directory, 'postgres'), redis: join(directory, 'redis') });
    undo.push(() => servers.stop());
    await migrate(servers.postgresUrl);
    const pool = new pg.Pool({ connectionString: servers.postgresUrl, max: 3, connectionTimeoutMillis: 5_000 });
    // The harness cuts connections itself; whoever was using one gets the error.
    pool.on('error', () => undefined);
    undo.push(() => pool.end());
    await options.bug?.plant?.(pool);
    const apiKey = `hr_faults_${randomBytes(16).toString('base64url')}`;
    const { url, specs } = await describeProcesses(options, servers, directory, apiKey);
    const [web, ...workers] = specs.map(keepProcess) as [HurtProcess, ...HurtProcess[]];
    undo.push(() => Promise.all([web, ...workers].map((one) => one.stop())));
    const areUp = await Promise.all([web, ...workers].map((one) => one.untilUp(readyMs)));
    options.signal.throwIfAborted();
    if (areUp.includes(false)) throw new Error('Headrace did not come up; its last lines are above.');
    const rest = createRest(`${url}/api/v1`, apiKey);
    return {
      url,
      servers,
      web,
      workers,
      pool,
      rest,
      async publish(document) {
        const created = await rest('POST', '/flows', document);
        const { id } = expectOk(created, 'POST /flows') as { id: string };
        expectOk(await rest('POST', `/flows/${id}/publish`, {}), `publishing ${document.name}`);
        return id;
      },
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

/** The web process first, then the workers, exactly as a start would run them. */
async function describeProcesses(
  { workers, allowedHost, bug, signal }: WorldOptions,
  servers: HurtServers,
  directory: string,
  apiKey: string,
): Promise<{ url: string; specs: ServiceSpec[] }> {
  const inherited = Object.entries(inheritedVariables()).filter(
    ([name]) => !/^(HEADRACE_|DATABASE_URL$|REDIS_URL$|HOST$|PORT$|VITEST|NODE_OPTIONS$|TEST$)/.test(name),
  );
  const source = {
    ...Object.fromEntries(inherited),
    // Crash points are armed under this name alone.
    NODE_ENV: 'test',
    LOG_LEVEL: 'silent',
    HOST: '127.0.0.1',
    PORT: String(await freePort()),
    HEADRACE_DATA_DIR: directory,
    HEADRACE_OWNER_EMAIL: 'faults@example.com',
    HEADRACE_OWNER_PASSWORD: randomBytes(16).toString('base64url'),
    HEADRACE_API_KEY: apiKey,
    HEADRACE_WORKERS: String(workers),
    HEADRACE_ALLOWED_PRIVATE_HOSTS: allowedHost,
  };
  const env = parseStartEnv(source);
  await ensureBuild(source as unknown as NodeJS.ProcessEnv, signal);
  const variables = serviceVariables(source, env, {
    databaseUrl: servers.postgresUrl,
    redisUrl: servers.redisUrl,
    encryptionKey: randomBytes(32).toString('base64'),
    setupToken: undefined,
  });
  const withPreloads = (spec: ServiceSpec): ServiceSpec => {
    const script = spec.args.length - 1;
    const imports = (bug?.preloads ?? []).flatMap((path) => ['--import', path]);
    return { ...spec, args: [...spec.args.slice(0, script), ...imports, ...spec.args.slice(script)] };
  };
  const specs = [webService(env, variables), ...workerServices(env, variables)].map(withPreloads);
  return { url: env.publicUrl, specs };
}

const createRest =
  (base: string, apiKey: string): World['rest'] =>
  async (method, path, body, contentType = 'application/json') => {
    try {
      const response = await fetch(`${base}${path}`, {
        method,
        headers: { authorization: `Bearer ${apiKey}`, 'content-type': contentType },
        signal: AbortSignal.timeout(restTimeoutMs),
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      const text = await response.text();
      return { status: response.status, body: text === '' ? null : JSON.parse(text) };
    } catch {
      // Down, or cut in the middle: the caller asks again.
      return null;
    }
  };

export function expectOk(answer: RestAnswer | null, what: string): unknown {
  if (answer === null || answer.status >= 300) {
    throw new Error(
      `${what} answered ${answer === null ? 'nothing' : `${answer.status}: ${JSON.stringify(answer.body)}`}`,
    );
  }
  return answer.body;
}
