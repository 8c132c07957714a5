import { describe, expect, it } from 'vitest';
import { formatStorm } from './report';
import { runStorm } from './storm';

/** The short form of `npm run verify:faults`: a fault every second, some fifteen in all. */
const sagas = 60;
const perSecond = 4;
/** Says that something hangs; the storm takes less than a minute on an idle machine. */
const timeoutMs = 240_000;

describe('after a storm of faults', () => {
  it.each([20261122, 3])('the books agree (seed %i)', { timeout: timeoutMs }, async (seed) => {
    const result = await runStorm({
      seed,
      sagas,
      perSecond,
      faultEveryMs: 1_000,
      workers: 2,
      patienceMs: 60_000,
      signal: AbortSignal.timeout(timeoutMs),
      say: () => undefined,
    });
    expect(result.violations, formatStorm(result)).toEqual([]);
    expect(result.acknowledged).toBe(sagas);
    // The storm was real.
    expect(Object.values(result.faults).reduce((sum, count) => sum + count, 0)).toBeGreaterThan(5);
    expect(result.calls).toBeGreaterThan(3 * sagas);
  });

  it('nobody met another in a lane, and nobody was forgotten', { timeout: timeoutMs }, async () => {
    const result = await runStorm({
      seed: 5,
      sagas: 40,
      perSecond,
      faultEveryMs: 1_000,
      workers: 2,
      mood: { shapes: ['ordered', 'limited'] },
      patienceMs: 60_000,
      signal: AbortSignal.timeout(timeoutMs),
      say: () => undefined,
    });
    expect(result.violations, formatStorm(result)).toEqual([]);
    expect(result.acknowledged).toBe(40);
  });
});
