import { describe, expect, it } from 'vitest';
import { flow, step, trigger } from '@/core/flow/testing';
import { childrenToStop, outcomeOfChild } from '@/core/run/children';
import { nextDueAtMs, parkedAs } from '@/core/run/next';
import { TestRun, types } from '@/core/run/testing';
import type { AttemptOutcome, StepError } from '@/core/steps/contract';

const http = (id: string, rest: object = {}) =>
  step(id, 'http.request', { method: 'POST', url: 'https://example.com' }, { retry: { attempts: 1 }, ...rest });
const call = (id: string, rest: object = {}) => step(id, 'flow.call', { flow: 'other' }, rest);

/** The step `id` starts the run `r-<id>` and waits for it, under `w-<id>`. */
const calls = (run: TestRun, id: string, { path, untilMs = null }: { path?: string; untilMs?: number | null } = {}) =>
  run.when({
    type: 'startWait',
    ...(path === undefined ? {} : { path }),
    stepId: id,
    input: {},
    waitId: `w-${id}`,
    awaits: { on: 'child', runId: `r-${id}`, flowId: 'f' },
    untilMs,
  });

const failed: AttemptOutcome = {
  type: 'failed',
  error: { code: 'child.failed', message: 'It was cancelled.', isRetryable: false },
};
const succeeded: AttemptOutcome = { type: 'succeeded', output: 'made', port: 'out' };

const ends = (run: TestRun, id: string, outcome: AttemptOutcome, path?: string) =>
  run.when({
    type: 'endWait',
    ...(path === undefined ? {} : { path }),
    stepId: id,
    waitId: `w-${id}`,
    outcome,
    endedBy: { by: 'child', runId: `r-${id}` },
  });

const stops = (run: TestRun): string[] =>
  childrenToStop(run.state, run.flow).map(({ how, runId }) => `${how} ${runId}`);
const reason = (run: TestRun) => parkedAs(run.state, run.flow, run.nowMs).reason;

describe('a child in a flow that fails', () => {
  //   m → a → child ┄→ undo        a ┄→ ua
  //       a → b
  const document = flow(
    [trigger, http('a'), call('child'), http('b'), http('undo'), http('ua')],
    ['m → a', 'a → child', 'a → b', 'child.compensate → undo', 'a.compensate → ua'],
  );
  const failing = () => {
    const run = new TestRun(document).started();
    run.intends('a');
    run.succeeds('a');
    calls(run, 'child');
    expect(stops(run)).toEqual([]);
    run.intends('b');
    expect(types(run.fails('b'))).toEqual(['step.attemptFailed', 'scope.failed']);
    return run;
  };

  it('is asked to stop, and nothing is undone before it has ended', () => {
    const run = failing();
    expect(stops(run)).toEqual(['cancel r-child']);
    expect([run.due(), types(run.concludes())]).toEqual([[], []]);
    expect(reason(run)).toMatchObject({ code: 'child', runId: 'r-child', stepId: 'child' });
    expect(reason(run)?.message).toContain('asked the run it started to stop');
    expect(types(ends(run, 'child', failed))).toEqual([
      'step.attemptFailed',
      'scope.compensating',
      'compensation.started',
    ]);
    expect([run.due(), stops(run)]).toEqual([['ua'], []]);
  });

  it('that could not be stopped is undone by its own wire, before what came before it', () => {
    const run = failing();
    ends(run, 'child', succeeded);
    expect(run.statuses()).toMatchObject({ child: 'compensating', a: 'succeeded' });
    expect(run.due()).toEqual(['undo']);
    run.intends('undo');
    run.succeeds('undo');
    expect(run.due()).toEqual(['ua']);
  });

  it('is asked the same by a cancel', () => {
    const run = new TestRun(document).started();
    run.intends('a');
    run.succeeds('a');
    calls(run, 'child');
    run.intends('b');
    run.succeeds('b');
    run.when({ type: 'cancel', actor: 'user:1', reason: null });
    expect([stops(run), types(run.concludes())]).toEqual([['cancel r-child'], []]);
    ends(run, 'child', failed);
    run.intends('ua');
    run.succeeds('ua');
    expect(types(run.concludes())).toEqual(['run.cancelled']);
  });

  it('is terminated with it', () => {
    const run = failing();
    run.when({ type: 'terminate', actor: 'user:1', reason: null });
    expect(stops(run)).toEqual(['terminate r-child']);
  });
});

describe('a child with a deadline', () => {
  const document = flow([trigger, call('child')], ['m → child']);
  const overdue = () => {
    const run = new TestRun(document).started();
    calls(run, 'child', { untilMs: 5_000 });
    expect(nextDueAtMs(run.state, run.flow)).toBe(5_000);
    run.nowMs = 5_000;
    expect(run.due()).toEqual(['child']);
    expect(types(run.when({ type: 'overrunWait', stepId: 'child', waitId: 'w-child' }))).toEqual(['wait.overrun']);
    return run;
  };

  it('is asked to stop when it has passed, once, and its end is awaited', () => {
    const run = overdue();
    expect([stops(run), run.due(), nextDueAtMs(run.state, run.flow)]).toEqual([['cancel r-child'], [], null]);
    expect(run.when({ type: 'overrunWait', stepId: 'child', waitId: 'w-child' })).toEqual([]);
    ends(run, 'child', failed);
    expect(run.state.steps.child?.error).toMatchObject({
      code: 'child.timedOut',
      message: 'The run it started did not end in time. It was cancelled.',
    });
  });

  it('that succeeded all the same has made what it made', () => {
    const run = overdue();
    ends(run, 'child', succeeded);
    run.concludes();
    expect(run.state).toMatchObject({ status: 'succeeded', output: 'made' });
  });
});

describe('a child in a loop', () => {
  //   m → each [ child → after ]
  const document = flow(
    [
      trigger,
      step('each', 'logic.forEach', { items: [] }),
      call('child', { in: 'each' }),
      http('after', { in: 'each' }),
    ],
    ['m → each', 'child → after'],
  );

  it('is stopped with its iteration, and the loop fails when all have ended', () => {
    const run = new TestRun(document).started();
    run.loops('each', [1, 2], { concurrency: 2 });
    calls(run, 'child', { path: 'each[0]' });
    run.when({
      type: 'startWait',
      path: 'each[1]',
      stepId: 'child',
      input: {},
      waitId: 'w-1',
      awaits: { on: 'child', runId: 'r-1', flowId: 'f' },
      untilMs: null,
    });
    ends(run, 'child', failed, 'each[0]');
    expect([stops(run), types(run.concludes())]).toEqual([['cancel r-1'], []]);
    const endedBy = { by: 'child', runId: 'r-1' } as const;
    run.when({ type: 'endWait', path: 'each[1]', stepId: 'child', waitId: 'w-1', outcome: failed, endedBy });
    run.concludes();
    expect(run.state.status).toBe('failed');
  });
});

describe('the end of a child', () => {
  const ended = { runId: 'r-1', flowName: 'Ship', output: null, error: null } as const;

  it('is its output when it succeeded', () => {
    expect(outcomeOfChild({ ...ended, status: 'succeeded', output: { id: 7 } })).toEqual({
      type: 'succeeded',
      output: { id: 7 },
      port: 'out',
    });
  });

  it('is a failure for good that names the run, its status and its error otherwise', () => {
    const error = { code: 'http.status', message: 'The answer was 422.', isRetryable: true, details: { status: 422 } };
    expect(outcomeOfChild({ ...ended, status: 'compensated', error })).toEqual({
      type: 'failed',
      error: {
        code: 'child.failed',
        message: 'The run it started of Ship (r-1) failed and was undone: The answer was 422.',
        isRetryable: false,
        details: {
          runId: 'r-1',
          status: 'compensated',
          error: { code: 'http.status', message: 'The answer was 422.' },
        },
      },
    });
    expect(outcomeOfChild({ ...ended, status: 'cancelled' })).toMatchObject({
      error: { message: 'The run it started of Ship (r-1) was cancelled.' },
    });
  });
});

describe('a child on the way of undoing', () => {
  //   m → a → b        a ┄→ child
  const document = flow([trigger, http('a'), http('b'), call('child')], ['m → a', 'a → b', 'a.compensate → child']);

  it('is not stopped by what makes it necessary, and holds the run when it fails', () => {
    const run = new TestRun(document).started();
    run.intends('a');
    run.succeeds('a');
    run.intends('b');
    run.fails('b');
    calls(run, 'child');
    run.when({ type: 'cancel', actor: 'user:1', reason: null });
    expect([stops(run), types(run.concludes())]).toEqual([[], []]);
    ends(run, 'child', failed);
    run.concludes();
    expect(parkedAs(run.state, run.flow, run.nowMs)).toMatchObject({
      status: 'blocked',
      reason: { code: 'blocked.compensation', stepId: 'child' },
    });
  });
});

describe('a pause in a flow that fails', () => {
  //   m → pause        m → stuck (nobody knows what came of it)        m → b
  it('is not waited for: its end would change nothing', () => {
    const run = new TestRun(
      flow(
        [trigger, step('pause', 'logic.delay', { forMs: 50 }), http('stuck'), http('b')],
        ['m → pause', 'm → stuck', 'm → b'],
      ),
    ).started();
    run.when({ type: 'startTimer', stepId: 'pause', input: {}, untilMs: 1_050 });
    run.intends('stuck', false);
    run.endsUnknown('stuck');
    expect(nextDueAtMs(run.state, run.flow)).toBe(1_050);
    run.intends('b');
    run.fails('b');
    expect(nextDueAtMs(run.state, run.flow)).toBeNull();
  });
});

describe('runs that wait for runs', () => {
  it('fail by what the last of them failed by, told once', () => {
    const end = { runId: 'r', flowName: 'Self', status: 'failed', output: null } as const;
    let error: StepError = { code: 'event.hopLimit', message: 'It looks like a loop.', isRetryable: false };
    for (let depth = 0; depth < 30; depth += 1) {
      const outcome = outcomeOfChild({ ...end, error });
      if (outcome.type === 'failed') error = outcome.error;
    }
    expect(error.message).toBe(
      'The run it started of Self (r) failed, because of a run below it: It looks like a loop.',
    );
    expect(error.details).toMatchObject({ error: { code: 'event.hopLimit' } });
  });
});
