import { describe, expect, it } from 'vitest';
import { flow, step, transform, trigger } from '@/core/flow/testing';
import { parkedAs } from '@/core/run/next';
import { TestRun, types } from '@/core/run/testing';

const http = (id: string, rest: object = {}) =>
  step(id, 'http.request', { method: 'POST', url: 'https://example.com' }, { retry: { attempts: 1 }, ...rest });
const scope = (id: string, rest: object = {}) => step(id, 'saga.scope', undefined, rest);

/** Intends and settles in one breath. */
const does = (run: TestRun, id: string) => {
  run.intends(id);
  return run.succeeds(id);
};
const breaks = (run: TestRun, id: string) => {
  run.intends(id);
  return run.fails(id);
};

describe('undoing a path', () => {
  //   m → a → b → c          a ┄compensate┄→ ua     b ┄→ ub
  const document = flow(
    [trigger, http('a'), http('b'), http('c'), http('ua'), http('ub')],
    ['m → a', 'a → b', 'b → c', 'a.compensate → ua', 'b.compensate → ub'],
  );

  it('begins with the last completed step, and ends compensated', () => {
    const run = new TestRun(document).started();
    does(run, 'a');
    does(run, 'b');
    expect(types(breaks(run, 'c'))).toEqual([
      'step.attemptFailed',
      'scope.failed',
      'scope.compensating',
      'compensation.started',
    ]);
    expect(run.state.status).toBe('compensating');
    expect(run.due()).toEqual(['ub']);
    expect(types(does(run, 'ub'))).toEqual(['step.succeeded', 'compensation.completed', 'compensation.started']);
    expect(run.due()).toEqual(['ua']);
    does(run, 'ua');
    expect(types(run.concludes())).toEqual(['run.compensated']);
    expect(run.statuses()).toMatchObject({ a: 'compensated', b: 'compensated', c: 'failed' });
    expect(run.state).toMatchObject({ status: 'compensated', failedStep: 'c' });
  });

  it('takes no part in the way forward', () => {
    const run = new TestRun(document).started();
    for (const id of ['a', 'b', 'c']) does(run, id);
    expect(types(run.concludes())).toEqual(['run.succeeded']);
    expect(run.statuses().ua).toBeUndefined();
    expect(run.state.output).toBe('c');
  });

  it('undoes nothing where nothing was done', () => {
    const run = new TestRun(document).started();
    breaks(run, 'a');
    expect(types(run.concludes())).toEqual(['run.failed']);
  });

  it('tries again, and blocks the run when it cannot', () => {
    const run = new TestRun(document).started();
    does(run, 'a');
    does(run, 'b');
    breaks(run, 'c');
    breaks(run, 'ub');
    expect(run.due()).toEqual([]);
    expect(types(run.concludes())).toEqual(['run.blocked']);
    expect(parkedAs(run.state, run.flow, run.nowMs)).toMatchObject({
      status: 'blocked',
      reason: { code: 'blocked.compensation', stepId: 'ub', actions: ['retry', 'output', 'skip', 'terminate'] },
    });
  });

  it('goes on when a person asks for another try, with a fresh key', () => {
    const run = new TestRun(document).started();
    does(run, 'a');
    does(run, 'b');
    breaks(run, 'c');
    breaks(run, 'ub');
    run.concludes();
    run.when({ type: 'resolve', stepId: 'ub', action: 'retry', actor: 'user:1' });
    expect(run.state.steps.ub).toMatchObject({ status: 'waiting', keyRenewals: 1 });
    expect(run.due()).toEqual(['ub']);
    does(run, 'ub');
    does(run, 'ua');
    expect(types(run.concludes())).toEqual(['run.compensated']);
  });

  //   m → a → b        a ┄compensate┄→ u1 → u2
  it('goes on with the whole way of undoing once its failed step was tried again', () => {
    const longer = flow(
      [trigger, http('a'), http('b'), http('u1'), http('u2')],
      ['m → a', 'a → b', 'a.compensate → u1', 'u1 → u2'],
    );
    const run = new TestRun(longer).started();
    does(run, 'a');
    breaks(run, 'b');
    breaks(run, 'u1');
    expect(types(run.concludes())).toEqual(['run.blocked']);
    run.when({ type: 'resolve', stepId: 'u1', action: 'retry', actor: 'user:1' });
    does(run, 'u1');
    expect(run.due()).toEqual(['u2']);
    does(run, 'u2');
    expect(types(run.concludes())).toEqual(['run.compensated']);
  });

  it('ends failed, not compensated, when a person lets an effect stay', () => {
    const run = new TestRun(document).started();
    does(run, 'a');
    does(run, 'b');
    breaks(run, 'c');
    breaks(run, 'ub');
    run.when({ type: 'resolve', stepId: 'ub', action: 'skip', actor: 'user:1' });
    expect(run.due()).toEqual(['ua']);
    does(run, 'ua');
    expect(types(run.concludes())).toEqual(['run.failed']);
    expect(run.statuses()).toMatchObject({ a: 'compensated', b: 'succeeded' });
  });

  it('ignores a decision about a step that holds nothing', () => {
    const run = new TestRun(document).started();
    does(run, 'a');
    expect(run.when({ type: 'resolve', stepId: 'a', action: 'skip', actor: 'user:1' })).toEqual([]);
    expect(run.when({ type: 'resolve', stepId: 'nobody', action: 'retry', actor: 'user:1' })).toEqual([]);
  });

  it('is not interrupted by a cancel', () => {
    const run = new TestRun(document).started();
    does(run, 'a');
    breaks(run, 'b');
    expect(run.when({ type: 'cancel', actor: 'user:1', reason: null })).toEqual([]);
    does(run, 'ua');
    expect(types(run.concludes())).toEqual(['run.compensated']);
  });

  it('follows a cancel, which wins', () => {
    const run = new TestRun(document).started();
    does(run, 'a');
    run.intends('b');
    run.when({ type: 'cancel', actor: 'user:1', reason: 'enough' });
    expect(run.due()).toEqual([]);
    expect(run.concludes()).toEqual([]);
    run.succeeds('b');
    expect(run.due()).toEqual(['ub']);
    does(run, 'ub');
    does(run, 'ua');
    expect(types(run.concludes())).toEqual(['run.cancelled']);
    expect(run.statuses()).toMatchObject({ a: 'compensated', b: 'compensated' });
  });
});

describe('parallel branches', () => {
  //   m → a ─→ d        every one of a, b, d is undone by u…
  //   m → b ─→ x        (x fails)
  const document = flow(
    [trigger, http('a'), http('b'), http('d'), http('x'), http('ua'), http('ub'), http('ud')],
    ['m → a', 'a → d', 'm → b', 'b → x', 'a.compensate → ua', 'b.compensate → ub', 'd.compensate → ud'],
  );

  it('are awaited, then undone side by side, each path from its end', () => {
    const run = new TestRun(document).started();
    does(run, 'a');
    does(run, 'b');
    run.intends('d');
    breaks(run, 'x');
    expect(run.due()).toEqual([]);
    run.succeeds('d');
    expect(run.due().toSorted()).toEqual(['ub', 'ud']);
    does(run, 'ud');
    expect(run.due().toSorted()).toEqual(['ua', 'ub']);
    does(run, 'ub');
    expect(run.concludes()).toEqual([]);
    does(run, 'ua');
    expect(types(run.concludes())).toEqual(['run.compensated']);
  });

  it('wait for an outcome that is unknown before anything is undone', () => {
    const run = new TestRun(document).started();
    does(run, 'a');
    does(run, 'b');
    run.intends('d', false);
    breaks(run, 'x');
    run.endsUnknown('d');
    expect(run.due()).toEqual([]);
    expect(parkedAs(run.state, run.flow, run.nowMs).status).toBe('blocked');
    run.when({ type: 'resolve', stepId: 'd', action: 'output', actor: 'user:1', output: 'it did happen' });
    expect(run.due().toSorted()).toEqual(['ub', 'ud']);
  });
});

describe('scopes', () => {
  //   m → ⟦s: a → b⟧ → z        s.error → e       a ┄→ ua     b ┄→ ub
  const document = flow(
    [
      trigger,
      scope('s'),
      http('a', { in: 's' }),
      http('b', { in: 's' }),
      http('ua', { in: 's' }),
      http('ub', { in: 's' }),
      http('z'),
      transform('e'),
    ],
    ['m → s', 'a → b', 'a.compensate → ua', 'b.compensate → ub', 's → z', 's.error → e'],
  );

  const entered = () => {
    const run = new TestRun(document).started();
    expect(run.due()).toEqual(['s']);
    run.enters('s');
    expect(run.due()).toEqual(['a']);
    return run;
  };

  it('complete with the output of their end', () => {
    const run = entered();
    does(run, 'a');
    expect(types(does(run, 'b'))).toEqual(['step.succeeded', 'step.succeeded', 'steps.skipped']);
    expect(run.state.steps.s).toMatchObject({ status: 'succeeded', output: 'b', port: 'out' });
    expect(run.due()).toEqual(['z']);
  });

  it('undo their steps and take their error port', () => {
    const run = entered();
    does(run, 'a');
    breaks(run, 'b');
    expect(run.due()).toEqual(['ua']);
    does(run, 'ua');
    expect(run.statuses()).toMatchObject({ s: 'failed', a: 'compensated', z: 'skipped' });
    expect(run.due()).toEqual(['e']);
    run.succeeds('e', 'sorry');
    expect(types(run.concludes())).toEqual(['run.succeeded']);
    expect(run.state.output).toBe('sorry');
  });

  it('hand their completed steps to the scope around them', () => {
    const run = entered();
    does(run, 'a');
    does(run, 'b');
    breaks(run, 'z');
    expect(run.due()).toEqual(['ub']);
    does(run, 'ub');
    expect(run.due()).toEqual(['ua']);
    does(run, 'ua');
    expect(types(run.concludes())).toEqual(['run.compensated']);
  });

  it('are passed over whole when the way to them is dead', () => {
    //   m → w ─yes→ ⟦s: a⟧      w ─else→ q
    const cases = { cases: [{ port: 'yes', when: '{{ true }}' }] };
    const run = new TestRun(
      flow(
        [trigger, step('w', 'logic.switch', cases), scope('s'), http('a', { in: 's' }), transform('q')],
        ['m → w', 'w.yes → s', 'w.else → q'],
      ),
    ).started();
    run.succeeds('w', 0, 'else');
    expect(run.statuses()).toMatchObject({ s: 'skipped', a: 'skipped' });
  });

  it('are undone as a whole by a way of their own', () => {
    //   m → ⟦s: a⟧ → z       s ┄→ us       a ┄→ ua (not taken: s is undone as a whole)
    const run = new TestRun(
      flow(
        [trigger, scope('s'), http('a', { in: 's' }), http('ua', { in: 's' }), http('z'), http('us')],
        ['m → s', 'a.compensate → ua', 's → z', 's.compensate → us'],
      ),
    ).started();
    run.enters('s');
    does(run, 'a');
    breaks(run, 'z');
    expect(run.due()).toEqual(['us']);
    does(run, 'us');
    expect(types(run.concludes())).toEqual(['run.compensated']);
    expect(run.statuses()).toMatchObject({ s: 'compensated', a: 'succeeded' });
  });

  it('fail what is around them when nothing catches it', () => {
    //   m → a → ⟦s: x⟧        a ┄→ ua      (x fails)
    const run = new TestRun(
      flow(
        [trigger, http('a'), scope('s'), http('x', { in: 's' }), http('ua')],
        ['m → a', 'a → s', 'a.compensate → ua'],
      ),
    ).started();
    does(run, 'a');
    run.enters('s');
    breaks(run, 'x');
    expect(run.statuses()).toMatchObject({ s: 'failed' });
    expect(run.due()).toEqual(['ua']);
    does(run, 'ua');
    expect(types(run.concludes())).toEqual(['run.compensated']);
    expect(run.state.failedStep).toBe('s');
  });
});

describe('the pivot', () => {
  //   m → a → p! → z        a ┄→ ua
  const document = flow(
    [trigger, http('a'), http('p', { pivot: true }), http('z'), http('ua')],
    ['m → a', 'a → p', 'p → z', 'a.compensate → ua'],
  );

  it('keeps what was before it: a failure behind it blocks the run', () => {
    const run = new TestRun(document).started();
    for (const id of ['a', 'p']) does(run, id);
    breaks(run, 'z');
    expect(run.due()).toEqual([]);
    expect(types(run.concludes())).toEqual(['run.blocked']);
    expect(parkedAs(run.state, run.flow, run.nowMs)).toMatchObject({
      status: 'blocked',
      reason: { code: 'blocked.pastPivot', stepId: 'z' },
    });
  });

  it.each([
    ['retry', undefined, 'z'],
    ['output', 'by hand', undefined],
    ['skip', undefined, undefined],
  ] as const)('goes on after the decision to %s', (action, output, due) => {
    const run = new TestRun(document).started();
    for (const id of ['a', 'p']) does(run, id);
    breaks(run, 'z');
    run.concludes();
    run.when({ type: 'resolve', stepId: 'z', action, actor: 'user:1', ...(output === undefined ? {} : { output }) });
    if (due !== undefined) does(run, due);
    expect(types(run.concludes())).toEqual(['run.succeeded']);
    expect(run.state.blockedSinceMs).toBeNull();
  });

  //   m → a → p! → z → y
  it('passes over nothing behind a failed step: what follows waits for the decision too', () => {
    const longer = flow(
      [trigger, http('a'), http('p', { pivot: true }), http('z'), http('y')],
      ['m → a', 'a → p', 'p → z', 'z → y'],
    );
    const run = new TestRun(longer).started();
    for (const id of ['a', 'p']) does(run, id);
    breaks(run, 'z');
    expect(types(run.concludes())).toEqual(['run.blocked']);
    run.when({ type: 'resolve', stepId: 'z', action: 'retry', actor: 'user:1' });
    does(run, 'z');
    expect(run.due()).toEqual(['y']);
    does(run, 'y');
    expect(types(run.concludes())).toEqual(['run.succeeded']);
  });

  it('is overruled when a person decides to undo', () => {
    const run = new TestRun(document).started();
    for (const id of ['a', 'p']) does(run, id);
    breaks(run, 'z');
    run.when({ type: 'resolve', stepId: 'z', action: 'compensate', actor: 'user:1' });
    expect(run.due()).toEqual(['ua']);
    does(run, 'ua');
    expect(types(run.concludes())).toEqual(['run.compensated']);
  });

  it('lets what failed before it be undone', () => {
    const run = new TestRun(document).started();
    does(run, 'a');
    breaks(run, 'p');
    expect(run.due()).toEqual(['ua']);
  });

  it('does not let a cancel through, not even one that met it on its way', () => {
    const run = new TestRun(document).started();
    does(run, 'a');
    run.intends('p');
    run.when({ type: 'cancel', actor: 'user:1', reason: null });
    expect(types(run.succeeds('p'))).toContain('scope.resumed');
    expect(run.due()).toEqual(['z']);
    expect(run.when({ type: 'cancel', actor: 'user:1', reason: null })).toEqual([]);
  });
});

describe('finding out', () => {
  //   m → a → b        look (finds out about a)       a ┄→ ua
  const asked = (id: string, rest: object = {}) =>
    step(
      id,
      'http.request',
      { method: 'POST', url: 'https://example.com', onUnknown: { reconcile: 'look' } },
      { retry: { attempts: 2, initialMs: 100, jitter: 'none' }, ...rest },
    );
  const document = flow(
    [trigger, asked('a'), http('look'), http('b'), http('ua')],
    ['m → a', 'a → b', 'a.compensate → ua'],
  );
  const unknown = () => {
    const run = new TestRun(document).started();
    run.intends('a', false);
    expect(types(run.endsUnknown('a'))).toEqual(['step.attemptUnknown', 'reconcile.started']);
    expect(run.due()).toEqual(['look']);
    return run;
  };

  it('that it happened completes the step with what was found', () => {
    const run = unknown();
    run.intends('look');
    run.succeeds('look', { id: 7 });
    expect(run.state.steps.a).toMatchObject({ status: 'succeeded', output: { id: 7 } });
    expect(run.due()).toEqual(['b']);
    does(run, 'b');
    expect(types(run.concludes())).toEqual(['run.succeeded']);
    expect(run.state.output).toBe('b');
  });

  it('that it did not happen tries again, and asks again about the next attempt', () => {
    const run = unknown();
    breaks(run, 'look');
    expect(run.state.steps.a).toMatchObject({ status: 'waiting', retryAtMs: run.nowMs + 100 });
    run.nowMs += 100;
    expect(run.due()).toEqual(['a']);
    run.intends('a', false);
    run.endsUnknown('a');
    expect(run.due()).toEqual(['look']);
    breaks(run, 'look');
    expect(types(run.concludes())).toEqual(['run.failed']);
  });

  it('nothing blocks the run', () => {
    const run = unknown();
    run.intends('look');
    run.fails('look', { isRetryable: true });
    expect(run.due()).toEqual([]);
    run.concludes();
    expect(parkedAs(run.state, run.flow, run.nowMs)).toMatchObject({
      status: 'blocked',
      reason: { code: 'blocked.unknown', stepId: 'a' },
    });
  });

  it('takes no part in the way forward', () => {
    const run = new TestRun(document).started();
    does(run, 'a');
    does(run, 'b');
    expect(types(run.concludes())).toEqual(['run.succeeded']);
    expect(run.statuses().look).toBeUndefined();
  });

  it('is needed before a failing scope undoes', () => {
    //   m → a      m → x     (x fails while a is unknown)
    const run = new TestRun(
      flow([trigger, asked('a'), http('look'), http('x'), http('ua')], ['m → a', 'm → x', 'a.compensate → ua']),
    ).started();
    run.intends('a', false);
    breaks(run, 'x');
    run.endsUnknown('a');
    expect(run.due()).toEqual(['look']);
    does(run, 'look');
    expect(run.due()).toEqual(['ua']);
  });

  it('is done after a worker was lost, too', () => {
    const run = new TestRun(document).started();
    run.intends('a', false);
    run.when({ type: 'loseAttempts', draw: 0 });
    expect(run.due()).toEqual(['look']);
  });
});

describe('time', () => {
  //   m → a → d (delay) → z      a ┄→ ua
  const document = (timeoutMs?: number) =>
    flow(
      [trigger, http('a'), step('d', 'logic.delay', { forMs: 5_000 }), http('z'), http('ua')],
      ['m → a', 'a → d', 'd → z', 'a.compensate → ua'],
      timeoutMs === undefined ? {} : { settings: { timeoutMs } },
    );

  it('a delay is due at its instant and not before', () => {
    const run = new TestRun(document()).started();
    does(run, 'a');
    run.when({ type: 'startTimer', stepId: 'd', input: { forMs: 5_000 }, untilMs: run.nowMs + 5_000 });
    expect(run.due()).toEqual([]);
    expect(parkedAs(run.state, run.flow, run.nowMs)).toMatchObject({
      status: 'waiting',
      reason: { code: 'timer', untilMs: run.nowMs + 5_000 },
    });
    expect(run.when({ type: 'loseAttempts', draw: 0 })).toEqual([]);
    run.nowMs += 5_000;
    expect(run.due()).toEqual(['d']);
    run.succeeds('d', { resumedAt: 'now' });
    expect(run.due()).toEqual(['z']);
  });

  it('a run that takes too long is undone, its delays given up', () => {
    const run = new TestRun(document(3_000)).started();
    does(run, 'a');
    run.when({ type: 'startTimer', stepId: 'd', input: {}, untilMs: run.nowMs + 5_000 });
    run.nowMs += 2_999;
    expect(run.when({ type: 'timeOut' })).toEqual([]);
    run.nowMs += 1;
    run.when({ type: 'timeOut' });
    expect(run.statuses()).toMatchObject({ d: 'cancelled', a: 'compensating' });
    does(run, 'ua');
    expect(types(run.concludes())).toEqual(['run.compensated']);
    expect(run.state.error?.code).toBe('run.timedOut');
  });

  it('the time limit pauses while the run stands blocked', () => {
    const run = new TestRun(document(3_000)).started();
    run.intends('a', false);
    run.endsUnknown('a');
    run.concludes();
    run.nowMs += 60_000;
    expect(run.when({ type: 'timeOut' })).toEqual([]);
    run.when({ type: 'resolve', stepId: 'a', action: 'output', actor: 'user:1', output: 1 });
    expect(run.when({ type: 'timeOut' })).toEqual([]);
    run.nowMs += 3_000;
    expect(types(run.when({ type: 'timeOut' }))).toContain('run.timedOut');
  });
});
