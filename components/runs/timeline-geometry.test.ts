import { describe, expect, it } from 'vitest';
import { drawnSteps } from './run-context';
import { at, attempt, epochMs, run, saga, step } from './testing';
import { type Bar, buildTimeline } from './timeline-geometry';

const build = (shown: Parameters<typeof run>, nowMs = epochMs, isCollapsed = false) =>
  buildTimeline(run(...shown), { nowMs, isCollapsed, roles: drawnSteps(saga) });

const brief = (bars: readonly Bar[] | undefined) =>
  (bars ?? []).map(({ look, from, width }) => [look, Number(from.toFixed(3)), Number(width.toFixed(3))]);

/** Three tries with two waits between them, 5 s in all: 1 s, wait 1 s, 1 s, wait 1 s, 1 s. */
const tries = [attempt(1, 'failed', 0, 1_000), attempt(2, 'failed', 2_000, 3_000), attempt(3, 'failed', 4_000, 5_000)];

describe('bars', () => {
  it('are outlined while another try follows, hatched between tries, filled when the last decided', () => {
    const { rows } = build([[step('ship', 'failed', tries)], { status: 'failed', finishedAt: at(5_000) }]);
    expect(brief(rows[0]?.bars)).toEqual([
      ['retried', 0, 0.2],
      ['waiting', 0.2, 0.2],
      ['retried', 0.4, 0.2],
      ['waiting', 0.6, 0.2],
      ['decided', 0.8, 0.2],
    ]);
    expect(rows[0]?.bars[1]?.label).toBe('waited 1.00 s to try again');
    expect(rows[0]?.bars[4]?.label).toBe('attempt 3, failed, 1.00 s: attempt 3');
  });

  it('of what is under way grow until now', () => {
    const { rows } = build([[step('ship', 'running', [attempt(1, 'running', 0, null)])]], epochMs + 4_000);
    expect(brief(rows[0]?.bars)).toEqual([['running', 0, 1]]);
  });

  it('of a step that waits go on as waiting until now', () => {
    const shown = step('ship', 'waiting', [attempt(1, 'failed', 0, 1_000)]);
    expect(brief(build([[shown]], epochMs + 5_000).rows[0]?.bars)).toEqual([
      ['retried', 0, 0.2],
      ['waiting', 0.2, 0.8],
    ]);
  });

  it('end with the run when it was terminated under way, their outcome unknown', () => {
    const { rows } = build(
      [[step('ship', 'running', [attempt(1, 'running', 0, null)])], { status: 'terminated', finishedAt: at(2_000) }],
      epochMs + 60_000,
    );
    expect(brief(rows[0]?.bars)).toEqual([['unknown', 0, 1]]);
  });

  it('show the waiting that the end of the run cut short', () => {
    const stopped = { ...step('ship', 'cancelled', [attempt(1, 'failed', 0, 1_000)]), finishedAt: at(5_000) };
    const { rows } = build([[stopped], { status: 'cancelled', finishedAt: at(5_000) }]);
    expect(brief(rows[0]?.bars)).toEqual([
      ['retried', 0, 0.2],
      ['waiting', 0.2, 0.8],
    ]);
  });

  it('mark the trigger, which has no attempts, at the beginning', () => {
    const trigger = { ...step('placed', 'succeeded'), startedAt: at(0), finishedAt: at(0) };
    expect(brief(build([[trigger], { finishedAt: at(10), status: 'succeeded' }]).rows[0]?.bars)).toEqual([
      ['decided', 0, 0],
    ]);
  });

  it('never leave the track when clocks differ', () => {
    const early = step('a', 'succeeded', [attempt(1, 'succeeded', -50, 20)]);
    const [bar] = build([[early], { status: 'succeeded', finishedAt: at(20) }]).rows[0]?.bars ?? [];
    expect([bar?.from, bar?.width]).toEqual([0, 1]);
  });
});

describe('rows', () => {
  it('stand in the order the steps began; what did nothing is told apart', () => {
    const late = step('b', 'succeeded', [attempt(1, 'succeeded', 20, 30)]);
    const early = step('a', 'succeeded', [attempt(1, 'succeeded', 5, 10)]);
    const timeline = build([[late, step('c', 'skipped'), early], { status: 'succeeded', finishedAt: at(30) }]);
    expect(timeline.rows.map(({ stepId, tookMs }) => [stepId, tookMs])).toEqual([
      ['a', 5],
      ['b', 10],
    ]);
    expect(timeline.idle).toEqual(['c']);
    expect(timeline.attempts).toBe(2);
  });
});

describe('the axis', () => {
  const labels = (lengthMs: number) =>
    build([[], { status: 'succeeded', finishedAt: at(lengthMs) }]).ticks.map(({ label }) => label);

  it('counts in whole steps of a unit people know', () => {
    expect(labels(4_810)).toEqual(['0 s', '1', '2', '3', '4', '5 s']);
    expect(labels(12)).toEqual(['0 ms', '5', '10', '15 ms']);
    expect(labels(1_900)).toEqual(['0 s', '0.5', '1', '1.5', '2 s']);
    expect(labels(95_000)).toEqual(['0 s', '20', '40', '60', '80', '100 s']);
    expect(labels(50 * 60_000)).toEqual(['0 min', '10', '20', '30', '40', '50 min']);
    expect(labels(3 * 24 * 3_600_000)).toEqual(['0 d', '1', '2', '3 d']);
  });

  it('exists for a run that took no time and for one that took years', () => {
    expect(labels(0)).toEqual(['0 ms', '1 ms']);
    expect(labels(4 * 365 * 24 * 3_600_000).length).toBeLessThan(8);
  });
});

describe('waiting', () => {
  const shown: Parameters<typeof run> = [[step('ship', 'failed', tries)], { status: 'failed', finishedAt: at(5_000) }];

  it('is the time in which nothing ran, not that of one step while another works', () => {
    expect(build(shown).waitingMs).toBe(2_000);
    const beside = step('pack', 'succeeded', [attempt(1, 'succeeded', 500, 3_500)]);
    expect(build([[step('ship', 'failed', tries), beside], shown[1]]).waitingMs).toBe(500);
  });

  it('shrinks to a mark when collapsed, and the ticks still tell the real time', () => {
    const { rows, ticks } = build(shown, epochMs, true);
    const bars = rows[0]?.bars ?? [];
    expect(bars.map(({ look, width }) => [look, width > 0.3, width > 0])).toEqual([
      ['retried', true, true],
      ['waiting', false, true],
      ['retried', true, true],
      ['waiting', false, true],
      ['decided', true, true],
    ]);
    expect([ticks[0]?.label, ticks.at(-1)?.label]).toEqual(['0 s', '5.00 s']);
  });

  it('can be all there is', () => {
    const parked = build([[step('a', 'pending')], { status: 'queued', startedAt: null }], epochMs + 60_000, true);
    expect(parked.ticks.at(-1)?.label).toBe('1 m 00 s');
    expect(parked.rows).toEqual([]);
  });
});

describe('a run that was undone', () => {
  //   fulfil [ reserve → charge → ship ]   reserve ┄→ release   charge ┄→ refund
  const shown = [
    step('reserve', 'compensated', [attempt(1, 'succeeded', 0, 200)]),
    { ...step('fulfil', 'failed'), startedAt: at(0), finishedAt: at(1_000) },
    step('ship', 'failed', [attempt(1, 'failed', 200, 400)]),
    step('release', 'succeeded', [attempt(1, 'succeeded', 500, 1_000)]),
  ];
  const { rows, attempts, undoingAt } = build([shown, { status: 'compensated', finishedAt: at(1_000) }]);
  const row = (stepId: string) => rows.find((one) => one.stepId === stepId);

  it('shows what undoes as compensation, and what was undone as the success it was', () => {
    expect(row('release')).toMatchObject({ status: 'compensated', isUndone: false });
    expect(row('reserve')).toMatchObject({ status: 'succeeded', isUndone: true });
  });

  it('lists a container before the step that began with it', () => {
    expect(rows.map(({ stepId }) => stepId)).toEqual(['fulfil', 'reserve', 'ship', 'release']);
  });

  it('says where undoing began', () => {
    expect(undoingAt).toBe(0.5);
  });

  it('draws a container over the time it was open, and counts no attempt for it', () => {
    expect(brief(row('fulfil')?.bars)).toEqual([['container', 0, 1]]);
    expect(attempts).toBe(3);
  });
});

describe('a delay', () => {
  it('is hatched from beginning to end, and is waiting time', () => {
    const pause = step('pause', 'succeeded', [attempt(1, 'succeeded', 0, 800)]);
    const ship = step('ship', 'succeeded', [attempt(1, 'succeeded', 800, 1_000)]);
    const { rows, waitingMs } = build([[pause, ship], { status: 'succeeded', finishedAt: at(1_000) }]);
    expect(brief(rows[0]?.bars)).toEqual([['waiting', 0, 0.8]]);
    expect(waitingMs).toBe(800);
  });
});

describe('a step whose output was taken over', () => {
  it('is marked at the instant, with the run it came from', () => {
    const reused = { ...step('reserve', 'succeeded'), startedAt: at(0), finishedAt: at(0), reusedFrom: run([]).id };
    const { rows } = build([[reused], { status: 'succeeded', finishedAt: at(10) }]);
    expect(rows[0]?.bars).toMatchObject([{ look: 'reused', label: 'output of run 6388ad899edb' }]);
  });
});
