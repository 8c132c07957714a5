/**
 * Reads what stands in line, whole lanes at a time. The table holds runs that have not ended and no others, so a page costs
 * what is open in the workspace and not what has ever run. Refuses locks: it shows a moment, admission is elsewhere.
 */
import type { Pool } from 'pg';
import type { RunStatus } from '@/core/run/types';
import type { LaneReader } from '@/server/services/lanes/create-lanes-service';

interface LaneColumns {
  flow_id: string;
  flow_name: string;
  key: string;
  position: string;
  depth: number;
  turn_run: string | null;
  turn_status: RunStatus;
  turn_at: Date;
  oldest_run: string | null;
  oldest_at: Date;
}

const lanesText = `
WITH lane AS (
  SELECT l.flow_id, l.key, min(l.position) AS position, (count(*) FILTER (WHERE NOT l.has_key))::int AS depth
  FROM lane_runs l WHERE l.workspace_id = $1 AND l.key IS NOT NULL AND ($2::uuid IS NULL OR l.flow_id = $2)
  GROUP BY l.flow_id, l.key
  HAVING $3::bigint IS NULL OR (min(l.position), l.flow_id, l.key) > ($3, $4::uuid, $5::text)
  ORDER BY min(l.position), l.flow_id, l.key LIMIT $6
)
SELECT lane.flow_id, f.name AS flow_name, lane.key, lane.position, lane.depth, turn.run_id AS turn_run,
  turn.status AS turn_status, turn.key_at AS turn_at, oldest.run_id AS oldest_run, oldest.joined_at AS oldest_at
FROM lane
JOIN flows f ON f.workspace_id = $1 AND f.id = lane.flow_id
LEFT JOIN LATERAL (
  SELECT h.run_id, h.key_at, r.status FROM lane_runs h JOIN runs r ON r.workspace_id = $1 AND r.id = h.run_id
  WHERE h.flow_id = lane.flow_id AND h.key = lane.key AND h.has_key ORDER BY h.is_shared, h.position LIMIT 1
) turn ON true
LEFT JOIN LATERAL (
  SELECT q.run_id, q.joined_at FROM lane_runs q
  WHERE q.flow_id = lane.flow_id AND q.key = lane.key AND NOT q.has_key ORDER BY q.position, q.turn LIMIT 1
) oldest ON true
ORDER BY lane.position, lane.flow_id, lane.key`;

interface LimitColumns {
  flow_id: string;
  flow_name: string;
  concurrency: number;
  used: number;
  waiting: number;
  oldest_run: string | null;
  oldest_at: Date;
}

const limitsText = `
WITH flow AS (
  SELECT l.flow_id, (count(*) FILTER (WHERE l.has_slot))::int AS used,
    (count(*) FILTER (WHERE l.wants_slot))::int AS waiting,
    (array_agg(l.concurrency ORDER BY l.position DESC, l.turn DESC))[1] AS concurrency
  FROM lane_runs l WHERE l.workspace_id = $1 AND l.concurrency IS NOT NULL AND ($2::uuid IS NULL OR l.flow_id = $2)
    AND ($3::uuid IS NULL OR l.flow_id > $3)
  GROUP BY l.flow_id ORDER BY l.flow_id LIMIT $4
)
SELECT flow.*, f.name AS flow_name, oldest.run_id AS oldest_run, oldest.wants_at AS oldest_at
FROM flow
JOIN flows f ON f.workspace_id = $1 AND f.id = flow.flow_id
LEFT JOIN LATERAL (
  SELECT q.run_id, q.wants_at FROM lane_runs q WHERE q.flow_id = flow.flow_id AND q.wants_slot
  ORDER BY q.position, q.turn LIMIT 1
) oldest ON true
ORDER BY flow.flow_id`;

export const createLaneReader = (pool: Pool): LaneReader => ({
  async lanes(workspaceId, { flowId, after, take }) {
    const { rows } = await pool.query<LaneColumns>(lanesText, [
      workspaceId,
      flowId,
      after?.position ?? null,
      after?.flowId ?? null,
      after?.key ?? null,
      take,
    ]);
    return rows.map((row) => ({
      flowId: row.flow_id,
      flowName: row.flow_name,
      key: row.key,
      position: Number(row.position),
      depth: row.depth,
      turn:
        row.turn_run === null ? null : { runId: row.turn_run, status: row.turn_status, sinceMs: row.turn_at.getTime() },
      oldest: row.oldest_run === null ? null : { runId: row.oldest_run, sinceMs: row.oldest_at.getTime() },
    }));
  },

  async limits(workspaceId, { flowId, afterId, take }) {
    const { rows } = await pool.query<LimitColumns>(limitsText, [workspaceId, flowId, afterId, take]);
    return rows.map((row) => ({
      flowId: row.flow_id,
      flowName: row.flow_name,
      limit: row.concurrency,
      used: row.used,
      waiting: row.waiting,
      oldest: row.oldest_run === null ? null : { runId: row.oldest_run, sinceMs: row.oldest_at.getTime() },
    }));
  },
});
