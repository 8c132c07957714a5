/**
 * Publishes to the stream and reads it. Acknowledged means durable: the positions are answered after the commit.
 * Refuses to answer for an event that is not there.
 */
import { HeadraceError } from '@/core/errors';
import { requireScope } from '@/server/services/authorize';
import { presentTime } from '@/server/services/common-schemas';
import type { CloudEvent } from '@/server/services/events/cloud-event';
import type { EventsService } from '@/server/services/events/events-service';
import { presentCloudEvent, type StoredEvent } from '@/server/services/events/present-event';
import { cursorShapes, decodeCursor, encodeCursor, pageFrom, pageSizeOf } from '@/server/services/paging';
import type { EventAppend, EventLog } from '@/server/services/ports';
import { type RingDeps, ringStream } from '@/server/services/ring';

export interface EventRow extends StoredEvent {
  readonly position: number;
  readonly receivedAtMs: number;
}

export interface EventListQuery {
  /** Exclusive. */
  readonly after: number;
  readonly take: number;
  readonly type: string | null;
  readonly subject: string | null;
  readonly fromMs: number | null;
  readonly toMs: number | null;
}

export interface EventQueries {
  /** Ascending. `scannedTo`: the position to continue after, although the page is not full. */
  list(
    workspaceId: string,
    query: EventListQuery,
  ): Promise<{ readonly rows: readonly EventRow[]; readonly scannedTo: number | null }>;
  find(workspaceId: string, position: number): Promise<EventRow | null>;
}

export interface EventsDeps extends RingDeps {
  readonly eventLog: EventLog;
  readonly queries: EventQueries;
}

export function createEventsService(deps: EventsDeps): EventsService {
  return {
    async publish(caller, events, hops = 0) {
      requireScope(caller, 'events:write');
      if (events.length === 0) return { positions: [] };
      const appends = events.map((event) => appendOf(event, caller.actor, hops));
      const appended = await deps.eventLog.append(caller.workspaceId, appends);
      ringStream(deps, caller.workspaceId);
      return { positions: appended.map(({ position }) => position) };
    },
    async list(caller, input) {
      requireScope(caller, 'events:read');
      const limit = pageSizeOf(input.limit);
      const cursor = decodeCursor('events', input.cursor, cursorShapes.position);
      const { rows, scannedTo } = await deps.queries.list(caller.workspaceId, {
        after: Math.max(input.after ?? 0, Number(cursor ?? 0)),
        take: limit + 1,
        type: input.type ?? null,
        subject: input.subject ?? null,
        fromMs: input.from === undefined ? null : Date.parse(input.from),
        toMs: input.to === undefined ? null : Date.parse(input.to),
      });
      const page = pageFrom('events', rows, limit, (row) => row.position, present);
      return page.nextCursor === null && scannedTo !== null
        ? { ...page, nextCursor: encodeCursor('events', scannedTo) }
        : page;
    },
    async get(caller, { position }) {
      requireScope(caller, 'events:read');
      const row = await deps.queries.find(caller.workspaceId, position);
      if (row === null) throw new HeadraceError('resource.notFound', `There is no event at position ${position}.`);
      return present(row);
    },
  };
}

/** What the event says of its way and what the request says of it: the longer one counts. */
const appendOf = (event: CloudEvent, actor: string, hops: number): EventAppend => ({
  ...event,
  hops: Math.max(event.hops, hops),
  raw: null,
  causedByRun: null,
  actor,
  keyTtlMs: 'forever',
  run: null,
});

const present = (row: EventRow) => ({
  position: row.position,
  receivedAt: presentTime(row.receivedAtMs),
  event: presentCloudEvent(row),
});
