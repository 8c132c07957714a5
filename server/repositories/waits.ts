/**
 * Rows of what runs wait for from outside, written and settled in the transaction of the journal append that begins or ends
 * the wait. Refuses to resolve one: whoever has the event or the answer does that, under the lock of the run's row.
 */
import type { PoolClient } from 'pg';
import type { Awaited } from '@/core/steps/contract';
import { storedWaitKey } from '@/server/repositories/wait-key';
import type { EventAppend } from '@/server/services/ports';

/** A wait for an event or a person. A run that waits for another needs no row: the other one names it. */
export interface OpenedWait {
  readonly id: string;
  readonly runId: string;
  readonly flowId: string;
  readonly stepId: string;
  readonly path: string;
  readonly untilMs: number | null;
  readonly awaits: Exclude<Awaited, { readonly on: 'child' }>;
  /** Position of the event that started the run. */
  readonly afterPosition: number;
}

const eventText = `
INSERT INTO event_waits (workspace_id, id, run_id, step_id, path, event_type, event_key, key, after_position)
SELECT $1, * FROM unnest($2::uuid[], $3::uuid[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[], $9::bigint[])`;

const approvalText = `
INSERT INTO approvals (workspace_id, id, run_id, flow_id, step_id, path, title, form, assignee, due_at,
  description)
SELECT $1, * FROM unnest($2::uuid[], $3::uuid[], $4::uuid[], $5::text[], $6::text[], $7::text[], $8::json[], $9::text[],
  $10::timestamptz[], $11::text[])`;

/** Inserts rows for waits that have just begun. */
export async function openWaits(client: PoolClient, workspaceId: string, waits: readonly OpenedWait[]): Promise<void> {
  const events = waits.flatMap(({ awaits, ...wait }) => (awaits.on === 'event' ? [{ ...wait, awaits }] : []));
  if (events.length > 0) {
    await client.query({
      name: 'event-waits-open',
      text: eventText,
      values: [
        workspaceId,
        events.map(({ id }) => id),
        events.map(({ runId }) => runId),
        events.map(({ stepId }) => stepId),
        events.map(({ path }) => path),
        events.map(({ awaits }) => awaits.eventType),
        events.map(({ awaits }) => awaits.eventKey),
        events.map(({ awaits }) => storedWaitKey(awaits.key)),
        events.map(({ afterPosition }) => afterPosition),
      ],
    });
  }
  const approvals = waits.flatMap(({ awaits, ...wait }) => (awaits.on === 'approval' ? [{ ...wait, awaits }] : []));
  if (approvals.length > 0) {
    await client.query({
      name: 'approvals-open',
      text: approvalText,
      values: [
        workspaceId,
        approvals.map(({ id }) => id),
        approvals.map(({ runId }) => runId),
        approvals.map(({ flowId }) => flowId),
        approvals.map(({ stepId }) => stepId),
        approvals.map(({ path }) => path),
        approvals.map(({ awaits }) => awaits.title),
        approvals.map(({ awaits }) => (awaits.form === null ? null : JSON.stringify(awaits.form))),
        approvals.map(({ awaits }) => awaits.assignee),
        approvals.map(({ untilMs }) => (untilMs === null ? null : new Date(untilMs).toISOString())),
        approvals.map(({ awaits }) => awaits.description),
      ],
    });
  }
}

/**
 * Settles the rows of waits that are over. One that was resolved by an event stays until the run ends, so that the same event
 * never satisfies another wait of it. A question that nobody answered is marked as what became of it.
 */
export async function closeWaits(client: PoolClient, workspaceId: string, ids: readonly string[]): Promise<void> {
  if (ids.length === 0) return;
  await client.query({
    name: 'event-waits-close',
    // `resolved_position IS NULL` would send the planner of a young table to the index of open waits, to read it whole.
    text: `DELETE FROM event_waits
           WHERE workspace_id = $1 AND id = ANY($2::uuid[]) AND coalesce(resolved_position, 0) = 0`,
    values: [workspaceId, ids],
  });
  await client.query({
    name: 'approvals-close',
    // The worker's clock decided; it may be a little ahead of the database's.
    text: `UPDATE approvals
           SET status = CASE WHEN due_at <= now() + interval '2 seconds' THEN 'expired' ELSE 'withdrawn' END
           WHERE workspace_id = $1 AND id = ANY($2::uuid[]) AND status = 'open'`,
    values: [workspaceId, ids],
  });
}

/** Forgets which events ended waits of runs that are over. */
export async function dropWaits(client: PoolClient, workspaceId: string, runIds: readonly string[]): Promise<void> {
  if (runIds.length === 0) return;
  await client.query({
    name: 'event-waits-drop',
    text: 'DELETE FROM event_waits WHERE workspace_id = $1 AND run_id = ANY($2::uuid[])',
    values: [workspaceId, runIds],
  });
}

/** Names the parent of runs that a flow has just started, and whether it waits for them. */
export async function linkChildren(
  client: PoolClient,
  workspaceId: string,
  events: readonly EventAppend[],
): Promise<void> {
  const children = events.flatMap(({ run }) => (run?.parent === undefined ? [] : [{ id: run.id, ...run.parent }]));
  if (children.length === 0) return;
  // Known before the statement starts: without the bounds it is planned to read every run of the workspace.
  const ids = children.map(({ id }) => id).toSorted();
  await client.query({
    name: 'children-link',
    text: `UPDATE runs r SET parent_run_id = i.parent_run_id, tells_parent = i.wait_id
           FROM unnest($2::uuid[], $3::uuid[], $4::uuid[]) AS i(id, parent_run_id, wait_id)
           WHERE r.workspace_id = $1 AND r.id = i.id AND r.id >= $5::uuid AND r.id <= $6::uuid`,
    values: [
      workspaceId,
      children.map(({ id }) => id),
      children.map(({ runId }) => runId),
      children.map(({ waitId }) => waitId),
      ids[0],
      ids.at(-1),
    ],
  });
}
