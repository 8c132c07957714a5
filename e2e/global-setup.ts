/**
 * Starts Headrace once for all stories, on an empty data directory and a free port, with the program that `npm start`
 * runs. Stories find it at E2E_BASE_URL (their base address) and its files below E2E_DATA_DIR. Steps may call this
 * machine, so that a story can have a small service of its own.
 */
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '@/server/embedded/process-control';
import { startHeadrace } from '@/server/testing/headrace';

export default async function setup(): Promise<() => Promise<void>> {
  const directory = mkdtempSync(join(tmpdir(), 'headrace-e2e-'));
  chmodSync(directory, 0o711);
  const dataDir = join(directory, 'data');
  try {
    const headrace = await startHeadrace({
      dataDir,
      port: await freePort(),
      env: { HEADRACE_ALLOWED_PRIVATE_HOSTS: '127.0.0.1,localhost', LOG_LEVEL: 'warn' },
    });
    process.env.E2E_BASE_URL = headrace.url;
    process.env.E2E_DATA_DIR = dataDir;
    return async () => {
      await headrace.stop();
      rmSync(directory, { recursive: true, force: true });
    };
  } catch (error) {
    rmSync(directory, { recursive: true, force: true });
    throw error;
  }
}
