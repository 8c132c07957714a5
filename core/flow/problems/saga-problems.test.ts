import { describe, expect, it } from 'vitest';
import type { FlowDocument, FlowStep } from '@/core/flow/document';
import { flow, step, transform, trigger } from '@/core/flow/testing';
import { validate } from '@/core/flow/validate';
import type { JsonObject } from '@/core/json';
import { limits } from '@/core/limits';

const post = (id: string, rest: Partial<FlowStep> = {}, config: JsonObject = {}) =>
  step(id, 'http.request', { method: 'POST', url: 'https://example.com', ...config }, rest);
const scope = (id: string, rest: Partial<FlowStep> = {}) => step(id, 'saga.scope', undefined, rest);

const found = (document: FlowDocument): string[] => validate(document).map(({ code, pointer }) => `${code} ${pointer}`);

describe('what is inside what', () => {
  it('is a scope that exists, and never a step inside itself', () => {
    const steps = [
      trigger,
      transform('a'),
      { ...transform('b'), in: 'nobody' },
      { ...transform('c'), in: 'a' },
      scope('x', { in: 'y' }),
      scope('y', { in: 'x' }),
    ];
    expect(found(flow(steps, ['m → a'])).filter((line) => line.startsWith('container.'))).toEqual([
      'container.unknown /steps/2/in',
      'container.notOne /steps/3/in',
      'container.inItself /steps/4/in',
      'container.empty /steps/4',
      'container.inItself /steps/5/in',
      'container.empty /steps/5',
    ]);
  });

  it('is no trigger, and not nested without end', () => {
    const depth = 40;
    const nested = Array.from({ length: depth }, (_, index) =>
      scope(`s${index}`, index === 0 ? {} : { in: `s${index - 1}` }),
    );
    const lines = found(flow([trigger, { id: 'w', kind: 'trigger.manual', in: 's0' }, ...nested], ['m → s0']));
    expect(lines).toContain('container.trigger /steps/1/in');
    expect(lines.filter((line) => line.startsWith('container.tooDeep'))).toHaveLength(depth - 1 - limits.scopeDepth);
  });

  //   m → ⟦s: a⟧ → b       (the wire a → b leaves the scope by itself)
  it('is wired to its own kind', () => {
    expect(
      found(flow([trigger, scope('s'), { ...transform('a'), in: 's' }, transform('b')], ['m → s', 's → b', 'a → b'])),
    ).toEqual(['edge.crossesScope /edges/2']);
  });

  //   m → ⟦s: a → b⟧ → c        (c reads a, b reads a, a reads c)
  it('can be read from behind the scope, and cannot look behind it', () => {
    const document = flow(
      [
        trigger,
        scope('s'),
        { ...transform('a', '{{ steps.c.output }}'), in: 's' },
        { ...transform('b', '{{ steps.a.output }}'), in: 's' },
        transform('c', '{{ steps.a.output }}'),
      ],
      ['m → s', 'a → b', 's → c'],
    );
    expect(found(document)).toEqual(['expression.stepNotBefore /steps/2/config/output']);
  });

  it('runs when its scope does', () => {
    expect(found(flow([trigger, scope('s'), { ...transform('a'), in: 's' }], ['m → s']))).toEqual([]);
    expect(found(flow([trigger, transform('q'), scope('s'), { ...transform('a'), in: 's' }], ['m → q']))).toEqual([
      'step.unreachable /steps/2',
      'step.unreachable /steps/3',
    ]);
  });
});

describe('undoing', () => {
  const undoable = [trigger, post('a'), post('b'), post('ua')];

  it('is no fault where it is drawn right', () => {
    expect(found(flow(undoable, ['m → a', 'a → b', 'a.compensate → ua']))).toEqual([]);
  });

  it('is not part of the way forward', () => {
    expect(found(flow(undoable, ['m → a', 'a → b', 'a.compensate → ua', 'b → ua']))).toContain(
      'compensation.bothWays /edges/3',
    );
  });

  it('belongs to one step', () => {
    expect(found(flow(undoable, ['m → a', 'a → b', 'a.compensate → ua', 'b.compensate → ua']))).toEqual([
      'compensation.shared /steps/3',
    ]);
  });

  it('is not undone itself, holds no scope and no pivot', () => {
    const document = flow(
      [trigger, post('a'), post('ua', { pivot: true }), scope('s'), post('x'), post('in', { in: 's' })],
      ['m → a', 'a.compensate → ua', 'ua.compensate → x', 'ua → s'],
    );
    expect(
      found(document)
        .filter((line) => line.startsWith('compensation.'))
        .toSorted(),
    ).toEqual(
      [
        'compensation.container /steps/3',
        'compensation.ofCompensation /edges/2',
        'compensation.pivot /steps/2/pivot',
      ].toSorted(),
    );
  });

  it('can read the step it undoes and what came before, and is warned of the rest', () => {
    const reading = (text: string) => post('ua', {}, { body: text });
    const document = (text: string) =>
      flow([trigger, post('z'), post('a'), reading(text), post('b')], ['m → z', 'z → a', 'a.compensate → ua', 'a → b']);
    const quiet = ['saga.irreversible /steps/1'];
    expect(found(document('{{ steps.a.output.id }}{{ steps.z.output.id }}'))).toEqual(quiet);
    expect(found(document('{{ steps.b.output.id }}'))).toEqual([
      ...quiet,
      'compensation.outputMayBeMissing /steps/3/config/body',
    ]);
  });
});

describe('an effect that nothing undoes', () => {
  //   m → a → b → c      a ┄→ ua
  const wires = ['m → a', 'a → b', 'b → c', 'a.compensate → ua'];
  const saga = (b: FlowStep, c: FlowStep = post('c')) => flow([trigger, post('a'), b, c, post('ua')], wires);

  it('is warned of where a step behind it can fail', () => {
    expect(found(saga(post('b')))).toEqual(['saga.irreversible /steps/2']);
  });

  it('is fine when it is only a look, the last, or the pivot', () => {
    expect(found(saga(post('b', {}, { method: 'GET' })))).toEqual([]);
    expect(found(saga(post('b'), transform('c')))).toEqual([]);
    expect(found(saga(post('b', { pivot: true })))).toEqual([]);
  });
});

describe('a pivot', () => {
  const cases = { cases: [{ port: 'yes', when: '{{ true }}' }] };

  //   m → p!      m → x
  it('has no step beside it', () => {
    expect(found(flow([trigger, post('p', { pivot: true }), post('x')], ['m → p', 'm → x']))).toEqual([
      'pivot.concurrent /steps/1/pivot',
    ]);
  });

  //   m → w ─yes→ p!       w ─else→ x
  it('may stand on another branch of a choice', () => {
    expect(
      found(
        flow(
          [trigger, step('w', 'logic.switch', cases), post('p', { pivot: true }), post('x')],
          ['m → w', 'w.yes → p', 'w.else → x'],
        ),
      ),
    ).toEqual([]);
  });

  //   m → w ─yes→ p!       w ─else→ x       m → x
  it('is beside a step that another way leads to as well', () => {
    expect(
      found(
        flow(
          [trigger, step('w', 'logic.switch', cases), post('p', { pivot: true }), post('x', { join: 'any' })],
          ['m → w', 'w.yes → p', 'w.else → x', 'm → x'],
        ),
      ),
    ).toEqual(['pivot.concurrent /steps/2/pivot']);
  });

  //   m → a → p!       a ─error→ x
  it('may stand where an error path does not', () => {
    expect(
      found(flow([trigger, post('a'), post('p', { pivot: true }), post('x')], ['m → a', 'a → p', 'a.error → x'])),
    ).toEqual([]);
  });

  //   m → p!        n → x          (two triggers, one fires)
  it('may stand behind another trigger', () => {
    const other: FlowStep = { id: 'n', kind: 'trigger.webhook', config: { path: 'n' } };
    expect(found(flow([trigger, other, post('p', { pivot: true }), post('x')], ['m → p', 'n → x']))).toEqual([]);
  });

  //   m → ⟦s: p!⟧       m → x
  it('commits the scopes around it, so nothing may stand beside those either', () => {
    expect(
      found(flow([trigger, scope('s'), post('p', { in: 's', pivot: true }), post('x')], ['m → s', 'm → x'])),
    ).toEqual(['pivot.concurrent /steps/2/pivot']);
  });

  it('is refused where it makes no sense, and when there are too many', () => {
    expect(found(flow([trigger, { ...transform('a'), pivot: true }], ['m → a']))).toEqual([
      'step.fieldNotAccepted /steps/1/pivot',
    ]);
    const many = Array.from({ length: limits.flowPivots + 3 }, (_, index) => post(`p${index}`, { pivot: true }));
    const wires = many.map(({ id }, index) => `${index === 0 ? 'm' : `p${index - 1}`} → ${id}`);
    expect(found(flow([trigger, ...many], wires))).toEqual([`pivot.tooMany /steps/${limits.flowPivots + 1}/pivot`]);
  });
});

describe('a step that finds out', () => {
  const asks = (id: string, named: string, rest: Partial<FlowStep> = {}) =>
    post(id, rest, { onUnknown: { reconcile: named } });
  const faults = (document: FlowDocument) => found(document).filter((line) => line.startsWith('reconcile.'));

  it('stands beside the step, and can read it', () => {
    const look = post('look', {}, { method: 'GET', query: { key: '{{ steps.a.error.details.idempotencyKey }}' } });
    expect(found(flow([trigger, asks('a', 'look'), look], ['m → a']))).toEqual([]);
  });

  it('is another step, a call, of the same scope, unwired, and asked by one', () => {
    const pointer = '/steps/1/config/onUnknown/reconcile';
    expect(faults(flow([trigger, asks('a', 'nobody')], ['m → a']))).toEqual([`reconcile.unknown ${pointer}`]);
    expect(faults(flow([trigger, asks('a', 'a')], ['m → a']))).toEqual([`reconcile.unknown ${pointer}`]);
    expect(faults(flow([trigger, asks('a', 'm')], ['m → a']))).toEqual([`reconcile.notOne ${pointer}`]);
    expect(faults(flow([trigger, asks('a', 'x'), scope('s'), post('x', { in: 's' })], ['m → a', 'a → s']))).toEqual([
      `reconcile.notOne ${pointer}`,
    ]);
    expect(faults(flow([trigger, asks('a', 'x'), post('x')], ['m → a', 'a → x']))).toEqual([
      `reconcile.wired ${pointer}`,
    ]);
    expect(faults(flow([trigger, asks('a', 'x'), asks('b', 'x'), post('x')], ['m → a', 'a → b']))).toEqual([
      'reconcile.shared /steps/2/config/onUnknown/reconcile',
    ]);
  });
});

describe('hostile drawings', () => {
  it('of a thousand steps with every port wired and pivots everywhere are judged, not waited for', () => {
    const ids = Array.from({ length: 999 }, (_, index) => `h${index}`);
    const steps = [trigger, ...ids.map((id, index) => post(id, { pivot: index % 2 === 0 }))];
    const wires = ids.flatMap((id, index) => [
      index === 0 ? `m → ${id}` : `h${index - 1} → ${id}`,
      ...(index > 1 ? [`h${index - 2}.error → ${id}`, `h${index - 2}.compensate → ${id}`] : []),
    ]);
    expect(found(flow(steps, wires)).length).toBeGreaterThan(999);
  });

  it('of a time limit out of range are refused', () => {
    expect(found(flow([trigger], [], { settings: { timeoutMs: 0 } }))).toEqual([
      'flow.timeoutOutOfRange /settings/timeoutMs',
    ]);
  });
});
