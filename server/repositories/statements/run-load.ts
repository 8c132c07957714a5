/**
 * Loads the rows of many runs at once, each with its workspace, its flow and the event that started it. Refuses to read
 * journals: how much of one is needed shows only in the row.
 */
import { limits } from '@/core/limits';

/** Columns of an event as every reader selects them; `e` is the alias of events. */
export const eventColumns = `e.position, e.received_at, e.id AS event_id, e.source, e.type, e.subject, e.time, e.attributes,
  e.data, encode(e.data_payload, 'hex') AS data_payload, e.subject_revision, e.schema_version, e.partition_key`;

/** Whether it is a run's turn; `l` is the alias of its row in lane_runs. */
export const isAdmitted = '(l.key IS NULL OR l.has_key) AND (l.concurrency IS NULL OR l.has_slot)';

/*
 * One row by its primary key, four times. Each `LIMIT 1` says so to the planner: without it the laterals are flattened
 * into joins, and over tables that are too young for statistics every row of a workspace looks like one row, so a plan
 * that reads them all for each run looks as good as the key. Tests hold the plan. The first message of the inbox is not
 * read here: most runs have none, and those that do are seen by inbox_n > inbox_done.
 */
const statement = `
SELECT i.ord, w.slug, r.*, f.name AS flow_name, f.is_paused, ${eventColumns}
FROM unnest($1::uuid[], $2::uuid[]) WITH ORDINALITY AS i(workspace_id, run_id, ord)
CROSS JOIN LATERAL (
  SELECT r.workspace_id, r.id, r.flow_id, r.version_id, r.version, r.is_draft, r.status, r.reason, r.trigger_step,
    r.trigger_kind, r.actor, r.journal_n, r.inbox_n, r.inbox_done, r.owner, r.is_held, r.hops, r.generation,
    r.origin_run_id, r.parent_run_id, r.retry_of, r.replay_id, r.tags, r.error, r.answer, r.created_at, r.started_at,
    r.finished_at, r.event_number, r.event_position, r.snapshot_n, CASE WHEN r.journal_n = 0 THEN r.seed END AS seed,
    r.owner IS NOT NULL AND EXISTS (SELECT 1 FROM workers k WHERE k.id = r.owner
      AND k.last_seen_at > now() - make_interval(secs => $3 / 1000.0)) AS is_owner_alive,
    r.lane_key, r.concurrency, r.lane_fault, r.lane_key IS NULL AND r.concurrency IS NULL OR EXISTS (
      SELECT 1 FROM lane_runs l WHERE l.workspace_id = r.workspace_id AND l.run_id = r.id AND ${isAdmitted}) AS is_admitted
  FROM runs r WHERE r.workspace_id = i.workspace_id AND r.id = i.run_id LIMIT 1
) r
CROSS JOIN LATERAL (SELECT * FROM workspaces w WHERE w.id = r.workspace_id LIMIT 1) w
CROSS JOIN LATERAL (SELECT * FROM flows f WHERE f.workspace_id = r.workspace_id AND f.id = r.flow_id LIMIT 1) f
CROSS JOIN LATERAL (
  SELECT * FROM events e
  WHERE e.workspace_id = r.workspace_id AND e.position = r.event_position AND e.number = r.event_number LIMIT 1
) e`;

/** @returns the query; its rows carry the place of their run in the list as `ord`, from 1 */
export const runLoad = (runs: readonly { readonly workspaceId: string; readonly runId: string }[]) => ({
  name: 'run-load',
  text: statement,
  values: [runs.map((run) => run.workspaceId), runs.map((run) => run.runId), limits.workerLeaseMs],
});
