import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { sendSignal, waitUntil } from '@/server/embedded/process-control';
import { isRunning, markOf, type ProcessMark } from '@/server/embedded/process-identity';
import { type Service, type ServiceSpec, superviseService } from './supervisor';

let directory: string;
let services: Service[];
let restarts: string[];

const guard = resolve('scripts/start/child-guard.mjs');

/** A stand-in for a worker: does what `body` says and then reports that it is ready. */
const spec = (body: string, extra: Partial<ServiceSpec> = {}): ServiceSpec => ({
  name: 'worker',
  args: [
    '--import',
    guard,
    '--input-type=module',
    '--eval',
    `${body}; process.send('ready'); setInterval(() => undefined, 1000);`,
  ],
  env: process.env,
  graceMs: 5000,
  ...extra,
});

const supervise = async (one: ServiceSpec, signal?: AbortSignal): Promise<Service> => {
  const service = await superviseService(one, {
    onRestart: (line) => restarts.push(line),
    onChange: () => undefined,
    signal,
  });
  services.push(service);
  return service;
};

const markNow = (service: Service): ProcessMark => {
  const mark = service.mark();
  if (mark === undefined) throw new Error('the service is down');
  return mark;
};

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'headrace-supervisor-'));
  services = [];
  restarts = [];
});

afterEach(async () => {
  await Promise.all(services.map((service) => service.stop(0)));
  rmSync(directory, { recursive: true, force: true });
});

describe('a supervised process', () => {
  it('is started again when it dies, and that is told', async () => {
    const service = await supervise(spec(''));
    const first = markNow(service);
    sendSignal(first, 'SIGKILL');
    expect(await waitUntil(() => service.mark() !== undefined && service.mark()?.pid !== first.pid, 10_000)).toBe(true);
    expect(restarts).toEqual(['worker ended with SIGKILL; starting it again in 0.5 s']);
  });

  it('ends politely when it is stopped, and is not started again', async () => {
    const file = join(directory, 'ended');
    const farewell = `import('node:fs').then((fs) => { fs.writeFileSync(${JSON.stringify(file)}, 'drained'); process.exit(0); })`;
    const service = await supervise(spec(`process.on('SIGTERM', () => ${farewell})`));
    const mark = markNow(service);
    await service.stop();
    expect(readFileSync(file, 'utf8')).toBe('drained');
    expect(isRunning(mark)).toBe(false);
    expect(service.mark()).toBeUndefined();
    expect(restarts).toEqual([]);
  });

  it('is ended by force when it does not react in time', async () => {
    const service = await supervise(spec(`process.on('SIGTERM', () => undefined)`, { graceMs: 100 }));
    const mark = markNow(service);
    await service.stop();
    expect(isRunning(mark)).toBe(false);
  });

  it('that is stopped during the pause before a restart stays down', async () => {
    const service = await supervise(spec(''));
    sendSignal(markNow(service), 'SIGKILL');
    expect(await waitUntil(() => restarts.length === 1, 10_000)).toBe(true);
    await service.stop();
    expect(service.mark()).toBeUndefined();
  });

  it('that ends before it is ready is a failure and not started again', async () => {
    await expect(supervise(spec('process.exit(3)'))).rejects.toThrow(
      'The worker process ended with code 3 before it was ready.',
    );
  });

  it('that never gets ready is ended and reported', async () => {
    const silent = { ...spec(''), args: ['--eval', 'setInterval(() => undefined, 1000)'], readyTimeoutMs: 200 };
    await expect(supervise(silent)).rejects.toThrow('The worker process was not ready after 0.2 s.');
  });

  it('is ended when the start is interrupted while it gets ready', async () => {
    const interruption = new AbortController();
    const file = join(directory, 'pid');
    const body = `(await import('node:fs')).writeFileSync(${JSON.stringify(file)}, String(process.pid)); await new Promise(() => setInterval(() => undefined, 1000))`;
    const start = supervise(spec(body), interruption.signal);
    expect(await waitUntil(() => existsSync(file) && readFileSync(file, 'utf8') !== '', 10_000)).toBe(true);
    interruption.abort(new Error('interrupted'));
    await expect(start).rejects.toThrow('interrupted');
    expect(markOf(Number(readFileSync(file, 'utf8')))).toBeUndefined();
  });

  it('ends by itself when the process that started it is killed', async () => {
    const file = join(directory, 'pid');
    const child = `require('node:fs').writeFileSync(${JSON.stringify(file)}, String(process.pid)); setInterval(() => undefined, 1000)`;
    const parent = join(directory, 'parent.cjs');
    writeFileSync(
      parent,
      `require('node:child_process').spawn(process.execPath, ['--import', ${JSON.stringify(guard)}, '--eval', ${JSON.stringify(child)}], { stdio: ['ignore', 'ignore', 'ignore', 'ipc'], detached: true });`,
    );
    const starter = spawn(process.execPath, [parent], { stdio: 'ignore' });
    expect(await waitUntil(() => existsSync(file) && readFileSync(file, 'utf8') !== '', 10_000)).toBe(true);
    const mark = markOf(Number(readFileSync(file, 'utf8')));
    starter.kill('SIGKILL');
    expect(await waitUntil(() => mark !== undefined && !isRunning(mark), 15_000)).toBe(true);
  });
});
