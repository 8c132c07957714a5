import { describe, expect, it } from 'vitest';
import { flow, step, transform, trigger } from '@/core/flow/testing';
import { fold } from '@/core/run/evolve';
import { parkedAs } from '@/core/run/next';
import { TestRun, types } from '@/core/run/testing';

const http = (id: string, rest: object = {}) =>
  step(id, 'http.request', { method: 'POST', url: 'https://example.com' }, rest);
const transforms = (...ids: string[]) => ids.map((id) => transform(id));

describe('a straight path', () => {
  //   m → a → b
  const document = flow([trigger, ...transforms('a', 'b')], ['m → a', 'a → b']);

  it('starts at its trigger, whose output is the data of the event', () => {
    const run = new TestRun(document, { id: 7 }).started();
    expect(types(run.entries)).toEqual(['run.started']);
    expect(run.state.steps.m?.output).toEqual({ id: 7 });
    expect(run.due()).toEqual(['a']);
  });

  it('ends succeeded with the output of its one end step', () => {
    const run = new TestRun(document).started();
    run.succeeds('a');
    expect(run.due()).toEqual(['b']);
    expect(run.concludes()).toEqual([]);
    run.succeeds('b', 42);
    expect(types(run.concludes())).toEqual(['run.succeeded']);
    expect(run.state).toMatchObject({ status: 'succeeded', output: 42 });
  });

  it('folds from its journal to the same state', () => {
    const run = new TestRun(document, { id: 7 }).started();
    run.succeeds('a');
    run.succeeds('b');
    run.concludes();
    expect(fold({ id: 7 }, JSON.parse(JSON.stringify(run.entries)))).toEqual(run.state);
  });

  it('ignores an outcome of a step that has settled, and every command after its end', () => {
    const run = new TestRun(document).started();
    run.succeeds('a');
    expect(run.succeeds('a', 'again')).toEqual([]);
    run.succeeds('b');
    run.concludes();
    expect(run.when({ type: 'cancel', actor: 'user:1', reason: null })).toEqual([]);
    expect(run.when({ type: 'terminate', actor: 'user:1', reason: null })).toEqual([]);
    expect(run.concludes()).toEqual([]);
  });
});

describe('dead paths', () => {
  const cases = { cases: [{ port: 'big', when: '{{ true }}' }] };

  //   m → s ─big──→ a → c ─┐
  //       s ─else─→ b ─────→ d
  const document = flow(
    [trigger, step('s', 'logic.switch', cases), ...transforms('a', 'b', 'c', 'd')],
    ['m → s', 's.big → a', 's.else → b', 'a → c', 'c → d', 'b → d'],
  );

  it('are skipped whole, and a join waits only for what can still come', () => {
    const run = new TestRun(document).started();
    const entries = run.succeeds('s', null, 'else');
    expect(entries.at(-1)).toMatchObject({ type: 'steps.skipped', stepIds: ['a', 'c'] });
    expect(run.due()).toEqual(['b']);
    run.succeeds('b');
    expect(run.due()).toEqual(['d']);
    run.succeeds('d', 'done');
    run.concludes();
    expect(run.state).toMatchObject({ status: 'succeeded', output: 'done' });
    expect(run.statuses()).toMatchObject({ a: 'skipped', c: 'skipped' });
  });

  //   m → a
  //   n → b      (two triggers; n did not fire)
  it('include everything behind a trigger that did not fire', () => {
    const run = new TestRun(
      flow([trigger, { id: 'n', kind: 'trigger.manual' }, ...transforms('a', 'b')], ['m → a', 'n → b']),
    ).started();
    expect(run.entries.at(-1)).toMatchObject({ stepIds: ['n', 'b'] });
    run.succeeds('a', 1);
    run.concludes();
    expect(run.state.output).toBe(1);
  });
});

describe('parallel branches', () => {
  //     m
  //    / \
  //   a   b
  //    \ /
  //     c
  const diamond = (join: 'all' | 'any') =>
    flow([trigger, ...transforms('a', 'b'), { ...transform('c'), join }], ['m → a', 'm → b', 'a → c', 'b → c']);

  it('are due together and meet at a join', () => {
    const run = new TestRun(diamond('all')).started();
    expect(run.due()).toEqual(['a', 'b']);
    run.succeeds('a');
    expect(run.due()).toEqual(['b']);
    run.succeeds('b');
    expect(run.due()).toEqual(['c']);
  });

  it('with join any the step is ready once, at the first taken edge', () => {
    const run = new TestRun(diamond('any')).started();
    run.succeeds('a');
    expect(run.due()).toEqual(['b', 'c']);
    run.succeeds('c');
    run.succeeds('b');
    expect(run.due()).toEqual([]);
    run.concludes();
    expect(run.state).toMatchObject({ status: 'succeeded', output: 'c' });
  });

  //   m → a
  //   m → b
  it('with several ends give an object by step id', () => {
    const run = new TestRun(flow([trigger, ...transforms('a', 'b')], ['m → a', 'm → b'])).started();
    run.succeeds('a', 1);
    run.succeeds('b', 2);
    run.concludes();
    expect(run.state.output).toEqual({ a: 1, b: 2 });
  });
});

describe('failure', () => {
  //   m → a → b
  it('without an error port fails the run, and what follows never starts', () => {
    const run = new TestRun(flow([trigger, http('a'), transform('b')], ['m → a', 'a → b'])).started();
    run.intends('a');
    run.fails('a');
    expect(run.due()).toEqual([]);
    run.concludes();
    expect(run.state).toMatchObject({ status: 'failed', failedStep: 'a', error: { code: 'http.status' } });
    expect(run.statuses()).not.toHaveProperty('b');
  });

  //   m → a ─out──→ b
  //       a ─error→ c
  it('goes to the error port when one is drawn', () => {
    const run = new TestRun(
      flow([trigger, http('a'), ...transforms('b', 'c')], ['m → a', 'a → b', 'a.error → c']),
    ).started();
    run.intends('a');
    const entries = run.fails('a');
    expect(entries.at(-1)).toMatchObject({ type: 'steps.skipped', stepIds: ['b'] });
    expect(run.due()).toEqual(['c']);
    run.succeeds('c', 'caught');
    run.concludes();
    expect(run.state).toMatchObject({ status: 'succeeded', output: 'caught' });
  });

  //   m → a        (fails)
  //   m → b        (in flight)
  it('awaits calls in flight before the run ends', () => {
    const run = new TestRun(flow([trigger, http('a'), http('b')], ['m → a', 'm → b'])).started();
    run.intends('a');
    run.intends('b');
    run.fails('a');
    expect(run.concludes()).toEqual([]);
    run.succeeds('b');
    expect(types(run.concludes())).toEqual(['run.failed']);
  });

  //   m → a        (fails for good)
  //   m → b        (failed, waits to retry)
  it('gives up retries that certain failures wait for', () => {
    const run = new TestRun(flow([trigger, http('a'), http('b')], ['m → a', 'm → b'])).started();
    run.intends('a');
    run.intends('b');
    run.fails('b', { isRetryable: true });
    expect(types(run.fails('a'))).toEqual(['step.attemptFailed', 'scope.failed', 'steps.cancelled']);
    expect(types(run.concludes())).toEqual(['run.failed']);
    expect(run.statuses()).toMatchObject({ a: 'failed', b: 'cancelled' });
  });
});

describe('retries', () => {
  //   m → a
  const document = flow([trigger, http('a', { retry: { attempts: 3, initialMs: 200, jitter: 'none' } })], ['m → a']);

  it('wait longer each time and end after the last attempt', () => {
    const run = new TestRun(document).started();
    const waits = [1, 2, 3].map(() => {
      run.intends('a');
      const [entry] = run.fails('a', { isRetryable: true });
      const retryAtMs = entry?.type === 'step.attemptFailed' ? entry.retryAtMs : undefined;
      const waited = retryAtMs === null || retryAtMs === undefined ? null : retryAtMs - run.nowMs;
      run.nowMs = retryAtMs ?? run.nowMs;
      return waited;
    });
    expect(waits).toEqual([200, 400, null]);
    expect(run.state.steps.a?.attempts.map((attempt) => attempt.n)).toEqual([1, 2, 3]);
    run.concludes();
    expect(run.state.status).toBe('failed');
  });

  it('are not due before their time, and say why the run waits', () => {
    const run = new TestRun(document).started();
    run.intends('a');
    run.fails('a', { isRetryable: true, message: 'busy' });
    expect(run.due()).toEqual([]);
    expect(parkedAs(run.state, run.flow, run.nowMs)).toMatchObject({
      status: 'waiting',
      reason: { code: 'retry', stepId: 'a', untilMs: run.nowMs + 200, message: expect.stringContaining('busy') },
    });
    run.nowMs += 200;
    expect(run.due()).toEqual(['a']);
  });

  it('obey a Retry-After that asks for longer than the policy', () => {
    const run = new TestRun(document).started();
    run.intends('a');
    run.fails('a', { isRetryable: true }, 7_000);
    expect(run.state.steps.a?.retryAtMs).toBe(run.nowMs + 7_000);
  });

  it('are not made for an error that cannot get better', () => {
    const run = new TestRun(document).started();
    run.intends('a');
    run.fails('a', { isRetryable: false });
    expect(run.statuses()).toMatchObject({ a: 'failed' });
  });

  it('never start past the deadline of the step', () => {
    const run = new TestRun(
      flow([trigger, http('a', { deadlineMs: 300, retry: { initialMs: 400, jitter: 'none' } })], ['m → a']),
    ).started();
    run.intends('a');
    run.fails('a', { isRetryable: true });
    expect(run.statuses()).toMatchObject({ a: 'failed' });
  });
});

describe('unknown outcomes', () => {
  //   m → a
  const document = flow([trigger, http('a', { retry: { attempts: 2 } })], ['m → a']);

  it('are tried again with the same key, and block the run when attempts are exhausted', () => {
    const run = new TestRun(document).started();
    run.intends('a');
    run.endsUnknown('a');
    run.nowMs = run.state.steps.a?.retryAtMs ?? 0;
    run.intends('a');
    run.endsUnknown('a');
    expect(run.state.steps.a?.attempts.map((attempt) => attempt.idempotencyKey)).toEqual(['key:a', 'key:a']);
    expect(types(run.concludes())).toEqual(['run.blocked']);
    expect(run.concludes()).toEqual([]);
    expect(parkedAs(run.state, run.flow, run.nowMs)).toMatchObject({
      status: 'blocked',
      reason: { code: 'blocked.unknown', stepId: 'a', actions: ['retry', 'output', 'skip', 'compensate', 'terminate'] },
    });
  });

  it('stay unknown when the next attempt is only told to come back later', () => {
    const run = new TestRun(document).started();
    run.intends('a');
    run.endsUnknown('a');
    run.nowMs = run.state.steps.a?.retryAtMs ?? 0;
    run.intends('a');
    run.fails('a', { isRetryable: true, message: 'busy' });
    expect(run.statuses()).toMatchObject({ a: 'unknown' });
    expect(run.state.steps.a?.error?.message).toContain('earlier attempt may have taken effect');
  });

  it('are settled by an answer that is no for good', () => {
    const run = new TestRun(document).started();
    run.intends('a');
    run.endsUnknown('a');
    run.nowMs = run.state.steps.a?.retryAtMs ?? 0;
    run.intends('a');
    run.fails('a', { isRetryable: false });
    expect(run.statuses()).toMatchObject({ a: 'failed' });
  });

  it('of an effect that may happen only once block the run at once', () => {
    const run = new TestRun(document).started();
    run.intends('a', false);
    run.endsUnknown('a');
    expect(run.statuses()).toMatchObject({ a: 'unknown' });
    expect(run.due()).toEqual([]);
  });

  it('after a lost worker are tried at once and do not count as a try', () => {
    const run = new TestRun(document).started();
    for (let lost = 0; lost < 5; lost += 1) {
      run.intends('a');
      run.when({ type: 'loseAttempts', draw: 0 });
      expect(run.due()).toEqual(['a']);
    }
    run.intends('a');
    run.endsUnknown('a');
    expect(run.statuses()).toMatchObject({ a: 'waiting' });
  });

  it('block a step that keeps killing workers', () => {
    const run = new TestRun(document).started();
    for (let lost = 0; lost <= 10; lost += 1) {
      run.intends('a');
      run.when({ type: 'loseAttempts', draw: 0 });
    }
    expect(run.statuses()).toMatchObject({ a: 'unknown' });
  });
});

describe('cancel and terminate', () => {
  //   m → a → b
  const document = flow([trigger, http('a'), transform('b')], ['m → a', 'a → b']);

  it('cancel settles what is in flight and starts nothing more', () => {
    const run = new TestRun(document).started();
    run.intends('a');
    run.when({ type: 'cancel', actor: 'user:1', reason: 'wrong order' });
    expect(run.concludes()).toEqual([]);
    run.succeeds('a');
    expect(run.due()).toEqual([]);
    run.concludes();
    expect(run.state).toMatchObject({ status: 'cancelled', cancel: { actor: 'user:1', reason: 'wrong order' } });
  });

  it('a second cancel changes nothing', () => {
    const run = new TestRun(document).started();
    run.intends('a');
    run.when({ type: 'cancel', actor: 'user:1', reason: null });
    expect(run.when({ type: 'cancel', actor: 'user:2', reason: null })).toEqual([]);
  });

  it('cancel resolves an unknown before it ends the run', () => {
    const run = new TestRun(document).started();
    run.intends('a');
    run.endsUnknown('a');
    run.when({ type: 'cancel', actor: 'user:1', reason: null });
    expect(run.concludes()).toEqual([]);
    run.nowMs = run.state.steps.a?.retryAtMs ?? 0;
    expect(run.due()).toEqual(['a']);
    run.intends('a');
    run.succeeds('a');
    run.concludes();
    expect(run.state.status).toBe('cancelled');
  });

  it('terminate ends the run at once, whatever is in flight', () => {
    const run = new TestRun(document).started();
    run.intends('a');
    run.when({ type: 'terminate', actor: 'user:1', reason: null });
    expect(run.state.status).toBe('terminated');
    expect(run.succeeds('a')).toEqual([]);
  });
});
