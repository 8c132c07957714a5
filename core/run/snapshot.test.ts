import { describe, expect, it } from 'vitest';
import { flow, transform, trigger } from '@/core/flow/testing';
import { fold } from '@/core/run/evolve';
import { readSnapshot, snapshotShape, writeSnapshot } from '@/core/run/snapshot';
import { TestRun } from '@/core/run/testing';

//   m → a → b → c
const document = flow([trigger, transform('a'), transform('b'), transform('c')], ['m → a', 'a → b', 'b → c']);

const carried = () => {
  const run = new TestRun(document, { id: 7 }).started();
  for (const id of ['a', 'b', 'c']) run.succeeds(id);
  run.concludes();
  return run;
};

describe('a snapshot', () => {
  it('with the rest of the journal folds to what the whole journal folds to, wherever it was taken', () => {
    const { entries, state } = carried();
    for (let at = 0; at <= entries.length; at += 1) {
      const text = writeSnapshot(fold({ id: 7 }, entries.slice(0, at)));
      const from = readSnapshot(text, snapshotShape, { id: 7 });
      expect(from).toEqual(fold({ id: 7 }, entries.slice(0, at)));
      expect(fold({ id: 7 }, entries.slice(at), from ?? undefined)).toEqual(state);
    }
  });

  it('does not keep the data of the event', () => {
    const run = new TestRun(document, { secret: 'kept once' }).started();
    expect(writeSnapshot(run.state)).not.toContain('kept once');
  });

  it('of another shape is passed over', () => {
    expect(readSnapshot(writeSnapshot(carried().state), snapshotShape + 1, {})).toBeNull();
  });
});
