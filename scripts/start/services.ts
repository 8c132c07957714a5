/**
 * The processes that make up a running Headrace on one machine, and what they are told. The record of their marks in
 * the data directory lets the next start end what a killed one left behind.
 */
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { endProcess } from '@/server/embedded/process-control';
import { isRunning, type ProcessMark } from '@/server/embedded/process-identity';
import type { StartEnv } from '@/server/env';
import type { Service, ServiceSpec } from './supervisor';

/** What a start has found out or made and its processes must know. */
export interface Provisions {
  readonly databaseUrl: string;
  readonly redisUrl: string;
  /** Base64. */
  readonly encryptionKey: string;
  readonly setupToken: string | undefined;
}

/** Requests under way get this long before the process is ended by force: a synchronous caller waits up to 60 s. */
const webGraceMs = 15_000;
/** A step under way may finish or give its lease back; what is cut off is recovered by the next worker. */
const workerGraceMs = 25_000;
/** What a killed start left behind has been on its own for a while: it gets less. */
const leftOverGraceMs = 5000;

const nodeOptions = ['--import', 'tsx', '--import', './scripts/start/child-guard.mjs'];

export function webService(env: StartEnv, variables: ServiceSpec['env']): ServiceSpec {
  const readyUrl = `${localOrigin(env.host, env.port)}/readyz`;
  return {
    name: 'web',
    args: [...nodeOptions, 'server/main.ts'],
    // Next serves a build in production mode alone.
    env: { ...variables, NODE_ENV: 'production' },
    whenReady: (signal) => untilAnswers(readyUrl, signal),
    graceMs: webGraceMs,
  };
}

export const workerServices = (env: StartEnv, variables: ServiceSpec['env']): readonly ServiceSpec[] =>
  Array.from({ length: env.workers }, (_, index) => ({
    name: env.workers === 1 ? 'worker' : `worker ${index + 1}`,
    args: [...nodeOptions, 'workers/main.ts'],
    env: withoutFirstVisit(variables),
    graceMs: workerGraceMs,
  }));

/** The environment of the processes: what the start was given, with what it provided in place of what was missing. */
export const serviceVariables = (
  source: Readonly<Record<string, string | undefined>>,
  env: StartEnv,
  provisions: Provisions,
): ServiceSpec['env'] => ({
  ...source,
  NODE_ENV: env.nodeEnv,
  NEXT_TELEMETRY_DISABLED: '1',
  HOST: env.host,
  PORT: String(env.port),
  DATABASE_URL: provisions.databaseUrl,
  REDIS_URL: provisions.redisUrl,
  HEADRACE_DATA_DIR: env.dataDir,
  HEADRACE_ENCRYPTION_KEY: provisions.encryptionKey,
  HEADRACE_SETUP_TOKEN: provisions.setupToken,
});

/** A worker executes what people draw; the credentials of the first visit are none of its business. */
const withoutFirstVisit = (variables: ServiceSpec['env']): ServiceSpec['env'] => ({
  ...variables,
  HEADRACE_OWNER_EMAIL: undefined,
  HEADRACE_OWNER_PASSWORD: undefined,
  HEADRACE_API_KEY: undefined,
  HEADRACE_SETUP_TOKEN: undefined,
});

/** Where this machine reaches a listener on `host`. */
export function localOrigin(host: string, port: number): string {
  const name = host === '0.0.0.0' ? '127.0.0.1' : host === '::' ? '[::1]' : host.includes(':') ? `[${host}]` : host;
  return `http://${name}:${port}`;
}

async function untilAnswers(url: string, signal: AbortSignal): Promise<void> {
  const pollMs = 100;
  while (!signal.aborted) {
    try {
      const response = await fetch(url, { signal });
      await response.body?.cancel();
      if (response.ok) return;
    } catch {
      // Not listening yet, or the wait was given up.
    }
    await new Promise((resolve) => setTimeout(resolve, pollMs));
  }
}

/** One running process as the record names it. */
export interface ServiceRecord extends ProcessMark {
  readonly name: string;
}

export function recordServices(path: string, services: readonly Service[]): void {
  const records = services.flatMap((service): ServiceRecord[] => {
    const mark = service.mark();
    return mark === undefined ? [] : [{ name: service.name, ...mark }];
  });
  writeFileSync(path, JSON.stringify(records));
}

/** Ends the processes that a start which was killed has left behind, and forgets them. */
export async function endLeftOverServices(path: string): Promise<number> {
  const running = readServiceRecords(path).filter(isRunning);
  await Promise.all(running.map((mark) => endProcess(mark, 'SIGTERM', leftOverGraceMs)));
  rmSync(path, { force: true });
  return running.length;
}

/** @returns nothing when there is no readable record */
export function readServiceRecords(path: string): readonly ServiceRecord[] {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as ServiceRecord[];
  } catch {
    // Never written, or cut off by the crash.
    return [];
  }
}
