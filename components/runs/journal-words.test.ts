import { describe, expect, it } from 'vitest';
import type { JsonValue } from '@/core/json';
import { concernsStep, journalSentence } from './journal-words';
import { drawnSteps } from './run-context';
import { at, epochMs, error, saga } from './testing';

/** As the API presents an entry. */
const view = ({ type, ...data }: Record<string, unknown>) => ({
  seq: 1,
  type: String(type),
  v: 1,
  at: at(0),
  data: data as JsonValue,
});
const say = (entry: Record<string, unknown>) => journalSentence(view(entry), { ...drawnSteps(saga), me: 'user:1' });

const outcome = { stepId: 'ship', attempt: 2, startedAtMs: epochMs, error: error('answered 503') };

describe('a sentence of the journal', () => {
  it('says of an attempt that began whether it undoes', () => {
    const started = { type: 'step.started', attempt: 1 };
    expect(say({ ...started, stepId: 'ship' })).toBe('Attempt 1 of Ship order began');
    expect(say({ ...started, stepId: 'release' })).toBe('Attempt 1 of Release stock began, to undo Reserve stock');
  });

  it('says of an attempt that failed what follows', () => {
    const failed = { type: 'step.attemptFailed', ...outcome };
    expect(say({ ...failed, retryAtMs: epochMs + 400, isCaught: false })).toBe(
      'Attempt 2 of Ship order failed: answered 503. The next try is due after 400 ms',
    );
    expect(say({ ...failed, retryAtMs: null, isCaught: true })).toContain('the flow went on by the error path');
  });

  it('never calls an unknown outcome a failure', () => {
    const unknown = { type: 'step.attemptUnknown', ...outcome, isLost: true, retryAtMs: null };
    expect(say(unknown)).toBe(
      'What came of attempt 2 of Ship order is not known: its worker was lost. It is not tried again by itself',
    );
  });

  it('lists what a scope undoes in the order it does', () => {
    expect(say({ type: 'scope.compensating', scope: 'fulfil', stepIds: ['reserve', 'charge'] })).toBe(
      'Fulfil undoes, the last one first: Charge card, Reserve stock',
    );
    expect(say({ type: 'scope.failed', scope: '', stepId: null, error: error('Too late'), isForced: false })).toBe(
      'The run began to fail: Too late',
    );
  });

  it('says who decided what', () => {
    const resolved = { type: 'step.resolved', stepId: 'ship', keepsKey: true };
    expect(say({ ...resolved, action: 'retry', actor: 'user:1' })).toBe(
      'You decided: try Ship order again with the same key',
    );
    expect(say({ ...resolved, action: 'skip', actor: 'key:7' })).toBe(
      'A program with an API key decided: skip Ship order',
    );
  });

  it('is the type of an entry that a newer server wrote', () => {
    expect(say({ type: 'tide.turned' })).toBe('tide.turned');
  });
});

describe('the journal of a step', () => {
  it('holds what names it: alone, among others, as a scope, as a key', () => {
    const about = (stepId: string, entry: Record<string, unknown>) => concernsStep(view(entry), stepId);
    expect(about('ship', { type: 'step.started', stepId: 'ship' })).toBe(true);
    expect(about('charge', { type: 'scope.compensating', scope: 'fulfil', stepIds: ['reserve', 'charge'] })).toBe(true);
    expect(about('fulfil', { type: 'scope.compensating', scope: 'fulfil', stepIds: ['reserve'] })).toBe(true);
    expect(about('ship', { type: 'keys.kept', generations: { ship: '1' } })).toBe(true);
    expect(about('ship', { type: 'run.succeeded', output: { stepId: 1 } })).toBe(false);
  });
});
