import { describe, expect, it } from 'vitest';
import { failingStep, placeToOpen, shownStatus } from './choose-step';
import { attempt, error, run, step } from './testing';
import type { RunView, StepView } from './types';

const placed = step('placed', 'succeeded', [attempt(1, 'succeeded', 0, 1)]);
const ship = step('ship', 'failed', [attempt(1, 'failed', 5, 9)]);
const caught = { ...step('notify', 'failed', [attempt(1, 'failed', 2, 3)]), port: 'error' };

const stepToOpen = (shown: RunView): string | null => placeToOpen(shown)?.stepId ?? null;

describe('the step a run opens on', () => {
  it('is the one that failed, not one whose failure was caught', () => {
    expect(stepToOpen(run([placed, caught, ship]))).toBe('ship');
  });

  it('is the one the run names when several failed beside each other', () => {
    const other = { ...step('pack', 'failed', [attempt(1, 'failed', 4, 8)]), error: error('out of boxes') };
    expect(failingStep(run([placed, other, ship], { error: error('attempt 1') }))?.id).toBe('ship');
  });

  it('is the one that waits for a person, whatever else failed', () => {
    const reason = { code: 'blocked.compensation', message: 'm', since: ship.startedAt ?? '', stepId: 'release' };
    const release = step('release', 'failed', [attempt(1, 'failed', 10, 11)]);
    expect(stepToOpen(run([placed, ship, release], { status: 'blocked', reason }))).toBe('release');
  });

  it('is the one inside a container, which fails by it', () => {
    expect(stepToOpen(run([placed, step('fulfil', 'failed'), ship]))).toBe('ship');
  });

  it('is else what holds the run up: unknown before waiting before running', () => {
    const waiting = step('wait', 'waiting', [attempt(1, 'failed', 2, 3)]);
    const unknown = step('charge', 'unknown', [attempt(1, 'unknown', 2, 3)]);
    const running = step('ship', 'running', [attempt(1, 'running', 2, null)]);
    expect(stepToOpen(run([placed, running, waiting, unknown]))).toBe('charge');
    expect(stepToOpen(run([placed, running, waiting]))).toBe('wait');
    expect(stepToOpen(run([placed, running]))).toBe('ship');
    expect(stepToOpen(run([placed, step('fulfil', 'running'), running]))).toBe('ship');
  });

  it('is else the last that ended, drawn last among those of one instant', () => {
    const steps = ['a', 'b'].map((id) => step(id, 'succeeded', [attempt(1, 'succeeded', 5, 5)]));
    expect(stepToOpen(run([placed, ...steps, step('c', 'skipped')]))).toBe('b');
  });

  it('is the first while nothing has happened', () => {
    expect(stepToOpen(run([step('placed', 'pending'), step('a', 'pending')]))).toBe('placed');
    expect(stepToOpen(run([]))).toBeNull();
  });
});

describe('a step once the run is over', () => {
  const over = (status: StepView['status']) => shownStatus({ status }, true);

  it('is shown as what became of it: skipped, of unknown outcome, or cancelled', () => {
    expect([over('pending'), over('running'), over('waiting')]).toEqual(['skipped', 'unknown', 'cancelled']);
    expect([over('failed'), over('succeeded')]).toEqual(['failed', 'succeeded']);
  });

  it('is shown as it is while the run goes on', () => {
    expect(shownStatus({ status: 'running' }, false)).toBe('running');
  });
});
