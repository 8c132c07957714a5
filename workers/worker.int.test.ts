import { v7 as uuidv7 } from 'uuid';
import { describe, expect, it } from 'vitest';
import { flow, step, transform, trigger } from '@/core/flow/testing';
import { createJournalWriter, type JournalAppend } from '@/server/repositories/journal';
import type { LoadedRun } from '@/server/repositories/run-store';
import { anAppend, anEvent, publishFixture, startOf } from '@/server/testing/engine-fixtures';
import { openEngineLab } from '@/server/testing/engine-lab';
import { waitFor } from '@/server/testing/wait-for';

const lab = openEngineLab();

const post = (id: string, path: string, rest: object = {}, config: object = {}) =>
  step(id, 'http.request', { method: 'POST', url: `${lab.ledger.url}${path}`, ...config }, rest);

const load = async (runId: string): Promise<LoadedRun> => {
  const loaded = await lab.platform.runStore.load(lab.workspaceId, runId);
  if (loaded === null) throw new Error('the run is gone');
  return loaded;
};

const appendsOf = async (runId: string): Promise<number> => {
  const { rows } = await lab.platform.pool.query('SELECT count(*)::int AS n FROM journal WHERE run_id = $1', [runId]);
  return rows[0].n;
};

describe('a run', () => {
  //   m → a → b → c
  it('of pure steps alone costs one append', async () => {
    const runId = await lab.start(
      flow(
        [
          trigger,
          transform('a', '{{ event.data.n + 1 }}'),
          transform('b', '{{ steps.a.output * 2 }}'),
          transform('c', { text: 'is {{ steps.b.output }}' }),
        ],
        ['m → a', 'a → b', 'b → c'],
      ),
      { n: 20 },
    );
    const { state } = await lab.inStatus(runId, 'succeeded');
    expect(state.output).toEqual({ text: 'is 42' });
    expect(await appendsOf(runId)).toBe(1);
  });

  //   m → a → call → b
  it('with one call costs two: the intent, and everything after the answer', async () => {
    const runId = await lab.start(
      flow(
        [
          trigger,
          transform('a', 1),
          post('call', '/two', {}, { body: { n: '{{ steps.a.output }}' } }),
          transform('b', '{{ steps.call.output.status }}'),
        ],
        ['m → a', 'a → call', 'call → b'],
      ),
    );
    const { state } = await lab.inStatus(runId, 'succeeded');
    expect(state.output).toBe(201);
    expect(await appendsOf(runId)).toBe(2);
    const call = lab.ledger.calls.find((candidate) => candidate.path === '/two');
    expect(call).toMatchObject({ key: `${runId}:call:forward:0`, body: '{"n":1}' });
  });

  it('keeps a large value outside the row and reads it back whole', async () => {
    const big = 'x'.repeat(50_000);
    const runId = await lab.start(flow([trigger, transform('a', '{{ event.data.big }}')], ['m → a']), { big });
    const { state } = await lab.inStatus(runId, 'succeeded');
    expect(state.steps.a?.output).toBe(big);
    const { rows } = await lab.platform.pool.query('SELECT length(entries::text) AS n FROM journal WHERE run_id = $1', [
      runId,
    ]);
    expect(rows[0].n).toBeLessThan(2_000);
  });

  it('fails with the message of its expression', async () => {
    const runId = await lab.start(flow([trigger, transform('a', 'x{{ event.data.missing }}')], ['m → a']));
    const { state } = await lab.inStatus(runId, 'failed');
    expect(state).toMatchObject({ failedStep: 'a', error: { code: 'expression.missing' } });
  });

  it('of a version that cannot be executed fails with the reason instead of being rung for ever', async () => {
    const runId = await lab.start(flow([trigger, step('a', 'not.built')], ['m → a']));
    const { row } = await lab.inStatus(runId, 'failed');
    expect(row.error).toMatchObject({ code: 'flow.invalid' });
  });

  it('whose tag or event no index could hold ends with a reason, and its tag is cut', async () => {
    const long = 'x'.repeat(5_000);
    const tagged = flow([trigger, transform('a')], ['m → a'], { settings: { tags: { big: '{{ event.data.long }}' } } });
    const ok = await lab.inStatus(await lab.start(tagged, { long }), 'succeeded');
    expect(ok.row.tags[0]).toHaveLength(200);
    const publishes = step('tell', 'event.publish', { type: 'a.b', subject: '{{ event.data.long }}', data: 1 });
    const bad = await lab.inStatus(await lab.start(flow([trigger, publishes], ['m → tell']), { long }), 'failed');
    expect(bad.row.error).toMatchObject({ code: 'step.configInvalid' });
  });

  //   m → one
  //   m → two
  it('carries parallel calls together', async () => {
    const open: (() => void)[] = [];
    for (const path of ['/one', '/two-together']) {
      lab.ledger.behave(path, (response) => {
        open.push(() => response.writeHead(200).end());
        // Neither is answered before both have arrived.
        if (open.length === 2) for (const answer of open) answer();
      });
    }
    const runId = await lab.start(
      flow([trigger, post('one', '/one'), post('two', '/two-together')], ['m → one', 'm → two']),
    );
    await lab.inStatus(runId, 'succeeded');
  });
});

describe('retries', () => {
  it('survive the loss of every wake-up in Redis', async () => {
    lab.ledger.behave('/flaky', (response, _call, n) => response.writeHead(n < 3 ? 503 : 200).end());
    const retry = { attempts: 5, initialMs: 300, jitter: 'none' as const };
    const runId = await lab.start(flow([trigger, post('a', '/flaky', { retry })], ['m → a']));
    const waiting = await lab.inStatus(runId, 'waiting');
    expect(waiting.row.reason).toMatchObject({ code: 'retry', stepId: 'a' });
    await lab.platform.redis.flushdb();
    const { state } = await lab.inStatus(runId, 'succeeded');
    expect(state.steps.a?.attempts.map((attempt) => attempt.status)).toEqual(['failed', 'failed', 'succeeded']);
    const keys = lab.ledger.calls.filter((call) => call.path === '/flaky').map((call) => call.key);
    expect(new Set(keys).size).toBe(1);
  });

  it('are not made for an answer that cannot get better', async () => {
    lab.ledger.behave('/bad', (response) =>
      response.writeHead(400, { 'content-type': 'application/json' }).end('{"e":1}'),
    );
    const runId = await lab.start(flow([trigger, post('a', '/bad')], ['m → a']));
    const { state } = await lab.inStatus(runId, 'failed');
    expect(state.steps.a?.attempts).toHaveLength(1);
    expect(state.error).toMatchObject({ code: 'http.status', details: { status: 400 } });
  });

  it('of an unknown outcome end blocked, with the reason', async () => {
    lab.ledger.behave('/reset', (response) => response.socket?.destroy());
    const runId = await lab.start(
      flow([trigger, post('a', '/reset', { retry: { attempts: 2, initialMs: 1 } })], ['m → a']),
    );
    const { row } = await lab.inStatus(runId, 'blocked');
    expect(row.reason).toMatchObject({ code: 'blocked.unknown', stepId: 'a' });
    expect(lab.ledger.calls.filter((call) => call.path === '/reset')).toHaveLength(2);
  });
});

describe('the inbox', () => {
  it('cancels a waiting run, and posting the same cause again changes nothing', async () => {
    lab.ledger.behave('/later', (response) => response.writeHead(503).end());
    const retry = { attempts: 3, initialMs: 60_000, jitter: 'none' as const };
    const runId = await lab.start(flow([trigger, post('a', '/later', { retry })], ['m → a']));
    await lab.inStatus(runId, 'waiting');
    const cancel = { type: 'cancel', actor: 'user:1', reason: null } as const;
    expect(await lab.platform.runInbox.post(lab.workspaceId, runId, 'cancel:1', cancel)).toBe('posted');
    expect(await lab.platform.runInbox.post(lab.workspaceId, runId, 'cancel:1', cancel)).toBe('already');
    // Nobody rings: the message alone makes the run due.
    await lab.inStatus(runId, 'cancelled');
    expect(await lab.platform.runInbox.post(lab.workspaceId, runId, 'cancel:2', cancel)).toBe('ended');
    expect(await lab.platform.runInbox.post(lab.workspaceId, uuidv7(), 'cancel:2', cancel)).toBe('missing');
  });

  it('terminates a run with a call in flight', async () => {
    lab.ledger.behave('/hangs', () => undefined);
    const runId = await lab.start(flow([trigger, post('a', '/hangs')], ['m → a']));
    await waitFor('the call', () => lab.ledger.calls.find((call) => call.path === '/hangs'));
    await lab.platform.runInbox.post(lab.workspaceId, runId, 'terminate', {
      type: 'terminate',
      actor: 'user:1',
      reason: null,
    });
    await lab.platform.wakeUps.ring([{ workspaceId: lab.workspaceId, runId }]);
    const { state } = await lab.inStatus(runId, 'terminated');
    expect(state.steps.a?.status).toBe('running');
  });
});

describe('G7: the fence', () => {
  const appendAs = (runId: string, owner: string | null, overrides: Partial<JournalAppend> = {}): JournalAppend =>
    anAppend({ workspaceId: lab.workspaceId, runId, n: 1, owner, ...overrides });
  const registered = async (ageSeconds = 0): Promise<string> => {
    const id = uuidv7();
    await lab.platform.pool.query(
      `INSERT INTO workers (id, role, host, pid, version, last_seen_at)
       VALUES ($1, 'worker', 'test', 1, 'test', now() - make_interval(secs => $2))`,
      [id, ageSeconds],
    );
    return id;
  };
  const writerOf = (workerId: string) =>
    createJournalWriter({
      pool: lab.platform.hotPool,
      payloads: lab.platform.payloads,
      workerId,
      onReady: () => {},
    });
  const queued = async (): Promise<string> => {
    const fixture = await publishFixture(
      lab.platform.pool,
      lab.workspaceId,
      flow([trigger, transform('a')], ['m → a']),
    );
    const [answer] = await lab.platform.eventLog.append(lab.workspaceId, [startOf(fixture)]);
    return answer?.runId ?? '';
  };

  it('lets exactly one of many concurrent writers claim a run', async () => {
    const runId = await queued();
    const writers = await Promise.all(Array.from({ length: 8 }, () => registered()));
    const verdicts = await Promise.all(writers.map((id) => writerOf(id).append(appendAs(runId, id))));
    expect(verdicts.filter((verdict) => verdict === 'won')).toHaveLength(1);
    expect(await appendsOf(runId)).toBe(1);
  });

  it('refuses whole the append of a worker that lost its run, published events included', async () => {
    const runId = await queued();
    const [slow, quick] = [await registered(60), await registered()];
    expect(await writerOf(slow).append(appendAs(runId, slow))).toBe('won');
    // The slow one's heartbeat is old, so the quick one may take over.
    expect(await writerOf(quick).append(appendAs(runId, quick, { n: 2 }))).toBe('won');
    const late = appendAs(runId, slow, {
      n: 2,
      status: 'succeeded',
      finishedAtMs: 2,
      events: [anEvent({ type: 'late.one' })],
    });
    expect(await writerOf(slow).append(late)).toBe('lost');
    const { rows } = await lab.platform.pool.query(
      "SELECT 1 FROM events WHERE workspace_id = $1 AND type = 'late.one'",
      [lab.workspaceId],
    );
    expect(rows).toEqual([]);
    expect((await load(runId)).row).toMatchObject({ owner: quick, journalN: 2, status: 'running' });
  });

  it('protects a run whose owner is alive, even with the right number', async () => {
    const runId = await queued();
    const [owner, other] = [await registered(), await registered()];
    await writerOf(owner).append(appendAs(runId, owner));
    expect(await writerOf(other).append(appendAs(runId, other, { n: 2 }))).toBe('lost');
  });

  it('refuses to park a run over a message it has not seen', async () => {
    const runId = await queued();
    const owner = await registered();
    await writerOf(owner).append(appendAs(runId, owner));
    await lab.platform.runInbox.post(lab.workspaceId, runId, 'cancel', {
      type: 'cancel',
      actor: 'user:1',
      reason: null,
    });
    const parking = appendAs(runId, null, { n: 2, entries: [], status: 'waiting' });
    expect(await writerOf(owner).append(parking)).toBe('lost');
    expect(await writerOf(owner).append({ ...parking, inboxSeen: 1 })).toBe('won');
  });

  it('writes the good members of a group whose one member cannot be stored', async () => {
    const [good, bad] = [await queued(), await queued()];
    const owner = await registered();
    const writer = writerOf(owner);
    const results = await Promise.allSettled([
      writer.append(appendAs(good, owner)),
      writer.append(appendAs(bad, owner, { tags: ['a\u0000b'] })),
    ]);
    expect(results).toMatchObject([
      { status: 'fulfilled', value: 'won' },
      { status: 'rejected', reason: { code: 'run.unstorable' } },
    ]);
  });
});

describe('events published by a step', () => {
  //   m → tell          x(order.*) → got
  it('exist if and only if the step completed, and start the flows that subscribe', async () => {
    await publishFixture(
      lab.platform.pool,
      lab.workspaceId,
      flow(
        [
          step('x', 'trigger.event', { types: ['order.*'], filter: '{{ event.data.total > 10 }}' }),
          transform('got', '{{ event.data.total }}'),
        ],
        ['x → got'],
      ),
    );
    const telling = flow(
      [trigger, step('tell', 'event.publish', { type: 'order.placed', data: { total: '{{ event.data.total }}' } })],
      ['m → tell'],
    );
    const small = await lab.start(telling, { total: 5 });
    const large = await lab.start(telling, { total: 50 });
    await Promise.all([lab.inStatus(small, 'succeeded'), lab.inStatus(large, 'succeeded')]);
    const woken = await waitFor('the subscribed run', async () => {
      const { rows } = await lab.platform.pool.query<{ id: string; output: unknown; hops: number }>(
        "SELECT id, output, hops FROM runs WHERE workspace_id = $1 AND trigger_kind = 'trigger.event' AND status = 'succeeded'",
        [lab.workspaceId],
      );
      return rows.length > 0 ? rows : undefined;
    });
    expect(woken).toMatchObject([{ output: 50, hops: 1 }]);
    const { rows } = await lab.platform.pool.query(
      "SELECT id, caused_by_run FROM events WHERE workspace_id = $1 AND type = 'order.placed' ORDER BY position",
      [lab.workspaceId],
    );
    expect(new Set(rows.map((row) => row.caused_by_run))).toEqual(new Set([small, large]));
    expect(rows.map((row) => row.id)).toEqual(rows.map((row) => `${row.caused_by_run}:tell:forward:0`));
  });

  //   x(ping) → again(ping)     a loop of one flow
  it('end a loop by the hop count', async () => {
    await publishFixture(
      lab.platform.pool,
      lab.workspaceId,
      flow(
        [
          step('x', 'trigger.event', { types: ['ping.sent'] }),
          step('again', 'event.publish', { type: 'ping.sent', data: 1 }),
        ],
        ['x → again'],
      ),
    );
    await lab.platform.eventLog.append(lab.workspaceId, [anEvent({ type: 'ping.sent' })]);
    await lab.platform.wakeUps.streamMoved(lab.workspaceId);
    await waitFor('the loop to end', async () => {
      const { rows } = await lab.platform.pool.query(
        "SELECT 1 FROM runs WHERE workspace_id = $1 AND status = 'failed' AND error->>'code' = 'event.hopLimit'",
        [lab.workspaceId],
      );
      return rows[0];
    });
    const { rows } = await lab.platform.pool.query('SELECT count(*)::int AS n FROM runs WHERE workspace_id = $1', [
      lab.workspaceId,
    ]);
    expect(rows[0].n).toBe(33);
  });
});

describe('a paused flow', () => {
  it('keeps its runs back and starts them when it is resumed', async () => {
    const fixture = await publishFixture(
      lab.platform.pool,
      lab.workspaceId,
      flow([trigger, transform('a')], ['m → a']),
    );
    const pauseTo = (isPaused: boolean) =>
      lab.platform.pool.query('UPDATE flows SET is_paused = $2 WHERE id = $1', [fixture.flowId, isPaused]);
    await pauseTo(true);
    const [answer] = await lab.platform.eventLog.append(lab.workspaceId, [startOf(fixture)]);
    const runId = answer?.runId ?? '';
    await lab.platform.wakeUps.ring([{ workspaceId: lab.workspaceId, runId }]);
    const held = await waitFor('the run to be held', async () => {
      const { row } = await load(runId);
      return row.isHeld ? row : undefined;
    });
    expect(held).toMatchObject({ status: 'queued', reason: { code: 'paused' } });
    await pauseTo(false);
    await lab.platform.pool.query('UPDATE runs SET is_held = false, due_at = now() WHERE id = $1', [runId]);
    await lab.inStatus(runId, 'succeeded');
  });
});
