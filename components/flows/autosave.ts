/**
 * Keeps the draft on the server like the draft in the editor: a moment after each change, again when the network was
 * away, and never over somebody else's change. What is not saved yet also lies in this browser. States are explicit, one
 * at a time; time, network and storage are arguments. Refuses to merge and to give up a change silently.
 */
import { createStore, type StoreApi } from 'zustand/vanilla';
import type { FlowDocument } from '@/core/flow/document';
import { isSameDocument } from './draft-diff';

export interface ServerDraft {
  readonly document: FlowDocument;
  readonly revision: number;
  readonly updatedAt: string;
}

export type SaveStatus =
  | { readonly type: 'saved'; readonly atMs: number | null }
  | { readonly type: 'changed' }
  | { readonly type: 'saving' }
  /** No answer; tried again by itself. */
  | { readonly type: 'offline'; readonly retryAtMs: number }
  /** The server refused; trying again cannot help before the next change. */
  | { readonly type: 'refused'; readonly message: string }
  /** Somebody else saved in between; waits for a decision. */
  | { readonly type: 'conflict'; readonly theirs: ServerDraft };

/** What a failed save means. */
export type SaveFailure =
  | { readonly type: 'stale' }
  | { readonly type: 'connection' }
  | { readonly type: 'refused'; readonly message: string };

export interface AutosaveDeps {
  readonly save: (document: FlowDocument, revision: number) => Promise<{ revision: number }>;
  readonly load: () => Promise<ServerDraft>;
  readonly readFailure: (error: unknown) => SaveFailure;
  /** Keeps what is not saved in this browser, or forgets it. */
  readonly keep: (draft: { document: FlowDocument; revision: number } | null) => void;
  /** @returns cancels */
  readonly schedule: (act: () => void, delayMs: number) => () => void;
  readonly nowMs: () => number;
}

export interface Autosave {
  readonly status: StoreApi<SaveStatus>;
  /** The editor holds this now. */
  readonly changed: (document: FlowDocument) => void;
  /** Saves what waits at once; `Mod+S`, before running and publishing. @returns whether all is saved */
  readonly flush: () => Promise<boolean>;
  /** Revision of the draft as last saved or taken. */
  readonly revision: () => number;
  /** Ends a conflict: this editor's document becomes the next revision after theirs. */
  readonly keepMine: () => Promise<boolean>;
  /** Ends a conflict: theirs is the draft. @returns their document, to be put into the editor */
  readonly takeTheirs: () => FlowDocument | null;
  /** Writes what waits into the browser; for `pagehide`. */
  readonly keepNow: () => void;
  readonly dispose: () => void;
}

/** Long enough to save a word instead of its letters, short enough to be forgotten. */
const debounceMs = 600;
const retryMs = { first: 2_000, last: 30_000 } as const;

export function createAutosave(opened: Pick<ServerDraft, 'document' | 'revision'>, deps: AutosaveDeps): Autosave {
  const status = createStore<SaveStatus>(() => ({ type: 'saved', atMs: null }));
  const set = (next: SaveStatus): void => status.setState(next, true);
  let revision = opened.revision;
  let saved = opened.document;
  let current = opened.document;
  let savedAtMs: number | null = null;
  let failures = 0;
  let running: Promise<void> | null = null;
  let cancelTimer = (): void => undefined;

  const isClean = (): boolean => current === saved;
  const isStuck = (): boolean => status.getState().type === 'conflict';

  const later = (delayMs: number): void => {
    cancelTimer();
    cancelTimer = deps.schedule(() => void start(), delayMs);
  };

  const succeeded = (document: FlowDocument, next: number): void => {
    revision = next;
    saved = document;
    savedAtMs = deps.nowMs();
    failures = 0;
    if (isClean()) {
      deps.keep(null);
      set({ type: 'saved', atMs: savedAtMs });
    } else {
      set({ type: 'changed' });
      later(debounceMs);
    }
  };

  const failed = async (error: unknown, document: FlowDocument): Promise<void> => {
    const failure = deps.readFailure(error);
    deps.keep({ document: current, revision });
    switch (failure.type) {
      case 'connection': {
        const delayMs = Math.min(retryMs.last, retryMs.first * 2 ** failures);
        failures += 1;
        set({ type: 'offline', retryAtMs: deps.nowMs() + delayMs });
        later(delayMs);
        return;
      }
      case 'refused':
        set({ type: 'refused', message: failure.message });
        return;
      case 'stale':
        await meet(document);
    }
  };

  /** Somebody saved in between, or an earlier save of ours arrived although its answer did not. */
  const meet = async (document: FlowDocument): Promise<void> => {
    try {
      const theirs = await deps.load();
      if (isSameDocument(theirs.document, document)) {
        succeeded(document, theirs.revision);
      } else {
        set({ type: 'conflict', theirs });
      }
    } catch (error) {
      // The same save will fail the same way and lead here again once there is an answer.
      const failure = deps.readFailure(error);
      if (failure.type === 'refused') {
        set({ type: 'refused', message: failure.message });
      } else {
        await failed(error, document);
      }
    }
  };

  const saveOnce = async (): Promise<void> => {
    const document = current;
    deps.keep({ document, revision });
    set({ type: 'saving' });
    try {
      const answer = await deps.save(document, revision);
      succeeded(document, answer.revision);
    } catch (error) {
      await failed(error, document);
    }
  };

  const start = (): Promise<void> => {
    cancelTimer();
    if (running !== null || isClean() || isStuck()) {
      return running ?? Promise.resolve();
    }
    running = saveOnce().finally(() => {
      running = null;
    });
    return running;
  };

  const flush = async (): Promise<boolean> => {
    await running;
    await start();
    // A change that came while saving is saved too, once.
    if (!isClean() && status.getState().type === 'changed') {
      await start();
    }
    return isClean();
  };

  return {
    status,
    revision: () => revision,
    changed: (document) => {
      if (document === current) {
        return;
      }
      current = document;
      if (isStuck()) {
        deps.keep({ document, revision });
        return;
      }
      if (running !== null) {
        return;
      }
      if (isClean()) {
        cancelTimer();
        deps.keep(null);
        set({ type: 'saved', atMs: savedAtMs });
        return;
      }
      if (status.getState().type !== 'offline') {
        set({ type: 'changed' });
        later(debounceMs);
      }
    },
    flush,
    keepMine: async () => {
      const state = status.getState();
      if (state.type === 'conflict') {
        revision = state.theirs.revision;
        saved = state.theirs.document;
        set({ type: 'changed' });
      }
      return flush();
    },
    takeTheirs: () => {
      const state = status.getState();
      if (state.type !== 'conflict') {
        return null;
      }
      revision = state.theirs.revision;
      saved = state.theirs.document;
      current = saved;
      deps.keep(null);
      set({ type: 'saved', atMs: deps.nowMs() });
      return saved;
    },
    keepNow: () => {
      if (!isClean()) {
        deps.keep({ document: current, revision });
      }
    },
    dispose: () => cancelTimer(),
  };
}
