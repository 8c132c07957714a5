import { describe, expect, it } from 'vitest';
import { createRunDrawing } from './run-drawing';
import { attempt, run as plainRun, step } from './testing';

const run = (...given: Parameters<typeof plainRun>) => ({ run: plainRun(...given), tallies: new Map() });

const charge = step('charge', 'succeeded', [attempt(1, 'failed', 0, 10), attempt(2, 'succeeded', 20, 45)]);

describe('a run on the canvas', () => {
  it('shows status, attempts, time over all attempts and the outlet taken', () => {
    expect(createRunDrawing()(run([charge, step('ship', 'pending')]))).toEqual({
      steps: {
        charge: { status: 'succeeded', attempts: 2, tookMs: 45, port: 'out' },
        ship: { status: 'pending', attempts: 0, tookMs: null, port: null },
      },
      isOver: false,
    });
  });

  it('is over once the run has ended', () => {
    expect(createRunDrawing()(run([], { status: 'cancelled' })).isOver).toBe(true);
    expect(createRunDrawing()(run([], { status: 'blocked' })).isOver).toBe(false);
  });

  it('tells in which order steps were undone, and of others nothing', () => {
    const steps = [
      step('release', 'succeeded', [attempt(1, 'succeeded', 80, 90)]),
      step('refund', 'succeeded', [attempt(1, 'succeeded', 60, 70)]),
      step('recall', 'pending'),
      charge,
    ];
    const drawn = createRunDrawing()(run(steps), new Set(['release', 'refund', 'recall']));
    const order = Object.entries(drawn.steps).map(([id, { undoOrder }]) => [id, undoOrder]);
    expect(Object.fromEntries(order)).toEqual({ release: 2, refund: 1, recall: undefined, charge: undefined });
  });

  it('keeps what did not change', () => {
    const draw = createRunDrawing();
    const before = draw(run([structuredClone(charge), step('ship', 'pending')]));
    const after = draw(run([structuredClone(charge), step('ship', 'running', [attempt(1, 'running', 50, null)])]));
    expect(after.steps.charge).toBe(before.steps.charge);
    expect(after.steps.ship).not.toBe(before.steps.ship);
  });
});
