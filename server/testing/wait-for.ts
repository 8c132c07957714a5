/** Waits for a condition, because a test that sleeps either wastes time or lies. */
import { setTimeout as pause } from 'node:timers/promises';

const defaultPollMs = 10;

/**
 * Asks until the answer is not undefined.
 * @param what completes the sentence "gave up waiting for …"
 */
export async function waitFor<T>(
  what: string,
  ask: () => T | undefined | Promise<T | undefined>,
  timeoutMs = 20_000,
  pollMs = defaultPollMs,
): Promise<T> {
  const deadline = performance.now() + timeoutMs;
  for (;;) {
    const answer = await ask();
    if (answer !== undefined) return answer;
    if (performance.now() > deadline) throw new Error(`gave up waiting for ${what}`);
    await pause(pollMs);
  }
}
