import { describe, expect, it } from 'vitest';
import type { RunStatus } from '@/core/run/types';
import type { RunNote } from '@/server/services/ports';
import { waitForRun } from '@/server/services/runs/wait-for-run';
import { silentLog } from '@/server/testing/silent-log';

/** A run whose statuses are read one after the other; the last one stays. */
function setUp(statuses: (RunStatus | null)[], subscribe?: () => Promise<() => void>) {
  const world = { reads: 0, stopped: 0, note: (_: RunNote): void => {} };
  const deps = {
    notes: {
      subscribe:
        subscribe ??
        (async (_: string, listener: (note: RunNote) => void) => {
          world.note = listener;
          return () => {
            world.stopped += 1;
          };
        }),
    },
    clock: { nowMs: () => performance.now() },
    log: silentLog,
    async readStatus() {
      const status = statuses[Math.min(world.reads, statuses.length - 1)] ?? null;
      world.reads += 1;
      // A note that comes while the row is read must not be lost.
      if (status === 'running') world.note({ runId: 'r', flowId: 'f', status: 'running', n: world.reads });
      return status;
    },
  };
  return { world, wait: (waitMs: number) => waitForRun(deps, 'w', 'r', waitMs) };
}

describe('waiting for a run', () => {
  it('answers at once when the run has ended, is unknown, or nobody wants to wait', async () => {
    expect(await setUp(['succeeded']).wait(60_000)).toBe('succeeded');
    expect(await setUp([null]).wait(60_000)).toBeNull();
    const { world, wait } = setUp(['queued']);
    expect(await wait(0)).toBe('queued');
    expect(world).toMatchObject({ reads: 1, stopped: 1 });
  });

  it('looks again for every note, and stops listening at the end', async () => {
    const { world, wait } = setUp(['running', 'running', 'running', 'failed']);
    expect(await wait(60_000)).toBe('failed');
    expect(world).toMatchObject({ reads: 4, stopped: 1 });
  });

  it('looks by itself when no note comes or none can be had', async () => {
    expect(await setUp(['queued', 'succeeded']).wait(60_000)).toBe('succeeded');
    const deaf = setUp(['queued', 'cancelled'], () => Promise.reject(new Error('no Redis')));
    expect(await deaf.wait(60_000)).toBe('cancelled');
  });

  it('gives up when the time is over', async () => {
    expect(await setUp(['waiting']).wait(20)).toBe('waiting');
  });
});
