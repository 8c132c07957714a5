/**
 * What a run that begins to wait looks at for itself: events of a type behind a position, as far as the stream goes, and the
 * way to take one of them. Looks of runs that begin to wait at the same moment share one statement. Refuses to wait: what
 * comes later, the dispatcher brings.
 */
import type { Pool } from 'pg';
import { createGroupCommit } from '@/server/repositories/group-commit';
import type { PayloadStore } from '@/server/repositories/payloads';
import {
  isForRerun,
  type StreamEvent,
  type StreamRow,
  streamColumns,
  streamEvent,
} from '@/server/repositories/stream-events';
import { inTransaction } from '@/server/repositories/transaction';
import {
  type EventKey,
  neverPause,
  type Pause,
  type ResolvedWait,
  resolveForRun,
} from '@/server/repositories/wait-resolution';

export interface WaitScan {
  /**
   * Events of a type in the order of the stream, without those that reruns appended for themselves.
   * @param after position behind which they stand
   * @param limit of the answer; a shorter one has reached the end of the stream as it was when this was asked
   */
  read(workspaceId: string, type: string, after: number, limit: number): Promise<readonly StreamEvent[]>;
  /**
   * Gives the event to the oldest open wait of the run that it fits, if there is one and the run has not had it.
   * @param ask which keys the event has under the expressions of the run's open waits
   */
  offer(
    workspaceId: string,
    runId: string,
    event: StreamEvent,
    ask: (eventKeys: readonly string[]) => Promise<readonly EventKey[]>,
  ): Promise<readonly ResolvedWait[]>;
}

interface Look {
  readonly workspaceId: string;
  readonly type: string;
  readonly after: number;
  readonly limit: number;
}

/*
 * No head is asked for: positions are given out and committed in the same order, so whatever a statement sees of the stream has
 * no gaps before it.
 */
const lookText = `
SELECT i.ord::int, e.*
FROM unnest($1::uuid[], $2::text[], $3::bigint[], $4::int[]) WITH ORDINALITY AS i(workspace_id, type, after, most, ord)
CROSS JOIN LATERAL (
  SELECT ${streamColumns} FROM events e
  WHERE e.workspace_id = i.workspace_id AND e.type = i.type AND e.type NOT LIKE 'headrace.%' AND e.position > i.after
    AND NOT (${isForRerun})
  ORDER BY e.position LIMIT i.most
) e
ORDER BY i.ord, e.position`;

/** @param pause for tests; holds the taking of an event between its statements */
export function createWaitScan(pool: Pool, payloads: PayloadStore, pause: Pause = neverPause): WaitScan {
  const looks = createGroupCommit<Look, readonly StreamEvent[]>({
    maxItems: 64,
    maxFlushes: 2,
    isMemberFault: () => false,
    async flush(items) {
      const { rows } = await pool.query<StreamRow & { readonly ord: number }>({
        name: 'wait-look',
        text: lookText,
        values: [
          items.map(({ workspaceId }) => workspaceId),
          items.map(({ type }) => type),
          items.map(({ after }) => after),
          items.map(({ limit }) => limit),
        ],
      });
      const found = items.map((): StreamEvent[] => []);
      for (const row of rows) {
        const { workspaceId } = items[row.ord - 1] as Look;
        found[row.ord - 1]?.push(streamEvent(payloads, workspaceId, row));
      }
      return found;
    },
  });
  return {
    read: (workspaceId, type, after, limit) => looks.submit({ workspaceId, type, after, limit }),
    offer: (workspaceId, runId, event, ask) =>
      inTransaction(pool, (client) => resolveForRun(client, workspaceId, runId, event, ask, pause)),
  };
}
