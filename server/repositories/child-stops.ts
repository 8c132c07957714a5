/**
 * Stops that are on their way to children: left in the transaction that makes them necessary, delivered after it. Refuses to
 * lose one: a row goes only when its message lies in the child's inbox, or when there is nobody left to stop.
 */
import type { Pool, PoolClient } from 'pg';
import type { ChildStop } from '@/core/run/children';
import type { RunRef } from '@/server/repositories/overdue-runs';
import type { Ids, RunInbox } from '@/server/services/ports';

/** Left by one run. */
export interface LeftStops {
  readonly parentRunId: string;
  readonly stops: readonly ChildStop[];
}

const leaveText = `
INSERT INTO child_stops (workspace_id, wait_id, how, run_id, parent_run_id, reason)
SELECT $1, * FROM unnest($2::uuid[], $3::text[], $4::uuid[], $5::uuid[], $6::text[])
ON CONFLICT DO NOTHING`;

const takeText = `
SELECT workspace_id AS "workspaceId", wait_id AS "waitId", how, run_id AS "runId", parent_run_id AS "parentRunId", reason
FROM child_stops`;

/** A stop with everything its delivery needs. */
interface StopRow extends ChildStop {
  readonly workspaceId: string;
  readonly parentRunId: string;
}

/** Messages on their way at once: each is a statement that waits for the lock of one run. */
const atOnce = 8;

export interface ChildStops {
  /**
   * Delivers the stops that a run left.
   * @returns children to ring
   */
  deliverOf(workspaceId: string, stops: readonly ChildStop[]): Promise<readonly RunRef[]>;
  /** Delivers what was left behind by workers that are gone, oldest first. @returns children to ring */
  deliverOldest(limit: number): Promise<readonly RunRef[]>;
}

/** Inserts stops in the transaction of the append that makes them necessary. */
export async function leaveStops(client: PoolClient, workspaceId: string, left: readonly LeftStops[]): Promise<void> {
  const rows = left.flatMap(({ parentRunId, stops }) => stops.map((stop) => ({ ...stop, parentRunId })));
  if (rows.length === 0) return;
  await client.query({
    name: 'child-stops-leave',
    text: leaveText,
    values: [
      workspaceId,
      rows.map(({ waitId }) => waitId),
      rows.map(({ how }) => how),
      rows.map(({ runId }) => runId),
      rows.map(({ parentRunId }) => parentRunId),
      rows.map(({ reason }) => reason),
    ],
  });
}

export interface ChildStopsDeps {
  readonly pool: Pool;
  readonly inbox: RunInbox;
  readonly ids: Ids;
}

export function createChildStops({ pool, inbox, ids }: ChildStopsDeps): ChildStops {
  /** The message first, then the row: what is repeated after a crash in between meets its own cause. */
  const deliver = async ({ workspaceId, waitId, how, runId, parentRunId, reason }: StopRow): Promise<RunRef | null> => {
    const actor = `run:${parentRunId}`;
    const verdict = await inbox.post(
      workspaceId,
      runId,
      `parent:${waitId}:${how}`,
      { type: how, actor, reason },
      {
        id: ids.uuid(),
        workspaceId,
        actor,
        action: how === 'cancel' ? 'run.cancelRequested' : 'run.terminateRequested',
        targetKind: 'run',
        targetId: runId,
        details: { parentRunId },
      },
    );
    await pool.query({
      name: 'child-stops-done',
      text: 'DELETE FROM child_stops WHERE workspace_id = $1 AND wait_id = $2 AND how = $3',
      values: [workspaceId, waitId, how],
    });
    return verdict === 'posted' || verdict === 'already' ? { workspaceId, runId } : null;
  };

  const deliverAll = async (rows: readonly StopRow[]): Promise<RunRef[]> => {
    const told: RunRef[] = [];
    for (let from = 0; from < rows.length; from += atOnce) {
      const group = await Promise.all(rows.slice(from, from + atOnce).map(deliver));
      told.push(...group.filter((ref) => ref !== null));
    }
    return told;
  };

  return {
    async deliverOf(workspaceId, stops) {
      const { rows } = await pool.query<StopRow>({
        name: 'child-stops-of',
        text: `${takeText} WHERE workspace_id = $1 AND wait_id = ANY($2::uuid[])`,
        values: [workspaceId, stops.map(({ waitId }) => waitId)],
      });
      return deliverAll(rows);
    },
    async deliverOldest(limit) {
      const { rows } = await pool.query<StopRow>({
        name: 'child-stops-oldest',
        // What was just left is being delivered by whoever left it.
        text: `${takeText} WHERE created_at < now() - interval '2 seconds' ORDER BY created_at LIMIT $1`,
        values: [limit],
      });
      return deliverAll(rows);
    },
  };
}
