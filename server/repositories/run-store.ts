/**
 * Reads runs whole: the row, the event that started it and its journal, for the worker that owns it and for the page
 * that shows it. Loads of concurrent runs share one statement. Refuses to write: appends go through the journal.
 */
import type { Pool } from 'pg';
import type { JsonObject, JsonValue } from '@/core/json';
import { limits } from '@/core/limits';
import { fold } from '@/core/run/evolve';
import type { JournalEntry, RunReason, RunState, RunStatus } from '@/core/run/types';
import type { StepError, WebhookAnswer } from '@/core/steps/contract';
import { createGroupCommit } from '@/server/repositories/group-commit';
import { decodeEntries, type StoredEntry, type ValueField } from '@/server/repositories/journal-codec';
import type { PayloadStore } from '@/server/repositories/payloads';
import { createRunSnapshots } from '@/server/repositories/run-snapshots';
import { presentCloudEvent } from '@/server/services/events/present-event';
import type { InboxMessage } from '@/server/services/ports';
import type { StoredSeed } from '@/server/services/runs/rerun-store';

export interface RunRow {
  readonly workspaceId: string;
  readonly workspaceSlug: string;
  readonly id: string;
  readonly flowId: string;
  readonly flowName: string;
  readonly isFlowPaused: boolean;
  readonly versionId: string;
  readonly version: number | null;
  readonly isDraft: boolean;
  readonly status: RunStatus;
  readonly reason: RunReason | null;
  readonly triggerStep: string;
  readonly triggerKind: string;
  readonly actor: string;
  readonly journalN: number;
  readonly inboxN: number;
  readonly inboxDone: number;
  readonly owner: string | null;
  /** Whether the owner's heartbeat is fresh by the database's clock. */
  readonly isOwnerAlive: boolean;
  readonly isHeld: boolean;
  readonly hops: number;
  readonly generation: number;
  readonly originRunId: string;
  readonly parentRunId: string | null;
  readonly retryOf: string | null;
  /** What a retry or rerun takes over; only of one that has not started. */
  readonly seed: StoredSeed | null;
  readonly replayId: string | null;
  readonly tags: readonly string[];
  readonly error: StepError | null;
  readonly answer: WebhookAnswer | null;
  readonly createdAtMs: number;
  readonly startedAtMs: number | null;
  readonly finishedAtMs: number | null;
}

/** The event that started a run, as expressions and the API see it. */
export interface RunEvent {
  readonly position: number;
  readonly receivedAtMs: number;
  /** CloudEvents 1.0 attributes, extensions and `data`. */
  readonly event: JsonObject;
}

export interface LoadedRun {
  readonly row: RunRow;
  readonly event: RunEvent;
  readonly state: RunState;
  /** Entries folded by the snapshot this was loaded from; 0 without one. */
  readonly snapshotSeq: number;
  /** Messages not yet consumed, oldest first. */
  readonly inbox: readonly { readonly n: number; readonly message: InboxMessage }[];
}

/** One entry of a journal with its place, for the API. */
export interface NumberedEntry {
  readonly seq: number;
  readonly entry: JournalEntry;
}

export interface RunStore {
  /**
   * @param onGone told of each value of the journal that is not there any more; null stands in its place
   * @returns null when the workspace has no such run
   */
  load(
    workspaceId: string,
    runId: string,
    onGone?: (entry: JournalEntry, field: ValueField) => void,
  ): Promise<LoadedRun | null>;
  journal(workspaceId: string, runId: string): Promise<readonly NumberedEntry[]>;
}

export interface EventColumns {
  position: string;
  received_at: Date;
  event_id: string;
  source: string;
  type: string;
  subject: string | null;
  time: Date | null;
  attributes: JsonObject | null;
  data: JsonValue;
  data_payload: string | null;
  subject_revision: string | null;
  schema_version: number | null;
  partition_key: string | null;
}

interface RunColumns extends EventColumns {
  ord: string;
  workspace_id: string;
  slug: string;
  id: string;
  flow_id: string;
  flow_name: string;
  is_paused: boolean;
  version_id: string;
  version: number | null;
  is_draft: boolean;
  status: RunStatus;
  reason: RunReason | null;
  trigger_step: string;
  trigger_kind: string;
  actor: string;
  journal_n: number;
  inbox_n: number;
  inbox_done: number;
  owner: string | null;
  is_owner_alive: boolean;
  is_held: boolean;
  hops: number;
  generation: number;
  origin_run_id: string;
  parent_run_id: string | null;
  retry_of: string | null;
  seed: StoredSeed | null;
  replay_id: string | null;
  tags: string[] | null;
  error: StepError | null;
  answer: WebhookAnswer | null;
  created_at: Date;
  started_at: Date | null;
  finished_at: Date | null;
  snapshot_n: number | null;
}

/** Columns of an event as every reader selects them; `e` is the alias of events. */
export const eventColumns = `e.position, e.received_at, e.id AS event_id, e.source, e.type, e.subject, e.time, e.attributes,
  e.data, encode(e.data_payload, 'hex') AS data_payload, e.subject_revision, e.schema_version, e.partition_key`;

/*
 * One row by its primary key, four times. Each `LIMIT 1` says so to the planner: without it the laterals are flattened
 * into joins, and over tables that are too young for statistics every row of a workspace looks like one row, so a plan
 * that reads them all for each run looks as good as the key. Tests hold the plan. The first message of the inbox is not
 * read here: most runs have none, and those that do are seen by inbox_n > inbox_done.
 */
const loadText = `
SELECT i.ord, w.slug, r.*, f.name AS flow_name, f.is_paused, ${eventColumns}
FROM unnest($1::uuid[], $2::uuid[]) WITH ORDINALITY AS i(workspace_id, run_id, ord)
CROSS JOIN LATERAL (
  SELECT r.workspace_id, r.id, r.flow_id, r.version_id, r.version, r.is_draft, r.status, r.reason, r.trigger_step,
    r.trigger_kind, r.actor, r.journal_n, r.inbox_n, r.inbox_done, r.owner, r.is_held, r.hops, r.generation,
    r.origin_run_id, r.parent_run_id, r.retry_of, r.replay_id, r.tags, r.error, r.answer, r.created_at, r.started_at,
    r.finished_at, r.event_number, r.event_position, r.snapshot_n, CASE WHEN r.journal_n = 0 THEN r.seed END AS seed,
    r.owner IS NOT NULL AND EXISTS (SELECT 1 FROM workers k WHERE k.id = r.owner
      AND k.last_seen_at > now() - make_interval(secs => $3 / 1000.0)) AS is_owner_alive
  FROM runs r WHERE r.workspace_id = i.workspace_id AND r.id = i.run_id LIMIT 1
) r
CROSS JOIN LATERAL (SELECT * FROM workspaces w WHERE w.id = r.workspace_id LIMIT 1) w
CROSS JOIN LATERAL (SELECT * FROM flows f WHERE f.workspace_id = r.workspace_id AND f.id = r.flow_id LIMIT 1) f
CROSS JOIN LATERAL (
  SELECT * FROM events e
  WHERE e.workspace_id = r.workspace_id AND e.position = r.event_position AND e.number = r.event_number LIMIT 1
) e`;

/** The CloudEvent of a row; `data` is the given value, because it may have been fetched from a payload. */
export const presentEvent = (row: EventColumns, data: JsonValue): JsonObject => ({
  ...presentCloudEvent({
    id: row.event_id,
    source: row.source,
    type: row.type,
    subject: row.subject,
    timeMs: ms(row.time),
    attributes: row.attributes,
    data,
    partitionKey: row.partition_key,
    schemaVersion: row.schema_version,
    hops: 0,
  }),
  // Bytes are there as base64 text under both names: triggers give `data` on, whatever it is.
  data,
});

const ms = (date: Date | null): number | null => date?.getTime() ?? null;

const presentRow = (row: RunColumns): RunRow => ({
  workspaceId: row.workspace_id,
  workspaceSlug: row.slug,
  id: row.id,
  flowId: row.flow_id,
  flowName: row.flow_name,
  isFlowPaused: row.is_paused,
  versionId: row.version_id,
  version: row.version,
  isDraft: row.is_draft,
  status: row.status,
  reason: row.reason,
  triggerStep: row.trigger_step,
  triggerKind: row.trigger_kind,
  actor: row.actor,
  journalN: row.journal_n,
  inboxN: row.inbox_n,
  inboxDone: row.inbox_done,
  owner: row.owner,
  isOwnerAlive: row.is_owner_alive,
  isHeld: row.is_held,
  hops: row.hops,
  generation: row.generation,
  originRunId: row.origin_run_id,
  parentRunId: row.parent_run_id,
  retryOf: row.retry_of,
  seed: row.seed,
  replayId: row.replay_id,
  tags: row.tags ?? [],
  error: row.error,
  answer: row.answer,
  createdAtMs: row.created_at.getTime(),
  startedAtMs: ms(row.started_at),
  finishedAtMs: ms(row.finished_at),
});

export interface RunStoreDeps {
  readonly pool: Pool;
  readonly payloads: PayloadStore;
}

export function createRunStore({ pool, payloads }: RunStoreDeps): RunStore {
  const loads = createGroupCommit<{ workspaceId: string; runId: string }, RunColumns | null>({
    maxItems: 128,
    maxFlushes: 1,
    // A read: every failure is the connection's, none is a member's.
    isMemberFault: () => false,
    async flush(items) {
      const { rows } = await pool.query<RunColumns>({
        name: 'run-load',
        text: loadText,
        values: [items.map((item) => item.workspaceId), items.map((item) => item.runId), limits.workerLeaseMs],
      });
      const byOrd = new Map(rows.map((row) => [Number(row.ord), row]));
      return items.map((_, index) => byOrd.get(index + 1) ?? null);
    },
  });

  const snapshots = createRunSnapshots(pool);

  /** @param after rows up to this number are left out */
  const readRows = async (
    workspaceId: string,
    runId: string,
    after = 0,
  ): Promise<readonly (readonly StoredEntry[])[]> => {
    const { rows } = await pool.query<{ entries: StoredEntry[] }>({
      name: 'journal-read',
      text: 'SELECT entries FROM journal WHERE workspace_id = $1 AND run_id = $2 AND n > $3 ORDER BY n',
      values: [workspaceId, runId, after],
    });
    return rows.map((row) => row.entries);
  };

  const readInbox = async (row: RunColumns): Promise<LoadedRun['inbox']> => {
    const { rows } = await pool.query<{ n: number; message: InboxMessage }>({
      name: 'inbox-read',
      text: 'SELECT n, message FROM run_inbox WHERE workspace_id = $1 AND run_id = $2 AND n > $3 ORDER BY n',
      values: [row.workspace_id, row.id, row.inbox_done],
    });
    return rows;
  };

  const readData = async (row: RunColumns): Promise<JsonValue> => {
    if (row.data_payload === null) return row.data;
    const contents = await payloads.getMany(row.workspace_id, [row.data_payload]);
    const bytes = contents.get(row.data_payload);
    return bytes === undefined ? null : (JSON.parse(bytes.toString()) as JsonValue);
  };

  return {
    async load(workspaceId, runId, onGone) {
      const row = await loads.submit({ workspaceId, runId });
      if (row === null) return null;
      // The row is read before its journal: rows appended in between belong to another owner, whose number we then
      // do not hold, so the fence refuses us. The journal is cut to what the row promised.
      const data = await readData(row);
      const hasSnapshot = row.snapshot_n !== null && row.finished_at === null;
      const found = hasSnapshot ? await snapshots.read(workspaceId, runId, data) : null;
      // A later owner may have kept one that is ahead of the row we read; it is of no use to us.
      const snapshot = found !== null && found.n <= row.journal_n ? found : null;
      const from = snapshot?.n ?? 0;
      const rows =
        row.journal_n === from ? [] : (await readRows(workspaceId, runId, from)).slice(0, row.journal_n - from);
      const [entries, inbox] = await Promise.all([
        decodeEntries(payloads, workspaceId, rows, onGone),
        row.inbox_n > row.inbox_done ? readInbox(row) : [],
      ]);
      return {
        row: presentRow(row),
        event: {
          position: Number(row.position),
          receivedAtMs: row.received_at.getTime(),
          event: presentEvent(row, data),
        },
        state: fold(data, entries, snapshot?.state),
        snapshotSeq: snapshot?.state.seq ?? 0,
        inbox,
      };
    },
    async journal(workspaceId, runId) {
      const entries = await decodeEntries(payloads, workspaceId, await readRows(workspaceId, runId));
      return entries.map((entry, index) => ({ seq: index + 1, entry }));
    },
  };
}
