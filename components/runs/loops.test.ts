/** Loops in the words and pictures of a run: journal, sentence, preview, timeline, drawing, what would be undone. */
import { describe, expect, it } from 'vitest';
import { edgeRunView, hasBegun } from '@/components/canvas/run-view';
import type { FlowDocument } from '@/core/flow/document';
import type { JsonValue } from '@/core/json';
import { shownRun } from './iterations';
import { concernsStep, journalSentence } from './journal-words';
import { previewedRun, previewGroups } from './run-again';
import { drawnSteps } from './run-context';
import { createRunDrawing } from './run-drawing';
import { runSentence } from './run-sentence';
import { stepsToUndo } from './step-role';
import { at, attempt, epochMs, error, run, step } from './testing';
import { buildTimeline } from './timeline-geometry';
import type { LoopView, StepView } from './types';

// placed → lines [ reserve ┄compensate┄→ release, reserve → charge ] → done
const document: FlowDocument = {
  headrace: 1,
  name: 'Order lines',
  steps: [
    { id: 'placed', kind: 'trigger.webhook', config: { path: 'orders' } },
    { id: 'lines', kind: 'logic.forEach', name: 'Order lines', config: { items: '{{ event.data.lines }}' } },
    { id: 'reserve', kind: 'http.request', in: 'lines', name: 'Reserve stock' },
    { id: 'release', kind: 'http.request', in: 'lines', name: 'Release stock' },
    { id: 'charge', kind: 'http.request', in: 'lines', name: 'Charge card' },
    { id: 'done', kind: 'data.transform', config: { output: 1 } },
  ],
  edges: [
    { from: 'placed', to: 'lines' },
    { from: 'reserve', to: 'charge' },
    { from: 'reserve', port: 'compensate', to: 'release' },
    { from: 'lines', to: 'done' },
  ],
};
const steps = drawnSteps(document);
const loop: LoopView = {
  total: 4,
  concurrency: 2,
  onError: 'continue',
  begun: 4,
  running: 1,
  succeeded: 2,
  failed: 0,
  compensated: 1,
  undone: 0,
};
const tried = (status: 'succeeded' | 'failed' | 'running', fromMs: number, toMs: number | null) => [
  attempt(1, status, fromMs, toMs),
];
const inside = (one: StepView, index: number): StepView => ({ ...one, index, path: `lines[${index}]` });
const lines: StepView = { ...step('lines', 'running'), loop, startedAt: at(0) };
const all = [
  step('placed', 'succeeded'),
  lines,
  step('reserve', 'pending'),
  step('release', 'pending'),
  step('charge', 'pending'),
  step('done', 'pending'),
  inside(step('reserve', 'succeeded', tried('succeeded', 0, 100)), 0),
  inside(step('charge', 'succeeded', tried('succeeded', 100, 200)), 0),
  inside(step('reserve', 'compensated', tried('succeeded', 0, 100)), 1),
  inside(step('charge', 'failed', tried('failed', 100, 150)), 1),
  inside(step('release', 'succeeded', tried('succeeded', 150, 180)), 1),
  inside(step('reserve', 'running', tried('running', 900, null)), 3),
];
const shown = (path: string) => shownRun(run(all), path, [], steps);

describe('the journal of a loop', () => {
  const view = ({ type, ...data }: Record<string, unknown>) => ({
    seq: 1,
    type: String(type),
    v: 1,
    at: at(0),
    data: data as JsonValue,
  });
  const say = (entry: Record<string, unknown>) => journalSentence(view(entry), steps);

  it('says which iteration an entry is from', () => {
    const failed = {
      type: 'step.attemptFailed',
      stepId: 'charge',
      attempt: 1,
      startedAtMs: epochMs,
      error: error('no'),
    };
    expect(say({ ...failed, path: 'lines[3]', retryAtMs: null, isCaught: false })).toBe(
      'Iteration 3 of Order lines: Attempt 1 of Charge card failed: no. It was the last',
    );
  });

  it('calls what fails with an iteration the iteration, not the run', () => {
    const failed = { type: 'scope.failed', scope: '', stepId: 'charge', error: error('no'), isForced: false };
    expect(say({ ...failed, path: 'lines[3]' })).toContain('The iteration began to fail');
    expect(say(failed)).toContain('The run began to fail');
  });

  it('says of a loop that fails by which iteration', () => {
    const failed = { type: 'scope.failed', scope: 'lines', stepId: 'lines', isForced: false };
    expect(say({ ...failed, error: error('Iteration 3 of Order lines: no') })).toBe(
      'Order lines began to fail: Iteration 3 of Order lines: no',
    );
  });

  it('belongs to a step in its own iteration, and to no other', () => {
    const entry = view({ type: 'step.started', stepId: 'charge', path: 'lines[3]' });
    expect(concernsStep(entry, 'charge', 'lines[3]')).toBe(true);
    expect(concernsStep(entry, 'charge', 'lines[4]')).toBe(false);
    expect(concernsStep(entry, 'charge')).toBe(false);
    const blocked = view({ type: 'run.blocked', stepId: 'charge', in: 'lines[3]', code: 'blocked.unknown' });
    expect(concernsStep(blocked, 'charge', 'lines[3]')).toBe(true);
  });
});

describe('the sentence above the picture', () => {
  it('says in which iteration a person is asked', () => {
    const reason = { code: 'blocked.unknown', message: 'm', since: at(0), stepId: 'charge', path: 'lines[2]' };
    const unknown = inside(step('charge', 'unknown', [attempt(1, 'unknown', 0, 1)]), 2);
    const sentence = runSentence(run([...all, unknown], { status: 'blocked', reason }), steps);
    expect(sentence?.lead).toBe(
      'Blocked, because nobody knows whether Charge card in iteration 2 of Order lines took effect',
    );
    expect([sentence?.stepId, sentence?.path]).toEqual(['charge', 'lines[2]']);
  });
});

describe('doing a run with a loop again', () => {
  const preview = {
    version: 1,
    reused: ['placed'],
    executed: ['lines', 'done'],
    skipped: [],
    sameKey: [],
    loops: [{ stepId: 'lines', reused: 1_200, resumed: 1 }],
  };
  const ended = run(all, { status: 'failed' });

  it('says how many iterations stand', () => {
    const note = previewGroups(preview, ended, steps)[1]?.steps[0]?.note;
    expect(note).toContain('1\u00a0200 iterations stand, 1 goes on where it was');
  });

  it('draws no iteration of the run before', () => {
    const drawn = previewedRun(ended, preview);
    expect(drawn.steps.filter(({ path, loop: progress }) => path !== undefined || progress !== undefined)).toEqual([]);
  });
});

describe('the timeline of a loop', () => {
  const build = (path: string, known = all) => {
    const { run: seen, tallies } = shown(path);
    const rows = { ...seen, steps: seen.steps.filter(({ id }) => !tallies.has(id)) };
    return buildTimeline(rows, { nowMs: epochMs + 1_000, isCollapsed: false, roles: steps, known });
  };

  it('is one row with its iterations as parts, and has the attempts of all of them', () => {
    const { rows, idle, attempts } = build('');
    expect(rows.map(({ stepId }) => stepId)).toEqual(['lines']);
    expect(idle).toEqual(['placed', 'done']);
    expect(attempts).toBe(6);
    expect(rows[0]?.note).toBe('3 of 4');
    expect(rows[0]?.bars[0]?.label).toBe('2 succeeded, 1 failed and undone, 1 under way of 4');
    expect(rows[0]?.bars[0]?.parts?.map(({ count }) => count)).toEqual([2, 1, 1]);
  });

  it('opens to the steps of the chosen iteration', () => {
    const { rows } = build('lines[1]');
    expect(rows.filter(({ path }) => path === 'lines[1]').map(({ stepId }) => stepId)).toEqual([
      'reserve',
      'charge',
      'release',
    ]);
  });

  it('counts as waiting only when no iteration worked', () => {
    expect(build('').waitingMs).toBe(700);
  });

  it('of a long loop counts neither attempts nor waiting, because most iterations are not known', () => {
    const long = all.map((one) => (one === lines ? { ...lines, loop: { ...loop, total: 900, begun: 900 } } : one));
    expect(build('', long)).toMatchObject({ attempts: null, waitingMs: 0 });
  });
});

describe('a loop on the canvas', () => {
  const draw = (path: string) =>
    createRunDrawing()(shown(path), new Set(['release']), { path, loopsAround: steps.loopsAround });

  it('shows how far it is, and of its steps in how many iterations they stand how', () => {
    const { steps: cards } = draw('');
    expect(cards.lines).toMatchObject({ loop });
    expect(cards.lines?.iteration).toBeUndefined();
    expect(cards.reserve?.tally?.counts).toEqual([
      { status: 'running', count: 1 },
      { status: 'compensated', count: 1 },
      { status: 'succeeded', count: 1 },
    ]);
    expect(cards.release?.tally?.counts).toEqual([{ status: 'compensated', count: 1 }]);
  });

  it('colours a wire that any iteration went along', () => {
    const drawn = draw('');
    expect(edgeRunView({ from: 'reserve', to: 'charge' }, drawn)).toBe('taken');
    expect(edgeRunView({ from: 'reserve', port: 'compensate', to: 'release' }, drawn)).toBe('taken');
    expect(hasBegun(drawn, 'release')).toBe(true);
  });

  it('shows one iteration as it was, and says which', () => {
    const { steps: cards } = draw('lines[1]');
    expect(cards.lines?.iteration).toBe(1);
    expect(cards.charge).toMatchObject({ status: 'failed', attempts: 1 });
    expect(cards.charge?.tally).toBeUndefined();
  });
});

describe('undoing everything', () => {
  it('lists a loop whose iterations have something to undo, and none of its steps', () => {
    expect(stepsToUndo(all, steps)).toEqual(['lines']);
  });

  it('does not list a loop in which nothing can be undone', () => {
    const edges = document.edges.filter(({ port }) => port === undefined);
    expect(stepsToUndo(all, drawnSteps({ ...document, edges }))).toEqual([]);
  });
});
