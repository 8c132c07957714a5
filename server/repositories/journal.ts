/**
 * The journal's write side. One append is one row, fenced by its number: it is written only if the run has exactly the
 * rows the writer has seen, and only by the run's owner or by somebody who may take it over. Run status, reason, due
 * time and consumed inbox messages change in the same statement, published events in the same transaction. Refuses half
 * an append: a loser learns that it lost and holds nothing.
 */
import type { Pool, PoolClient } from 'pg';
import { HeadraceError } from '@/core/errors';
import type { JsonValue } from '@/core/json';
import { limits } from '@/core/limits';
import type { JournalEntry, RunReason, RunStatus } from '@/core/run/types';
import type { StepError, WebhookAnswer } from '@/core/steps/contract';
import { arrayParameter, type Element, type ElementType } from '@/server/repositories/array-parameter';
import { isAmbiguous, isConflict, isDataFault } from '@/server/repositories/database-errors';
import { appendPlaced, placeData } from '@/server/repositories/event-log';
import { createGroupCommit } from '@/server/repositories/group-commit';
import { encodeEntries } from '@/server/repositories/journal-codec';
import { isInline, type PayloadStore } from '@/server/repositories/payloads';
import type { EventAppend } from '@/server/services/ports';

export interface JournalAppend {
  readonly workspaceId: string;
  readonly runId: string;
  /** Fresh per append: after an ambiguous commit the writer has won if and only if the stored one is its own. */
  readonly appendId: string;
  /** Number of this row, one more than the writer has seen. */
  readonly n: number;
  readonly firstSeq: number;
  readonly entries: readonly JournalEntry[];
  readonly status: RunStatus;
  readonly reason: RunReason | null;
  /** Null gives the run up: parked or ended. */
  readonly owner: string | null;
  readonly dueAtMs: number | null;
  /** Inbox messages seen; a parking append is refused while there are others. */
  readonly inboxSeen: number;
  readonly startedAtMs: number | null;
  readonly finishedAtMs: number | null;
  readonly output: JsonValue | undefined;
  readonly error: StepError | null;
  readonly answer: WebhookAnswer | null;
  readonly tags: readonly string[] | null;
  /** Published by the entries of this very append (exists if and only if). */
  readonly events: readonly EventAppend[];
}

export interface JournalWriter {
  /**
   * @returns `won`: durable; `lost`: the run is not as the writer has seen it, or belongs to another
   * @throws HeadraceError `run.unstorable` when a value of this very append cannot be stored
   * @throws the database's error when the append is certainly not written for another reason
   */
  append(append: JournalAppend): Promise<'won' | 'lost'>;
}

interface Encoded {
  readonly append: JournalAppend;
  readonly entries: string;
  readonly output: string | null;
  readonly outputPayload: Buffer | null;
}

const time = (ms: number | null): string | null => (ms === null ? null : new Date(ms).toISOString());
const text = (value: unknown): string | null => (value === null || value === undefined ? null : JSON.stringify(value));

const columns: readonly [name: string, type: ElementType, value: (encoded: Encoded) => Element][] = [
  ['workspace_id', 'uuid', ({ append }) => append.workspaceId],
  ['run_id', 'uuid', ({ append }) => append.runId],
  ['append_id', 'uuid', ({ append }) => append.appendId],
  ['n', 'int', ({ append }) => append.n],
  ['first_seq', 'int', ({ append }) => append.firstSeq],
  ['entries', 'json', ({ entries }) => entries],
  ['status', 'text', ({ append }) => append.status],
  ['reason', 'json', ({ append }) => text(append.reason)],
  ['owner', 'uuid', ({ append }) => append.owner],
  ['due_at', 'timestamptz', ({ append }) => time(append.dueAtMs)],
  ['inbox_seen', 'int', ({ append }) => append.inboxSeen],
  ['started_at', 'timestamptz', ({ append }) => time(append.startedAtMs)],
  ['finished_at', 'timestamptz', ({ append }) => time(append.finishedAtMs)],
  ['output', 'json', ({ output }) => output],
  ['output_payload', 'bytea', ({ outputPayload }) => outputPayload],
  ['error', 'json', ({ append }) => text(append.error)],
  ['answer', 'json', ({ append }) => text(append.answer)],
  ['tags', 'json', ({ append }) => (append.tags === null ? null : JSON.stringify(append.tags))],
];

/*
 * The shape of the statement:
 * 1. `won` updates the run row, which locks it; a concurrent writer makes Postgres re-check the conditions on the
 *    row's newest version, so `journal_n = n - 1` is a fence even under READ COMMITTED.
 * 2. The owner condition admits the owner, anyone when there is none, and anyone once the owner's heartbeat has expired
 *    by the database's clock.
 * 3. A parking append (owner null) compares `inbox_n`, a column of the locked row, and not the inbox table, whose rows
 *    a statement that waited for the lock would see through an older snapshot.
 * 4. `journal` rows exist only for the updates that won.
 * 5. The bounds of the group's ids say nothing new, but they are known before the statement starts, so it is set up for
 *    the partitions of these runs alone; for all of them it would cost more than the rows.
 * Messages stay in the inbox table after they are consumed (`inbox_done`), so that a cause stays unique.
 * The join is driven by the group (at most maxItems rows) into the primary key; tests hold the plan.
 */
const appendText = `
WITH input AS MATERIALIZED (
  SELECT * FROM unnest(${columns.map(([, type], index) => `$${index + 5}::${type}[]`).join(', ')})
    AS i(${columns.map(([name]) => name).join(', ')})
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
    AND (i.owner IS NOT NULL OR r.inbox_n = i.inbox_seen)
  RETURNING r.workspace_id, r.id, i.n, i.append_id, i.first_seq, i.entries
), written AS (
  INSERT INTO journal (workspace_id, run_id, n, append_id, first_seq, entries, worker_id)
  SELECT workspace_id, id, n, append_id, first_seq, entries, $1 FROM won
)
SELECT id FROM won`;

export interface JournalWriterDeps {
  readonly pool: Pool;
  readonly payloads: PayloadStore;
  readonly workerId: string;
}

export function createJournalWriter({ pool, payloads, workerId }: JournalWriterDeps): JournalWriter {
  const write = async (client: Pool | PoolClient, group: readonly Encoded[]): Promise<Set<string>> => {
    // One order for everybody, so that two groups never wait for each other's rows.
    const sorted = group.toSorted((a, b) => (a.append.runId < b.append.runId ? -1 : 1));
    const { rows } = await client.query<{ id: string }>({
      name: 'journal-append',
      text: appendText,
      values: [
        workerId,
        limits.workerLeaseMs,
        sorted[0]?.append.runId,
        sorted.at(-1)?.append.runId,
        ...columns.map(([, type, value]) => arrayParameter(type, sorted.map(value))),
      ],
    });
    return new Set(rows.map((row) => row.id));
  };

  /** After a commit whose answer was lost: a writer has won if and only if the stored append id is its own. */
  const readBack = async (group: readonly Encoded[]): Promise<Set<string>> => {
    const { rows } = await pool.query<{ run_id: string }>({
      name: 'journal-read-back',
      text: `SELECT j.run_id FROM unnest($1::uuid[], $2::uuid[], $3::int[], $4::uuid[]) AS i(workspace_id, run_id, n, append_id)
             JOIN journal j ON j.workspace_id = i.workspace_id AND j.run_id = i.run_id AND j.n = i.n
             WHERE j.append_id = i.append_id`,
      values: [
        group.map(({ append }) => append.workspaceId),
        group.map(({ append }) => append.runId),
        group.map(({ append }) => append.n),
        group.map(({ append }) => append.appendId),
      ],
    });
    return new Set(rows.map((row) => row.run_id));
  };

  const attempt = async (group: readonly Encoded[], run: () => Promise<Set<string>>): Promise<Set<string>> => {
    try {
      return await run();
    } catch (error) {
      if (isConflict(error)) return run();
      if (isAmbiguous(error)) return readBack(group);
      throw error;
    }
  };

  /** Journal rows first, the stream head last: the lock order everywhere. Events of losers are not published. */
  const writeWithEvents = async (group: readonly Encoded[]): Promise<Set<string>> => {
    const placed = new Map(
      await Promise.all(
        group.map(
          async ({ append }) => [append, await placeData(payloads, append.workspaceId, append.events)] as const,
        ),
      ),
    );
    const client = await pool.connect();
    try {
      await client.query('BEGIN');
      const won = await write(client, group);
      const winners = group.filter(({ append }) => won.has(append.runId));
      for (const workspaceId of [...new Set(winners.map(({ append }) => append.workspaceId))].toSorted()) {
        const members = winners.filter(({ append }) => append.workspaceId === workspaceId);
        await appendPlaced(
          client,
          workspaceId,
          members.flatMap(({ append }) => placed.get(append) ?? []),
        );
      }
      await client.query('COMMIT');
      client.release();
      return won;
    } catch (error) {
      // A connection in doubt is not given back to the pool.
      await client.query('ROLLBACK').then(
        () => client.release(),
        () => client.release(true),
      );
      throw error;
    }
  };

  const groups = {
    plain: createGroupCommit<Encoded, 'won' | 'lost'>({
      maxItems: 128,
      // One at a time: a second statement would only halve the groups, and the groups are what makes rows cheap.
      maxFlushes: 1,
      flush: (group) => settle(group, () => write(pool, group)),
      isMemberFault: isDataFault,
    }),
    // Appends that publish are flushed apart, so that the head lock is held for them alone.
    publishing: createGroupCommit<Encoded, 'won' | 'lost'>({
      maxItems: 64,
      maxFlushes: 1,
      flush: (group) => settle(group, () => writeWithEvents(group)),
      isMemberFault: isDataFault,
    }),
  };

  async function settle(group: readonly Encoded[], run: () => Promise<Set<string>>): Promise<('won' | 'lost')[]> {
    const won = await attempt(group, run);
    return group.map(({ append }) => (won.has(append.runId) ? 'won' : 'lost'));
  }

  return {
    async append(append) {
      const entries = await encodeEntries(payloads, append.workspaceId, append.entries);
      const output = text(append.output);
      const fits = output === null || isInline(output);
      const encoded: Encoded = {
        append,
        entries,
        output: fits ? output : null,
        outputPayload: fits ? null : await payloads.put(append.workspaceId, Buffer.from(output)),
      };
      try {
        return await (append.events.length === 0 ? groups.plain : groups.publishing).submit(encoded);
      } catch (error) {
        if (!isDataFault(error)) throw error;
        throw new HeadraceError('run.unstorable', 'The run made a value that the database refuses.', { cause: error });
      }
    },
  };
}
