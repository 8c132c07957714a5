/**
 * Reads parts of one journal that may be too long to be read whole: some entries by their number, or those of some iterations
 * of a loop. Refuses to fold: what the entries mean is the caller's.
 */

/*
 * The row that holds the entry after $3 is the last one that begins at or before it: found in the primary key of the run's
 * partition, without a look into the entries of the rows before it.
 */
const pageStatement = `
SELECT first_seq, entries FROM journal
WHERE workspace_id = $1 AND run_id = $2 AND n >= coalesce((
  SELECT max(n) FROM journal WHERE workspace_id = $1 AND run_id = $2 AND first_seq <= $3 + 1), 1)
ORDER BY n LIMIT $4`;

/** @param after number of the last entry that is not wanted; rows hold one entry or more, so `take` rows are enough */
export const journalPage = (workspaceId: string, runId: string, after: number, take: number) => ({
  name: 'journal-page',
  text: pageStatement,
  values: [workspaceId, runId, after, take],
});

/*
 * Taken apart where they are stored: of a loop over a hundred thousand items a page of fifty is asked for, from rows `$8` to
 * `$9`. `$3` are the
 * iterations as they stand in paths, `$4` the path around the loop, `$5` its id, and `$6` to `$7` the indexes.
 */
const iterationsStatement = `
SELECT e.entry FROM journal j
CROSS JOIN LATERAL json_array_elements(j.entries) WITH ORDINALITY AS e(entry, ord)
CROSS JOIN LATERAL (SELECT coalesce(e.entry ->> 'path', '') AS path) p
WHERE j.workspace_id = $1 AND j.run_id = $2 AND j.n BETWEEN $8 AND $9 AND (
  (p.path = $4 AND e.entry ->> 'stepId' = $5 AND (
    e.entry ->> 'type' IN ('loop.started', 'iterations.reused')
    OR (e.entry ->> 'index')::int BETWEEN $6 AND $7))
  OR (CASE WHEN $4 = '' THEN split_part(p.path, '/', 1)
      WHEN starts_with(p.path, $4 || '/') THEN $4 || '/' || split_part(substr(p.path, length($4) + 2), '/', 1)
    END = ANY ($3::text[])))
ORDER BY j.n, e.ord`;

export interface IterationRange {
  readonly workspaceId: string;
  readonly runId: string;
  /** The iteration around the loop; empty for none. */
  readonly path: string;
  readonly stepId: string;
  /** First and last index. */
  readonly from: number;
  readonly to: number;
  /** Number of the entry before which nothing of these iterations stands, and of the one the loop began with. */
  readonly fromSeq: number;
  readonly loopSeq: number;
  /** Nothing comes behind the end of an iteration: reading may stop when each has ended. */
  readonly isOver: boolean;
}

/** The row that holds an entry. */
export const journalRowOf = (workspaceId: string, runId: string, seq: number) => ({
  name: 'journal-row-of',
  text: `SELECT coalesce(max(n), 1) AS n FROM journal WHERE workspace_id = $1 AND run_id = $2 AND first_seq <= $3`,
  values: [workspaceId, runId, seq],
});

/** @returns the query; its rows are entries of the loop and of these iterations, in order */
export const journalIterations = (
  { workspaceId, runId, path, stepId, from, to }: IterationRange,
  rows: { readonly first: number; readonly last: number },
) => {
  const outer = path === '' ? '' : `${path}/`;
  const places = Array.from({ length: to - from + 1 }, (_, offset) => `${outer}${stepId}[${from + offset}]`);
  return {
    name: 'journal-iterations',
    text: iterationsStatement,
    values: [workspaceId, runId, places, path, stepId, from, to, rows.first, rows.last],
  };
};
