import { describe, expect, it } from 'vitest';
import { drawnSteps } from './run-context';
import { roleStatus, stepsToUndo } from './step-role';
import { attempt, saga, step } from './testing';

const steps = drawnSteps(saga);
const done = (id: string, endMs: number) => step(id, 'succeeded', [attempt(1, 'succeeded', endMs - 1, endMs)]);

describe('the status of a step in its part', () => {
  it('is compensation for what undoes, and itself for everything else', () => {
    expect(roleStatus(done('release', 5), true, steps)).toBe('compensated');
    expect(roleStatus(step('release', 'running'), false, steps)).toBe('compensating');
    expect(roleStatus(step('release', 'failed'), true, steps)).toBe('failed');
    expect(roleStatus(done('reserve', 5), true, steps)).toBe('succeeded');
  });
});

describe('what would be undone', () => {
  it('is what completed and can be, the last one first', () => {
    const run = [done('reserve', 10), done('charge', 20), step('ship', 'unknown', [attempt(1, 'unknown', 21, 22)])];
    expect(stepsToUndo(run, steps)).toEqual(['charge', 'reserve']);
  });

  it('does not list the parts of a container that is undone as a whole', () => {
    const whole = drawnSteps({
      ...saga,
      steps: [...saga.steps, { id: 'recall', kind: 'http.request' }],
      edges: [...saga.edges, { from: 'fulfil', port: 'compensate', to: 'recall' }],
    });
    expect(stepsToUndo([done('fulfil', 30), done('reserve', 10)], whole)).toEqual(['fulfil']);
  });
});
