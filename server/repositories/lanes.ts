/**
 * Admission: whether it is a run's turn, and parking it when it is not. Questions of concurrent wake-ups share one call.
 * The rules live in the SQL function `admit_runs`, which locks the lanes first and looks in new statements; giving back
 * is part of the journal append that parks or ends a run. Refuses to touch what a run is doing: it is asked before that.
 */
import type { Pool } from 'pg';
import type { RunReason } from '@/core/run/types';
import { isConflict } from '@/server/repositories/database-errors';
import { createGroupCommit } from '@/server/repositories/group-commit';
import type { RunRef } from '@/server/repositories/overdue-runs';

/** A run as its wake-up has read it. */
export interface SeenRun extends RunRef {
  readonly journalN: number;
  readonly inboxN: number;
}

/**
 * `key`: others of its key come first. `slot`: as many runs of the flow as may be are under way. `router`: events before its
 * own are still on their way to the flow. `behind` is the run it waits for, or one of them.
 */
export type Admission =
  | { readonly type: 'admitted' }
  | { readonly type: 'waits'; readonly for: 'key' | 'slot' | 'router'; readonly behind: string | null }
  /** The run is not as it was seen any more. */
  | { readonly type: 'gone' };

export interface Lanes {
  /** Asks for the turn of a run that could move, and keeps its place when it is not. */
  admit(run: SeenRun): Promise<Admission>;
  /**
   * Lets a run wait for its turn.
   * @param lookAgainInMs null: it is rung when its turn comes
   * @returns false when something happened to it in the meantime: nothing was changed then
   */
  park(run: SeenRun, reason: RunReason, lookAgainInMs: number | null): Promise<boolean>;
}

export interface LanesDeps {
  readonly pool: Pool;
  /** Told, after the commit, of other runs whose turn has come. A lost telling only delays. */
  readonly onReady: (runs: readonly RunRef[]) => void;
}

interface AdmitRow {
  readonly workspace_id: string;
  readonly run_id: string;
  readonly verdict: 'admitted' | 'key' | 'slot' | 'router' | 'gone' | 'ready';
  readonly behind: string | null;
}

const admitText = `
SELECT workspace_id, run_id, verdict, behind FROM admit_runs($1::uuid[], $2::uuid[], $3::int[])`;

const parkText = `
UPDATE runs SET status = CASE WHEN status = 'compensating' THEN status ELSE 'waiting' END, reason = $5,
  due_at = now() + make_interval(secs => $6::float8 / 1000)
WHERE workspace_id = $1 AND id = $2 AND journal_n = $3 AND inbox_n = $4 AND owner IS NULL AND NOT is_held
  AND finished_at IS NULL`;

export function createLanes({ pool, onReady }: LanesDeps): Lanes {
  const ask = async (runs: readonly SeenRun[]): Promise<AdmitRow[]> => {
    const { rows } = await pool.query<AdmitRow>({
      name: 'lanes-admit',
      text: admitText,
      values: [
        runs.map(({ workspaceId }) => workspaceId),
        runs.map(({ runId }) => runId),
        runs.map(({ journalN }) => journalN),
      ],
    });
    return rows;
  };

  const admissions = createGroupCommit<SeenRun, Admission>({
    maxItems: 128,
    // The lock of a flow admits one at a time; a second would only wait for it.
    maxFlushes: 1,
    async flush(runs) {
      const rows = await ask(runs).catch((error: unknown) => {
        if (isConflict(error)) return ask(runs);
        throw error;
      });
      const ready = rows.filter(({ verdict }) => verdict === 'ready');
      if (ready.length > 0) onReady(ready.map((row) => ({ workspaceId: row.workspace_id, runId: row.run_id })));
      const answers = new Map(rows.filter((row) => row.verdict !== 'ready').map((row) => [row.run_id, row]));
      return runs.map(({ runId }) => present(answers.get(runId)));
    },
    isMemberFault: () => false,
  });

  return {
    admit: (run) => admissions.submit(run),
    async park({ workspaceId, runId, journalN, inboxN }, reason, lookAgainInMs) {
      const { rowCount } = await pool.query({
        name: 'lanes-park',
        text: parkText,
        values: [workspaceId, runId, journalN, inboxN, JSON.stringify(reason), lookAgainInMs],
      });
      return rowCount === 1;
    },
  };
}

function present(row: AdmitRow | undefined): Admission {
  switch (row?.verdict) {
    case 'admitted':
      return { type: 'admitted' };
    case 'key':
    case 'slot':
    case 'router':
      return { type: 'waits', for: row.verdict, behind: row.behind };
    default:
      return { type: 'gone' };
  }
}
