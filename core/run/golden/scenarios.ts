/**
 * Runs whose journals are kept for ever: between them they hold every kind of entry. `scripts/record-journals.ts` records them
 * once per release; every later release must fold what was recorded to the same facts. A scenario is never changed, only
 * added to.
 */
import { flow, step, transform, trigger } from '@/core/flow/testing';
import { TestRun } from '@/core/run/testing';

const http = (id: string, rest: object = {}, config: object = {}) =>
  step(
    id,
    'http.request',
    { method: 'POST', url: 'https://example.com', ...config },
    { retry: { attempts: 2, initialMs: 100, jitter: 'none' }, ...rest },
  );

const does = (run: TestRun, ...ids: string[]): void => {
  for (const id of ids) {
    run.intends(id);
    run.nowMs += 7;
    run.succeeds(id, { id });
  }
};
const breaks = (run: TestRun, id: string): void => {
  run.intends(id);
  run.nowMs += 5;
  run.fails(id);
};
const decides = (
  run: TestRun,
  stepId: string,
  action: 'retry' | 'skip' | 'output' | 'compensate',
  output?: string,
): void => {
  run.when({ type: 'resolve', stepId, action, actor: 'user:1', ...(output === undefined ? {} : { output }) });
};

/** Each carries its run to its end. */
export const scenarios: Readonly<Record<string, () => TestRun>> = {
  'a straight path': () => {
    const run = new TestRun(flow([trigger, transform('a'), transform('b')], ['m → a', 'a → b']), { id: 7 }).started();
    run.succeeds('a', [1, { two: 'three' }]);
    run.succeeds('b', 'end');
    run.concludes();
    return run;
  },
  'a dead path and an error port': () => {
    const cases = { cases: [{ port: 'yes', when: '{{ true }}' }] };
    const run = new TestRun(
      flow(
        [trigger, step('w', 'logic.switch', cases), http('a'), transform('no'), transform('sorry')],
        ['m → w', 'w.yes → a', 'w.else → no', 'a.error → sorry'],
      ),
    ).started();
    run.succeeds('w', null, 'yes');
    run.intends('a');
    run.fails('a', { isRetryable: true, message: 'busy', details: { status: 503 } }, 2_000);
    run.nowMs += 2_000;
    breaks(run, 'a');
    run.succeeds('sorry');
    run.concludes();
    return run;
  },
  'unknown, tried again, lost with its worker, and given an output': () => {
    const run = new TestRun(flow([trigger, http('a')], ['m → a'])).started();
    run.intends('a');
    run.endsUnknown('a');
    run.nowMs += 100;
    run.intends('a');
    run.when({ type: 'loseAttempts', draw: 0 });
    run.intends('a');
    run.endsUnknown('a');
    run.concludes();
    run.nowMs += 60_000;
    decides(run, 'a', 'output', 'it did happen');
    run.concludes();
    return run;
  },
  'found out twice': () => {
    const asks = http('a', {}, { onUnknown: { reconcile: 'look' } });
    const run = new TestRun(flow([trigger, asks, http('look')], ['m → a'])).started();
    run.intends('a', false);
    run.endsUnknown('a');
    breaks(run, 'look');
    run.nowMs += 100;
    run.intends('a', false);
    run.endsUnknown('a');
    does(run, 'look');
    run.concludes();
    return run;
  },
  'a saga undone': () => {
    const run = new TestRun(
      flow(
        [trigger, http('a'), http('b'), http('c'), http('ua'), http('ub')],
        ['m → a', 'a → b', 'b → c', 'a.compensate → ua', 'b.compensate → ub'],
      ),
    ).started();
    does(run, 'a', 'b');
    breaks(run, 'c');
    does(run, 'ub', 'ua');
    run.concludes();
    return run;
  },
  'a scope that fails into its error port, and one that is passed over': () => {
    const run = new TestRun(
      flow(
        [
          trigger,
          step('s', 'saga.scope'),
          http('a', { in: 's' }),
          http('x', { in: 's' }),
          http('ua', { in: 's' }),
          step('t', 'saga.scope'),
          http('inner', { in: 't' }),
          transform('sorry'),
        ],
        ['m → s', 'a → x', 'a.compensate → ua', 's → t', 's.error → sorry'],
      ),
    ).started();
    run.enters('s');
    does(run, 'a');
    breaks(run, 'x');
    does(run, 'ua');
    run.succeeds('sorry');
    run.concludes();
    return run;
  },
  'past the pivot: blocked, tried again, skipped': () => {
    const run = new TestRun(
      flow(
        [trigger, http('a'), http('p', { pivot: true }), http('y'), http('z'), http('ua')],
        ['m → a', 'a → p', 'p → y', 'y → z', 'a.compensate → ua'],
      ),
    ).started();
    does(run, 'a', 'p');
    breaks(run, 'y');
    run.concludes();
    decides(run, 'y', 'retry');
    does(run, 'y');
    breaks(run, 'z');
    run.concludes();
    decides(run, 'z', 'skip');
    run.concludes();
    return run;
  },
  'an undoing that a person skips, after it was forced past the pivot': () => {
    const run = new TestRun(
      flow(
        [trigger, http('a'), http('p', { pivot: true }), http('z'), http('ua')],
        ['m → a', 'a → p', 'p → z', 'a.compensate → ua'],
      ),
    ).started();
    does(run, 'a', 'p');
    breaks(run, 'z');
    run.concludes();
    decides(run, 'z', 'compensate');
    breaks(run, 'ua');
    run.concludes();
    decides(run, 'ua', 'skip');
    run.concludes();
    return run;
  },
  'a cancel during a delay': () => {
    const run = new TestRun(
      flow(
        [trigger, http('a'), step('d', 'logic.delay', { forMs: 5_000 }), http('ua')],
        ['m → a', 'a → d', 'a.compensate → ua'],
      ),
    ).started();
    does(run, 'a');
    run.when({ type: 'startTimer', stepId: 'd', input: { forMs: 5_000 }, untilMs: run.nowMs + 5_000 });
    run.when({ type: 'cancel', actor: 'user:1', reason: 'enough' });
    does(run, 'ua');
    run.concludes();
    return run;
  },
  'a cancel that met the pivot': () => {
    const run = new TestRun(flow([trigger, http('p', { pivot: true }), http('z')], ['m → p', 'p → z'])).started();
    run.intends('p');
    run.when({ type: 'cancel', actor: 'user:1', reason: null });
    run.succeeds('p');
    does(run, 'z');
    run.concludes();
    return run;
  },
  'out of time': () => {
    const run = new TestRun(flow([trigger, http('a')], ['m → a'], { settings: { timeoutMs: 1_000 } })).started();
    run.intends('a');
    run.fails('a', { isRetryable: true });
    run.nowMs += 1_000;
    run.when({ type: 'timeOut' });
    run.concludes();
    return run;
  },
  'a retry that reuses one step and keeps the key of another': () => {
    const run = new TestRun(flow([trigger, http('a'), http('b')], ['m → a', 'a → b'])).started();
    run.when({
      type: 'seed',
      fromRunId: '0190a000-0000-7000-8000-000000000000',
      steps: [{ id: 'a', status: 'succeeded', port: 'out', output: { id: 'a' }, error: null }],
      keptGenerations: { b: '0' },
      loops: {},
    });
    does(run, 'b');
    run.concludes();
    return run;
  },
  'a child that took too long': () => {
    const run = new TestRun(flow([trigger, step('call', 'flow.call', { flow: 'other' })], ['m → call'])).started();
    const runId = '0190a000-0000-7000-8000-000000000001';
    const waitId = '0190a000-0000-7000-8000-000000000002';
    const input = { flow: 'other' };
    const awaits = { on: 'child', runId, flowId: '0190a000-0000-7000-8000-000000000003' } as const;
    run.when({ type: 'startWait', stepId: 'call', input, waitId, awaits, untilMs: run.nowMs + 1_000 });
    run.nowMs += 1_000;
    run.when({ type: 'overrunWait', stepId: 'call', waitId });
    const error = { code: 'child.failed', message: 'It was cancelled.', isRetryable: false };
    const endedBy = { by: 'child', runId } as const;
    run.when({ type: 'endWait', stepId: 'call', waitId, outcome: { type: 'failed', error }, endedBy });
    run.concludes();
    return run;
  },
  'a wait that an event ended': () => {
    const config = { type: 'order.paid', key: '7', eventKey: '{{ event.subject }}' };
    const run = new TestRun(flow([trigger, step('wait', 'event.wait', config)], ['m → wait'])).started();
    const waitId = '0190a000-0000-7000-8000-000000000004';
    const awaits = { on: 'event', eventType: 'order.paid', key: '"7"' } as const;
    run.when({ type: 'startWait', stepId: 'wait', input: { key: '7' }, waitId, awaits, untilMs: null });
    run.nowMs += 400;
    const outcome = { type: 'succeeded', output: { subject: '7' }, port: 'out' } as const;
    run.when({ type: 'endWait', stepId: 'wait', waitId, outcome, endedBy: { by: 'event', position: 12 } });
    run.concludes();
    return run;
  },
  'a loop that stops at a failure and is undone': () => {
    const inside = { in: 'each', retry: { attempts: 1 } };
    const run = new TestRun(
      flow(
        [trigger, step('each', 'logic.forEach', { items: [] }), http('a', inside), http('u', inside)],
        ['m → each', 'a.compensate → u'],
      ),
    ).started();
    run.loops('each', ['x', 'y', 'z']);
    does(run, 'each[0]/a');
    breaks(run, 'each[1]/a');
    does(run, 'each[0]/u');
    run.concludes();
    return run;
  },
  'a retry of a run with a loop': () => {
    const run = new TestRun(
      flow([trigger, step('each', 'logic.forEach', { items: [] }), http('a', { in: 'each' })], ['m → each']),
    ).started();
    const keptGenerations = { a: '0' };
    run.when({
      type: 'seed',
      fromRunId: '0190a000-0000-7000-8000-000000000000',
      steps: [],
      keptGenerations: {},
      loops: { each: { 0: { item: 'x', output: 'done' }, 1: { item: 'y', steps: [], keptGenerations, loops: {} } } },
    });
    run.loops('each', ['x', 'y'], { onError: 'continue', concurrency: 2 });
    does(run, 'each[1]/a');
    run.concludes();
    return run;
  },
  terminated: () => {
    const run = new TestRun(flow([trigger, http('a')], ['m → a'])).started();
    run.intends('a');
    run.when({ type: 'terminate', actor: 'user:1', reason: 'wrong order' });
    return run;
  },
};
