/**
 * The state of one open flow: its document, what is selected, and the way back. One store per open flow, made when the
 * editor opens and thrown away with it. Every change of the document goes through `run`, so every gesture can be undone.
 * Refuses to save, to fetch and to know React.
 */
import { createStore, type StoreApi } from 'zustand/vanilla';
import type { FlowDocument } from '@/core/flow/document';
import { type Command, existingSelection, noSelection, type Selection } from './command';

interface Moment {
  readonly document: FlowDocument;
  readonly selection: Selection;
}

interface Entry {
  readonly name: string;
  readonly before: Moment;
  readonly after: Moment;
  readonly coalesce: string | undefined;
  readonly atMs: number;
}

export interface EditorState {
  readonly document: FlowDocument;
  readonly selection: Selection;
  readonly past: readonly Entry[];
  readonly future: readonly Entry[];
  /** Applies a command and remembers the way back. */
  readonly run: (command: Command) => void;
  readonly undo: () => void;
  readonly redo: () => void;
  readonly select: (selection: Selection) => void;
}

export type EditorStore = StoreApi<EditorState>;

/** Pauses longer than this end a stretch of typing: undo takes back what was one thought. */
const coalesceWithinMs = 1500;
/** Steps of undo that are kept: documents share structure, so this bounds attention rather than memory. */
const historyLength = 500;

/**
 * @param document the draft as loaded
 * @param nowMs a clock in milliseconds; only differences count
 */
export function createEditorStore(document: FlowDocument, nowMs: () => number): EditorStore {
  return createStore<EditorState>()((set, get) => ({
    document,
    selection: noSelection,
    past: [],
    future: [],

    run: (command) => {
      const { past, ...before } = get();
      const change = command.apply(before.document, before.selection);
      const selection = existingSelection(change.selection ?? before.selection, change.document);
      if (change.document === before.document) {
        set({ selection });
        return;
      }
      const after = { document: change.document, selection };
      const last = past.at(-1);
      const atMs = nowMs();
      const continues =
        last !== undefined &&
        last.coalesce !== undefined &&
        last.coalesce === command.coalesce &&
        last.after.document === before.document &&
        atMs - last.atMs <= coalesceWithinMs;
      const entry: Entry = {
        name: command.name,
        before: continues ? last.before : { document: before.document, selection: before.selection },
        after,
        coalesce: command.coalesce,
        atMs,
      };
      const kept = continues ? past.slice(0, -1) : past.slice(-historyLength + 1);
      set({ ...after, past: [...kept, entry], future: [] });
    },

    undo: () => {
      const { past, future } = get();
      const entry = past.at(-1);
      if (entry !== undefined) {
        set({ ...entry.before, past: past.slice(0, -1), future: [entry, ...future] });
      }
    },

    redo: () => {
      const { past, future } = get();
      const entry = future[0];
      if (entry !== undefined) {
        set({ ...entry.after, past: [...past, { ...entry, coalesce: undefined }], future: future.slice(1) });
      }
    },

    select: (selection) => set({ selection: existingSelection(selection, get().document) }),
  }));
}
