import { describe, expect, it } from 'vitest';
import type { RunNote, RunNotes } from '@/server/services/ports';
import { type WatchRuns, watchRuns } from './watch-runs';

function open(options: Partial<WatchRuns> = {}) {
  let listener: ((note: RunNote) => void) | undefined;
  let isSubscribed = false;
  const runNotes: RunNotes = {
    publish: () => undefined,
    subscribe: async (_workspaceId, heard) => {
      listener = heard;
      isSubscribed = true;
      return () => {
        isSubscribed = false;
      };
    },
  };
  const reader = new AbortController();
  const notes = watchRuns({
    runNotes,
    workspaceId: 'w',
    accepts: () => true,
    signal: reader.signal,
    isSignedIn: async () => true,
    recheckMs: 60_000,
    ...options,
  });
  const emit = (runId: string, n = 1): void => listener?.({ runId, flowId: 'f', status: 'running', n });
  return { notes, emit, reader, isSubscribed: () => isSubscribed };
}

/** Begins to listen by asking for the first note. */
async function begin({ notes, emit }: ReturnType<typeof open>, first: string): Promise<void> {
  const next = notes.next();
  await Promise.resolve();
  emit(first);
  expect((await next).value).toMatchObject({ runId: first });
}

describe('watching runs', () => {
  it('passes notes on as they come', async () => {
    const watch = open();
    await begin(watch, 'a');
    const next = watch.notes.next();
    watch.emit('b');
    expect((await next).value).toMatchObject({ runId: 'b', n: 1 });
  });

  it('folds the notes of one run that wait into the newest', async () => {
    const watch = open();
    await begin(watch, 'a');
    for (const n of [2, 3, 4]) watch.emit('a', n);
    watch.emit('b');
    expect((await watch.notes.next()).value).toMatchObject({ runId: 'a', n: 4 });
    expect((await watch.notes.next()).value).toMatchObject({ runId: 'b' });
  });

  it('keeps a bounded number of notes for a reader that does not read', async () => {
    const watch = open();
    await begin(watch, 'first');
    for (let n = 0; n < 5_000; n += 1) watch.emit(`run ${n}`);
    const kept: string[] = [];
    for (let n = 0; n < 1_000; n += 1) kept.push((await watch.notes.next()).value?.runId ?? '');
    expect([kept[0], kept.at(-1)]).toEqual(['run 4000', 'run 4999']);
    const next = watch.notes.next();
    watch.emit('later');
    expect((await next).value).toMatchObject({ runId: 'later' });
  });

  it('leaves out what was not asked for', async () => {
    const watch = open({ accepts: (note) => note.runId !== 'noise' });
    await begin(watch, 'a');
    const next = watch.notes.next();
    watch.emit('noise');
    watch.emit('b');
    expect((await next).value).toMatchObject({ runId: 'b' });
  });

  it('ends and stops listening when the reader goes', async () => {
    const watch = open();
    await begin(watch, 'a');
    const next = watch.notes.next();
    watch.reader.abort();
    expect(await next).toEqual({ done: true, value: undefined });
    expect(watch.isSubscribed()).toBe(false);
  });

  it('ends with a refusal when the session has ended, and stops listening', async () => {
    let isSignedIn = true;
    const watch = open({ isSignedIn: async () => isSignedIn, recheckMs: 1 });
    await begin(watch, 'a');
    isSignedIn = false;
    await expect(watch.notes.next()).rejects.toMatchObject({ code: 'auth.required' });
    expect(watch.isSubscribed()).toBe(false);
  });

  it('ends when it cannot be found out whether the session stands', async () => {
    const failure = new Error('the database is away');
    const watch = open({ isSignedIn: () => Promise.reject(failure), recheckMs: 1 });
    await expect(watch.notes.next()).rejects.toBe(failure);
    expect(watch.isSubscribed()).toBe(false);
  });
});
