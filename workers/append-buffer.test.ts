import { describe, expect, it } from 'vitest';
import { flow, step, trigger } from '@/core/flow/testing';
import type { JournalEntry } from '@/core/run/entries';
import { TestRun } from '@/core/run/testing';
import { AppendBuffer } from '@/workers/append-buffer';

//   m → child
//   m → b
const document = flow(
  [
    trigger,
    step('child', 'flow.call', { flow: 'x' }),
    step('b', 'http.request', { method: 'POST', url: 'https://example.com' }, { retry: { attempts: 1 } }),
  ],
  ['m → child', 'm → b'],
);

/** A run that waits for a child, and a buffer that has seen everything so far written. */
function waiting() {
  const run = new TestRun(document).started();
  const awaits = { on: 'child', runId: 'r-1', flowId: 'f' } as const;
  run.when({ type: 'startWait', stepId: 'child', input: {}, waitId: 'w-1', awaits, untilMs: null });
  const buffer = new AppendBuffer<never>();
  buffer.reset(run.state, run.flow);
  const take = (entries: readonly JournalEntry[]) => {
    buffer.add(entries, run.state, run.flow);
    return buffer.stops.map(({ how, runId }) => `${how} ${runId}`);
  };
  return { run, buffer, take };
}

const cancel = { type: 'cancel', actor: 'user:1', reason: null } as const;

describe('children that shall stop', () => {
  it('are asked with the entries that make it so, and not again', () => {
    const { run, buffer, take } = waiting();
    run.intends('b');
    expect(take(run.fails('b'))).toEqual(['cancel r-1']);
    buffer.clear();
    expect(take(run.when({ type: 'timeOut' }))).toEqual([]);
  });

  it('are asked for more when more is asked', () => {
    const { run, buffer, take } = waiting();
    expect(take(run.when(cancel))).toEqual(['cancel r-1']);
    buffer.clear();
    expect(take(run.when({ type: 'terminate', actor: 'user:1', reason: null }))).toEqual(['terminate r-1']);
  });

  it('are asked anew when the append that asked was refused, and not when it was written', () => {
    const { run, buffer, take } = waiting();
    const before = run.state;
    const entries = run.when(cancel);
    expect(take(entries)).toEqual(['cancel r-1']);
    buffer.reset(before, run.flow);
    expect(take(entries)).toEqual(['cancel r-1']);
    buffer.reset(run.state, run.flow);
    expect(take(run.when({ type: 'timeOut' }))).toEqual([]);
  });

  it('have no row to close, so an append that ends such a wait meets no fence', () => {
    const { run, buffer, take } = waiting();
    const outcome = { type: 'succeeded', output: 1, port: 'out' } as const;
    const endedBy = { by: 'child', runId: 'r-1' } as const;
    take(run.when({ type: 'endWait', stepId: 'child', waitId: 'w-1', outcome, endedBy }));
    expect(buffer.closed).toEqual([]);
  });
});
