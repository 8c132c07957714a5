/**
 * Reads the messages that runs have not consumed, for many runs at once: of each a range of the primary key. Refuses to count:
 * that there are any stands in the row of the run.
 */

/** More than anybody leaves between two looks; the rest is read with the next one. */
const messagesPerLook = 1_000;

const statement = `
SELECT i.ord::int, m.n, m.message
FROM unnest($1::uuid[], $2::uuid[], $3::int[]) WITH ORDINALITY AS i(workspace_id, run_id, done, ord)
CROSS JOIN LATERAL (
  SELECT m.n, m.message FROM run_inbox m
  WHERE m.workspace_id = i.workspace_id AND m.run_id = i.run_id AND m.n > i.done
  ORDER BY m.n LIMIT ${messagesPerLook}
) m
ORDER BY i.ord, m.n`;

/** @returns the query; its rows carry the place of their run in the list as `ord`, from 1 */
export const inboxRead = (
  runs: readonly { readonly workspaceId: string; readonly runId: string; readonly done: number }[],
) => ({
  name: 'inbox-read',
  text: statement,
  values: [runs.map((run) => run.workspaceId), runs.map((run) => run.runId), runs.map((run) => run.done)],
});
