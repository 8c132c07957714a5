/**
 * The events area as its callers see it: publish to the stream and read it. Refuses implementations; they are in
 * `create-events-service.ts`.
 */
import type { Page } from '@/server/services/common-schemas';
import type { CloudEvent } from '@/server/services/events/cloud-event';
import type { EventView, ListEventsInput } from '@/server/services/events/schemas';
import type { Caller } from '@/server/services/ports';

export interface EventsService {
  /**
   * Appends all events or none.
   * @param hops flows that stand behind the request; 0 when none does
   * @returns one position per event, in order; the same source and id gives the first position again
   */
  publish(caller: Caller, events: readonly CloudEvent[], hops?: number): Promise<{ positions: number[] }>;
  /** Ascending by position. */
  list(caller: Caller, input: ListEventsInput): Promise<Page<EventView>>;
  /** @throws HeadraceError `resource.notFound` */
  get(caller: Caller, input: { position: number }): Promise<EventView>;
}
