import { describe, expect, it } from 'vitest';
import type { FlowDocument } from '@/core/flow/document';
import { flow, step, trigger } from '@/core/flow/testing';
import type { JournalEntry } from '@/core/run/entries';
import { nextDueAtMs, parkedAs } from '@/core/run/next';
import { TestRun, types } from '@/core/run/testing';
import type { WaitEnd } from '@/core/run/types';
import type { AttemptOutcome } from '@/core/steps/contract';

const call = (id: string, more = {}) => step(id, 'http.request', { method: 'POST', url: 'https://example.com' }, more);
const wait = step('wait', 'event.wait', { type: 'order.paid', key: '{{ 7 }}', eventKey: '{{ event.data.id }}' });

//   m → wait → after
const plain = flow([trigger, wait, call('after')], ['m → wait', 'wait → after']);

const begins = (run: TestRun, untilMs: number | null = null, waitId = 'w1'): JournalEntry[] =>
  run.when({
    type: 'startWait',
    stepId: 'wait',
    input: { key: 7 },
    waitId,
    awaits: { on: 'event', eventType: 'order.paid', key: '7' },
    untilMs,
  });
const ends = (
  run: TestRun,
  outcome: AttemptOutcome,
  endedBy: WaitEnd = { by: 'event', position: 12 },
  waitId = 'w1',
): JournalEntry[] => run.when({ type: 'endWait', stepId: 'wait', waitId, outcome, endedBy });
const paid: AttemptOutcome = { type: 'succeeded', output: { id: 7 }, port: 'out' };
const late: AttemptOutcome = {
  type: 'succeeded',
  output: null,
  port: 'timeout',
  ifUndrawn: { code: 'wait.timedOut', message: 'too late', isRetryable: false },
};
const waiting = (document: FlowDocument = plain, untilMs: number | null = null): TestRun => {
  const run = new TestRun(document).started();
  begins(run, untilMs);
  return run;
};

describe('a wait', () => {
  it('is told as what it is for, with nothing to do until then', () => {
    const run = waiting(plain, 9_000);
    expect(run.due()).toEqual([]);
    expect(nextDueAtMs(run.state, run.flow)).toBe(9_000);
    expect(parkedAs(run.state, run.flow, 2_000)).toMatchObject({
      status: 'waiting',
      reason: { code: 'event', stepId: 'wait', sinceMs: 1_000, untilMs: 9_000, actions: ['cancel', 'terminate'] },
    });
  });

  it('without a time limit is due at no instant', () => {
    expect(nextDueAtMs(waiting().state, waiting().flow)).toBeNull();
  });

  it('ends with what came, and says by what', () => {
    const run = waiting();
    expect(ends(run, paid)).toMatchObject([
      {
        type: 'step.succeeded',
        stepId: 'wait',
        output: { id: 7 },
        port: 'out',
        endedBy: { by: 'event', position: 12 },
      },
    ]);
    expect(run.state.steps.wait).toMatchObject({ status: 'succeeded', wait: null, timerAtMs: null });
    expect(run.due()).toEqual(['after']);
  });

  it('ends once: what comes second, or for another wait, changes nothing', () => {
    const run = waiting();
    expect(ends(run, paid, { by: 'event', position: 12 }, 'another')).toEqual([]);
    ends(run, paid);
    expect(ends(run, late, { by: 'time' })).toEqual([]);
  });

  it('begins once, whoever carries the run', () => {
    const run = waiting();
    expect(begins(run, null, 'w2')).toEqual([]);
    expect(run.when({ type: 'loseAttempts', draw: 0 })).toEqual([]);
    expect(run.state.steps.wait).toMatchObject({ status: 'waiting', wait: { id: 'w1' } });
  });
});

describe('a wait whose time is over', () => {
  it('leaves by its port where somebody drew what follows', () => {
    const run = waiting(
      flow([trigger, wait, call('after'), call('remind')], ['m → wait', 'wait → after', 'wait.timeout → remind']),
      5_000,
    );
    run.nowMs = 5_000;
    expect(run.due()).toEqual(['wait']);
    ends(run, late, { by: 'time' });
    expect(run.state.steps.wait).toMatchObject({ status: 'succeeded', port: 'timeout' });
    expect(run.due()).toEqual(['remind']);
    expect(run.state.steps.after?.status).toBe('skipped');
  });

  it('fails the step where nobody did', () => {
    const run = waiting(plain, 5_000);
    expect(ends(run, late, { by: 'time' })).toMatchObject([
      { type: 'step.attemptFailed', error: { code: 'wait.timedOut' }, retryAtMs: null, endedBy: { by: 'time' } },
      { type: 'scope.failed' },
    ]);
    run.concludes();
    expect(run.state.status).toBe('failed');
  });
});

describe('what a wait stands in', () => {
  it('gives it up when it fails, and undoes what was done', () => {
    //   m → reserve → wait        m → charge        reserve ┄→ release
    const run = new TestRun(
      flow(
        [trigger, call('reserve'), wait, call('charge', { retry: { attempts: 1 } }), call('release')],
        ['m → reserve', 'reserve → wait', 'm → charge', 'reserve.compensate → release'],
      ),
    ).started();
    run.intends('reserve');
    run.succeeds('reserve');
    begins(run);
    run.intends('charge');
    expect(types(run.fails('charge'))).toEqual([
      'step.attemptFailed',
      'scope.failed',
      'steps.cancelled',
      'scope.compensating',
      'compensation.started',
    ]);
    expect(run.state.steps.wait).toMatchObject({ status: 'cancelled', wait: null });
    expect(ends(run, paid)).toEqual([]);
  });

  it('gives it up when the run is cancelled', () => {
    const run = waiting();
    run.when({ type: 'cancel', actor: 'user:1', reason: null });
    run.concludes();
    expect(run.state).toMatchObject({ status: 'cancelled', steps: { wait: { status: 'cancelled', wait: null } } });
  });
});
