import { expect, it } from 'vitest';
import { createHandOver } from '@/workers/hand-over';

function lab() {
  const carried: string[] = [];
  const rung: string[] = [];
  const ends: (() => void)[] = [];
  const state = { isStopping: false };
  const handOver = createHandOver({
    carry: ({ runId }) => {
      carried.push(runId);
      return new Promise((resolve) => ends.push(resolve));
    },
    ring: (workspaceId, runIds) => rung.push(...runIds.map((runId) => `${workspaceId} ${runId}`)),
    isStopping: () => state.isStopping,
  });
  const runs = (count: number, from = 0) =>
    Array.from({ length: count }, (_, n) => ({ workspaceId: 'w', runId: String(from + n) }));
  return { carried, rung, ends, state, handOver, runs };
}

it('carries a few runs on here and rings for the rest', () => {
  const { carried, rung, handOver, runs } = lab();
  handOver(runs(40));
  expect([carried.length, rung.length]).toEqual([32, 8]);
  expect(rung[0]).toBe('w 32');
});

it('has room again when one has ended, and carries a run once that is named twice', async () => {
  const { carried, rung, ends, handOver, runs } = lab();
  handOver(runs(32));
  ends[0]?.();
  await Promise.resolve();
  await Promise.resolve();
  handOver([...runs(1, 50), ...runs(1, 50), ...runs(1, 51)]);
  expect(carried.at(-1)).toBe('50');
  expect(rung).toEqual(['w 51']);
});

it('rings for all while the process stops', () => {
  const { carried, rung, state, handOver, runs } = lab();
  state.isStopping = true;
  handOver(runs(2));
  expect([carried, rung]).toEqual([[], ['w 0', 'w 1']]);
});
