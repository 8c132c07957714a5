import { describe, expect, it } from 'vitest';
import { runSentence, type SentenceContext, stopFacts } from './run-sentence';
import { at, attempt, epochMs, error, run, step } from './testing';
import type { RunView } from './types';

const names: Record<string, string> = { ship: 'Ship order' };
const say = (shown: RunView, context: Partial<SentenceContext> = {}) =>
  runSentence(shown, { nameOf: (id) => names[id] ?? id, ...context });

const tried = (status: 'failed' | 'waiting' | 'unknown') => [
  step('ship', status, [attempt(1, 'failed', 0, 10), attempt(2, status === 'unknown' ? 'unknown' : 'failed', 20, 30)]),
];

describe('the sentence above the picture', () => {
  it('names the step that failed and what it said', () => {
    expect(say(run(tried('failed'), { status: 'failed', error: error('attempt 2') }))).toEqual({
      lead: 'Failed because Ship order failed',
      rest: 'attempt 2',
      stepId: 'ship',
    });
  });

  it('does not blame a step when none failed', () => {
    expect(say(run([], { status: 'failed', error: error('The tags could not be computed.') }))).toEqual({
      lead: 'Failed',
      rest: 'The tags could not be computed.',
      stepId: null,
    });
  });

  it('counts the next try and says when it is', () => {
    const reason = { code: 'retry', message: 'm', since: at(30), until: at(5_000), stepId: 'ship' };
    expect(say(run(tried('waiting'), { status: 'waiting', reason }), { triesOf: () => 5 })).toEqual({
      lead: 'Waiting to try Ship order again, attempt 3 of 5',
      rest: 'attempt 2',
      stepId: 'ship',
      untilWords: 'The next attempt is at',
      until: at(5_000),
    });
  });

  it('says of a blocked run what is not known', () => {
    const reason = { code: 'blocked.unknown', message: 'm', since: at(30), stepId: 'ship' };
    expect(say(run(tried('unknown'), { status: 'blocked', reason }))).toMatchObject({
      lead: 'Blocked, because nobody knows whether Ship order took effect',
      rest: 'attempt 2. Look into the system it called before you decide.',
    });
  });

  it('says that a paused flow holds its runs', () => {
    const reason = { code: 'paused', message: 'm', since: at(30) };
    expect(say(run([], { status: 'queued', reason }))?.lead).toBe('Held, because the flow is paused');
  });

  it('leads from a run to the one it started and waits for', () => {
    const message = 'Ship it waits for the run it started.';
    const reason = { code: 'child', message, since: at(0), stepId: 'ship', runId: '1' };
    expect(say(run([], { status: 'waiting', reason }))).toMatchObject({
      lead: 'Ship it waits for the run it started',
      stepId: 'ship',
      runId: '1',
    });
  });

  it('says of a run in a lane whom it waits for, and leads there', () => {
    const reason = { code: 'lane', message: 'Waits for run 1, which is before it.', since: at(0), runId: '1' };
    expect(say(run([], { status: 'waiting', reason }))).toEqual({
      lead: 'Waits for run 1, which is before it',
      rest: '',
      stepId: null,
      runId: '1',
    });
  });

  it('repeats a reason this build has no words for', () => {
    const reason = { code: 'tide', message: 'Waits for the tide.', since: at(0), until: at(9) };
    expect(say(run([], { status: 'waiting', reason }))).toMatchObject({ lead: 'Waits for the tide', until: at(9) });
  });

  it('says of a delay when the run goes on', () => {
    const reason = { code: 'timer', message: 'm', since: at(0), until: at(9_000), stepId: 'ship' };
    expect(say(run(tried('waiting'), { status: 'waiting', reason }))).toMatchObject({
      lead: 'Ship order waits',
      untilWords: 'The run goes on at',
      until: at(9_000),
    });
  });

  it('says what could not be undone, and what failed past the pivot', () => {
    const blocked = (code: string) =>
      say(run(tried('failed'), { status: 'blocked', reason: { code, message: 'm', since: at(30), stepId: 'ship' } }), {
        undoesOf: () => 'reserve',
      });
    expect(blocked('blocked.compensation')?.lead).toBe(
      'Blocked, because reserve could not be undone: Ship order failed',
    );
    expect(blocked('blocked.pastPivot')?.lead).toBe('Blocked, because Ship order failed past the pivot');
  });

  it('blames the step that failed for the undoing, not the container around it', () => {
    const steps = [step('fulfil', 'failed'), ...tried('failed'), step('reserve', 'compensated')];
    expect(say(run(steps, { status: 'compensated', error: error('attempt 2') }))).toEqual({
      lead: 'Compensated because Ship order failed',
      rest: 'attempt 2. 1 completed step was compensated, last first.',
      stepId: 'ship',
    });
    const going = [...tried('failed'), step('reserve', 'compensating')];
    expect(say(run(going, { status: 'compensating' }))?.rest).toBe('attempt 2. Now undoing reserve.');
  });

  it('lists what a cancel undid', () => {
    const steps = [step('reserve', 'compensated'), step('charge', 'compensated')];
    expect(say(run(steps, { status: 'cancelled' }))?.rest).toBe(
      'No further step was started; what had been done was undone: reserve, charge.',
    );
  });

  it('says who stopped it and that nothing was undone', () => {
    const stop = { actor: 'user:1', reason: 'wrong customer' };
    expect(say(run([], { status: 'cancelled' }), { stop, me: 'user:1' })).toMatchObject({
      lead: 'Cancelled by you',
      rest: 'wrong customer. No further step was started; nothing was undone.',
    });
    expect(say(run([], { status: 'terminated' }), { stop: { actor: 'key:7', reason: null } })).toMatchObject({
      lead: 'Terminated by a program with an API key',
      rest: 'It was stopped at once and nothing was undone.',
    });
    expect(say(run([], { status: 'cancelled' }))?.lead).toBe('Cancelled');
  });

  it('says that no worker came, once one should have come', () => {
    const queued = run([], { status: 'queued', startedAt: null });
    expect(say(queued, { nowMs: epochMs + 60_000 })?.lead).toBe('No worker has taken this run yet');
    expect(say(queued, { nowMs: epochMs + 100 })).toBeNull();
  });

  it('is left out where the chip says it all', () => {
    expect(say(run([], { status: 'succeeded' }))).toBeNull();
    expect(say(run([], { status: 'running' }))).toBeNull();
  });
});

describe('who stopped a run', () => {
  const entry = (type: string, data: { actor: string; reason: string | null }) => ({
    seq: 1,
    type,
    v: 1,
    at: at(0),
    data,
  });

  it('is found in its journal, the last word counting', () => {
    const entries = [
      entry('run.cancelRequested', { actor: 'user:1', reason: null }),
      entry('run.terminated', { actor: 'user:2', reason: 'stuck' }),
    ];
    expect(stopFacts(entries)).toEqual({ actor: 'user:2', reason: 'stuck' });
    expect(stopFacts([])).toBeNull();
  });
});
