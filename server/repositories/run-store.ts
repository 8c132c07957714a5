/**
 * Reads runs whole: the row, the event that started it and its journal, for the worker that owns it and for the page
 * that shows it. Loads of concurrent runs share one statement. Refuses to write: appends go through the journal.
 */
import type { Pool } from 'pg';
import type { RunLane } from '@/core/flow/lane';
import type { JsonObject, JsonValue } from '@/core/json';
import type { JournalEntry } from '@/core/run/entries';
import { fold, foldWhole } from '@/core/run/evolve';
import type { RunReason, RunState, RunStatus } from '@/core/run/types';
import type { StepError, WebhookAnswer } from '@/core/steps/contract';
import { createGroupCommit } from '@/server/repositories/group-commit';
import { createInboxReader } from '@/server/repositories/inbox-reader';
import { decodeEntries, type StoredEntry, type ValueField } from '@/server/repositories/journal-codec';
import type { PayloadStore } from '@/server/repositories/payloads';
import { createRunSnapshots } from '@/server/repositories/run-snapshots';
import {
  type IterationRange,
  journalIterations,
  journalPage,
  journalRowOf,
} from '@/server/repositories/statements/journal-page';
import { journalRead } from '@/server/repositories/statements/journal-read';
import { runLoad } from '@/server/repositories/statements/run-load';
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
  /** Its place among the runs of its flow; null when it stands in none. */
  readonly lane: RunLane | null;
  /** Whether it may move: its lane, if it has one, has come to it. */
  readonly isAdmitted: boolean;
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
  /** @returns null when the workspace has no such run */
  load(workspaceId: string, runId: string): Promise<LoadedRun | null>;
  /**
   * With every iteration of its loops, those that are over as well: for whoever does the run again.
   * @param onGone told of each value of the journal that is not there any more; null stands in its place
   * @returns null when the workspace has no such run
   */
  loadWhole(
    workspaceId: string,
    runId: string,
    onGone?: (entry: JournalEntry, field: ValueField) => void,
  ): Promise<LoadedRun | null>;
  journal(workspaceId: string, runId: string): Promise<readonly NumberedEntry[]>;
  /** Entries behind `after`, `take` of them if there are so many. */
  journalPage(workspaceId: string, runId: string, after: number, take: number): Promise<readonly NumberedEntry[]>;
  /** The beginning of a loop and everything about some of its iterations, as entries of the run itself. */
  iterationEntries(range: IterationRange): Promise<readonly JournalEntry[]>;
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
  lane_key: string | null;
  concurrency: number | null;
  lane_fault: string | null;
  is_admitted: boolean;
  tags: string[] | null;
  error: StepError | null;
  answer: WebhookAnswer | null;
  created_at: Date;
  started_at: Date | null;
  finished_at: Date | null;
  snapshot_n: number | null;
}

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
  lane: laneColumns(row),
  isAdmitted: row.is_admitted,
  tags: row.tags ?? [],
  error: row.error,
  answer: row.answer,
  createdAtMs: row.created_at.getTime(),
  startedAtMs: ms(row.started_at),
  finishedAtMs: ms(row.finished_at),
});

const laneColumns = ({ lane_key: key, concurrency, lane_fault: fault }: RunColumns): RunLane | null =>
  key === null && concurrency === null && fault === null ? null : { key, concurrency, fault };

/** Rows read at first; twice as many each time. */
const firstRows = 8;
const mostRows = 512;

/**
 * The beginning of the loop (and of the run, where what it takes over stands), then rows forward from where the iterations
 * began, until each has ended or the journal has.
 */
async function readIterations(pool: Pool, range: IterationRange): Promise<StoredEntry[]> {
  const { workspaceId, runId, from, to } = range;
  const rowOf = async (seq: number): Promise<number> =>
    (await pool.query<{ n: number }>(journalRowOf(workspaceId, runId, seq))).rows[0]?.n ?? 1;
  const [loopRow, last] = [await rowOf(range.loopSeq), await rowOf(2 ** 31 - 1)];
  let first = await rowOf(range.fromSeq);
  const read = async (rows: { first: number; last: number }): Promise<StoredEntry[]> =>
    (await pool.query<{ entry: StoredEntry }>(journalIterations(range, rows))).rows.map(({ entry }) => entry);
  const entries: StoredEntry[] = [];
  for (const row of new Set([1, loopRow])) if (row < first) entries.push(...(await read({ first: row, last: row })));
  const open = new Set(Array.from({ length: to - from + 1 }, (_, offset) => from + offset));
  for (let count = firstRows; first <= last; count = Math.min(count * 2, mostRows)) {
    const found = await read({ first, last: Math.min(first + count - 1, last) });
    entries.push(...found);
    for (const entry of found)
      if (entry.type === 'iteration.ended' && entry.path === undefined) open.delete(entry.index);
    if (range.isOver && open.size === 0) break;
    first += count;
  }
  return entries;
}

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
      const { rows } = await pool.query<RunColumns>(runLoad(items));
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
    const { rows } = await pool.query<{ entries: StoredEntry[] }>(journalRead(workspaceId, runId, after));
    return rows.map((row) => row.entries);
  };

  const inbox = createInboxReader(pool, payloads);

  const readData = async (row: RunColumns): Promise<JsonValue> => {
    if (row.data_payload === null) return row.data;
    const contents = await payloads.getMany(row.workspace_id, [row.data_payload]);
    const bytes = contents.get(row.data_payload);
    return bytes === undefined ? null : (JSON.parse(bytes.toString()) as JsonValue);
  };

  const present = (row: RunColumns, data: JsonValue): Pick<LoadedRun, 'row' | 'event'> => ({
    row: presentRow(row),
    event: {
      position: Number(row.position),
      receivedAtMs: row.received_at.getTime(),
      event: presentEvent(row, data),
    },
  });

  return {
    async load(workspaceId, runId) {
      const row = await loads.submit({ workspaceId, runId });
      if (row === null) return null;
      // The row is read before its journal: rows appended in between belong to another owner, whose number we then
      // do not hold, so the fence refuses us. The journal is cut to what the row promised.
      const data = await readData(row);
      const found = row.snapshot_n !== null ? await snapshots.read(workspaceId, runId, data) : null;
      // A later owner may have kept one that is ahead of the row we read; it is of no use to us.
      const snapshot = found !== null && found.n <= row.journal_n ? found : null;
      const from = snapshot?.n ?? 0;
      const rows =
        row.journal_n === from ? [] : (await readRows(workspaceId, runId, from)).slice(0, row.journal_n - from);
      const [entries, messages] = await Promise.all([
        decodeEntries(payloads, workspaceId, rows),
        row.inbox_n > row.inbox_done
          ? inbox.read({ workspaceId: row.workspace_id, runId: row.id, done: row.inbox_done })
          : [],
      ]);
      return {
        ...present(row, data),
        state: fold(data, entries, snapshot?.state),
        snapshotSeq: snapshot?.state.seq ?? 0,
        inbox: messages,
      };
    },
    async loadWhole(workspaceId, runId, onGone) {
      const row = await loads.submit({ workspaceId, runId });
      if (row === null) return null;
      const data = await readData(row);
      const rows = (await readRows(workspaceId, runId)).slice(0, row.journal_n);
      const entries = await decodeEntries(payloads, workspaceId, rows, onGone);
      return { ...present(row, data), state: foldWhole(data, entries), snapshotSeq: 0, inbox: [] };
    },
    async journal(workspaceId, runId) {
      const entries = await decodeEntries(payloads, workspaceId, await readRows(workspaceId, runId));
      return entries.map((entry, index) => ({ seq: index + 1, entry }));
    },
    async journalPage(workspaceId, runId, after, take) {
      const { rows } = await pool.query<{ first_seq: number; entries: StoredEntry[] }>(
        journalPage(workspaceId, runId, after, take + 1),
      );
      const numbered = rows.flatMap((row) =>
        row.entries.map((entry, index) => ({ seq: row.first_seq + index, entry })),
      );
      const wanted = numbered.filter(({ seq }) => seq > after).slice(0, take);
      const entries = await decodeEntries(payloads, workspaceId, [wanted.map(({ entry }) => entry)]);
      return wanted.flatMap(({ seq }, index) => {
        const entry = entries[index];
        return entry === undefined ? [] : [{ seq, entry }];
      });
    },
    async iterationEntries(range) {
      const entries = await readIterations(pool, range);
      return decodeEntries(payloads, range.workspaceId, [entries]);
    },
  };
}
