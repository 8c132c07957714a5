import { describe, expect, it } from 'vitest';
import { drawn } from '@/components/canvas/store/testing';
import type { FlowDocument } from '@/core/flow/document';
import { type AutosaveDeps, createAutosave, type SaveFailure, type ServerDraft } from './autosave';
import { countChanges, describeDiff, diffDrafts, isSameDocument } from './draft-diff';

class Refusal extends Error {
  constructor(readonly failure: SaveFailure) {
    super(failure.type);
  }
}

const first = drawn('hook -> a');
const named = (name: string): FlowDocument => ({ ...first, name });

/** A server with one draft, whose network and clock are in the test's hands. */
function open() {
  const server: { draft: ServerDraft; failWith: SaveFailure | null; loseAnswers: boolean; saves: number } = {
    draft: { document: first, revision: 1, updatedAt: '2026-01-01T00:00:00.000Z' },
    failWith: null,
    loseAnswers: false,
    saves: 0,
  };
  let kept: { document: FlowDocument; revision: number } | null = null;
  let timer: (() => void) | null = null;
  const deps: AutosaveDeps = {
    save: async (document, revision) => {
      server.saves += 1;
      if (server.failWith !== null) {
        throw new Refusal(server.failWith);
      }
      if (revision !== server.draft.revision) {
        throw new Refusal({ type: 'stale' });
      }
      server.draft = { ...server.draft, document: structuredClone(document), revision: revision + 1 };
      if (server.loseAnswers) {
        throw new Refusal({ type: 'connection' });
      }
      return { revision: server.draft.revision };
    },
    load: async () => server.draft,
    readFailure: (error) => (error as Refusal).failure,
    keep: (draft) => {
      kept = draft;
    },
    schedule: (act) => {
      timer = act;
      return () => {
        timer = null;
      };
    },
    nowMs: () => 1000,
  };
  const autosave = createAutosave(server.draft, deps);
  return {
    autosave,
    server,
    kept: () => kept,
    hasTimer: () => timer !== null,
    status: () => autosave.status.getState().type,
    /** Lets the scheduled save happen and waits for its outcome. */
    elapse: async () => {
      const act = timer;
      timer = null;
      act?.();
      await autosave.flush();
    },
  };
}

describe('autosave', () => {
  it('saves a moment after a change, once for many', async () => {
    const { autosave, server, status, elapse, hasTimer } = open();
    autosave.changed(named('A'));
    autosave.changed(named('AB'));
    expect(status()).toBe('changed');
    await elapse();
    expect(server.draft).toMatchObject({ document: { name: 'AB' }, revision: 2 });
    expect(server.saves).toBe(1);
    expect(status()).toBe('saved');
    expect(hasTimer()).toBe(false);
  });

  it('has nothing to save once the change was undone', () => {
    const { autosave, status, hasTimer, kept } = open();
    autosave.changed(named('A'));
    autosave.changed(first);
    expect(status()).toBe('saved');
    expect(hasTimer()).toBe(false);
    expect(kept()).toBeNull();
  });

  it('saves what changed while it was saving', async () => {
    const { autosave, server, status } = open();
    autosave.changed(named('A'));
    const saving = autosave.flush();
    autosave.changed(named('B'));
    await saving;
    expect(server.draft.document.name).toBe('B');
    expect(status()).toBe('saved');
  });

  it('keeps the draft in the browser while there is no answer, and saves it when there is one', async () => {
    const { autosave, server, status, elapse, hasTimer, kept } = open();
    server.failWith = { type: 'connection' };
    autosave.changed(named('A'));
    await elapse();
    expect(status()).toBe('offline');
    expect(kept()).toMatchObject({ document: { name: 'A' }, revision: 1 });
    expect(hasTimer()).toBe(true);
    server.failWith = null;
    await elapse();
    expect(server.draft.document.name).toBe('A');
    expect(kept()).toBeNull();
  });

  it('recognises its own save when only the answer was lost', async () => {
    const { autosave, server, status, elapse } = open();
    server.loseAnswers = true;
    autosave.changed(named('A'));
    await elapse();
    server.loseAnswers = false;
    await elapse();
    expect(status()).toBe('saved');
    expect(autosave.revision()).toBe(2);
  });

  it('says what the server refused, and tries again with the next change', async () => {
    const { autosave, server, status, elapse, hasTimer } = open();
    server.failWith = { type: 'refused', message: 'The name is too long.' };
    autosave.changed(named('A'));
    await elapse();
    expect(status()).toBe('refused');
    expect(hasTimer()).toBe(false);
    server.failWith = null;
    autosave.changed(named('B'));
    await elapse();
    expect(server.draft.document.name).toBe('B');
  });
});

describe('a conflict', () => {
  const conflict = async () => {
    const opened = open();
    opened.server.draft = { ...opened.server.draft, document: named('Theirs'), revision: 5 };
    opened.autosave.changed(named('Mine'));
    await opened.elapse();
    return opened;
  };

  it('is shown with what the other saved, and stops saving until it is decided', async () => {
    const { autosave, server, status, kept, hasTimer } = await conflict();
    expect(autosave.status.getState()).toMatchObject({ type: 'conflict', theirs: { revision: 5 } });
    autosave.changed(named('Mine, more'));
    expect(status()).toBe('conflict');
    expect(hasTimer()).toBe(false);
    expect(server.draft.document.name).toBe('Theirs');
    expect(kept()?.document.name).toBe('Mine, more');
  });

  it('decided for mine becomes the next revision after theirs', async () => {
    const { autosave, server } = await conflict();
    expect(await autosave.keepMine()).toBe(true);
    expect(server.draft).toMatchObject({ document: { name: 'Mine' }, revision: 6 });
  });

  it('decided for theirs leaves nothing to save', async () => {
    const { autosave, status, kept } = await conflict();
    expect(autosave.takeTheirs()?.name).toBe('Theirs');
    expect(status()).toBe('saved');
    expect(autosave.revision()).toBe(5);
    expect(kept()).toBeNull();
  });

  it('decided for mine meets the next one when a third person was faster', async () => {
    const { autosave, server, status } = await conflict();
    server.draft = { ...server.draft, document: named('Third'), revision: 9 };
    expect(await autosave.keepMine()).toBe(false);
    expect(status()).toBe('conflict');
  });
});

describe('the difference of two drafts', () => {
  const base = drawn('hook -> a -> b');
  it('counts steps, wires and settings, and leaves the layout out', () => {
    const moved = { ...base, canvas: { steps: {} } };
    expect(countChanges(diffDrafts(base, moved))).toBe(0);
    expect(describeDiff(diffDrafts(base, moved))).toBe('only the layout differs');
    const other = drawn('hook -> a -> c');
    const changed = {
      ...other,
      name: 'Other',
      steps: other.steps.map((step) => (step.id === 'a' ? { ...step, note: 'x' } : step)),
    };
    const diff = diffDrafts(base, changed);
    expect(diff).toMatchObject({ added: ['c'], removed: ['b'], changed: ['a'], wires: 0, own: 1 });
    expect(countChanges(diff)).toBe(4);
    expect(describeDiff(diff)).toBe('adds c; removes b; changes a; name or settings differ');
  });

  it('does not mind the order of keys, but minds the layout when asked for sameness', () => {
    const { steps, edges, ...rest } = base;
    expect(isSameDocument(base, { edges, steps, ...rest })).toBe(true);
    expect(isSameDocument(base, { ...base, canvas: undefined })).toBe(false);
  });
});
