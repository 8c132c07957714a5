import { describe, expect, it } from 'vitest';
import { flow, step, trigger } from '@/core/flow/testing';
import type { JournalEntry } from '@/core/run/entries';
import { fold } from '@/core/run/evolve';
import { parkedAs } from '@/core/run/next';
import { readSnapshot, snapshotShape, writeSnapshot } from '@/core/run/snapshot';
import { TestRun, types } from '@/core/run/testing';

const call = (id: string, more = {}) => step(id, 'http.request', { method: 'POST', url: 'https://example.com' }, more);
const one = { in: 'each', retry: { attempts: 1 } };

//   m → each⟦ a ⟧ → after
const straight = () =>
  new TestRun(
    flow(
      [trigger, step('each', 'logic.forEach', { items: [] }), call('a', one), call('after')],
      ['m → each', 'each → after'],
    ),
  ).started();

//   m → each⟦ a → b ⟧ → after       a ┄→ u
const saga = (more = {}) =>
  new TestRun(
    flow(
      [
        trigger,
        step('each', 'logic.forEach', { items: [] }),
        call('a', one),
        call('b', one),
        call('u', one),
        call('after', { retry: { attempts: 1 } }),
        call('sorry'),
      ],
      ['m → each', 'a → b', 'a.compensate → u', 'each → after', ...((more as { wires?: string[] }).wires ?? [])],
    ),
  ).started();

/** The call of a step and its outcome. */
const does = (run: TestRun, address: string, output: string = address): JournalEntry[] => {
  run.intends(address);
  return run.succeeds(address, output);
};

describe('a loop', () => {
  it('runs its steps once per item, as many at a time as it is told, and keeps the order of the list', () => {
    const run = straight();
    expect(types(run.loops('each', ['x', 'y', 'z'], { concurrency: 2 }))).toEqual([
      'loop.started',
      'iteration.started',
      'iteration.started',
    ]);
    expect(run.due()).toEqual(['each[0]/a', 'each[1]/a']);
    run.intends('each[0]/a');
    expect(types(does(run, 'each[1]/a', 'second'))).toEqual([
      'each[1]: step.succeeded',
      'iteration.ended',
      'iteration.started',
    ]);
    expect(run.due()).toEqual(['each[2]/a']);
    does(run, 'each[2]/a', 'third');
    expect(types(run.succeeds('each[0]/a', 'first'))).toEqual([
      'each[0]: step.succeeded',
      'iteration.ended',
      'step.succeeded',
    ]);
    expect(run.state.steps.each?.output).toEqual({ items: ['first', 'second', 'third'], errors: [] });
    expect(run.due()).toEqual(['after']);
  });

  it('over nothing is complete at once', () => {
    const run = straight();
    expect(types(run.loops('each', []))).toEqual(['loop.started', 'step.succeeded']);
    expect(run.state.steps.each?.output).toEqual({ items: [], errors: [] });
  });

  it('forgets an iteration that is over, and its own items when it is', () => {
    const run = straight();
    run.loops('each', ['x', 'y']);
    does(run, 'each[0]/a');
    expect(Object.keys(run.loop('each').active)).toEqual(['1']);
    expect(run.loop('each').keptCount).toBe(0);
    does(run, 'each[1]/a');
    expect(run.loop('each')).toMatchObject({ items: [], outcomes: [], active: {} });
  });

  it('that goes on lists what failed, and leaves its place empty', () => {
    const run = straight();
    run.loops('each', ['x', 'y', 'z'], { onError: 'continue' });
    does(run, 'each[0]/a');
    run.intends('each[1]/a');
    run.fails('each[1]/a', { message: 'no such thing' });
    does(run, 'each[2]/a');
    expect(run.state.steps.each?.output).toEqual({
      items: ['each[0]/a', null, 'each[2]/a'],
      errors: [{ index: 1, code: 'http.status', message: 'no such thing', compensated: false }],
    });
  });

  it('that stops begins nothing more, and fails with the iteration', () => {
    const run = straight();
    run.loops('each', ['x', 'y', 'z'], { concurrency: 2 });
    run.intends('each[0]/a');
    run.intends('each[1]/a');
    run.fails('each[0]/a', { message: 'no' });
    expect(run.state.steps.each?.status).toBe('running');
    run.succeeds('each[1]/a');
    expect(run.state.steps.each).toMatchObject({
      status: 'failed',
      error: { code: 'http.status', message: 'Iteration 0 of each: no', details: { index: 0 } },
    });
    run.concludes();
    expect(run.state.status).toBe('failed');
  });

  it('fails when what its iterations make is too large together', () => {
    const run = straight();
    run.loops('each', ['x', 'y']);
    run.intends('each[0]/a');
    run.succeeds('each[0]/a', 'x'.repeat(5 * 1024 * 1024));
    expect(run.state.steps.each?.error?.code).toBe('step.outputTooLarge');
  });
});

describe('a failing iteration', () => {
  it('is undone alone when the loop goes on', () => {
    const run = saga();
    run.loops('each', ['x', 'y'], { onError: 'continue' });
    does(run, 'each[0]/a');
    does(run, 'each[0]/b');
    does(run, 'each[1]/a');
    run.intends('each[1]/b');
    expect(types(run.fails('each[1]/b'))).toContain('each[1]: compensation.started');
    expect(run.state.status).toBe('compensating');
    expect(run.due()).toEqual(['each[1]/u']);
    does(run, 'each[1]/u');
    expect(run.state.steps.each?.output).toMatchObject({ errors: [{ index: 1, compensated: true }] });
    expect(run.state.status).toBe('running');
    does(run, 'after');
    run.concludes();
    expect(run.state.status).toBe('succeeded');
  });

  it('stops the others, and then all that succeeded is undone, the last first', () => {
    const run = saga();
    run.loops('each', ['w', 'x', 'y', 'z'], { concurrency: 2 });
    for (const index of [0, 1]) for (const id of ['a', 'b']) does(run, `each[${index}]/${id}`);
    does(run, 'each[2]/a');
    does(run, 'each[3]/a');
    run.intends('each[3]/b');
    run.intends('each[2]/b');
    run.fails('each[2]/b');
    // Its neighbour has a call under way, which is awaited before it is undone.
    expect(run.due()).toEqual(['each[2]/u']);
    run.succeeds('each[3]/b');
    expect(run.due()).toEqual(['each[2]/u', 'each[3]/u']);
    does(run, 'each[2]/u');
    expect(run.due()).toEqual(['each[3]/u']);
    does(run, 'each[3]/u');
    expect(run.due()).toEqual(['each[0]/u', 'each[1]/u']);
    does(run, 'each[1]/u');
    does(run, 'each[0]/u');
    run.concludes();
    expect(run.state).toMatchObject({ status: 'compensated', error: { details: { index: 2 } } });
    expect(run.loop('each').counts).toEqual({ succeeded: 0, failed: 0, compensated: 2, undone: 2 });
  });

  it('is caught by the error port of the loop, once everything in it is undone', () => {
    const run = saga({ wires: ['each.error → sorry'] });
    run.loops('each', ['x', 'y']);
    does(run, 'each[0]/a');
    does(run, 'each[0]/b');
    run.intends('each[1]/a');
    run.fails('each[1]/a');
    does(run, 'each[0]/u');
    expect(run.state.steps.each).toMatchObject({ status: 'failed', port: 'error' });
    expect(run.due()).toEqual(['sorry']);
  });

  it('holds the run when nobody knows what came of its call, and a person decides about that one', () => {
    const run = saga();
    run.loops('each', ['x', 'y'], { concurrency: 2 });
    run.intends('each[0]/a', false);
    run.intends('each[1]/a', false);
    run.endsUnknown('each[1]/a');
    run.succeeds('each[0]/a');
    does(run, 'each[0]/b');
    run.concludes();
    expect(parkedAs(run.state, run.flow, 1)).toMatchObject({
      status: 'blocked',
      reason: { code: 'blocked.unknown', stepId: 'a', path: 'each[1]' },
    });
    expect(run.when({ type: 'resolve', stepId: 'a', action: 'skip', actor: 'user:1' })).toEqual([]);
    run.when({ type: 'resolve', path: 'each[1]', stepId: 'a', action: 'output', output: 7, actor: 'user:1' });
    expect(run.state.blockedSinceMs).toBe(null);
    expect(run.due()).toEqual(['each[1]/b']);
  });
});

describe('a loop that is over', () => {
  it('is undone iteration by iteration when something behind it fails', () => {
    const run = saga();
    run.loops('each', ['x', 'y'], { concurrency: 2 });
    for (const index of [0, 1]) for (const id of ['a', 'b']) does(run, `each[${index}]/${id}`);
    run.intends('after');
    run.fails('after');
    expect(run.state.steps.each?.status).toBe('compensating');
    expect(run.due()).toEqual(['each[0]/u', 'each[1]/u']);
    does(run, 'each[0]/u');
    does(run, 'each[1]/u');
    run.concludes();
    expect(run.state.status).toBe('compensated');
    expect(run.state.steps.each?.status).toBe('compensated');
  });

  it('is undone as a whole by a wire of its own', () => {
    const run = saga({ wires: ['each.compensate → sorry'] });
    run.loops('each', ['x']);
    for (const id of ['a', 'b']) does(run, `each[0]/${id}`);
    run.intends('after');
    run.fails('after');
    expect(run.due()).toEqual(['sorry']);
    does(run, 'sorry');
    run.concludes();
    expect(run.state.status).toBe('compensated');
  });
});

describe('a cancel', () => {
  it('stops the iterations under way, undoes them and then those that had succeeded', () => {
    const run = saga();
    run.loops('each', ['x', 'y', 'z']);
    for (const id of ['a', 'b']) does(run, `each[0]/${id}`);
    does(run, 'each[1]/a');
    run.when({ type: 'cancel', actor: 'user:1', reason: null });
    expect(run.due()).toEqual(['each[1]/u']);
    does(run, 'each[1]/u');
    expect(run.due()).toEqual(['each[0]/u']);
    does(run, 'each[0]/u');
    run.concludes();
    expect(run.state.status).toBe('cancelled');
    expect(run.loop('each').next).toBe(2);
  });
});

describe('loops inside loops', () => {
  //   m → each⟦ inner⟦ a ⟧ ⟧
  it('go through the items of each item', () => {
    const run = new TestRun(
      flow(
        [
          trigger,
          step('each', 'logic.forEach', { items: [] }),
          step('inner', 'logic.forEach', { items: [] }, { in: 'each' }),
          call('a', { in: 'inner' }),
        ],
        ['m → each'],
      ),
    ).started();
    run.loops('each', [['x', 'y'], ['z']], { concurrency: 2 });
    run.loops('each[0]/inner', ['x', 'y']);
    run.loops('each[1]/inner', ['z']);
    expect(run.due()).toEqual(['each[0]/inner[0]/a', 'each[1]/inner[0]/a']);
    does(run, 'each[1]/inner[0]/a', 'Z');
    does(run, 'each[0]/inner[0]/a', 'X');
    does(run, 'each[0]/inner[1]/a', 'Y');
    run.concludes();
    expect(run.state).toMatchObject({
      status: 'succeeded',
      output: {
        items: [
          { items: ['X', 'Y'], errors: [] },
          { items: ['Z'], errors: [] },
        ],
        errors: [],
      },
    });
  });
});

describe('what is kept of a loop', () => {
  it('reads the same from a snapshot and from the journal', () => {
    const run = saga();
    run.loops('each', ['x', 'y', 'z'], { concurrency: 2 });
    for (const id of ['a', 'b']) does(run, `each[0]/${id}`);
    does(run, 'each[1]/a');
    const snapshot = readSnapshot(writeSnapshot(run.state), snapshotShape, run.state.eventData);
    expect(snapshot).toEqual(run.state);
    expect(fold({}, JSON.parse(JSON.stringify(run.entries)))).toEqual(run.state);
  });

  it('of a worker that was lost, each call under way is unknown, and tried again with its key', () => {
    const run = straight();
    run.loops('each', ['x', 'y'], { concurrency: 2 });
    run.intends('each[0]/a');
    run.intends('each[1]/a');
    expect(types(run.when({ type: 'loseAttempts', draw: 0 }))).toEqual([
      'each[0]: step.attemptUnknown',
      'each[1]: step.attemptUnknown',
    ]);
    expect(run.due()).toEqual(['each[0]/a', 'each[1]/a']);
  });
});
