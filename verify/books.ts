/**
 * What is left after a storm, read once everything has come to rest: events, runs and journals from the database, the list
 * of runs from the API, the calls from the ledger. Everything the checks know comes from here. Refuses to write.
 */
import type { Pool } from 'pg';
import type { JsonValue } from '@/core/json';
import type { JournalEntry } from '@/core/run/entries';
import type { RunStatus } from '@/core/run/types';
import type { LedgerCall } from './ledger';
import type { SagaPlan } from './plan/sagas';
import type { Acknowledged } from './sender';
import type { World } from './world/world';

export interface BookedAppend {
  readonly n: number;
  readonly appendId: string;
  readonly firstSeq: number;
  readonly entries: readonly JournalEntry[];
}

export interface BookedRun {
  readonly id: string;
  readonly flow: string;
  readonly status: RunStatus;
  readonly reasonCode: string | null;
  readonly hasFinished: boolean;
  readonly owner: string | null;
  readonly journalN: number;
  readonly inboxN: number;
  readonly inboxDone: number;
  readonly eventPosition: number;
  readonly output: JsonValue | undefined;
  readonly errorCode: string | null;
  readonly appends: readonly BookedAppend[];
  readonly entries: readonly JournalEntry[];
}

export interface BookedEvent {
  readonly position: number;
  readonly id: string;
  readonly source: string;
  readonly type: string;
  readonly data: JsonValue;
}

/** The routing checkpoint against the head, seen in one statement. */
export interface CheckpointSight {
  readonly head: number;
  readonly checkpoint: number;
}

export interface Books {
  readonly plans: ReadonlyMap<number, SagaPlan>;
  readonly acknowledged: Acknowledged;
  readonly calls: readonly LedgerCall[];
  readonly breaches: readonly string[];
  readonly runs: ReadonlyMap<string, BookedRun>;
  /** Runs that have a place in a lane. */
  readonly inLine: ReadonlySet<string>;
  /** Runs that the API lists. */
  readonly listed: ReadonlySet<string>;
  readonly events: readonly BookedEvent[];
  readonly eventAt: ReadonlyMap<number, BookedEvent>;
  /** All sights of the storm in order, the last one after it. */
  readonly sights: readonly CheckpointSight[];
}

interface RunRow {
  id: string;
  flow: string;
  status: RunStatus;
  reason: { code: string } | null;
  finished_at: Date | null;
  owner: string | null;
  journal_n: number;
  inbox_n: number;
  inbox_done: number;
  event_position: string;
  output: JsonValue;
  error: { code: string } | null;
}

const pageSize = 200;

export async function readRuns(pool: Pool): Promise<Map<string, BookedRun>> {
  const { rows } = await pool.query<RunRow>(
    `SELECT r.id, f.name AS flow, r.status, r.reason, r.finished_at, r.owner, r.journal_n, r.inbox_n, r.inbox_done,
       r.event_position, r.output, r.error
     FROM runs r JOIN flows f ON f.workspace_id = r.workspace_id AND f.id = r.flow_id`,
  );
  const appends = await readAppends(pool);
  const runs = new Map<string, BookedRun>();
  for (const row of rows) {
    const own = appends.get(row.id) ?? [];
    runs.set(row.id, {
      id: row.id,
      flow: row.flow,
      status: row.status,
      reasonCode: row.reason?.code ?? null,
      hasFinished: row.finished_at !== null,
      owner: row.owner,
      journalN: row.journal_n,
      inboxN: row.inbox_n,
      inboxDone: row.inbox_done,
      eventPosition: Number(row.event_position),
      output: row.output ?? undefined,
      errorCode: row.error?.code ?? null,
      appends: own,
      entries: own.flatMap((append) => append.entries),
    });
  }
  return runs;
}

/** Entries as they stand in the row: the storm's values are small, so none of them has left it. */
async function readAppends(pool: Pool): Promise<Map<string, BookedAppend[]>> {
  const { rows } = await pool.query<{
    run_id: string;
    n: number;
    append_id: string;
    first_seq: number;
    entries: JournalEntry[];
  }>('SELECT run_id, n, append_id, first_seq, entries FROM journal ORDER BY run_id, n');
  const byRun = new Map<string, BookedAppend[]>();
  for (const row of rows) {
    const list = byRun.get(row.run_id) ?? [];
    list.push({ n: row.n, appendId: row.append_id, firstSeq: row.first_seq, entries: row.entries });
    byRun.set(row.run_id, list);
  }
  return byRun;
}

export async function readLines(pool: Pool): Promise<Set<string>> {
  const { rows } = await pool.query<{ run_id: string }>('SELECT run_id FROM lane_runs');
  return new Set(rows.map((row) => row.run_id));
}

export async function readEvents(pool: Pool): Promise<BookedEvent[]> {
  const { rows } = await pool.query<{ position: string; id: string; source: string; type: string; data: JsonValue }>(
    'SELECT position, id, source, type, data FROM events ORDER BY position',
  );
  return rows.map((row) => ({ ...row, position: Number(row.position) }));
}

/** @returns nothing before the first event */
export async function readSight(pool: Pool): Promise<CheckpointSight | undefined> {
  const { rows } = await pool.query<{ head: string; checkpoint: string }>(
    `SELECT h.head, coalesce(c.position, 0) AS checkpoint FROM stream_heads h
     LEFT JOIN stream_checkpoints c ON c.workspace_id = h.workspace_id AND c.consumer = 'router'`,
  );
  const [row] = rows;
  return row === undefined ? undefined : { head: Number(row.head), checkpoint: Number(row.checkpoint) };
}

/** Every run that the API lists, page by page. @throws Error when the API does not answer */
export async function listRuns(world: World): Promise<Set<string>> {
  const ids = new Set<string>();
  let cursor: string | null = '';
  while (cursor !== null) {
    const more: string = cursor === '' ? '' : `&cursor=${encodeURIComponent(cursor)}`;
    const answer = await world.rest('GET', `/runs?limit=${pageSize}${more}`);
    if (answer?.status !== 200) throw new Error('the API does not list the runs');
    const page = answer.body as { items: { id: string }[]; nextCursor: string | null };
    for (const { id } of page.items) ids.add(id);
    cursor = page.nextCursor;
  }
  return ids;
}
