/**
 * Keeps an embedded server running for as long as the start runs: one that dies is started again on the same port, so
 * that the address the processes know stays right. They reconnect by themselves.
 */
import { setTimeout as delay } from 'node:timers/promises';
import type { ServerHandle } from '@/server/embedded/server-handle';

export interface KeptServer {
  readonly url: string;
  readonly stop: () => Promise<void>;
}

const firstPauseMs = 500;
const longestPauseMs = 30_000;

/**
 * @param start starts the server, on the given port or on a free one
 * @param report receives one line when it died and when it could not be started again
 */
export async function keepServer(
  start: (port: number | undefined) => Promise<ServerHandle>,
  report: (line: string) => void,
): Promise<KeptServer> {
  let handle = await start(undefined);
  const { url, port } = handle;
  const stopping = new AbortController();

  const restart = async (): Promise<void> => {
    for (let pauseMs = firstPauseMs; !stopping.signal.aborted; pauseMs = Math.min(pauseMs * 2, longestPauseMs)) {
      await delay(pauseMs, undefined, { signal: stopping.signal }).catch(() => undefined);
      if (stopping.signal.aborted) return;
      try {
        handle = await start(port);
        return;
      } catch (error) {
        report(error instanceof Error ? error.message : String(error));
      }
    }
  };
  const keepRunning = async (): Promise<void> => {
    while (!stopping.signal.aborted) {
      const how = await handle.exited;
      if (stopping.signal.aborted) return;
      report(`${how}; starting it again`);
      await restart();
    }
  };
  const loop = keepRunning();

  return {
    url,
    stop: async () => {
      stopping.abort();
      await handle.stop();
      await loop;
      // A restart may have been under way when the stop came.
      await handle.stop();
    },
  };
}
