import { describe, expect, it } from 'vitest';
import { drawn } from '@/components/canvas/store/testing';
import { asExpression, readDuration } from './widgets/templated-duration';
import { possibleFinders } from './widgets/unknown-outcome-widget';

describe('a duration that may be an expression', () => {
  it.each([
    ['', undefined],
    ['90 s', 90_000],
    ['1 h 30 min', 5_400_000],
    ['{{ event.data.body.pauseMs }}', '{{ event.data.body.pauseMs }}'],
    ['{{ half', '{{ half'],
    ['soon', null],
  ])('%j is read as %j', (text, value) => {
    expect(readDuration(text)).toEqual(value);
  });

  it('becomes a number when it is turned into an expression, and leaves other text alone', () => {
    expect(asExpression('{{ "30 s" }}')).toBe('{{ 30000 }}');
    expect(asExpression('{{ event.type }}')).toBe('{{ event.type }}');
  });
});

describe('steps that may find out about a call', () => {
  // hook → call → done;  callFree and scope { callInside } without wires
  const flow = (() => {
    const document = drawn('hook -> call -> done\ncallFree', { scope: 'callInside' });
    return document;
  })();
  const ids = (stepId: string): string[] => possibleFinders(flow, stepId).map(({ id }) => id);

  it('stand in its scope, without wires', () => {
    expect(ids('call')).toEqual(['callFree']);
    expect(ids('callInside')).toEqual([]);
  });

  it('find out about one call only', () => {
    const config = { onUnknown: { reconcile: 'callFree' } };
    const steps = flow.steps.map((step) => (step.id === 'call' ? { ...step, config } : step));
    const other = { id: 'callOther', kind: 'http.request' };
    const taken = { ...flow, steps: [...steps, other] };
    expect(possibleFinders(taken, 'call').map(({ id }) => id)).toContain('callFree');
    expect(possibleFinders(taken, 'callOther').map(({ id }) => id)).not.toContain('callFree');
  });
});
