import { describe, expect, it } from 'vitest';
import { decisionsFor, outputDraft } from './resolve-words';
import { at, attempt, run, step } from './testing';

const ship = step('ship', 'unknown', [attempt(1, 'unknown', 0, 10)]);
const blocked = (actions: string[]) =>
  run([ship], {
    status: 'blocked',
    reason: { code: 'blocked.unknown', message: 'm', since: at(10), stepId: 'ship', actions },
  });
const forward = { name: 'Ship order', undoes: null };

describe('what a person can decide', () => {
  it('is what the run offers, in one order, and nothing else', () => {
    const offered = decisionsFor(blocked(['terminate', 'skip', 'output', 'retry', 'tide']), ship, forward);
    expect(offered.map(({ decision }) => decision)).toEqual(['retry', 'output', 'skip', 'terminate']);
    expect(decisionsFor(run([ship]), ship, forward)).toEqual([]);
  });

  it('says whether another try carries the same key', () => {
    const failed = step('ship', 'failed', [attempt(1, 'unknown', 0, 10), attempt(2, 'failed', 11, 12)]);
    expect(decisionsFor(blocked(['retry']), ship, forward)[0]?.label).toBe('Try again with the same key');
    expect(decisionsFor(blocked(['retry']), failed, forward)[0]?.label).toBe('Try again with a new key');
  });

  it('warns that leaving an effect keeps the run from ending compensated', () => {
    const undoing = { name: 'Release stock', undoes: 'Reserve stock' };
    expect(decisionsFor(blocked(['skip']), ship, undoing)[0]).toMatchObject({
      label: 'Leave it done',
      explains: 'Reserve stock stays done and the rest is undone. The run then ends failed, not compensated.',
    });
  });
});

describe('the draft of an output', () => {
  it('is what the step gave in another run, else the shape of its kind', () => {
    expect(JSON.parse(outputDraft('http.request', { status: 201 }))).toEqual({ status: 201 });
    expect(JSON.parse(outputDraft('http.request', undefined))).toEqual({ status: 200, headers: {}, body: {} });
    expect(outputDraft('data.transform', undefined)).toBe('{}');
  });
});
