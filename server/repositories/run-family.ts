/**
 * Runs and the runs they started, by their links alone: the way up from a run, and pages of what it started. Refuses to walk
 * down by itself: below every child there may be a thousand more.
 */
import type { Pool } from 'pg';
import { limits } from '@/core/limits';
import type { RunStatus } from '@/core/run/types';
import type { FamilyRow, RunFamily } from '@/server/services/runs/run-reader';

interface Columns {
  readonly id: string;
  readonly flow_id: string;
  readonly flow_name: string;
  readonly version: number | null;
  readonly status: RunStatus;
  readonly created_at: Date;
  readonly started_at: Date | null;
  readonly finished_at: Date | null;
  readonly parent_run_id: string | null;
  readonly source: string;
  readonly has_children: boolean;
}

/** `r` is the alias of the run. Each limit says to the planner that it is one row. */
const rowText = `
SELECT r.id, r.flow_id, f.name AS flow_name, r.version, r.status, r.created_at, r.started_at, r.finished_at,
  r.parent_run_id, e.source, EXISTS (SELECT 1 FROM runs c WHERE c.parent_run_id = r.id) AS has_children`;
const joinText = `
CROSS JOIN LATERAL (SELECT f.name FROM flows f WHERE f.workspace_id = r.workspace_id AND f.id = r.flow_id LIMIT 1) f
CROSS JOIN LATERAL (
  SELECT e.source FROM events e
  WHERE e.workspace_id = r.workspace_id AND e.position = r.event_position AND e.number = r.event_number LIMIT 1
) e`;

const childrenText = `${rowText}
FROM (
  SELECT * FROM runs WHERE workspace_id = $1 AND parent_run_id = $2 AND ($3::uuid IS NULL OR id > $3)
  ORDER BY id LIMIT $4
) r ${joinText}
ORDER BY r.id`;

/* Hops bound the way: no chain of calls is longer. */
const lineText = `
WITH RECURSIVE line AS (
  SELECT r.*, 0 AS depth FROM runs r WHERE r.workspace_id = $1 AND r.id = $2
  UNION ALL
  SELECT p.*, line.depth + 1 FROM line CROSS JOIN LATERAL (
    SELECT * FROM runs p WHERE p.workspace_id = line.workspace_id AND p.id = line.parent_run_id LIMIT 1
  ) p
  WHERE line.depth <= $3
)
${rowText}
FROM line r ${joinText}
ORDER BY r.depth DESC`;

const countText = `
SELECT status, count(*)::int AS runs FROM (
  SELECT status FROM runs WHERE workspace_id = $1 AND parent_run_id = $2 LIMIT $3
) c GROUP BY status`;

export const createRunFamily = (pool: Pool): RunFamily => ({
  async children(workspaceId, runId, { afterId, take }) {
    const values = [workspaceId, runId, afterId, take];
    const { rows } = await pool.query<Columns>({ name: 'run-children', text: childrenText, values });
    return rows.map(present);
  },
  async line(workspaceId, runId) {
    const values = [workspaceId, runId, limits.eventHops];
    const { rows } = await pool.query<Columns>({ name: 'run-line', text: lineText, values });
    return rows.map(present);
  },
  async counts(workspaceId, runId, most) {
    const values = [workspaceId, runId, most];
    const { rows } = await pool.query<{ status: RunStatus; runs: number }>({
      name: 'run-children-counts',
      text: countText,
      values,
    });
    return Object.fromEntries(rows.map(({ status, runs }) => [status, runs]));
  },
});

const present = (row: Columns): FamilyRow => ({
  id: row.id,
  flowId: row.flow_id,
  flowName: row.flow_name,
  version: row.version,
  status: row.status,
  createdAtMs: row.created_at.getTime(),
  startedAtMs: row.started_at?.getTime() ?? null,
  finishedAtMs: row.finished_at?.getTime() ?? null,
  ...startedBy(row),
  hasChildren: row.has_children,
});

/** The event of a child says in its source which step of its parent started it: `/runs/<id>/lines[3]/charge`. */
function startedBy({ parent_run_id: parent, source }: Columns): Pick<FamilyRow, 'stepId' | 'path'> {
  const prefix = `/runs/${parent}/`;
  if (parent === null || !source.startsWith(prefix)) return { stepId: null, path: '' };
  const address = decodeURI(source.slice(prefix.length));
  const end = address.lastIndexOf('/');
  return { stepId: address.slice(end + 1), path: end < 0 ? '' : address.slice(0, end) };
}
