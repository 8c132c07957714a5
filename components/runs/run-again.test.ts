import { describe, expect, it } from 'vitest';
import { formInput, previewInput } from './again-form';
import { canRetry, previewedRun, previewGroups } from './run-again';
import { drawnSteps } from './run-context';
import { attempt, run, saga, step } from './testing';

const earlier = '01a203ce-0000-7000-8000-0000000000aa';
const failed = run(
  [
    step('placed', 'succeeded'),
    { ...step('reserve', 'succeeded'), reusedFrom: earlier },
    step('charge', 'compensated', [attempt(1, 'succeeded', 0, 10)]),
    step('ship', 'failed', [attempt(1, 'failed', 10, 20)]),
    step('refund', 'succeeded', [attempt(1, 'succeeded', 20, 30)]),
  ],
  { status: 'compensated' },
);
const preview = {
  version: 7,
  reused: ['placed', 'reserve'],
  executed: ['charge', 'ship'],
  skipped: ['pause'],
  sameKey: [],
  loops: [],
};

describe('the preview of doing a run again', () => {
  it('says where outputs come from and why steps act again', () => {
    const groups = previewGroups(preview, failed, drawnSteps(saga));
    const notes = groups.flatMap(({ key, steps }) => steps.map(({ name, note }) => [key, name, note]));
    expect(notes).toEqual([
      ['reused', 'Order placed', 'the same event'],
      ['reused', 'Reserve stock', 'from run 0000000000aa'],
      ['executed', 'Charge card', 'was compensated'],
      ['executed', 'Ship order', 'failed'],
      ['skipped', 'Cool off', ''],
    ]);
  });

  it('warns of a key that is sent again', () => {
    const [, executed] = previewGroups({ ...preview, sameKey: ['ship'] }, failed, drawnSteps(saga));
    expect(executed?.steps[1]?.note).toBe('its outcome is unknown: the same key goes with it');
  });

  it('is drawn as a run that has not begun, with what stands in place', () => {
    const drawn = previewedRun(failed, { ...preview, skipped: ['refund'] });
    expect(Object.fromEntries(drawn.steps.map(({ id, status }) => [id, status]))).toEqual({
      placed: 'succeeded',
      reserve: 'succeeded',
      charge: 'pending',
      ship: 'pending',
      refund: 'skipped',
    });
    expect(drawn.status).toBe('queued');
  });
});

describe('what a rerun is asked for', () => {
  const form = { version: 'same' as const, isEdited: false, text: '{"n": 1}', settledText: '{"n": 1}' };

  it('leaves out what stays as it was', () => {
    expect(formInput(form, null)).toEqual({});
    expect(formInput({ ...form, version: 'live', isEdited: true }, 'ship')).toEqual({
      from: 'ship',
      version: 'live',
      data: { n: 1 },
    });
  });

  it('is previewed without data that would make the address too long', () => {
    const long = JSON.stringify({ text: 'x'.repeat(5_000) });
    expect(previewInput({ ...form, isEdited: true, settledText: long }, 'ship')).toEqual({ from: 'ship' });
  });
});

describe('a retry', () => {
  it('is for runs that ended without success', () => {
    const can = (status: typeof failed.status) => canRetry({ status });
    expect([can('failed'), can('compensated'), can('cancelled'), can('terminated')]).toEqual([true, true, true, true]);
    expect([can('succeeded'), can('running'), can('blocked')]).toEqual([false, false, false]);
  });
});
