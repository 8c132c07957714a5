import { describe, expect, it } from 'vitest';
import { compileFlow } from '@/core/flow/compile';
import type { FlowDocument } from '@/core/flow/document';
import { flow, step, transform, trigger } from '@/core/flow/testing';
import { foldWhole } from '@/core/run/evolve';
import { deadSteps } from '@/core/run/graph-state';
import { planRerun, type RerunExtent, type RerunPlan, reusedSteps, unknownInLoops } from '@/core/run/replan';
import { isPastPivot } from '@/core/run/scopes';
import { TestRun, types } from '@/core/run/testing';

const http = (id: string, rest: object = {}) =>
  step(id, 'http.request', { method: 'POST', url: 'https://example.com' }, { retry: { attempts: 1 }, ...rest });
const scope = (id: string, rest: object = {}) => step(id, 'saga.scope', undefined, rest);

const does = (run: TestRun, ...ids: string[]) => {
  for (const id of ids) {
    run.intends(id);
    run.succeeds(id);
  }
};
const breaks = (run: TestRun, id: string) => {
  run.intends(id);
  run.fails(id);
};

const planOf = (source: TestRun, extent: RerunExtent, target: FlowDocument | null = null, generation = 0): RerunPlan =>
  planRerun(
    { state: source.state, flow: source.flow, generation, triggerStep: 'm' },
    target === null ? source.flow : compileFlow(target),
    extent,
  );

/** The new run, right after it has started. What it finds dead then is what the plan said. */
function again(source: TestRun, document: FlowDocument, plan: RerunPlan): TestRun {
  const run = new TestRun(document).started();
  run.when({
    type: 'seed',
    fromRunId: 'first',
    steps: reusedSteps(source.state, plan.reused),
    keptGenerations: plan.keptGenerations,
    loops: plan.loops,
  });
  expect(deadSteps(run.state, run.flow)).toEqual([]);
  const skipped = Object.values(run.state.steps).filter(
    (known) => known.status === 'skipped' && known.reusedFrom === null,
  );
  expect(skipped.map(({ id }) => id).sort()).toEqual([...plan.skipped].sort());
  expect(run.due().every((id) => plan.executed.includes(id))).toBe(true);
  return run;
}

const unfinished: RerunExtent = { type: 'unfinished' };
const from = (stepId: string): RerunExtent => ({ type: 'from', stepId });

describe('a retry of a run without undoing', () => {
  //   m → a → b → c
  const document = flow([trigger, http('a'), http('b'), http('c')], ['m → a', 'a → b', 'b → c']);

  it('begins with the step that failed', () => {
    const source = new TestRun(document).started();
    does(source, 'a');
    breaks(source, 'b');
    source.concludes();
    const plan = planOf(source, unfinished);
    expect(plan).toEqual({ reused: ['a'], executed: ['b', 'c'], skipped: [], keptGenerations: {}, loops: {} });
    const run = again(source, document, plan);
    expect(run.state.steps.a).toMatchObject({ status: 'succeeded', output: 'a', reusedFrom: 'first', attempts: [] });
    expect(run.due()).toEqual(['b']);
    does(run, 'b', 'c');
    expect(types(run.concludes())).toEqual(['run.succeeded']);
  });

  it('keeps the key of a step whose outcome is unknown, whether it waited, blocked or was cut off', () => {
    for (const leave of [
      (run: TestRun) => run.endsUnknown('b'),
      () => [],
      (run: TestRun) => {
        run.endsUnknown('b');
        return run.when({ type: 'resolve', stepId: 'b', action: 'retry', actor: 'user:1' });
      },
    ]) {
      const source = new TestRun(document).started();
      does(source, 'a');
      source.intends('b');
      leave(source);
      source.when({ type: 'terminate', actor: 'user:1', reason: null });
      const plan = planOf(source, unfinished, null, 3);
      expect(plan).toMatchObject({ reused: ['a'], keptGenerations: { b: '3' } });
      const run = again(source, document, plan);
      expect(run.state.keptGenerations).toEqual({ b: '3' });
      // And again, should that run be cut off, too.
      run.intends('b');
      run.when({ type: 'terminate', actor: 'user:1', reason: null });
      expect(planOf(run, unfinished, null, 4).keptGenerations).toEqual({ b: '3' });
    }
  });

  it('renews the key of a step that failed, or that a person declared failed', () => {
    const failed = new TestRun(document).started();
    breaks(failed, 'a');
    expect(planOf(failed, unfinished).keptGenerations).toEqual({});
    const forced = new TestRun(document).started();
    forced.intends('a', false);
    forced.endsUnknown('a');
    forced.when({ type: 'resolve', stepId: 'a', action: 'compensate', actor: 'user:1' });
    forced.concludes();
    expect(forced.state.status).toBe('failed');
    expect(planOf(forced, unfinished).keptGenerations).toEqual({});
  });

  it('does everything in place of a run that ended before it started', () => {
    const source = new TestRun(document);
    source.when({ type: 'terminate', actor: 'user:1', reason: null });
    expect(planOf(source, unfinished)).toMatchObject({ reused: [], executed: ['a', 'b', 'c'], skipped: [] });
  });

  it('lets what a person decided about a step stand', () => {
    const source = new TestRun(document).started();
    source.intends('a', false);
    source.endsUnknown('a');
    source.when({ type: 'resolve', stepId: 'a', action: 'skip', actor: 'user:1' });
    breaks(source, 'b');
    const plan = planOf(source, unfinished);
    expect(plan).toMatchObject({ reused: ['a'], executed: ['b', 'c'] });
    const run = again(source, document, plan);
    expect(run.state.steps.a).toMatchObject({ status: 'skipped', port: 'out', output: null, reusedFrom: 'first' });
    expect(run.due()).toEqual(['b']);
  });
});

describe('a retry where paths part', () => {
  //   m → s ─yes→ a ─→ z        a.error → e → z
  //       └─no──→ b ─→ z
  const choice = step('s', 'logic.switch', { cases: [{ port: 'yes', when: '{{ true }}' }] });
  const document = flow(
    [trigger, choice, http('a'), http('b'), http('e'), http('z')],
    ['m → s', 's.yes → a', 's.else → b', 'a → z', 'b → z', 'a.error → e', 'e → z'],
  );

  it('finds the dead ones anew', () => {
    const source = new TestRun(document).started();
    source.succeeds('s', null, 'yes');
    does(source, 'a');
    breaks(source, 'z');
    const plan = planOf(source, unfinished);
    expect(plan).toMatchObject({ reused: ['s', 'a'], executed: ['z'], skipped: ['b', 'e'] });
    expect(again(source, document, plan).due()).toEqual(['z']);
  });

  it('lets a failure stand that was caught, with its error', () => {
    const source = new TestRun(document).started();
    source.succeeds('s', null, 'yes');
    breaks(source, 'a');
    does(source, 'e');
    breaks(source, 'z');
    const plan = planOf(source, unfinished);
    expect(plan).toMatchObject({ reused: ['s', 'a', 'e'], executed: ['z'], skipped: ['b'] });
    const run = again(source, document, plan);
    expect(run.state.steps.a).toMatchObject({ status: 'failed', port: 'error', error: { code: 'http.status' } });
    expect(run.state.scopes).toEqual({});
    does(run, 'z');
    expect(types(run.concludes())).toEqual(['run.succeeded']);
  });

  it('says of a step behind an open decision that it may act', () => {
    const source = new TestRun(document).started();
    source.succeeds('s', null, 'yes');
    does(source, 'a', 'z');
    source.concludes();
    expect(planOf(source, from('s'))).toMatchObject({ reused: [], executed: ['s', 'a', 'b', 'e', 'z'], skipped: [] });
    expect(planOf(source, from('a'))).toMatchObject({ reused: ['s'], executed: ['a', 'e', 'z'], skipped: ['b'] });
    expect(planOf(source, { type: 'whole' })).toMatchObject({ reused: [], executed: ['s', 'a', 'b', 'e', 'z'] });
  });

  //   m → a ─→ z (any)     m → b ─→ z
  it('reuses a step with `join: any` for as long as the way it came by stands', () => {
    const any = flow([trigger, http('a'), http('b'), http('z', { join: 'any' })], ['m → a', 'm → b', 'a → z', 'b → z']);
    const source = new TestRun(any).started();
    does(source, 'a', 'z');
    breaks(source, 'b');
    expect(planOf(source, unfinished)).toMatchObject({ reused: ['a', 'z'], executed: ['b'] });
    expect(planOf(source, from('a'))).toMatchObject({ reused: [], executed: ['a', 'b', 'z'] });
  });
});

describe('a retry of a saga', () => {
  //   m → a → b → c          a ┄┄→ ua     (b is not undone)
  const document = flow(
    [trigger, http('a'), http('b'), http('c'), http('ua')],
    ['m → a', 'a → b', 'b → c', 'a.compensate → ua'],
  );

  it('does again what was undone, and what stands behind it', () => {
    const source = new TestRun(document).started();
    does(source, 'a', 'b');
    breaks(source, 'c');
    does(source, 'ua');
    source.concludes();
    expect(source.state.status).toBe('compensated');
    const plan = planOf(source, unfinished);
    expect(plan).toEqual({ reused: [], executed: ['a', 'b', 'c'], skipped: [], keptGenerations: {}, loops: {} });
    const run = again(source, document, plan);
    expect(run.due()).toEqual(['a']);
  });

  it('undoes what it took over when it fails in its turn', () => {
    const source = new TestRun(document).started();
    does(source, 'a');
    source.intends('b');
    source.when({ type: 'terminate', actor: 'user:1', reason: null });
    const run = again(source, document, planOf(source, unfinished));
    breaks(run, 'b');
    expect(run.due()).toEqual(['ua']);
    does(run, 'ua');
    expect(types(run.concludes())).toEqual(['run.compensated']);
    expect(run.statuses().a).toBe('compensated');
  });

  it('takes over a step that was about to be undone only if that never began', () => {
    const stopped = (undo: (run: TestRun) => void) => {
      const source = new TestRun(document).started();
      does(source, 'a', 'b');
      breaks(source, 'c');
      undo(source);
      source.when({ type: 'terminate', actor: 'user:1', reason: null });
      return source;
    };
    const untouched = stopped(() => undefined);
    const plan = planOf(untouched, unfinished);
    expect(plan).toMatchObject({ reused: ['a', 'b'], executed: ['c'] });
    expect(again(untouched, document, plan).state.steps.a).toMatchObject({ status: 'succeeded' });
    expect(
      planOf(
        stopped((run) => breaks(run, 'ua')),
        unfinished,
      ),
    ).toMatchObject({ reused: ['a', 'b'] });
    expect(
      planOf(
        stopped((run) => run.intends('ua')),
        unfinished,
      ),
    ).toMatchObject({ reused: [] });
  });

  it('goes only forward when the pivot stands', () => {
    //   m → a → p → c          a ┄┄→ ua
    const pivoted = flow(
      [trigger, http('a'), http('p', { pivot: true }), http('c'), http('ua')],
      ['m → a', 'a → p', 'p → c', 'a.compensate → ua'],
    );
    const source = new TestRun(pivoted).started();
    does(source, 'a', 'p');
    source.intends('c');
    source.when({ type: 'terminate', actor: 'user:1', reason: null });
    const run = again(source, pivoted, planOf(source, unfinished));
    expect(isPastPivot(run.state, run.flow, '')).toBe(true);
    breaks(run, 'c');
    expect(types(run.concludes())).toEqual(['run.blocked']);
  });
});

describe('containers', () => {
  //   m → [ a → b ] s → c        a ┄┄→ ua     s.error → e
  const inside = { in: 's' };
  const members = [http('a', inside), http('b', inside), http('ua', inside)];
  const wires = ['m → s', 'a → b', 'a.compensate → ua', 's → c'];
  const document = flow([trigger, scope('s'), ...members, http('c')], wires);

  it('are reused whole when they succeeded, and hand their steps to whoever fails around them', () => {
    const source = new TestRun(document).started();
    source.enters('s');
    does(source, 'a', 'b');
    source.intends('c');
    source.when({ type: 'terminate', actor: 'user:1', reason: null });
    const plan = planOf(source, unfinished);
    expect(plan).toMatchObject({ reused: ['s', 'a', 'b'], executed: ['c'] });
    const run = again(source, document, plan);
    expect(run.due()).toEqual(['c']);
    breaks(run, 'c');
    expect(run.due()).toEqual(['ua']);
  });

  it('are entered again when one of their steps acts again, and what stands before it is reused', () => {
    const source = new TestRun(document).started();
    source.enters('s');
    does(source, 'a', 'b', 'c');
    source.concludes();
    const plan = planOf(source, from('b'));
    expect(plan).toMatchObject({ reused: ['a'], executed: ['s', 'b', 'c'] });
    const run = again(source, document, plan);
    expect(run.due()).toEqual(['s']);
    run.enters('s');
    expect(run.due()).toEqual(['b']);
    does(run, 'b', 'c');
    expect(types(run.concludes())).toEqual(['run.succeeded']);
    expect(planOf(source, from('s'))).toMatchObject({ reused: [], executed: ['s', 'a', 'b', 'c'] });
  });

  it('are entered again when they were cut off', () => {
    const source = new TestRun(document).started();
    source.enters('s');
    does(source, 'a');
    source.when({ type: 'terminate', actor: 'user:1', reason: null });
    const run = again(source, document, planOf(source, unfinished));
    run.enters('s');
    expect(run.due()).toEqual(['b']);
  });

  it('are entered again when their steps were undone by the scope around them', () => {
    const source = new TestRun(document).started();
    source.enters('s');
    does(source, 'a', 'b');
    breaks(source, 'c');
    does(source, 'ua');
    expect(source.statuses()).toMatchObject({ s: 'succeeded', a: 'compensated' });
    expect(planOf(source, unfinished)).toMatchObject({ reused: [], executed: ['s', 'a', 'b', 'c'] });
  });

  it('give up all their steps when they were undone as a whole', () => {
    //   s ┄┄→ us
    const whole = flow(
      [trigger, scope('s'), http('a', inside), http('c'), http('us')],
      ['m → s', 's.compensate → us', 's → c'],
    );
    const source = new TestRun(whole).started();
    source.enters('s');
    does(source, 'a');
    breaks(source, 'c');
    does(source, 'us');
    expect(source.statuses()).toMatchObject({ s: 'compensated', a: 'succeeded' });
    expect(planOf(source, unfinished)).toMatchObject({ reused: [], executed: ['s', 'a', 'c'] });
  });

  it('stand with everything they undid when their error port caught the failure', () => {
    const caught = flow([trigger, scope('s'), ...members, http('c'), http('e')], [...wires, 's.error → e']);
    const source = new TestRun(caught).started();
    source.enters('s');
    does(source, 'a');
    breaks(source, 'b');
    does(source, 'ua');
    expect(source.due()).toEqual(['e']);
    breaks(source, 'e');
    const plan = planOf(source, unfinished);
    expect(plan).toMatchObject({ reused: ['s', 'a', 'b'], executed: ['e'], skipped: ['c'] });
    const run = again(source, caught, plan);
    expect(run.statuses()).toMatchObject({ s: 'failed', a: 'compensated', b: 'failed', c: 'skipped' });
    expect(run.due()).toEqual(['e']);
    does(run, 'e');
    expect(types(run.concludes())).toEqual(['run.succeeded']);
    // Whoever wants the saga itself again says so.
    expect(planOf(source, from('s'))).toMatchObject({ reused: [], executed: ['s', 'a', 'b', 'c', 'e'] });
  });
});

describe('another version', () => {
  //   m → a → b → c
  const document = flow([trigger, http('a'), http('b'), http('c')], ['m → a', 'a → b', 'b → c']);
  const failedAtC = () => {
    const source = new TestRun(document).started();
    does(source, 'a', 'b');
    breaks(source, 'c');
    return source;
  };

  it('reuses steps it has, of the same kind, and does what is new', () => {
    //   m → a → n → c
    const other = flow([trigger, http('a'), http('n'), http('c')], ['m → a', 'a → n', 'n → c']);
    expect(planOf(failedAtC(), unfinished, other)).toMatchObject({ reused: ['a'], executed: ['n', 'c'] });
  });

  it('does again what stands behind a step that is new before it', () => {
    //   m → n → a → b → c
    const other = flow([trigger, http('n'), http('a'), http('b'), http('c')], ['m → n', 'n → a', 'a → b', 'b → c']);
    expect(planOf(failedAtC(), unfinished, other)).toMatchObject({ reused: [], executed: ['n', 'a', 'b', 'c'] });
  });

  it('does again what is another kind now, disabled now, or has come to undo', () => {
    const kind = flow([trigger, transform('a'), http('b'), http('c')], ['m → a', 'a → b', 'b → c']);
    expect(planOf(failedAtC(), unfinished, kind)).toMatchObject({ reused: [], executed: ['a', 'b', 'c'] });
    const off = flow([trigger, http('a'), http('b', { disabled: true }), http('c')], ['m → a', 'a → b', 'b → c']);
    expect(planOf(failedAtC(), unfinished, off)).toMatchObject({ reused: ['a'], executed: ['b', 'c'] });
    const undoing = flow([trigger, http('a'), http('b'), http('c')], ['m → a', 'a → c', 'a.compensate → b']);
    expect(planOf(failedAtC(), unfinished, undoing)).toMatchObject({ reused: ['a'], executed: ['c'] });
  });

  it('takes a way that the old outcomes lead to', () => {
    //   m → a → c     a.error → b
    const other = flow([trigger, http('a'), http('b'), http('c')], ['m → a', 'a → c', 'a.error → b']);
    expect(planOf(failedAtC(), unfinished, other)).toMatchObject({ reused: ['a'], executed: ['c'], skipped: ['b'] });
  });

  it('enters a container that has a new step, and reuses the others in it', () => {
    const inside = { in: 's' };
    const before = flow([trigger, scope('s'), http('a', inside), http('c')], ['m → s', 's → c']);
    const after = flow(
      [trigger, scope('s'), http('a', inside), http('n', inside), http('c')],
      ['m → s', 'a → n', 's → c'],
    );
    const source = new TestRun(before).started();
    source.enters('s');
    does(source, 'a');
    breaks(source, 'c');
    expect(planOf(source, unfinished, after)).toMatchObject({ reused: ['a'], executed: ['s', 'n', 'c'] });
  });
});

describe('several triggers', () => {
  //   m → a ─→ z      n → b ─→ z
  const document = flow(
    [trigger, step('n', 'trigger.manual'), http('a'), http('b'), http('z')],
    ['m → a', 'n → b', 'a → z', 'b → z'],
  );

  it('leave the way of the one that did not fire dead', () => {
    const source = new TestRun(document).started();
    does(source, 'a');
    breaks(source, 'z');
    const plan = planOf(source, unfinished);
    expect(plan).toMatchObject({ reused: ['a'], executed: ['z'], skipped: ['n', 'b'] });
    expect(again(source, document, plan).due()).toEqual(['z']);
  });
});

describe('a retry of a run with a loop', () => {
  //   m → each⟦ a → b ⟧        a ┄→ u
  const call = (id: string) =>
    step(id, 'http.request', { method: 'POST', url: 'https://example.com' }, { in: 'each', retry: { attempts: 1 } });
  const document = flow(
    [trigger, step('each', 'logic.forEach', { items: [] }), call('a'), call('b'), call('u')],
    ['m → each', 'a → b', 'a.compensate → u'],
  );
  const whole = (source: TestRun): TestRun => {
    source.state = foldWhole({}, source.entries);
    return source;
  };
  const goes = (run: TestRun, address: string): void => {
    run.intends(address);
    run.succeeds(address);
  };

  it('takes over the iterations that stand, and of the others the steps that do', () => {
    const source = new TestRun(document).started();
    source.loops('each', ['x', 'y', 'z']);
    for (const id of ['a', 'b']) goes(source, `each[0]/${id}`);
    goes(source, 'each[1]/a');
    source.intends('each[1]/b', false);
    source.endsUnknown('each[1]/b');
    source.when({ type: 'terminate', actor: 'user:1', reason: null });
    const plan = planOf(whole(source), unfinished);
    expect(plan).toMatchObject({ executed: ['each'], loops: { each: { 0: { item: 'x' }, 1: { item: 'y' } } } });
    expect(unknownInLoops(plan.loops)).toEqual(['each[1]/b']);

    const run = again(source, document, plan);
    run.loops('each', ['x', 'y', 'z']);
    // The first is complete with what stands; it is there to be undone if something fails.
    expect(run.loop('each')).toMatchObject({ counts: { succeeded: 1 }, keptCount: 1 });
    expect(run.due()).toEqual(['each[1]/b']);
    expect(run.loop('each').active[1]).toMatchObject({ keptGenerations: { b: '0' } });
    goes(run, 'each[1]/b');
    expect(run.due()).toEqual(['each[2]/a']);
  });

  it('works anew on an item that is another now', () => {
    const source = new TestRun(document).started();
    source.loops('each', ['x', 'y']);
    for (const id of ['a', 'b']) goes(source, `each[0]/${id}`);
    source.when({ type: 'terminate', actor: 'user:1', reason: null });
    const run = again(source, document, planOf(whole(source), unfinished));
    run.loops('each', ['other', 'y']);
    expect(run.due()).toEqual(['each[0]/a']);
  });

  it('takes over nothing that was undone', () => {
    const source = new TestRun(document).started();
    source.loops('each', ['x', 'y']);
    for (const id of ['a', 'b']) goes(source, `each[0]/${id}`);
    source.intends('each[1]/a');
    source.fails('each[1]/a');
    goes(source, 'each[0]/u');
    source.concludes();
    expect(source.state.status).toBe('compensated');
    expect(planOf(whole(source), unfinished).loops).toEqual({});
  });
});
