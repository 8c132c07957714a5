'use client';

/**
 * The list a run was opened from, so that J and K walk it from run to run. Kept for the tab, because the list is left
 * when a run opens. Refuses to be a cache: it holds ids and the question, never runs.
 */
import { create } from 'zustand';
import { createJSONStorage, persist } from 'zustand/middleware';
import type { ListRunsInput } from './types';

export interface RunOrder {
  /** What the list asked for, without a cursor. */
  readonly input: ListRunsInput;
  /** Ids as listed, newest first. */
  readonly ids: readonly string[];
  /** How to ask for the runs after the last id; null at the end. */
  readonly nextCursor: string | null;
  /** The address of the list, to go back to. */
  readonly address: string;
}

interface RunOrderState {
  readonly order: RunOrder | null;
  readonly setOrder: (order: RunOrder) => void;
}

export const useRunOrder = create<RunOrderState>()(
  persist((set) => ({ order: null, setOrder: (order) => set({ order }) }), {
    name: 'headrace.runOrder',
    version: 1,
    storage: createJSONStorage(() => sessionStorage),
    // The server draws the page without it; the browser reads it after the first picture.
    skipHydration: true,
  }),
);

export interface Neighbours {
  /** One row up. */
  readonly newer: string | null;
  /** One row down. */
  readonly older: string | null;
  /** The run is the last one known and there are more behind it. */
  readonly needsMore: boolean;
}

/** @returns null when the run is not in the list */
export function neighboursOf(order: Pick<RunOrder, 'ids' | 'nextCursor'>, runId: string): Neighbours | null {
  const at = order.ids.indexOf(runId);
  if (at < 0) return null;
  const older = order.ids[at + 1] ?? null;
  return { newer: order.ids[at - 1] ?? null, older, needsMore: older === null && order.nextCursor !== null };
}
