/**
 * Says from Postgres alone what became of the runs of a flow. It exists because a rate of runs that are not there, or
 * not whole, is no rate. Refuses to believe the processes that are measured.
 */
import { setTimeout as pause } from 'node:timers/promises';
import type { Lab } from '../lab/servers';
import { entriesPerRun } from './bench-flow';

const pollMs = 10;
const patienceMs = 60_000;

/**
 * Waits until no run is due any more. Looked up by the index of what is due, so that the look costs nothing.
 * @returns milliseconds since the epoch
 */
export async function untilNothingIsDue(lab: Lab): Promise<number> {
  const endMs = performance.now() + patienceMs;
  for (;;) {
    const { rowCount } = await lab.pool.query(
      'SELECT 1 FROM runs WHERE due_at IS NOT NULL AND owner IS NULL UNION ALL SELECT 1 FROM runs WHERE owner IS NOT NULL LIMIT 1',
    );
    if (rowCount === 0) return performance.timeOrigin + performance.now();
    if (performance.now() > endMs) throw new Error('runs are still due after a minute');
    await pause(pollMs);
  }
}

/** @throws Error unless exactly `count` runs of the flow succeeded, each with an event and its whole journal in one row */
export async function proveRuns(lab: Lab, flowId: string, count: number): Promise<void> {
  const { rows } = await lab.pool.query<Record<'runs' | 'succeeded' | 'events' | 'appends' | 'complete', number>>(
    `SELECT count(*)::int AS runs,
       count(*) FILTER (WHERE r.status = 'succeeded' AND r.journal_n = 1 AND r.output IS NOT NULL)::int AS succeeded,
       count(e.number)::int AS events,
       count(j.run_id)::int AS appends,
       count(*) FILTER (WHERE json_array_length(j.entries) = $2
         AND j.entries -> 0 ->> 'type' = 'run.started' AND j.entries -> -1 ->> 'type' = 'run.succeeded')::int AS complete
     FROM runs r
     LEFT JOIN events e ON e.workspace_id = r.workspace_id AND e.position = r.event_position AND e.number = r.event_number
     LEFT JOIN journal j ON j.workspace_id = r.workspace_id AND j.run_id = r.id
     WHERE r.flow_id = $1`,
    [flowId, entriesPerRun],
  );
  const [found] = rows;
  if (found === undefined || Object.values(found).some((value) => value !== count)) {
    throw new Error(`${count} runs should have succeeded with whole journals; Postgres has ${JSON.stringify(found)}`);
  }
}
