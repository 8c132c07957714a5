/**
 * The journal's write side. One append is one row, fenced by its number: it is written only if the run has exactly the
 * rows the writer has seen, and only by the run's owner or by somebody who may take it over. Run status, reason, due
 * time and consumed inbox messages change in the same statement, published events in the same transaction. Refuses half
 * an append: a loser learns that it lost and holds nothing.
 */
import type { Pool, PoolClient } from 'pg';
import { HeadraceError } from '@/core/errors';
import type { JsonValue } from '@/core/json';
import type { ChildStop } from '@/core/run/children';
import type { JournalEntry } from '@/core/run/entries';
import type { RunReason, RunStatus } from '@/core/run/types';
import type { StepError, WebhookAnswer } from '@/core/steps/contract';
import { leaveStops } from '@/server/repositories/child-stops';
import { isAmbiguous, isConflict, isDataFault } from '@/server/repositories/database-errors';
import { appendPlaced, placeData } from '@/server/repositories/event-log';
import { createGroupCommit } from '@/server/repositories/group-commit';
import { encodeEntries } from '@/server/repositories/journal-codec';
import type { RunRef } from '@/server/repositories/overdue-runs';
import { isInline, type PayloadStore } from '@/server/repositories/payloads';
import { type EncodedAppend, journalAppend, jsonText } from '@/server/repositories/statements/journal-append';
import { journalReadBack } from '@/server/repositories/statements/journal-read-back';
import { closeWaits, dropWaits, linkChildren, type OpenedWait, openWaits } from '@/server/repositories/waits';
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
  readonly openedWaits: readonly OpenedWait[];
  /** Ids of waits that are over. */
  readonly closedWaits: readonly string[];
  /** The run is over, and events may have ended waits of it: what it has had is forgotten. */
  readonly dropsWaits: boolean;
  /**
   * Gives a wait up, so it must not meet what would have ended it: refused while the inbox holds a message that was not
   * seen, as a parking append is.
   */
  readonly isUndisturbed: boolean;
  /** Children that shall stop by the entries of this very append; whoever appends delivers them afterwards. */
  readonly stops: readonly ChildStop[];
  /** The run stands in a lane: it must be its turn, and whatever it has is given back when it parks or ends. */
  readonly isLaned: boolean;
}

export interface JournalWriter {
  /**
   * @returns `won`: durable; `lost`: the run is not as the writer has seen it, or belongs to another
   * @throws HeadraceError `run.unstorable` when a value of this very append cannot be stored
   * @throws the database's error when the append is certainly not written for another reason
   */
  append(append: JournalAppend): Promise<'won' | 'lost'>;
}

export interface JournalWriterDeps {
  readonly pool: Pool;
  readonly payloads: PayloadStore;
  readonly workerId: string;
  /** Told, after the commit, of runs whose turn has come because others gave theirs back. A lost telling only delays. */
  readonly onReady: (runs: readonly RunRef[]) => void;
}

/** What a group has come to. */
interface Written {
  readonly won: ReadonlySet<string>;
  readonly ready: readonly RunRef[];
}

export function createJournalWriter({ pool, payloads, workerId, onReady }: JournalWriterDeps): JournalWriter {
  const write = async (client: Pool | PoolClient, group: readonly EncodedAppend[]): Promise<Written> => {
    const sorted = group.toSorted((a, b) => (a.append.runId < b.append.runId ? -1 : 1));
    const { rows } = await client.query<{ id: string; ready_in: string | null }>(journalAppend(workerId, sorted));
    return {
      won: new Set(rows.flatMap((row) => (row.ready_in === null ? [row.id] : []))),
      ready: rows.flatMap((row) => (row.ready_in === null ? [] : [{ workspaceId: row.ready_in, runId: row.id }])),
    };
  };

  /** After a commit whose answer was lost: a writer has won if and only if the stored append id is its own. */
  const readBack = async (group: readonly EncodedAppend[]): Promise<Written> => {
    const { rows } = await pool.query<{ id: string }>(journalReadBack(group));
    return { won: new Set(rows.map((row) => row.id)), ready: [] };
  };

  const attempt = async (group: readonly EncodedAppend[], run: () => Promise<Written>): Promise<Written> => {
    try {
      return await run();
    } catch (error) {
      if (isConflict(error)) return run();
      if (isAmbiguous(error)) return readBack(group);
      throw error;
    }
  };

  /** Journal rows first, the stream head last: the lock order everywhere. Losers publish nothing and wait for nothing. */
  const writeWithMore = async (group: readonly EncodedAppend[]): Promise<Written> => {
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
      const written = await write(client, group);
      const winners = group.filter(({ append }) => written.won.has(append.runId));
      await writeWaits(client, winners);
      for (const workspaceId of [...new Set(winners.map(({ append }) => append.workspaceId))].toSorted()) {
        const members = winners.filter(({ append }) => append.workspaceId === workspaceId);
        const events = members.flatMap(({ append }) => placed.get(append) ?? []);
        if (events.length === 0) continue;
        await appendPlaced(client, workspaceId, events);
        await linkChildren(
          client,
          workspaceId,
          events.map(({ event }) => event),
        );
      }
      await client.query('COMMIT');
      client.release();
      return written;
    } catch (error) {
      // A connection in doubt is not given back to the pool.
      await client.query('ROLLBACK').then(
        () => client.release(),
        () => client.release(true),
      );
      throw error;
    }
  };

  const writeWaits = async (client: PoolClient, winners: readonly EncodedAppend[]): Promise<void> => {
    for (const workspaceId of new Set(winners.map(({ append }) => append.workspaceId))) {
      const members = winners.filter(({ append }) => append.workspaceId === workspaceId);
      const opened = members.flatMap(({ append }) => append.openedWaits);
      if (opened.length > 0) await openWaits(client, workspaceId, opened);
      await closeWaits(client, workspaceId, members.flatMap(({ append }) => append.closedWaits).toSorted());
      const over = members.filter(({ append }) => append.dropsWaits).map(({ append }) => append.runId);
      await dropWaits(client, workspaceId, over.toSorted());
      await leaveStops(
        client,
        workspaceId,
        members.map(({ append }) => ({ parentRunId: append.runId, stops: append.stops })),
      );
    }
  };

  const groups = {
    plain: createGroupCommit<EncodedAppend, 'won' | 'lost'>({
      maxItems: 128,
      // One at a time: a second statement would only halve the groups, and the groups are what makes rows cheap.
      maxFlushes: 1,
      flush: (group) => settle(group, () => write(pool, group)),
      isMemberFault: isDataFault,
    }),
    // Appends that begin or end a wait are several statements in a transaction.
    waiting: createGroupCommit<EncodedAppend, 'won' | 'lost'>({
      maxItems: 64,
      maxFlushes: 1,
      flush: (group) => settle(group, () => writeWithMore(group)),
      isMemberFault: isDataFault,
    }),
    // Appends that publish are flushed apart, so that the head lock is held for them alone.
    publishing: createGroupCommit<EncodedAppend, 'won' | 'lost'>({
      maxItems: 64,
      maxFlushes: 1,
      flush: (group) => settle(group, () => writeWithMore(group)),
      isMemberFault: isDataFault,
    }),
  };

  async function settle(group: readonly EncodedAppend[], run: () => Promise<Written>): Promise<('won' | 'lost')[]> {
    const { won, ready } = await attempt(group, run);
    if (ready.length > 0) onReady(ready);
    return group.map(({ append }) => (won.has(append.runId) ? 'won' : 'lost'));
  }

  const groupOf = ({ events, openedWaits, closedWaits, dropsWaits, stops }: JournalAppend) => {
    if (events.length > 0) return groups.publishing;
    const hasMore = dropsWaits || openedWaits.length + closedWaits.length + stops.length > 0;
    return hasMore ? groups.waiting : groups.plain;
  };

  return {
    async append(append) {
      const entries = await encodeEntries(payloads, append.workspaceId, append.entries);
      const output = jsonText(append.output);
      const fits = output === null || isInline(output);
      const encoded: EncodedAppend = {
        append,
        entries,
        output: fits ? output : null,
        outputPayload: fits ? null : await payloads.put(append.workspaceId, Buffer.from(output)),
      };
      try {
        return await groupOf(append).submit(encoded);
      } catch (error) {
        if (!isDataFault(error)) throw error;
        throw new HeadraceError('run.unstorable', 'The run made a value that the database refuses.', { cause: error });
      }
    },
  };
}
