/**
 * Reads the rows of one journal behind a number, oldest first: a range of its primary key in the one partition of the run. The
 * whole journal for a run without a snapshot, its tail for one with.
 */
const statement = 'SELECT entries FROM journal WHERE workspace_id = $1 AND run_id = $2 AND n > $3 ORDER BY n';

/** @param after rows up to this number are left out; 0 for none */
export const journalRead = (workspaceId: string, runId: string, after: number) => ({
  name: 'journal-read',
  text: statement,
  values: [workspaceId, runId, after],
});
