/**
 * Looks for events that came before a wait was registered. The wait is durable when this begins, and the dispatcher looks for
 * waits after it has read its events, so an event is seen by one of the two at least; both take it in the same way, so by one
 * at most. Refuses to look at what the run's own trigger came after.
 */
import type { LoadedRun } from '@/server/repositories/run-store';
import type { EventKey } from '@/server/repositories/wait-resolution';
import type { WaitScan } from '@/server/repositories/wait-scan';
import type { OpenedWait } from '@/server/repositories/waits';
import type { EventKeys } from '@/workers/event-keys';
import { groupBy } from '@/workers/group-by';

/** Most waits begin soon after their run, with little or nothing behind it; a long way is gone in larger steps. */
const firstLook = 20;
const furtherLook = 200;

export interface CatchUpDeps {
  readonly scan: WaitScan;
  readonly keys: EventKeys;
}

/** A wait for an event, as the look needs it. */
type EventWait = Pick<OpenedWait, 'id' | 'afterPosition'> & {
  readonly awaits: Extract<OpenedWait['awaits'], { readonly on: 'event' }>;
};

/**
 * @param waits of this run, durable; those for anything but an event are passed over
 * @returns whether an event was found for any wait of the run: then a message lies in its inbox
 */
export async function catchUp(
  { scan, keys }: CatchUpDeps,
  { row }: Pick<LoadedRun, 'row'>,
  waits: readonly OpenedWait[],
): Promise<boolean> {
  const forEvents = waits.flatMap(({ awaits, ...wait }) => (awaits.on === 'event' ? [{ ...wait, awaits }] : []));
  let isFound = false;
  for (const [type, open] of groupBy(forEvents, ({ awaits }) => awaits.eventType)) {
    if (await catchUpType(type, open)) isFound = true;
  }
  return isFound;

  async function catchUpType(type: string, waiting: readonly EventWait[]): Promise<boolean> {
    const open = new Map(waiting.map((wait) => [wait.id, wait]));
    let after = Math.min(...waiting.map(({ afterPosition }) => afterPosition));
    let isAnyFound = false;
    for (let limit = firstLook; open.size > 0; limit = furtherLook) {
      const events = await scan.read(row.workspaceId, type, after, limit);
      for (const event of events) {
        if (!(await fitsAny(event, open.values()))) continue;
        // Whatever else is asked about it is asked under a lock, where nothing should have to be fetched.
        await event.read();
        const ask = async (eventKeys: readonly string[]): Promise<readonly EventKey[]> =>
          keys.keysOf(
            [event],
            eventKeys.map((eventKey) => ({ eventType: type, eventKey })),
          );
        const resolved = await scan.offer(row.workspaceId, row.id, event, ask);
        for (const { waitId } of resolved) open.delete(waitId);
        if (resolved.length > 0) isAnyFound = true;
        if (open.size === 0) break;
      }
      const last = events.at(-1);
      if (events.length < limit || last === undefined) break;
      after = Number(last.position);
    }
    return isAnyFound;
  }

  async function fitsAny(event: Parameters<EventKeys['keyOf']>[0], open: Iterable<EventWait>): Promise<boolean> {
    const asked = new Map<string, string | null>();
    for (const { awaits, afterPosition } of open) {
      if (Number(event.position) <= afterPosition) continue;
      const { eventKey, key } = awaits;
      if (!asked.has(eventKey)) asked.set(eventKey, await keys.keyOf(event, eventKey));
      if (asked.get(eventKey) === key) return true;
    }
    return false;
  }
}
