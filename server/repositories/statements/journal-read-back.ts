/**
 * Finds out which appends of a group are in the journal, after a commit whose answer was lost. A row with the right
 * number may be somebody else's: only the append id says whose. One primary key lookup per append.
 */
import type { EncodedAppend } from '@/server/repositories/statements/journal-append';

const statement = `
SELECT i.run_id AS id
FROM unnest($1::uuid[], $2::uuid[], $3::int[], $4::uuid[]) AS i(workspace_id, run_id, n, append_id)
CROSS JOIN LATERAL (
  SELECT j.append_id FROM journal j
  WHERE j.workspace_id = i.workspace_id AND j.run_id = i.run_id AND j.n = i.n
  -- says to the planner that it is one row; without it this is flattened into a join over the whole journal
  LIMIT 1
) j
WHERE j.append_id = i.append_id`;

/** @returns the query; its rows are the ids of runs whose append is stored */
export const journalReadBack = (group: readonly EncodedAppend[]) => ({
  name: 'journal-read-back',
  text: statement,
  values: [
    group.map(({ append }) => append.workspaceId),
    group.map(({ append }) => append.runId),
    group.map(({ append }) => append.n),
    group.map(({ append }) => append.appendId),
  ],
});
