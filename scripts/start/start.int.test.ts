/** `npm start` as a person meets it: output, exit code, HTTP, and what is left behind on the machine. */
import { chmodSync, existsSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { dataPaths, readRecord } from '@/server/embedded/data-directory';
import { freePort, sendSignal, waitUntil } from '@/server/embedded/process-control';
import { isRunning, type ProcessMark } from '@/server/embedded/process-identity';
import { type HeadraceOptions, type HeadraceProcess, spawnHeadrace, startHeadrace } from '@/server/testing/headrace';
import { readServiceRecords } from './services';

/** A start may build first. */
const startTimeoutMs = 5 * 60_000;

let directory: string;
let port: number;
const running: HeadraceProcess[] = [];

const options = (extra: Partial<HeadraceOptions> = {}): HeadraceOptions => ({
  dataDir: join(directory, 'data'),
  port,
  env: { HEADRACE_WORKERS: '2', LOG_LEVEL: 'warn' },
  ...extra,
});

const start = async (env: Readonly<Record<string, string>> = {}): Promise<HeadraceProcess> => {
  const headrace = await startHeadrace(options({ env: { ...options().env, ...env } }));
  running.push(headrace);
  return headrace;
};

/** Every process that a running start is responsible for. */
const allMarks = (): ProcessMark[] => {
  const paths = dataPaths(join(directory, 'data'));
  const servers = [readRecord(paths.postgres), readRecord(paths.redis)].filter((record) => record !== undefined);
  return [...readServiceRecords(paths.services), ...servers];
};

const isPortFree = async (): Promise<boolean> => {
  const probe = createServer();
  return new Promise((resolve) => {
    probe.once('error', () => resolve(false));
    probe.listen(port, '127.0.0.1', () => probe.close(() => resolve(true)));
  });
};

/** Starts what is expected to give up, and returns what it said. */
const refusal = async (extra: Partial<HeadraceOptions>): Promise<string> => {
  const headrace = spawnHeadrace(options(extra));
  expect(await headrace.exited).toBe(1);
  expect(headrace.output()).not.toMatch(/^\s+at .+:\d+/m);
  return headrace.output();
};

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'headrace-start-'));
  chmodSync(directory, 0o711);
  port = await freePort();
});

afterAll(async () => {
  await Promise.all(running.map((headrace) => headrace.stop()));
  rmSync(directory, { recursive: true, force: true });
});

describe('npm start refuses, in one message,', () => {
  it('a configuration with faults, and names all of them', async () => {
    const said = await refusal({ env: { PORT: 'x', HEADRACE_WORKERS: '-1', DATABASE_URL: 'mysql://x' } });
    expect(said).toContain('The configuration has 4 faults:');
    for (const name of ['PORT', 'HEADRACE_WORKERS', 'DATABASE_URL', 'HEADRACE_ENCRYPTION_KEY']) {
      expect(said).toMatch(new RegExp(`^ {2}${name} .* Example: ${name}=`, 'm'));
    }
  });

  it('a port that is taken', async () => {
    const other = createServer();
    await new Promise<void>((resolve) => other.listen(port, '127.0.0.1', resolve));
    expect(await refusal({})).toContain(`Port ${port} on 127.0.0.1 is taken by another program.`);
    await new Promise((resolve) => other.close(resolve));
  });

  it('a database that cannot be reached', async () => {
    const said = await refusal({
      env: { DATABASE_URL: 'postgresql://127.0.0.1:1/x', HEADRACE_ENCRYPTION_KEY: Buffer.alloc(32).toString('base64') },
    });
    expect(said).toContain('The database of DATABASE_URL cannot be reached:');
  });

  it('a Redis that cannot be reached', async () => {
    const said = await refusal({ env: { REDIS_URL: 'redis://127.0.0.1:1' } });
    expect(said).toContain('The Redis of REDIS_URL cannot be reached:');
  });

  it('a machine where no Redis is to be had', async () => {
    // A PATH that has Node alone: no Redis, no package manager.
    symlinkSync(process.execPath, join(directory, 'node'));
    const said = await refusal({ env: { PATH: directory } });
    expect(said).toContain('sudo apt-get install redis-server');
    expect(said).toContain('or set REDIS_URL');
  });
});

describe('npm start', () => {
  it('serves, keeps its workers alive, refuses a second start and leaves nothing behind', {
    timeout: startTimeoutMs,
  }, async () => {
    const headrace = await start();
    expect(headrace.output()).toContain(`Headrace is ready: http://127.0.0.1:${port}`);
    expect((await fetch(`${headrace.url}/readyz`)).status).toBe(200);

    const second = await refusal({ port: await freePort() });
    expect(second).toContain(`in use by another start of Headrace (process ${headrace.child.pid}, ${headrace.url})`);

    const { services } = dataPaths(join(directory, 'data'));
    const worker = readServiceRecords(services).find(({ name }) => name === 'worker 1');
    if (worker === undefined) throw new Error('worker 1 is not in the record');
    sendSignal(worker, 'SIGKILL');
    await headrace.untilOutput('worker 1 ended with SIGKILL; starting it again');
    const isBack = (): boolean =>
      readServiceRecords(services).some(({ name, pid }) => name === 'worker 1' && pid !== worker.pid);
    expect(await waitUntil(isBack, 10_000)).toBe(true);

    const marks = allMarks();
    expect(marks).toHaveLength(5);
    expect(await headrace.stop('SIGTERM')).toBe(0);
    expect(marks.filter(isRunning)).toEqual([]);
    expect(await isPortFree()).toBe(true);
    expect(existsSync(dataPaths(join(directory, 'data')).lock)).toBe(false);
  });

  it('reuses its data, recovers at once after it was killed, and guards the first visit', {
    timeout: startTimeoutMs,
  }, async () => {
    const killed = await start();
    expect(killed.output()).toContain('Database: up to date');
    expect(killed.output()).toContain('Application: up to date');
    const marks = allMarks();
    await killed.stop('SIGKILL');
    const next = await start({ HOST: '0.0.0.0' });
    expect(marks.filter(isRunning)).toEqual([]);
    // Nobody has made the first visit, and now others could.
    await next.untilOutput(/The first visit asks for this set-up token: \S{20,}/);
    expect(await next.stop('SIGINT')).toBe(0);
  });
});
