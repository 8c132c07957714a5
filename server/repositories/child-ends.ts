/**
 * Tells parents that their children have ended. The message to the parent and the mark it takes from the child are one
 * transaction, so a parent is told once, whoever finds the mark. Refuses to carry large outputs: they travel as the payload
 * they are.
 */
import type { Pool, PoolClient } from 'pg';
import type { JsonValue } from '@/core/json';
import { outcomeOfChild } from '@/core/run/children';
import type { RunStatus } from '@/core/run/types';
import type { StepError } from '@/core/steps/contract';
import { isConflict } from '@/server/repositories/database-errors';
import { createGroupCommit } from '@/server/repositories/group-commit';
import { type Posting, postAll } from '@/server/repositories/inbox';
import type { RunRef } from '@/server/repositories/overdue-runs';

interface ChildRow {
  readonly workspace_id: string;
  readonly id: string;
  readonly flow_name: string;
  readonly parent_run_id: string;
  readonly wait_id: string;
  readonly status: RunStatus;
  readonly output: JsonValue;
  readonly output_payload: string | null;
  readonly error: StepError | null;
}

/* One primary key lookup per child; see run-load.ts for what the limits say to the planner. */
const readText = `
SELECT r.workspace_id, r.id, f.name AS flow_name, r.parent_run_id, r.tells_parent AS wait_id, r.status, r.output,
  encode(r.output_payload, 'hex') AS output_payload, r.error
FROM unnest($1::uuid[], $2::uuid[]) AS i(workspace_id, id)
CROSS JOIN LATERAL (
  SELECT * FROM runs r WHERE r.workspace_id = i.workspace_id AND r.id = i.id LIMIT 1
) r
CROSS JOIN LATERAL (SELECT * FROM flows f WHERE f.workspace_id = r.workspace_id AND f.id = r.flow_id LIMIT 1) f
WHERE r.tells_parent IS NOT NULL AND r.parent_run_id IS NOT NULL AND r.finished_at IS NOT NULL`;

/* Children and parents together, each sorted by id as everywhere, so that no two writers ever wait for each other. */
const lockText = `
SELECT r.id FROM (SELECT * FROM unnest($1::uuid[], $2::uuid[]) AS i(workspace_id, id) ORDER BY id) i
CROSS JOIN LATERAL (
  SELECT r.id FROM runs r WHERE r.workspace_id = i.workspace_id AND r.id = i.id LIMIT 1 FOR NO KEY UPDATE
) r`;

/* A new statement behind the lock: a mark that somebody else took in the meantime is seen to be gone. */
const unmarkText = `
UPDATE runs r SET tells_parent = NULL
FROM unnest($1::uuid[], $2::uuid[]) AS i(workspace_id, id)
WHERE r.workspace_id = i.workspace_id AND r.id = i.id AND r.id >= $3::uuid AND r.id <= $4::uuid
  AND r.tells_parent IS NOT NULL
RETURNING r.id`;

const untoldText = `
SELECT workspace_id AS "workspaceId", id AS "runId" FROM runs
WHERE tells_parent IS NOT NULL AND finished_at IS NOT NULL LIMIT $1`;

export interface ChildEnds {
  /**
   * Tells the parent of a run that has ended, if one waits. Grouped with others of this process.
   * @returns the parent to ring; null when nobody has to hear of it any more
   */
  tell(child: RunRef): Promise<RunRef | null>;
  /** Runs that have ended and have not told. */
  untold(limit: number): Promise<readonly RunRef[]>;
}

export function createChildEnds(pool: Pool): ChildEnds {
  const tells = createGroupCommit<RunRef, RunRef | null>({
    maxItems: 64,
    maxFlushes: 1,
    // Nothing in a message can be refused: its values stand in the database already.
    isMemberFault: () => false,
    async flush(children) {
      const { rows } = await pool.query<ChildRow>({
        name: 'child-ends-read',
        text: readText,
        values: [children.map(({ workspaceId }) => workspaceId), children.map(({ runId }) => runId)],
      });
      if (rows.length > 0) await withRetry(() => write(pool, rows));
      const parents = new Map(rows.map((row) => [row.id, row]));
      return children.map(({ runId }) => {
        const row = parents.get(runId);
        return row === undefined ? null : { workspaceId: row.workspace_id, runId: row.parent_run_id };
      });
    },
  });
  return {
    tell: (child) => tells.submit(child),
    async untold(limit) {
      const { rows } = await pool.query<RunRef>({ name: 'child-ends-untold', text: untoldText, values: [limit] });
      return rows;
    },
  };
}

async function write(pool: Pool, rows: readonly ChildRow[]): Promise<void> {
  const client = await pool.connect();
  try {
    await client.query('BEGIN');
    await tellLocked(client, rows);
    await client.query('COMMIT');
    client.release();
  } catch (error) {
    // A connection in doubt is not given back to the pool. What was not told stays marked.
    client.release(true);
    throw error;
  }
}

async function tellLocked(client: PoolClient, rows: readonly ChildRow[]): Promise<void> {
  const members = [
    ...new Map(
      rows.flatMap((row) => [[row.id, row.workspace_id] as const, [row.parent_run_id, row.workspace_id] as const]),
    ),
  ];
  await client.query({
    name: 'child-ends-lock',
    text: lockText,
    values: [members.map(([, workspaceId]) => workspaceId), members.map(([id]) => id)],
  });
  const ids = rows.map(({ id }) => id).toSorted();
  const unmarked = await client.query<{ id: string }>({
    name: 'child-ends-unmark',
    text: unmarkText,
    values: [rows.map((row) => row.workspace_id), rows.map((row) => row.id), ids[0], ids.at(-1)],
  });
  const ours = new Set(unmarked.rows.map(({ id }) => id));
  await postAll(client, rows.filter(({ id }) => ours.has(id)).map(posting));
}

/** The output of a child that is too large for a row is named, and read when the message is. */
function posting(row: ChildRow): Posting {
  const { id: runId, flow_name: flowName, status, output, error } = row;
  return {
    workspaceId: row.workspace_id,
    runId: row.parent_run_id,
    cause: `wait:${row.wait_id}`,
    message: {
      type: 'endWait',
      waitId: row.wait_id,
      outcome: outcomeOfChild({ runId, flowName, status, output, error }),
      endedBy: { by: 'child', runId },
      ...(row.output_payload === null ? {} : { outputPayload: row.output_payload }),
    },
  };
}

async function withRetry(work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (!isConflict(error)) throw error;
    await work();
  }
}
