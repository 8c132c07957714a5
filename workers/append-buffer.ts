/**
 * What a wake-up has decided and not yet made durable: entries, and all that is written in the same transaction as they
 * are. It knows how to forget: an append that is refused leaves nothing of what it held, and the outcomes that were fed in
 * meanwhile are handed back.
 */
import type { CompiledFlow } from '@/core/flow/compiled-flow';
import { placesOf } from '@/core/run/places';
import type { JournalEntry, RunState } from '@/core/run/types';
import type { OpenedWait } from '@/server/repositories/waits';
import type { EventAppend } from '@/server/services/ports';

export class AppendBuffer<Outcome> {
  entries: JournalEntry[] = [];
  events: EventAppend[] = [];
  opened: OpenedWait[] = [];
  /** Waits that ended or were given up. */
  closed: string[] = [];
  /** Outcomes that are in the entries; forgotten with them, they have to be fed in again. */
  fed: Outcome[] = [];
  /** Waits under way by the state so far. */
  private open = new Set<string>();

  /** Begins from what is durable. */
  reset(state: RunState, flow: CompiledFlow): void {
    this.clear();
    this.open = openWaits(state, flow);
  }

  clear(): void {
    this.entries = [];
    this.events = [];
    this.opened = [];
    this.closed = [];
    this.fed = [];
  }

  /**
   * Takes in what was decided.
   * @param state after these entries
   */
  add(entries: readonly JournalEntry[], state: RunState, flow: CompiledFlow): void {
    this.entries.push(...entries);
    for (const entry of entries) if (entry.type === 'wait.started') this.open.add(entry.waitId);
    if (this.open.size === 0 || !entries.some(mayEndWaits)) return;
    const still = openWaits(state, flow);
    for (const id of this.open) if (!still.has(id)) this.closed.push(id);
    this.open = still;
  }
}

const mayEndWaits = ({ type }: JournalEntry): boolean =>
  type === 'step.succeeded' || type === 'step.attemptFailed' || type === 'steps.cancelled' || type.startsWith('run.');

/** Ids of the waits of a run; none when it has ended. */
function openWaits(state: RunState, flow: CompiledFlow): Set<string> {
  if (state.finishedAtMs !== null) return new Set();
  const waits = placesOf(state, flow).flatMap((place) =>
    Object.values(place.state.steps).flatMap(({ wait }) => (wait === null ? [] : [wait.id])),
  );
  return new Set(waits);
}
