/**
 * A worker in a process of its own, for tests in which it dies. Refuses to survive the test: it ends when the test lets go of
 * it.
 */
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { type TestServers, testEncryptionKey } from '@/server/testing/test-platform';

const root = fileURLToPath(new URL('../../', import.meta.url));

export interface WorkerProcess {
  /** Resolves when it carries runs. */
  readonly ready: Promise<void>;
  /** Its exit code, or the name of the signal that ended it. */
  readonly exited: Promise<number | string>;
  /** Ends it at once. Harmless when it has ended. */
  kill(): void;
}

/** @param faultPoint where it dies, as `HEADRACE_FAULT_POINTS` says it */
export function startWorkerProcess(servers: TestServers, faultPoint: string): WorkerProcess {
  const child = spawn(process.execPath, ['--import', 'tsx', 'workers/main.ts'], {
    cwd: root,
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    env: {
      PATH: process.env.PATH,
      NODE_ENV: 'test',
      LOG_LEVEL: 'silent',
      DATABASE_URL: servers.databaseUrl,
      REDIS_URL: servers.redisUrl,
      HEADRACE_ENCRYPTION_KEY: testEncryptionKey,
      HEADRACE_FAULT_POINTS: faultPoint,
    },
  });
  const exited = new Promise<number | string>((resolve) => {
    child.once('exit', (code, signal) => resolve(signal ?? code ?? -1));
  });
  const ready = new Promise<void>((resolve, reject) => {
    child.once('message', () => resolve());
    child.once('error', reject);
    void exited.then((how) => reject(new Error(`the worker ended before it was ready: ${how}`)));
  });
  return { ready, exited, kill: () => child.kill('SIGKILL') };
}
