import { describe, expect, it } from 'vitest';
import type { FlowDocument } from '@/core/flow/document';
import { failingPlace, placeToOpen } from './choose-step';
import { failuresOf, iterationTookMs, standingOf, stepOfIteration } from './iteration-words';
import { levelsOf, pathWithin, pathWords, placeName, shownRun, stepAt, validPath } from './iterations';
import { drawnSteps } from './run-context';
import { at, attempt, error, run, step } from './testing';
import type { IterationView, LoopView, StepView } from './types';

// placed → lines [ reserve → parts [ pack ] ] → done
const document: FlowDocument = {
  headrace: 1,
  name: 'Order lines',
  steps: [
    { id: 'placed', kind: 'trigger.webhook', config: { path: 'orders' } },
    { id: 'lines', kind: 'logic.forEach', name: 'Order lines', config: { items: '{{ event.data.lines }}' } },
    { id: 'reserve', kind: 'data.transform', in: 'lines', config: { output: '{{ item }}' } },
    { id: 'parts', kind: 'logic.forEach', in: 'lines', config: { items: '{{ item.parts }}' } },
    { id: 'pack', kind: 'data.transform', in: 'parts', config: { output: '{{ item }}' } },
    { id: 'done', kind: 'data.transform', config: { output: 1 } },
  ],
  edges: [
    { from: 'placed', to: 'lines' },
    { from: 'reserve', to: 'parts' },
    { from: 'lines', to: 'done' },
  ],
};
const steps = drawnSteps(document);
const loopOf = (changes: Partial<LoopView> = {}): LoopView => ({
  total: 3,
  concurrency: 1,
  onError: 'continue',
  begun: 3,
  running: 0,
  succeeded: 2,
  failed: 1,
  compensated: 0,
  undone: 0,
  ...changes,
});
const done = attempt(1, 'succeeded', 0, 5);
const inside = (one: StepView, path: string, index: number): StepView => ({ ...one, path, index });
const reserve = (index: number, status: StepView['status'] = 'succeeded'): StepView =>
  inside(step('reserve', status, [status === 'failed' ? attempt(1, 'failed', 0, 5) : done]), `lines[${index}]`, index);
const own = (lines: StepView): StepView[] => [
  step('placed', 'succeeded', [done]),
  lines,
  step('reserve', 'pending'),
  step('parts', 'pending'),
  step('pack', 'pending'),
  step('done', 'pending'),
];
const lines = { ...step('lines', 'running'), loop: loopOf() };

describe('a path', () => {
  it('is followed from the outside in', () => {
    expect(levelsOf('lines[1]/parts[0]').map(({ outer, path }) => [outer, path])).toEqual([
      ['', 'lines[1]'],
      ['lines[1]', 'lines[1]/parts[0]'],
    ]);
    expect(levelsOf('nonsense')).toEqual([]);
  });

  it('holds for a step as far as it leads through the loops around it', () => {
    expect(pathWithin('lines[1]/parts[0]', ['lines'])).toBe('lines[1]');
    expect(pathWithin('lines[1]/parts[0]', ['lines', 'parts'])).toBe('lines[1]/parts[0]');
    expect(pathWithin('other[1]', ['lines'])).toBe('');
  });

  it('that leads through no loops of the drawing is none', () => {
    expect(validPath('lines[1]/parts[0]', steps)).toBe('lines[1]/parts[0]');
    for (const path of ['parts[0]', 'reserve[0]', 'lines[0]/reserve[1]', 'gone[1]', 'lines[x]']) {
      expect(validPath(path, steps)).toBe('');
    }
  });

  it('is said in words', () => {
    expect(pathWords('lines[3]', steps.nameOf)).toBe('Iteration 3 of Order lines');
    expect(pathWords('lines[3]/parts[0]', steps.nameOf)).toBe('Iteration 3 of Order lines, iteration 0 of parts');
    expect(pathWords('', steps.nameOf)).toBeNull();
    expect(placeName({ stepId: 'reserve', path: 'lines[3]' }, steps.nameOf)).toBe(
      'reserve in iteration 3 of Order lines',
    );
  });
});

describe('a run with loops', () => {
  const sent = run([...own(lines), reserve(0), reserve(1, 'failed'), reserve(2)]);

  it('has one step per id, and counts in how many iterations a step stands how', () => {
    const { run: shown, tallies } = shownRun(sent, '', [], steps);
    expect(shown.steps.map(({ id }) => id)).toEqual(document.steps.map(({ id }) => id));
    expect(tallies.get('reserve')).toEqual({
      counts: [
        { status: 'failed', count: 1 },
        { status: 'succeeded', count: 2 },
      ],
      ports: ['out'],
      isWhole: true,
    });
  });

  it('shows the steps of the chosen iteration as they were in it, and of a loop in it again all', () => {
    const { run: shown, tallies } = shownRun(sent, 'lines[1]', [], steps);
    expect(stepAt(shown.steps, { stepId: 'reserve', path: 'lines[1]' })?.status).toBe('failed');
    expect(stepAt(shown.steps, { stepId: 'parts', path: 'lines[1]' })?.status).toBe('pending');
    expect([...tallies.keys()]).toEqual(['pack']);
  });

  it('shows steps that were asked for, of an iteration it was not sent with', () => {
    const long = run(own({ ...lines, loop: loopOf({ total: 900, begun: 900 }) }));
    const { run: shown } = shownRun(long, 'lines[700]', [reserve(700)], steps);
    expect(shown.steps.find(({ id }) => id === 'reserve')).toMatchObject({ status: 'succeeded', index: 700 });
    expect(shownRun(long, '', [], steps).tallies.get('reserve')).toEqual({ counts: [], ports: [], isWhole: false });
  });

  it('counts of a long loop only what is under way, because that is all it knows', () => {
    const long = own({ ...lines, loop: loopOf({ total: 900, begun: 900 }) });
    const active = [reserve(898), reserve(899, 'running')];
    expect(shownRun(run([...long, ...active]), '', [], steps).tallies.get('reserve')).toEqual({
      counts: [{ status: 'running', count: 1 }],
      ports: [],
      isWhole: false,
    });
  });

  it('is left as it is without loops', () => {
    const plain = run([step('placed', 'succeeded'), step('done', 'succeeded')]);
    expect(shownRun(plain, '', [], steps).run).toBe(plain);
  });
});

describe('where the failure of a run lies', () => {
  const inIteration = { ...error('Iteration 1 of Order lines: attempt 1'), details: { index: 1 } };
  const failedLoop = { ...step('lines', 'failed'), loop: loopOf({ onError: 'stop' }), error: inIteration };

  it('is the step in the iteration, when the loop failed by it', () => {
    const failed = run([...own(failedLoop), reserve(0, 'failed'), reserve(1, 'failed')], {
      status: 'failed',
      error: inIteration,
    });
    expect(failingPlace(failed)).toEqual({ stepId: 'reserve', path: 'lines[1]' });
  });

  it('is the iteration, when its steps were not sent', () => {
    const failed = run(own(failedLoop), { status: 'failed', error: inIteration });
    expect(failingPlace(failed)).toEqual({ stepId: 'lines', path: 'lines[1]' });
  });

  it('is nowhere when the loop went on', () => {
    const went = { ...step('lines', 'succeeded', [done]), loop: loopOf() };
    const succeeded = run([...own(went), reserve(1, 'failed')], { status: 'succeeded' });
    expect(failingPlace(succeeded)).toBeNull();
    expect(placeToOpen(succeeded)?.path).toBe('');
  });

  it('is where a person is asked, iteration and all', () => {
    const reason = { code: 'blocked.unknown', message: 'm', since: at(0), stepId: 'reserve', path: 'lines[1]' };
    const held = run([...own(lines), reserve(0), reserve(1, 'unknown')], { status: 'blocked', reason });
    expect(placeToOpen(held)).toEqual({ stepId: 'reserve', path: 'lines[1]' });
  });

  it('does not follow iterations about while the run goes on', () => {
    const going = run([...own(lines), reserve(0), reserve(1, 'running')]);
    expect(placeToOpen(going)).toEqual({ stepId: 'lines', path: '' });
  });
});

describe('an iteration', () => {
  const iteration = (changes: Partial<IterationView>): IterationView => ({
    index: 1,
    status: 'succeeded',
    item: null,
    output: null,
    error: null,
    startedAt: at(0),
    steps: [step('reserve', 'succeeded', [attempt(1, 'succeeded', 2, 40)])],
    ...changes,
  });

  it('that has not begun when the loop is over never will', () => {
    expect(standingOf({ status: 'pending' }, false).word).toBe('not yet');
    expect(standingOf({ status: 'pending' }, true)).toEqual({ status: 'skipped', word: 'not begun' });
  });

  it('took as long as its steps, once it is over', () => {
    expect(iterationTookMs(iteration({}))).toBe(40);
    expect(iterationTookMs(iteration({ status: 'running' }))).toBeNull();
    expect(iterationTookMs(iteration({ steps: [] }))).toBeNull();
  });

  it('opens at the step that failed in it', () => {
    const failed = step('charge', 'failed', [attempt(1, 'failed', 2, 3)]);
    const others = [step('reserve', 'succeeded', [done]), failed, step('ship', 'pending')];
    expect(stepOfIteration(others, true)?.id).toBe('charge');
    expect(stepOfIteration(others.slice(0, 1), true)?.id).toBe('reserve');
  });
});

describe('the iterations that failed', () => {
  it('are those the loop lists, with what was undone', () => {
    const output = { items: [1, null], errors: [{ index: 1, code: 'http.status', message: '422', compensated: true }] };
    expect(failuresOf({ output, error: null })).toEqual([{ index: 1, message: '422', isUndone: true }]);
  });

  it('are the one a loop stopped at', () => {
    const stopped = { ...error('Iteration 7 of lines: no'), details: { index: 7 } };
    expect(failuresOf({ output: null, error: stopped }).map(({ index }) => index)).toEqual([7]);
    expect(failuresOf({ output: null, error: error('The list is none') })).toEqual([]);
  });
});
