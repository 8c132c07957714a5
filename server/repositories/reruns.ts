/**
 * Inserts retries and reruns. All that come from one first run take turns, so that two asked for at the same instant see
 * each other and never share a generation of idempotency keys. Refuses a second one while the first goes on.
 */
import type { Pool, PoolClient } from 'pg';
import type { FlowDocument } from '@/core/flow/document';
import { appendPlaced, placeData } from '@/server/repositories/event-log';
import { storedLaneKey } from '@/server/repositories/lane-key';
import type { PayloadStore } from '@/server/repositories/payloads';
import type { NewRerun, RerunStore, RerunVerdict } from '@/server/services/runs/rerun-store';

interface SourceColumns {
  readonly flow_id: string;
  readonly trigger_step: string;
  readonly trigger_kind: string;
  readonly origin_run_id: string;
  readonly generation: number;
  readonly is_deleted: boolean;
}

const sourceText = `
SELECT r.flow_id, r.trigger_step, r.trigger_kind, r.origin_run_id, r.generation, f.deleted_at IS NOT NULL AS is_deleted
FROM runs r JOIN flows f ON f.workspace_id = r.workspace_id AND f.id = r.flow_id
WHERE r.workspace_id = $1 AND r.id = $2 AND r.finished_at IS NOT NULL`;

/* The workspace is not in the index: an origin belongs to one. It is asked for all the same. */
const relativesText = `
SELECT max(generation) AS generation, min(id::text) FILTER (WHERE finished_at IS NULL) AS running
FROM runs WHERE workspace_id = $1 AND origin_run_id = $2 AND retry_of IS NOT NULL`;

const insertText = `
INSERT INTO runs (workspace_id, id, flow_id, version_id, version, is_draft, trigger_step, trigger_kind, event_number,
  event_position, actor, due_at, hops, origin_run_id, retry_of, generation, seed, lane_key, concurrency, lane_fault)
SELECT s.workspace_id, $3, s.flow_id, $4, $5, $6, s.trigger_step, s.trigger_kind, s.event_number, s.event_position, $7,
  now() + interval '5 seconds', s.hops, s.origin_run_id, s.id, $8, $9, $10, $11, $12
FROM runs s WHERE s.workspace_id = $1 AND s.id = $2`;

/* The place right behind the head, under its lock: what is on the stream comes first, and what is to come comes later. */
const tailText = 'SELECT head + 1 AS position FROM stream_heads WHERE workspace_id = $1 FOR UPDATE';

/* The run was inserted with its event; what makes it a rerun is added before anybody can see it. */
const linkText = `
UPDATE runs SET origin_run_id = $3, retry_of = $4, generation = $5, seed = $6 WHERE workspace_id = $1 AND id = $2`;

const auditText = `
INSERT INTO audit_log (workspace_id, id, actor, action, target_kind, target_id, details)
VALUES ($1, $2, $3, $4, $5, $6, $7)`;

export function createRerunStore({ pool, payloads }: { pool: Pool; payloads: PayloadStore }): RerunStore {
  return {
    async version(workspaceId, flowId, version) {
      const { rows } = await pool.query<{ id: string; document: FlowDocument }>(
        'SELECT id, document FROM flow_versions WHERE workspace_id = $1 AND flow_id = $2 AND version = $3',
        [workspaceId, flowId, version],
      );
      const [row] = rows;
      return row === undefined ? null : { versionId: row.id, version, document: row.document };
    },
    async insert(workspaceId, rerun) {
      const client = await pool.connect();
      try {
        await client.query('BEGIN');
        const verdict = await insert(client, payloads, workspaceId, rerun);
        await client.query(verdict.type === 'inserted' ? 'COMMIT' : 'ROLLBACK');
        client.release();
        return verdict;
      } catch (error) {
        client.release(true);
        throw error;
      }
    },
  };
}

async function insert(
  client: PoolClient,
  payloads: PayloadStore,
  workspaceId: string,
  rerun: NewRerun,
): Promise<RerunVerdict> {
  const { rows } = await client.query<SourceColumns>(sourceText, [workspaceId, rerun.sourceRunId]);
  const [source] = rows;
  if (source === undefined) return { type: 'missing' };
  if (source.is_deleted) return { type: 'flowDeleted' };
  // Held to the commit; what others of this origin did is read after it, in a new statement.
  await client.query("SELECT pg_advisory_xact_lock(hashtext('headrace.origin'), hashtext($1))", [source.origin_run_id]);
  const relatives = await client.query<{ generation: number | null; running: string | null }>(relativesText, [
    workspaceId,
    source.origin_run_id,
  ]);
  const { generation: last = null, running = null } = relatives.rows[0] ?? {};
  if (running !== null && !rerun.isForced) return { type: 'running', runId: running };
  const generation = Math.max(source.generation, last ?? 0) + 1;
  const { audit } = rerun;
  await client.query(auditText, [
    workspaceId,
    audit.id,
    audit.actor,
    audit.action,
    audit.targetKind,
    audit.targetId,
    JSON.stringify(audit.details),
  ]);
  const seed = JSON.stringify(rerun.seed);
  if (rerun.event === null) {
    await client.query(insertText, [
      workspaceId,
      rerun.sourceRunId,
      rerun.id,
      rerun.versionId,
      rerun.version,
      rerun.isDraft,
      rerun.actor,
      generation,
      seed,
      storedLaneKey(rerun.lane?.key ?? null),
      rerun.lane?.concurrency ?? null,
      rerun.lane?.fault ?? null,
    ]);
    if (rerun.lane !== null) await joinTail(client, workspaceId, rerun.id);
  } else {
    const run = {
      id: rerun.id,
      flowId: source.flow_id,
      versionId: rerun.versionId,
      version: rerun.version,
      isDraft: rerun.isDraft,
      triggerStep: source.trigger_step,
      triggerKind: source.trigger_kind,
      lane: rerun.lane,
    };
    const placed = await placeData(payloads, workspaceId, [{ ...rerun.event, run }], client);
    await appendPlaced(client, workspaceId, placed);
    await client.query(linkText, [workspaceId, rerun.id, source.origin_run_id, rerun.sourceRunId, generation, seed]);
  }
  return { type: 'inserted' };
}

async function joinTail(client: PoolClient, workspaceId: string, runId: string): Promise<void> {
  const { rows } = await client.query<{ position: string }>(tailText, [workspaceId]);
  await client.query('SELECT join_lanes($1, $2, false, $3)', [workspaceId, [runId], rows[0]?.position]);
}
