/**
 * Appends a group of rows to journals, each fenced by its number, together with what the runs become. It refuses, row by
 * row, what is not the next of its run or comes from somebody who may not write it; the rest of the group is written.
 */

import { limits } from '@/core/limits';
import { arrayParameter, type Element, type ElementType } from '@/server/repositories/array-parameter';
import type { JournalAppend } from '@/server/repositories/journal';
import { isAdmitted } from '@/server/repositories/statements/run-load';

/** An append whose large values have left it. */
export interface EncodedAppend {
  readonly append: JournalAppend;
  readonly entries: string;
  readonly output: string | null;
  readonly outputPayload: Buffer | null;
}

const time = (ms: number | null): string | null => (ms === null ? null : new Date(ms).toISOString());
/** A value as JSON text; nothing and null are NULL. */
export const jsonText = (value: unknown): string | null =>
  value === null || value === undefined ? null : JSON.stringify(value);

const columns: readonly [name: string, type: ElementType, value: (encoded: EncodedAppend) => Element][] = [
  ['workspace_id', 'uuid', ({ append }) => append.workspaceId],
  ['run_id', 'uuid', ({ append }) => append.runId],
  ['append_id', 'uuid', ({ append }) => append.appendId],
  ['n', 'int', ({ append }) => append.n],
  ['first_seq', 'int', ({ append }) => append.firstSeq],
  ['entries', 'json', ({ entries }) => entries],
  ['status', 'text', ({ append }) => append.status],
  ['reason', 'json', ({ append }) => jsonText(append.reason)],
  ['owner', 'uuid', ({ append }) => append.owner],
  ['due_at', 'timestamptz', ({ append }) => time(append.dueAtMs)],
  ['inbox_seen', 'int', ({ append }) => append.inboxSeen],
  ['is_undisturbed', 'boolean', ({ append }) => append.isUndisturbed],
  ['started_at', 'timestamptz', ({ append }) => time(append.startedAtMs)],
  ['finished_at', 'timestamptz', ({ append }) => time(append.finishedAtMs)],
  ['output', 'json', ({ output }) => output],
  ['output_payload', 'bytea', ({ outputPayload }) => outputPayload],
  ['error', 'json', ({ append }) => jsonText(append.error)],
  ['answer', 'json', ({ append }) => jsonText(append.answer)],
  ['tags', 'json', ({ append }) => (append.tags === null ? null : JSON.stringify(append.tags))],
];

/** Only of a group that has a run with a lane. */
const laneColumn: (typeof columns)[number] = ['is_laned', 'boolean', ({ append }) => append.isLaned];

/*
 * The shape of the statement:
 * 1. `won` updates the run row, which locks it; a concurrent writer makes Postgres re-check the conditions on the
 *    row's newest version, so `journal_n = n - 1` is a fence even under READ COMMITTED.
 * 2. The owner condition admits the owner, anyone when there is none, and anyone once the owner's heartbeat has expired
 *    by the database's clock.
 * 3. A parking append (owner null), and one that gives a wait up, compares `inbox_n`, a column of the locked row, and not
 *    the inbox table, whose rows a statement that waited for the lock would see through an older snapshot.
 * 4. `journal` rows exist only for the updates that won.
 * 5. The bounds of the group's ids say nothing new, but they are known before the statement starts, so it is set up for
 *    the partitions of these runs alone; for all of them it would cost more than the rows.
 * Messages stay in the inbox table after they are consumed (`inbox_done`), so that a cause stays unique.
 * The join is driven by the group (at most maxItems rows) into the primary key; tests hold the plan.
 *
 * For a group with lanes it does two things more, which others do not pay for:
 * 6. A run whose turn it is not may end, and nothing else. What was granted is only taken back by the run's own appends, so
 *    the statement's snapshot is good enough for it.
 * 7. Runs that end or park give back what they had, in this very statement; `release_lanes` sees it through snapshots of its
 *    own, taken after it has the lock.
 */
const statementOf = (
  fields: typeof columns,
  lanes: { readonly fence: string; readonly won: string; readonly answer: string },
) => `
WITH input AS MATERIALIZED (
  SELECT * FROM unnest(${fields.map(([, type], index) => `$${index + 5}::${type}[]`).join(', ')})
    AS i(${fields.map(([name]) => name).join(', ')})
), won AS (
  UPDATE runs r SET
    status = i.status,
    reason = i.reason,
    journal_n = i.n,
    inbox_done = i.inbox_seen,
    owner = i.owner,
    epoch = r.epoch + CASE WHEN r.owner IS DISTINCT FROM $1 THEN 1 ELSE 0 END,
    due_at = i.due_at,
    started_at = coalesce(r.started_at, i.started_at),
    finished_at = i.finished_at,
    output = i.output,
    output_payload = i.output_payload,
    error = i.error,
    answer = coalesce(r.answer, i.answer),
    tags = coalesce(r.tags, CASE WHEN i.tags IS NULL THEN NULL
      ELSE (SELECT array_agg(t) FROM json_array_elements_text(i.tags) t) END)
  FROM input i
  WHERE r.workspace_id = i.workspace_id AND r.id = i.run_id
    AND r.id >= $3::uuid AND r.id <= $4::uuid
    AND r.journal_n = i.n - 1
    AND r.finished_at IS NULL
    AND (r.owner IS NULL OR r.owner = $1 OR NOT EXISTS (
      SELECT 1 FROM workers w WHERE w.id = r.owner AND w.last_seen_at > now() - make_interval(secs => $2 / 1000.0)))
    AND ((i.owner IS NOT NULL AND NOT i.is_undisturbed) OR r.inbox_n = i.inbox_seen)${lanes.fence}
  RETURNING r.workspace_id, r.id, i.n, i.append_id, i.first_seq, i.entries${lanes.won}
), written AS (
  INSERT INTO journal (workspace_id, run_id, n, append_id, first_seq, entries, worker_id)
  SELECT workspace_id, id, n, append_id, first_seq, entries, $1 FROM won
)${lanes.answer}`;

const plain = statementOf(columns, { fence: '', won: '', answer: '\nSELECT id, NULL::uuid AS ready_in FROM won' });
const laned = statementOf([...columns, laneColumn], {
  fence: `
    AND (NOT i.is_laned OR i.finished_at IS NOT NULL OR EXISTS (
      SELECT 1 FROM lane_runs l WHERE l.workspace_id = r.workspace_id AND l.run_id = r.id AND ${isAdmitted}))`,
  won: ', i.is_laned AND i.owner IS NULL AS gives_back, i.finished_at IS NOT NULL AS has_ended',
  answer: `, leaving AS (
  SELECT array_agg(workspace_id) AS workspaces, array_agg(id) AS runs, array_agg(has_ended) AS have_ended
  FROM won WHERE gives_back
)
SELECT id, NULL::uuid AS ready_in FROM won
UNION ALL
SELECT ready.run_id, ready.workspace_id
FROM leaving CROSS JOIN LATERAL release_lanes(leaving.workspaces, leaving.runs, leaving.have_ended) ready`,
});

/**
 * @param workerId who writes
 * @param group in order of run id, so that two groups never wait for each other's rows
 * @returns the query; its rows are the ids of runs whose append won and, with their workspace in `ready_in`, of runs whose
 *   turn it is now
 */
export const journalAppend = (workerId: string, group: readonly EncodedAppend[]) => {
  const hasLanes = group.some(({ append }) => append.isLaned);
  return {
    name: hasLanes ? 'journal-append-laned' : 'journal-append',
    text: hasLanes ? laned : plain,
    values: [
      workerId,
      limits.workerLeaseMs,
      group[0]?.append.runId,
      group.at(-1)?.append.runId,
      ...(hasLanes ? [...columns, laneColumn] : columns).map(([, type, value]) =>
        arrayParameter(type, group.map(value)),
      ),
    ],
  };
};
