import { setTimeout as pause } from 'node:timers/promises';
import type { Pool } from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { HeadraceError } from '@/core/errors';
import { createPools, type Pools } from '@/server/database/pools';
import { createEventLog } from '@/server/repositories/event-log';
import { createPayloadStore } from '@/server/repositories/payloads';
import type { EventLog } from '@/server/services/ports';
import { anEvent, makeWorkspace, publishFixture, startOf } from '@/server/testing/engine-fixtures';
import { testDatabase } from '@/server/testing/servers';
import { silentLog } from '@/server/testing/silent-log';

let pools: Pools;
let pool: Pool;
let log: EventLog;
let workspaceId: string;
let slugs = 0;

beforeAll(async () => {
  pools = createPools((await testDatabase()).url, 'test', silentLog);
  pool = pools.pool;
  log = createEventLog({ pool: pools.hotPool, payloads: createPayloadStore(pools.hotPool) });
});
afterAll(() => pools.close());
beforeEach(async () => {
  slugs += 1;
  workspaceId = await makeWorkspace(pool, `w${slugs}`);
});

const countOf = async (table: 'events' | 'runs' | 'event_keys'): Promise<number> => {
  const { rows } = await pool.query<{ n: string }>(`SELECT count(*) AS n FROM ${table} WHERE workspace_id = $1`, [
    workspaceId,
  ]);
  return Number(rows[0]?.n);
};

describe('an append', () => {
  it('gives positions from 1 without gaps, in order, however many append at once', async () => {
    const answers = await Promise.all(Array.from({ length: 200 }, () => log.append(workspaceId, [anEvent()])));
    const positions = answers.flat().map((answer) => answer.position);
    expect(positions.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 200 }, (_, index) => index + 1));
  });

  it('counts positions per workspace', async () => {
    const other = await makeWorkspace(pool, `other${slugs}`);
    await log.append(workspaceId, [anEvent(), anEvent()]);
    expect(await log.append(other, [anEvent()])).toMatchObject([{ position: 1 }]);
  });

  it('makes the run of an addressed trigger in the same transaction', async () => {
    const flow = await publishFixture(pool, workspaceId, { headrace: 1, name: 'f', steps: [], edges: [] });
    const event = startOf(flow);
    const [answer] = await log.append(workspaceId, [event]);
    expect(answer).toEqual({ position: 1, runId: event.run?.id, isDuplicate: false });
    const { rows } = await pool.query('SELECT status, event_position, due_at > now() AS due FROM runs WHERE id = $1', [
      event.run?.id,
    ]);
    expect(rows).toEqual([{ status: 'queued', event_position: '1', due: true }]);
  });

  it('keeps what JSON can say and jsonb cannot', async () => {
    const data = { nul: 'a\u0000b', lone: '\ud800', big: 'x'.repeat(20_000) };
    await log.append(workspaceId, [anEvent({ data: { nul: data.nul, lone: data.lone } }), anEvent({ data })]);
    const { rows } = await pool.query<{ data: unknown; data_payload: Buffer | null }>(
      'SELECT data, data_payload FROM events WHERE workspace_id = $1 ORDER BY position',
      [workspaceId],
    );
    expect(rows[0]).toEqual({ data: { nul: data.nul, lone: data.lone }, data_payload: null });
    const hash = rows[1]?.data_payload?.toString('hex') ?? '';
    const contents = await createPayloadStore(pool).getMany(workspaceId, [hash]);
    expect(JSON.parse(contents.get(hash)?.toString() ?? 'null')).toEqual(data);
  });

  it('fails a member with a value that cannot be stored, and only that one', async () => {
    const bad = anEvent({ subject: 'a\u0000b' });
    const results = await Promise.allSettled([
      log.append(workspaceId, [anEvent()]),
      log.append(workspaceId, [anEvent(), bad]),
      log.append(workspaceId, [anEvent()]),
    ]);
    expect(results.map((result) => result.status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    expect(results[1]).toMatchObject({ reason: expect.any(HeadraceError) });
    expect(await countOf('events')).toBe(2);
  });

  it('counts the revisions of a subject, also within one batch', async () => {
    const of = (subject: string) => anEvent({ subject });
    await log.append(workspaceId, [of('a'), of('b'), of('a')]);
    await log.append(workspaceId, [of('a')]);
    const { rows } = await pool.query(
      'SELECT subject, subject_revision FROM events WHERE workspace_id = $1 ORDER BY position',
      [workspaceId],
    );
    expect(rows.map((row) => `${row.subject}${row.subject_revision}`)).toEqual(['a1', 'b1', 'a2', 'a3']);
  });
});

describe('E5: the same source and id twice', () => {
  it('returns the first position and run and creates nothing', async () => {
    const flow = await publishFixture(pool, workspaceId, { headrace: 1, name: 'f', steps: [], edges: [] });
    const twice = () => ({ ...startOf(flow), id: 'order-1', keyTtlMs: 60_000 });
    const first = twice();
    await log.append(workspaceId, [first]);
    const [again] = await log.append(workspaceId, [twice()]);
    expect(again).toEqual({ position: 1, runId: first.run?.id, isDuplicate: true });
    expect([await countOf('events'), await countOf('runs')]).toEqual([1, 1]);
  });

  it('holds when they race, in one group and in one request', async () => {
    const keyed = () => anEvent({ id: 'k', keyTtlMs: 'forever' });
    const answers = (
      await Promise.all([
        ...Array.from({ length: 40 }, () => log.append(workspaceId, [keyed()])),
        log.append(workspaceId, [keyed(), keyed()]),
      ])
    ).flat();
    expect(new Set(answers.map((answer) => answer.position)).size).toBe(1);
    expect(answers.filter((answer) => !answer.isDuplicate)).toHaveLength(1);
    expect(await countOf('events')).toBe(1);
  });

  it('is forgotten with the key, and the later event then holds the key', async () => {
    const keyed = () => anEvent({ id: 'k', keyTtlMs: 60_000 });
    await log.append(workspaceId, [keyed()]);
    await pool.query("UPDATE event_keys SET expires_at = now() - interval '1 second' WHERE workspace_id = $1", [
      workspaceId,
    ]);
    expect(await log.append(workspaceId, [keyed()])).toMatchObject([{ position: 2, isDuplicate: false }]);
    expect(await log.append(workspaceId, [keyed()])).toMatchObject([{ position: 2, isDuplicate: true }]);
  });
});

/*
 * E2: no subscription ever sees an earlier position after a later one, nor skips an event that committed late. 32
 * writers draw a position, dawdle and commit or abort; a reader follows its checkpoint. The same harness runs with
 * positions drawn from a sequence, to prove that it can fail.
 */
interface Design {
  readonly write: (client: import('pg').PoolClient, id: string) => Promise<unknown>;
  /** Positions and ids after a checkpoint, in order, as far as this design thinks it is safe to read. */
  readonly read: (after: number) => Promise<{ position: number; id: string }[]>;
}

async function follow(design: Design): Promise<{ committed: Set<string>; seen: string[] }> {
  const committed = new Set<string>();
  const seen: string[] = [];
  let isWriting = true;
  let seed = 7;
  const draw = (): number => {
    seed = (seed * 48_271) % 2_147_483_647;
    return seed / 2_147_483_647;
  };
  const writer = async (name: number): Promise<void> => {
    const client = await pool.connect();
    try {
      for (let n = 0; n < 12; n += 1) {
        const id = `${name}-${n}`;
        const aborts = draw() < 0.2;
        await client.query('BEGIN');
        await design.write(client, id);
        await client.query('SELECT pg_sleep($1)', [draw() * 0.004]);
        await client.query(aborts ? 'ROLLBACK' : 'COMMIT');
        if (!aborts) committed.add(id);
      }
    } finally {
      client.release();
    }
  };
  const reader = async (): Promise<void> => {
    let checkpoint = 0;
    for (;;) {
      const wasWriting = isWriting;
      const rows = await design.read(checkpoint);
      for (const row of rows) {
        seen.push(row.id);
        checkpoint = row.position;
      }
      if (!wasWriting && rows.length === 0) return;
      await pause(0);
    }
  };
  const reading = reader();
  await Promise.all(Array.from({ length: 32 }, (_, name) => writer(name)));
  isWriting = false;
  await reading;
  return { committed, seen };
}

describe('E2: a reader that follows its checkpoint', () => {
  // Each writer holds a connection of its own while it dawdles.
  beforeAll(() => {
    pool.options.max = 40;
  });

  it('sees every committed event exactly once, in order', async () => {
    const design: Design = {
      write: (client, id) =>
        client.query(
          `SELECT * FROM append_events($1, ARRAY[$2], ARRAY['/e2'], ARRAY['t.t'], ARRAY[NULL]::text[],
             ARRAY[NULL]::timestamptz[], ARRAY[NULL]::text[], ARRAY['{}'], ARRAY[NULL]::bytea[], ARRAY[NULL]::bytea[],
             ARRAY[NULL]::text[], ARRAY[NULL]::int[], ARRAY[0]::smallint[], ARRAY[NULL]::uuid[], ARRAY['system'],
             ARRAY[-1]::bigint[], ARRAY[NULL]::uuid[], ARRAY[NULL]::uuid[], ARRAY[NULL]::uuid[], ARRAY[NULL]::int[],
             ARRAY[NULL]::boolean[], ARRAY[NULL]::text[], ARRAY[NULL]::text[])`,
          [workspaceId, id],
        ),
      read: async (after) => {
        const { rows } = await pools.hotPool.query<{ position: string; id: string }>(
          `SELECT position, id FROM events WHERE workspace_id = $1 AND position > $2
             AND position <= (SELECT head FROM stream_heads WHERE workspace_id = $1) ORDER BY position`,
          [workspaceId, after],
        );
        return rows.map((row) => ({ position: Number(row.position), id: row.id }));
      },
    };
    const { committed, seen } = await follow(design);
    expect(new Set(seen)).toEqual(committed);
    expect(seen).toHaveLength(committed.size);
    const { rows } = await pool.query(
      'SELECT min(position) AS first, max(position) AS last, count(*) AS n FROM events WHERE workspace_id = $1',
      [workspaceId],
    );
    expect(rows[0]).toEqual({ first: '1', last: String(committed.size), n: String(committed.size) });
  });

  it('loses events when positions are drawn from a sequence', async () => {
    await pool.query('CREATE TABLE naive_events (position bigserial PRIMARY KEY, id text NOT NULL)');
    const design: Design = {
      write: (client, id) => client.query('INSERT INTO naive_events (id) VALUES ($1)', [id]),
      read: async (after) => {
        const { rows } = await pools.hotPool.query<{ position: string; id: string }>(
          'SELECT position, id FROM naive_events WHERE position > $1 ORDER BY position',
          [after],
        );
        return rows.map((row) => ({ position: Number(row.position), id: row.id }));
      },
    };
    const { committed, seen } = await follow(design);
    expect(seen.length).toBeLessThan(committed.size);
  });
});
