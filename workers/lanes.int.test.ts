/**
 * Lanes and limits as several workers keep them, seen from the ledger outside: never two at once, never out of order, none
 * forgotten. Every flow here calls the ledger on entering and on leaving what must not overlap.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { FlowSettings } from '@/core/flow/document';
import { flow, step, transform, trigger } from '@/core/flow/testing';
import type { JsonValue } from '@/core/json';
import { createLanes } from '@/server/repositories/lanes';
import type { EventAppend } from '@/server/services/ports';
import { anEvent, type PublishedFlow, publishFixture, startOf } from '@/server/testing/engine-fixtures';
import { openEngineLab } from '@/server/testing/engine-lab';
import { waitFor } from '@/server/testing/wait-for';
import { type RunningWorker, startWorker } from '@/workers/worker';

const lab = openEngineLab();
let others: RunningWorker[] = [];
beforeAll(async () => {
  others = await Promise.all([startWorker(lab.platform, 'test'), startWorker(lab.platform, 'test')]);
});
afterAll(() => Promise.all(others.map((worker) => worker.stop())));

const call = (id: string) =>
  step(
    id,
    'http.request',
    { method: 'POST', url: `${lab.ledger.url}/${lab.number}/${id}/{{ event.data.n }}` },
    { retry: { attempts: 5, initialMs: 1 } },
  );
//   m → enter → leave
const passage = (settings: FlowSettings) =>
  flow([trigger, call('enter'), call('leave')], ['m → enter', 'enter → leave'], { settings });
const byKey: FlowSettings = { lane: { key: '{{ event.data.key }}' } };

const publish = (document: Parameters<typeof publishFixture>[2]) =>
  publishFixture(lab.platform.pool, lab.workspaceId, document);

/** Starts runs in this order and rings for them in another. @returns their ids, in order */
async function startAll(published: PublishedFlow, data: readonly JsonValue[]): Promise<string[]> {
  const events: EventAppend[] = data.map((datum) => startOf(published, datum));
  const answers = await lab.platform.eventLog.append(lab.workspaceId, events);
  const runIds = answers.map(({ runId }) => runId ?? '');
  await ring(...runIds.toReversed());
  return runIds;
}
const start = async (published: PublishedFlow, data: JsonValue): Promise<string> =>
  (await startAll(published, [data]))[0] ?? '';
const ring = (...runIds: string[]) =>
  lab.platform.wakeUps.ring(runIds.map((runId) => ({ workspaceId: lab.workspaceId, runId })));
const say = async (runId: string, type: 'cancel' | 'terminate') => {
  await lab.platform.runInbox.post(lab.workspaceId, runId, type, { type, actor: 'user:1', reason: null });
  await ring(runId);
};

/** Calls of this test, such as `enter 3`. */
const passages = (): string[] =>
  lab.ledger.calls.flatMap(({ path }) => {
    const [, own, id, n] = path.split('/');
    return own === String(lab.number) ? [`${id} ${n}`] : [];
  });
const passing = (...ns: readonly number[]): string[] => ns.flatMap((n) => [`enter ${n}`, `leave ${n}`]);

/** Keeps a call of the ledger open until it is let go. */
function hold(path: string) {
  let letGo = () => {};
  const held = new Promise<void>((resolve) => {
    letGo = resolve;
  });
  lab.ledger.behave(`/${lab.number}/${path}`, (response) => void held.then(() => response.writeHead(201).end()));
  return { letGo, arrived: () => waitFor(path, () => passages().includes(path.replace('/', ' ')) || undefined) };
}
const rowsLeft = async (): Promise<number> =>
  (await lab.platform.pool.query('SELECT 1 FROM lane_runs WHERE workspace_id = $1', [lab.workspaceId])).rowCount ?? 0;
const ended = (runIds: readonly string[], status = 'succeeded') =>
  Promise.all(runIds.map((runId) => lab.inStatus(runId, status)));

describe('runs of one key', () => {
  it('go one after the other in the order of the stream, while those of other keys go beside them', async () => {
    const published = await publish(passage(byKey));
    const keys = ['a', 'b', 'c'];
    const data = Array.from({ length: 30 }, (_, n) => ({ n, key: keys[n % 3] ?? '' }));
    await ended(await startAll(published, data));
    for (const key of keys) {
      const own = data.filter((datum) => datum.key === key).map(({ n }) => n);
      const calls = passages().filter((text) => own.includes(Number(text.split(' ')[1])));
      expect(calls, key).toEqual(passing(...own));
    }
    expect(await rowsLeft()).toBe(0);
  });

  it('wait with a reason that names the run before them', async () => {
    const published = await publish(passage(byKey));
    const gate = hold('enter/0');
    const [first = '', second = '', third = ''] = await startAll(
      published,
      [0, 1, 2].map((n) => ({ n, key: 'x' })),
    );
    await gate.arrived();
    const waiting = await lab.inStatus(second, 'waiting');
    expect(waiting.row).toMatchObject({
      journalN: 0,
      lane: { key: 'x' },
      reason: { code: 'lane', runId: first, actions: ['cancel', 'terminate'] },
    });
    expect(waiting.row.reason?.message).toContain(first);
    expect((await lab.inStatus(third, 'waiting')).row.reason?.runId).toBe(second);
    gate.letGo();
    await ended([first, second, third]);
    expect(passages()).toEqual(passing(0, 1, 2));
  });

  it('leave the line when they are cancelled or terminated, and those behind learn whom they wait for now', async () => {
    const published = await publish(passage(byKey));
    const gate = hold('enter/0');
    const [first = '', second = '', third = '', fourth = ''] = await startAll(
      published,
      [0, 1, 2, 3].map((n) => ({ n, key: 'x' })),
    );
    await gate.arrived();
    await lab.inStatus(fourth, 'waiting');
    await say(second, 'cancel');
    await lab.inStatus(second, 'cancelled');
    await say(third, 'terminate');
    await lab.inStatus(third, 'terminated');
    await waitFor('the reason to follow', async () => {
      const { row } = await lab.inStatus(fourth, 'waiting');
      return row.reason?.runId === first || undefined;
    });
    gate.letGo();
    await ended([first, fourth]);
    expect(passages()).toEqual(passing(0, 3));
    expect(await rowsLeft()).toBe(0);
  });

  it('keep the key while they wait or stand blocked', async () => {
    const delayed = flow(
      [trigger, call('enter'), step('pause', 'logic.delay', { forMs: 300 }), call('leave')],
      ['m → enter', 'enter → pause', 'pause → leave'],
      { settings: byKey },
    );
    const runIds = await startAll(
      await publish(delayed),
      [0, 1, 2].map((n) => ({ n, key: 'x' })),
    );
    await ended(runIds);
    expect(passages()).toEqual(passing(0, 1, 2));
  });

  it('whose key is nothing stand in no lane', async () => {
    const published = await publish(passage(byKey));
    const gate = hold('enter/0');
    const first = await start(published, { n: 0 });
    await gate.arrived();
    await lab.inStatus(await start(published, { n: 1, key: null }), 'succeeded');
    gate.letGo();
    await lab.inStatus(first, 'succeeded');
  });

  it('whose key cannot be computed fail with the reason and block nobody', async () => {
    const published = await publish(passage({ lane: { key: 'order-{{ event.data.order.id }}' }, concurrency: 1 }));
    const [bad = '', good = ''] = await startAll(published, [
      { n: 0, order: {} },
      { n: 1, order: { id: 7 } },
    ]);
    const failed = await lab.inStatus(bad, 'failed');
    expect(failed.row.error).toMatchObject({ code: 'lane.keyInvalid' });
    expect(failed.row.error?.message).toContain('event.data.order.id');
    await lab.inStatus(good, 'succeeded');
    expect(passages()).toEqual(passing(1));
  });

  it('of two long keys that begin alike are not taken for one', async () => {
    const published = await publish(passage(byKey));
    const gate = hold('enter/0');
    const first = await start(published, { n: 0, key: `${'k'.repeat(5_000)}1` });
    await gate.arrived();
    await lab.inStatus(await start(published, { n: 1, key: `${'k'.repeat(5_000)}2` }), 'succeeded');
    gate.letGo();
    await lab.inStatus(first, 'succeeded');
  });
});

describe('a limit', () => {
  const limited = (concurrency: number) => publish(passage({ concurrency }));

  it('is never exceeded by three workers and always used', async () => {
    const published = await limited(3);
    let under = 0;
    let most = 0;
    for (let n = 0; n < 24; n += 1) {
      lab.ledger.behave(`/${lab.number}/enter/${n}`, (response) => {
        under += 1;
        most = Math.max(most, under);
        setTimeout(() => response.writeHead(201).end(), 20);
      });
      lab.ledger.behave(`/${lab.number}/leave/${n}`, (response) => {
        under -= 1;
        response.writeHead(201).end();
      });
    }
    await ended(
      await startAll(
        published,
        Array.from({ length: 24 }, (_, n) => ({ n })),
      ),
    );
    expect(most).toBe(3);
    expect(await rowsLeft()).toBe(0);
  });

  it('lets a run that waits give its place to another, and take the next one in its turn', async () => {
    const delayed = flow(
      [trigger, call('enter'), step('pause', 'logic.delay', { forMs: 400 }), call('leave')],
      ['m → enter', 'enter → pause', 'pause → leave'],
      { settings: { concurrency: 1 } },
    );
    const published = await publish(delayed);
    const first = await start(published, { n: 0 });
    await lab.inStatus(first, 'waiting');
    const gate = hold('enter/1');
    const [second = '', third = ''] = await startAll(published, [{ n: 1 }, { n: 2 }]);
    await gate.arrived();
    const waiting = await waitFor('the first to want its place again', async () => {
      const loaded = await lab.inStatus(first, 'waiting');
      return loaded.row.reason?.code === 'lane' ? loaded : undefined;
    });
    expect(waiting.row.reason).toMatchObject({ runId: second });
    expect((await lab.inStatus(third, 'waiting')).row.reason).toMatchObject({ code: 'lane', runId: second });
    gate.letGo();
    await ended([first, second, third]);
    // The older run comes before the younger one, although it began to wait later.
    const calls = passages();
    expect(calls.indexOf('leave 0')).toBeLessThan(calls.indexOf('enter 2'));
  });

  it('does not keep a run from being terminated while it wants its place', async () => {
    const delayed = flow(
      [trigger, step('pause', 'logic.delay', { forMs: 50 }), call('enter')],
      ['m → pause', 'pause → enter'],
      { settings: { concurrency: 1 } },
    );
    const published = await publish(delayed);
    const gate = hold('enter/0');
    const first = await start(published, { n: 0 });
    await gate.arrived();
    const second = await start(published, { n: 1 });
    await waitFor('the second to want a place', async () =>
      (await lab.inStatus(second, 'waiting')).row.reason?.code === 'lane' ? true : undefined,
    );
    await say(second, 'terminate');
    await lab.inStatus(second, 'terminated');
    gate.letGo();
    await lab.inStatus(first, 'succeeded');
    expect(await rowsLeft()).toBe(0);
  });

  it('and a key together: of each key one, of all no more than the limit', async () => {
    const published = await publish(passage({ ...byKey, concurrency: 2 }));
    const data = Array.from({ length: 24 }, (_, n) => ({ n, key: n % 4 }));
    await ended(await startAll(published, data));
    let open = new Set<string>();
    for (const text of passages()) {
      const [id, n = ''] = text.split(' ');
      if (id === 'enter') open.add(n);
      else open = new Set([...open].filter((other) => other !== n));
      expect(open.size).toBeLessThanOrEqual(2);
    }
    for (const key of [0, 1, 2, 3]) {
      const calls = passages().filter((text) => Number(text.split(' ')[1]) % 4 === key);
      expect(calls).toEqual(passing(...data.filter((datum) => datum.key === key).map(({ n }) => n)));
    }
  });
});

describe('what is lost', () => {
  it('is not a run whose worker dies between getting its turn and beginning', async () => {
    const published = await publish(passage(byKey));
    const events = [0, 1].map((n) => startOf(published, { n, key: 'x' }));
    const [first = '', second = ''] = (await lab.platform.eventLog.append(lab.workspaceId, events)).map(
      ({ runId }) => runId ?? '',
    );
    const { workspaceId } = lab;
    const lanes = createLanes({ pool: lab.platform.hotPool, onReady: () => {} });
    expect(await lanes.admit({ workspaceId, runId: first, journalN: 0, inboxN: 0 })).toEqual({ type: 'admitted' });
    // As if its first alarm were lost as well: only the row of the lane knows.
    await lab.platform.pool.query('UPDATE runs SET due_at = NULL WHERE id = $1', [first]);
    await ring(second);
    await lab.inStatus(second, 'waiting');
    await ended([first, second]);
    expect(passages()).toEqual(passing(0, 1));
  });

  it('is nothing when Redis is emptied while a line waits', async () => {
    const published = await publish(passage(byKey));
    const gate = hold('enter/0');
    const runIds = await startAll(
      published,
      Array.from({ length: 8 }, (_, n) => ({ n, key: 'x' })),
    );
    await gate.arrived();
    await lab.inStatus(runIds.at(-1) ?? '', 'waiting');
    const redis = lab.platform.connectRedis();
    await redis.flushall();
    redis.disconnect();
    gate.letGo();
    await ended(runIds);
    expect(passages()).toEqual(passing(0, 1, 2, 3, 4, 5, 6, 7));
  });
});

describe('runs that come by other ways', () => {
  //   m, e → enter → leave
  const subscribing = () =>
    flow(
      [trigger, step('e', 'trigger.event', { types: ['order.*'] }), call('enter'), call('leave')],
      ['m → enter', 'e → enter', 'enter → leave'],
      { settings: byKey },
    );

  it('keep the order of the stream, whoever makes them', async () => {
    const published = await publish(subscribing());
    const events = Array.from({ length: 20 }, (_, n): EventAppend => {
      const data = { n, key: 'x' };
      return n % 2 === 0 ? anEvent({ type: 'order.placed', data }) : startOf(published, data);
    });
    const answers = await lab.platform.eventLog.append(lab.workspaceId, events);
    await ring(...answers.flatMap(({ runId }) => (runId === null ? [] : [runId])));
    await lab.platform.wakeUps.streamMoved(lab.workspaceId);
    const all = passing(...events.map((_, n) => n));
    await waitFor('all to pass', () => passages().length === all.length || undefined);
    expect(passages()).toEqual(all);
  });

  it('hold their places while the flow is paused and go on in order', async () => {
    const published = await publish(passage({ ...byKey, concurrency: 2 }));
    const gate = hold('enter/0');
    const first = await start(published, { n: 0, key: 'x' });
    await gate.arrived();
    const flowRow = [lab.workspaceId, published.flowId];
    const pause = 'UPDATE flows SET is_paused = true WHERE workspace_id = $1 AND id = $2';
    await lab.platform.pool.query(pause, flowRow);
    const waiting = await startAll(
      published,
      [1, 2, 3].map((n) => ({ n, key: 'x' })),
    );
    await waitFor('all to be held', async () => {
      const loaded = await Promise.all(waiting.map((runId) => lab.platform.runStore.load(lab.workspaceId, runId)));
      return loaded.every((run) => run?.row.isHeld) || undefined;
    });
    gate.letGo();
    await lab.inStatus(first, 'succeeded');
    await lab.platform.pool.query('UPDATE flows SET is_paused = false WHERE workspace_id = $1 AND id = $2', flowRow);
    const release = `UPDATE runs SET is_held = false, due_at = now(), reason = NULL
      WHERE workspace_id = $1 AND flow_id = $2 AND is_held`;
    await lab.platform.pool.query(release, flowRow);
    await ring(...waiting.toReversed());
    await ended(waiting);
    expect(passages()).toEqual(passing(0, 1, 2, 3));
  });

  it('share the turn of an ancestor with the same key, and hold it on when that ends first', async () => {
    const published = await publish(passage(byKey));
    const { workspaceId } = lab;
    const events = [0, 1, 2].map((n) => startOf(published, { n, key: 'x' }));
    const [parent = '', stranger = '', child = ''] = (await lab.platform.eventLog.append(workspaceId, events)).map(
      ({ runId }) => runId ?? '',
    );
    await lab.platform.pool.query('UPDATE runs SET parent_run_id = $2 WHERE id = $1', [child, parent]);
    const gates = [hold('enter/0'), hold('enter/2')] as const;
    await ring(parent);
    await gates[0].arrived();
    await ring(stranger, child);
    await gates[1].arrived();
    gates[0].letGo();
    await lab.inStatus(parent, 'succeeded');
    await lab.inStatus(stranger, 'waiting');
    gates[1].letGo();
    await ended([child, stranger]);
    expect(passages().indexOf('leave 2')).toBeLessThan(passages().indexOf('enter 1'));
  });
});

it('a flow without lanes leaves no trace in them', async () => {
  await lab.inStatus(await lab.start(flow([trigger, transform('a')], ['m → a'])), 'succeeded');
  expect(await rowsLeft()).toBe(0);
});
