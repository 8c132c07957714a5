/**
 * Headrace as a person runs it, one web process and one worker, on the benchmark's servers, with flows published over
 * REST. Refuses short cuts: nothing here reaches into the processes.
 */
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import type { FlowDocument } from '@/core/flow/document';
import { freePort, sendSignal } from '@/server/embedded/process-control';
import { inheritedVariables, parseStartEnv } from '@/server/env';
import { ensureBuild } from '../../scripts/start/build';
import { serviceVariables, webService, workerServices } from '../../scripts/start/services';
import { type Service, type ServiceSpec, superviseService } from '../../scripts/start/supervisor';
import type { Lab } from './servers';

export interface Headrace {
  readonly url: string;
  readonly webPid: number;
  readonly workerPid: number;
  /** Creates and publishes a flow. @returns its id */
  publish(document: FlowDocument): Promise<string>;
  /** Appends a batch of CloudEvents. @returns their positions */
  append(events: readonly object[]): Promise<readonly number[]>;
  /** Keeps the worker from running until it is resumed, so that a backlog can build up before a warm process. */
  pauseWorker(): void;
  resumeWorker(): void;
  close(): Promise<void>;
}

export interface HeadraceOptions {
  /** Where both processes leave a V8 processor profile when they end. */
  readonly profileDir: string | undefined;
  /** `host:port` that steps may call. */
  readonly serviceHost: string;
  /** Ends the benchmark; aborted when a process dies, because one that came back has not been measured. */
  readonly ending: AbortController;
}

export async function startHeadrace(lab: Lab, { profileDir, serviceHost, ending }: HeadraceOptions): Promise<Headrace> {
  const apiKey = randomBytes(24).toString('base64url');
  const source = {
    ...withoutConfiguration(inheritedVariables()),
    NODE_ENV: 'production',
    // A line per start and stop is part of running; a line per request would not be.
    LOG_LEVEL: 'warn',
    HOST: '127.0.0.1',
    PORT: String(await freePort()),
    HEADRACE_DATA_DIR: lab.directory,
    HEADRACE_OWNER_EMAIL: 'bench@example.com',
    HEADRACE_OWNER_PASSWORD: randomBytes(16).toString('base64url'),
    HEADRACE_API_KEY: apiKey,
    HEADRACE_WORKERS: '1',
    HEADRACE_ALLOWED_PRIVATE_HOSTS: serviceHost,
  };
  const env = parseStartEnv(source);
  await ensureBuild(source as NodeJS.ProcessEnv, ending.signal);
  const variables = serviceVariables(source, env, {
    databaseUrl: lab.postgres.url,
    redisUrl: lab.redis.url,
    encryptionKey: randomBytes(32).toString('base64'),
    setupToken: undefined,
  });
  const specs = [...workerServices(env, variables), webService(env, variables)];
  const services: Service[] = [];
  const close = async (): Promise<void> => {
    await Promise.all(services.map((service) => service.stop()));
  };
  const start = async (spec: ServiceSpec): Promise<number> => {
    const args = profileDir === undefined ? spec.args : [...profilerArgs(profileDir, spec.name), ...spec.args];
    const service = await superviseService(
      { ...spec, args },
      {
        onRestart: (line) => ending.abort(new Error(line)),
        onChange: () => undefined,
        signal: ending.signal,
      },
    );
    services.push(service);
    return pidOf(service);
  };
  try {
    const [workerPid = 0, webPid = 0] = [await start(specs[0] as ServiceSpec), await start(specs[1] as ServiceSpec)];
    const call = createRestCall(`${env.publicUrl}/api/v1`, apiKey);
    const [worker] = services;
    return {
      url: env.publicUrl,
      webPid,
      workerPid,
      async publish(document) {
        const { id } = (await call('/flows', document)) as { id: string };
        await call(`/flows/${id}/publish`, {});
        return id;
      },
      async append(events) {
        const answer = await call('/events', events, 'application/cloudevents-batch+json');
        return (answer as { positions: number[] }).positions;
      },
      pauseWorker: () => signalService(worker, 'SIGSTOP'),
      resumeWorker: () => signalService(worker, 'SIGCONT'),
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

/** What configures the Headrace of this machine must not configure the one that is measured. */
const withoutConfiguration = (source: Readonly<Record<string, string | undefined>>) =>
  Object.fromEntries(Object.entries(source).filter(([name]) => !/^(HEADRACE_|DATABASE_URL$|REDIS_URL$)/.test(name)));

/** Node writes one file per thread and puts the thread into its name; 0 is the main one. */
const profilerArgs = (directory: string, name: string): string[] => [
  '--cpu-prof',
  `--cpu-prof-dir=${join(directory, name)}`,
];

function pidOf(service: Service): number {
  const mark = service.mark();
  if (mark === undefined) throw new Error(`${service.name} ended as soon as it was ready`);
  return mark.pid;
}

function signalService(service: Service | undefined, name: NodeJS.Signals): void {
  const mark = service?.mark();
  if (mark === undefined || !sendSignal(mark, name)) throw new Error(`the worker is gone and cannot get ${name}`);
}

const createRestCall =
  (base: string, apiKey: string) =>
  async (path: string, body: unknown, type = 'application/json'): Promise<unknown> => {
    const response = await fetch(`${base}${path}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${apiKey}`, 'content-type': type },
      body: JSON.stringify(body),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`POST ${path} answered ${response.status}: ${text}`);
    return JSON.parse(text);
  };
