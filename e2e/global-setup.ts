/**
 * Starts Headrace once for all stories, on an empty data directory and a free port, with the program that `npm start`
 * runs. Stories find it at E2E_BASE_URL. Steps may call this machine, so that a story can have a small service of its
 * own. With E2E_HEADRACE, the origin of a Headrace started by hand with the same owner, key and allowed hosts, nothing
 * is started or stopped: for writing stories.
 */
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '@/server/embedded/process-control';
import { startHeadrace } from '@/server/testing/headrace';
import { apiKey } from './world/installation';

export default async function setup(): Promise<(() => Promise<void>) | undefined> {
  if (process.env.E2E_HEADRACE !== undefined) {
    process.env.E2E_BASE_URL = process.env.E2E_HEADRACE;
    return undefined;
  }
  const directory = mkdtempSync(join(tmpdir(), 'headrace-e2e-'));
  chmodSync(directory, 0o711);
  try {
    const headrace = await startHeadrace({
      dataDir: join(directory, 'data'),
      port: await freePort(),
      env: {
        HEADRACE_ALLOWED_PRIVATE_HOSTS: '127.0.0.1,localhost',
        HEADRACE_API_KEY: apiKey,
        LOG_LEVEL: 'warn',
      },
    });
    process.env.E2E_BASE_URL = headrace.url;
    return async () => {
      await headrace.stop();
      rmSync(directory, { recursive: true, force: true });
    };
  } catch (error) {
    rmSync(directory, { recursive: true, force: true });
    throw error;
  }
}
