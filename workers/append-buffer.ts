/**
 * What a wake-up has decided and not yet made durable: entries, and all that is written in the same transaction as they
 * are. It knows how to forget: an append that is refused leaves nothing of what it held, and the outcomes that were fed in
 * meanwhile are handed back.
 */
import type { CompiledFlow } from '@/core/flow/compiled-flow';
import { type ChildStop, childrenToStop } from '@/core/run/children';
import type { JournalEntry } from '@/core/run/entries';
import { placesOf } from '@/core/run/places';
import type { RunState, Wait, WaitState } from '@/core/run/types';
import type { OpenedWait } from '@/server/repositories/waits';
import type { EventAppend } from '@/server/services/ports';

export class AppendBuffer<Outcome> {
  entries: JournalEntry[] = [];
  events: EventAppend[] = [];
  opened: OpenedWait[] = [];
  /** Waits that ended or were given up. */
  closed: string[] = [];
  /** Children that shall stop by these entries. */
  stops: ChildStop[] = [];
  /** Outcomes that are in the entries; forgotten with them, they have to be fed in again. */
  fed: Outcome[] = [];
  /** Waits under way by the state so far. */
  private open = new Set<string>();
  /** Whether the run waits for children, or has since it was taken up. */
  private hasChildren = false;
  /** Waits whose child was asked to stop, and how. */
  private asked = new Map<string, ChildStop['how']>();

  /** Begins from what is durable. */
  reset(state: RunState, flow: CompiledFlow): void {
    this.clear();
    const waits = openWaits(state, flow);
    this.open = withRows(waits);
    this.hasChildren = waits.some((wait) => !hasRow(wait));
    const stopping = this.hasChildren ? childrenToStop(state, flow) : [];
    this.asked = new Map(stopping.map(({ waitId, how }) => [waitId, how]));
  }

  clear(): void {
    this.entries = [];
    this.events = [];
    this.opened = [];
    this.closed = [];
    this.stops = [];
    this.fed = [];
  }

  /**
   * Takes in what was decided.
   * @param state after these entries
   */
  add(entries: readonly JournalEntry[], state: RunState, flow: CompiledFlow): void {
    this.entries.push(...entries);
    for (const entry of entries) {
      if (entry.type !== 'wait.started') continue;
      if (hasRow(entry)) this.open.add(entry.waitId);
      else this.hasChildren = true;
    }
    if (this.hasChildren && entries.some(mayStopChildren)) this.stop(childrenToStop(state, flow));
    if (this.open.size === 0 || !entries.some(mayEndWaits)) return;
    const still = withRows(openWaits(state, flow));
    for (const id of this.open) if (!still.has(id)) this.closed.push(id);
    this.open = still;
  }

  private stop(children: readonly ChildStop[]): void {
    for (const child of children) {
      if (this.asked.get(child.waitId) === child.how) continue;
      this.asked.set(child.waitId, child.how);
      this.stops.push(child);
    }
  }
}

const mayEndWaits = ({ type }: JournalEntry): boolean =>
  type === 'step.succeeded' || type === 'step.attemptFailed' || type === 'steps.cancelled' || type.startsWith('run.');

const mayStopChildren = ({ type }: JournalEntry): boolean =>
  type === 'scope.failed' || type === 'wait.overrun' || type.startsWith('run.');

/** A wait for a child ends by the child's end alone, so nothing races it and there is nothing to close. */
const hasRow = ({ awaits }: { readonly awaits: Wait }): boolean => awaits.on !== 'child';

const withRows = (waits: readonly WaitState[]): Set<string> => new Set(waits.filter(hasRow).map(({ id }) => id));

/** The waits of a run; none when it has ended. */
function openWaits(state: RunState, flow: CompiledFlow): WaitState[] {
  if (state.finishedAtMs !== null) return [];
  return placesOf(state, flow).flatMap((place) => Object.values(place.state.steps).flatMap(({ wait }) => wait ?? []));
}
