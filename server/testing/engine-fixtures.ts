/** Rows that engine tests start from: a workspace and a published flow, written by plain SQL. Refuses to be realistic. */
import type { Pool } from 'pg';
import { v7 as uuidv7 } from 'uuid';
import type { FlowDocument } from '@/core/flow/document';
import { compileLane, type LaneRule, laneSettings } from '@/core/flow/lane';
import type { JsonValue } from '@/core/json';
import type { JournalAppend } from '@/server/repositories/journal';
import type { EventAppend } from '@/server/services/ports';
import { withLane } from '@/server/services/runs/with-lane';

export interface PublishedFlow {
  readonly workspaceId: string;
  readonly flowId: string;
  readonly versionId: string;
  readonly lane: LaneRule | null;
}

export async function makeWorkspace(pool: Pool, slug = 'main'): Promise<string> {
  const id = uuidv7();
  await pool.query('INSERT INTO workspaces (id, slug, name) VALUES ($1, $2, $2)', [id, slug]);
  return id;
}

/** Publishes version 1 of a document; event triggers are routed. */
export async function publishFixture(pool: Pool, workspaceId: string, document: FlowDocument): Promise<PublishedFlow> {
  const flowId = uuidv7();
  const versionId = uuidv7();
  const text = JSON.stringify(document);
  const lane = laneSettings(document);
  await pool.query(
    `INSERT INTO flows (workspace_id, id, name, draft, live_version, created_by, updated_by)
     VALUES ($1, $2, $3, $4, 1, 'system', 'system')`,
    [workspaceId, flowId, document.name, text],
  );
  await pool.query(
    `INSERT INTO flow_versions (workspace_id, id, flow_id, version, document, hash, published_by)
     VALUES ($1, $2, $3, 1, $4, '\\x00', 'system')`,
    [workspaceId, versionId, flowId, text],
  );
  for (const step of document.steps.filter((candidate) => candidate.kind === 'trigger.event')) {
    await pool.query(
      `INSERT INTO flow_triggers (workspace_id, flow_id, step_id, kind, version_id, version, types, config, lane_key,
         concurrency)
       VALUES ($1, $2, $3, 'trigger.event', $4, 1, $5, $6, $7, $8)`,
      [
        workspaceId,
        flowId,
        step.id,
        versionId,
        step.config?.types ?? [],
        JSON.stringify(step.config ?? {}),
        lane.laneKey,
        lane.concurrency,
      ],
    );
  }
  return { workspaceId, flowId, versionId, lane: compileLane(lane) };
}

/** An event with nothing special about it. */
export const anEvent = (overrides: Partial<EventAppend> = {}): EventAppend => ({
  id: uuidv7(),
  source: '/test',
  type: 'test.happened',
  subject: null,
  timeMs: null,
  attributes: null,
  data: {},
  raw: null,
  partitionKey: null,
  schemaVersion: null,
  hops: 0,
  causedByRun: null,
  actor: 'system',
  keyTtlMs: null,
  run: null,
  ...overrides,
});

/** The event that starts a run of a fixture flow by its manual trigger `m`. */
export const startOf = (flow: PublishedFlow, data: JsonValue = {}): EventAppend => {
  const event = anEvent({
    data,
    run: {
      id: uuidv7(),
      flowId: flow.flowId,
      versionId: flow.versionId,
      version: 1,
      isDraft: false,
      triggerStep: 'm',
      triggerKind: 'trigger.manual',
      lane: null,
    },
  });
  return flow.lane === null ? event : withLane(event, flow.lane, Date.now());
};

/** An append that starts a run and keeps it, with nothing special about it. */
export const anAppend = (
  of: Pick<JournalAppend, 'workspaceId' | 'runId' | 'n' | 'owner'> & Partial<JournalAppend>,
): JournalAppend => ({
  appendId: uuidv7(),
  firstSeq: of.n,
  entries: [{ type: 'run.started', v: 1, atMs: 1, triggerStep: 'm', tags: {} }],
  status: 'running',
  reason: null,
  dueAtMs: null,
  inboxSeen: 0,
  startedAtMs: 1,
  finishedAtMs: null,
  output: undefined,
  error: null,
  answer: null,
  tags: null,
  events: [],
  openedWaits: [],
  closedWaits: [],
  dropsWaits: false,
  stops: [],
  isUndisturbed: false,
  isLaned: false,
  ...of,
});
