/** Sagas, delays and time limits carried by a real worker, with the ledger as the world that is changed and undone. */
import { describe, expect, it } from 'vitest';
import { flow, step, transform, trigger } from '@/core/flow/testing';
import { limits } from '@/core/limits';
import { fold } from '@/core/run/evolve';
import type { Platform } from '@/server/platform';
import { openEngineLab } from '@/server/testing/engine-lab';
import type { Ledger } from '@/server/testing/ledger';
import { waitFor } from '@/server/testing/wait-for';

const lab = openEngineLab();

/** Paths carry the number of the test, so that each has a part of the ledger for itself. */
const post = (id: string, rest: object = {}) =>
  step(
    id,
    'http.request',
    { method: 'POST', url: `${lab.ledger.url}/${lab.number}/${id}` },
    { retry: { attempts: 2, initialMs: 1 }, ...rest },
  );
const behave = (id: string, behaviour: Parameters<Ledger['behave']>[1]) =>
  lab.ledger.behave(`/${lab.number}/${id}`, behaviour);
const callsOf = (...ids: string[]): string[] =>
  lab.ledger.calls.flatMap(({ path }) => {
    const [, own, id = ''] = path.split('/');
    return own === String(lab.number) && (ids.length === 0 || ids.includes(id)) ? [id] : [];
  });

const say = async (runId: string, cause: string, message: Parameters<Platform['runInbox']['post']>[3]) => {
  await lab.platform.runInbox.post(lab.workspaceId, runId, cause, message);
  await lab.platform.wakeUps.ring([{ workspaceId: lab.workspaceId, runId }]);
};

describe('a saga', () => {
  //   m → reserve → charge → ship       reserve ┄→ release     charge ┄→ refund       (ship is refused)
  const order = () =>
    flow(
      [trigger, post('reserve'), post('charge'), post('ship'), post('release'), post('refund')],
      [
        'm → reserve',
        'reserve → charge',
        'charge → ship',
        'reserve.compensate → release',
        'charge.compensate → refund',
      ],
    );

  it('that fails is undone in the world, last in first out, under keys of its own', async () => {
    behave('ship', (response) => response.writeHead(422).end());
    const runId = await lab.start(order());
    const { state, row } = await lab.inStatus(runId, 'compensated');
    expect(callsOf()).toEqual(['reserve', 'charge', 'ship', 'refund', 'release']);
    expect(state.steps).toMatchObject({
      reserve: { status: 'compensated' },
      charge: { status: 'compensated' },
      ship: { status: 'failed' },
      refund: { status: 'succeeded' },
    });
    expect(row.error).toMatchObject({ code: 'http.status' });
    const keys = lab.ledger.calls.filter(({ path }) => path === `/${lab.number}/refund`).map(({ key }) => key);
    expect(keys).toEqual([`${runId}:refund:compensate:0`]);
  });

  it('whose undoing does not succeed stands blocked until a person decides', async () => {
    let isRepaired = false;
    behave('ship', (response) => response.writeHead(422).end());
    behave('refund', (response) => response.writeHead(isRepaired ? 200 : 503).end());
    const runId = await lab.start(order());
    const blocked = await lab.inStatus(runId, 'blocked');
    expect(blocked.row.reason).toMatchObject({
      code: 'blocked.compensation',
      stepId: 'refund',
      actions: ['retry', 'output', 'skip', 'terminate'],
    });
    isRepaired = true;
    await say(runId, 'resolve:1', { type: 'resolve', stepId: 'refund', action: 'retry', actor: 'user:1' });
    await lab.inStatus(runId, 'compensated');
    expect(callsOf('refund', 'release')).toEqual(['refund', 'refund', 'refund', 'release']);
    const keys = new Set(lab.ledger.calls.filter(({ path }) => path === `/${lab.number}/refund`).map(({ key }) => key));
    expect(keys).toEqual(new Set([`${runId}:refund:compensate:0`, `${runId}:refund:compensate:0.1`]));
  });

  it('says that it is compensating while a call that undoes is on its way', async () => {
    const held: (() => void)[] = [];
    behave('ship', (response) => response.writeHead(422).end());
    behave('refund', (response) => held.push(() => response.writeHead(200).end()));
    const runId = await lab.start(order());
    await waitFor('the refund', () => held[0]);
    await lab.inStatus(runId, 'compensating');
    for (const answer of held) answer();
    await lab.inStatus(runId, 'compensated');
  });

  it('that is cancelled waits for the call in flight and undoes that too', async () => {
    const held: (() => void)[] = [];
    behave('charge', (response) => held.push(() => response.writeHead(201).end()));
    const runId = await lab.start(order());
    await waitFor('the call', () => held[0]);
    await say(runId, 'cancel', { type: 'cancel', actor: 'user:1', reason: null });
    await waitFor('the cancel to be read', async () => {
      const loaded = await lab.platform.runStore.load(lab.workspaceId, runId);
      return loaded?.state.cancel === null ? undefined : true;
    });
    for (const answer of held) answer();
    await lab.inStatus(runId, 'cancelled');
    expect(callsOf()).toEqual(['reserve', 'charge', 'refund', 'release']);
  });

  it('that came past its pivot is not undone', async () => {
    //   m → reserve → pay! → tell      reserve ┄→ release       (tell is refused)
    behave('tell', (response) => response.writeHead(422).end());
    const runId = await lab.start(
      flow(
        [trigger, post('reserve'), post('pay', { pivot: true }), post('tell'), post('release')],
        ['m → reserve', 'reserve → pay', 'pay → tell', 'reserve.compensate → release'],
      ),
    );
    const blocked = await lab.inStatus(runId, 'blocked');
    expect(blocked.row.reason).toMatchObject({ code: 'blocked.pastPivot', stepId: 'tell' });
    await say(runId, 'resolve:1', {
      type: 'resolve',
      stepId: 'tell',
      action: 'output',
      actor: 'user:1',
      output: 'told',
    });
    const { state } = await lab.inStatus(runId, 'succeeded');
    expect(state.output).toBe('told');
    expect(callsOf('release')).toEqual([]);
  });

  it('in a scope goes on by the error port of the scope', async () => {
    //   m → ⟦s: reserve → charge⟧ → done      s.error → sorry      reserve ┄→ release     (charge is refused)
    behave('charge', (response) => response.writeHead(402).end());
    const runId = await lab.start(
      flow(
        [
          trigger,
          step('s', 'saga.scope'),
          post('reserve', { in: 's' }),
          post('charge', { in: 's' }),
          post('release', { in: 's' }),
          transform('done'),
          transform('sorry', '{{ error.code }} after {{ $string(steps.reserve.output.status) }}'),
        ],
        ['m → s', 'reserve → charge', 'reserve.compensate → release', 's → done', 's.error → sorry'],
      ),
    );
    const { state } = await lab.inStatus(runId, 'succeeded');
    expect(state.output).toBe('http.status after 201');
    expect(callsOf()).toEqual(['reserve', 'charge', 'release']);
  });
});

describe('a long journal', () => {
  //   m → t0 → … → t979 → call          (refused 30 times, then told to come back in an hour)
  it('is resumed from a snapshot, and looked at by its last one, which says the same', async () => {
    const ids = Array.from({ length: 980 }, (_, index) => `t${index}`);
    const wires = ids.map((id, index) => `${index === 0 ? 'm' : `t${index - 1}`} → ${id}`);
    behave('call', (response, _call, n) => response.writeHead(503, n > 30 ? { 'retry-after': '3600' } : {}).end());
    const retry = { attempts: 90, initialMs: 1, maxMs: 1, jitter: 'none' as const };
    const runId = await lab.start(
      flow([trigger, ...ids.map((id) => transform(id, id)), post('call', { retry })], [...wires, 't979 → call']),
      { order: 7 },
    );
    const waiting = await waitFor('the hour', async () => {
      const loaded = await lab.platform.runStore.load(lab.workspaceId, runId);
      return loaded?.state.steps.call?.attempts.length === 31 && loaded.row.owner === null ? loaded : undefined;
    });
    expect(waiting.snapshotSeq).toBeGreaterThanOrEqual(limits.snapshotEntries);
    const journal = await lab.platform.runStore.journal(lab.workspaceId, runId);
    expect(waiting.state).toEqual(
      fold(
        { order: 7 },
        journal.map(({ entry }) => entry),
      ),
    );
    await say(runId, 'cancel', { type: 'cancel', actor: 'user:1', reason: null });
    await lab.inStatus(runId, 'cancelled');
    const ended = await waitFor('the last snapshot', async () => {
      const loaded = await lab.platform.runStore.load(lab.workspaceId, runId);
      return loaded !== null && loaded.snapshotSeq === loaded.state.seq ? loaded : undefined;
    });
    const whole = await lab.platform.runStore.journal(lab.workspaceId, runId);
    expect(ended.state).toEqual(
      fold(
        { order: 7 },
        whole.map(({ entry }) => entry),
      ),
    );
  });
});

describe('time', () => {
  it('a delay outlives the loss of everything in Redis', async () => {
    const runId = await lab.start(
      flow([trigger, step('nap', 'logic.delay', { forMs: 400 }), post('after')], ['m → nap', 'nap → after']),
    );
    const waiting = await lab.inStatus(runId, 'waiting');
    expect(waiting.row.reason).toMatchObject({ code: 'timer', stepId: 'nap' });
    await lab.platform.redis.flushdb();
    const { state } = await lab.inStatus(runId, 'succeeded');
    expect(state.steps.nap?.output).toHaveProperty('resumedAt');
    expect(callsOf()).toEqual(['after']);
  });

  it('a delay that is over is told apart from a call that is in flight when another worker goes on', async () => {
    //   m → nap → after        m → slow
    const held: (() => void)[] = [];
    behave('slow', (response) => held.push(() => response.writeHead(200).end()));
    const runId = await lab.start(
      flow(
        [trigger, step('nap', 'logic.delay', { forMs: 50 }), post('after'), post('slow')],
        ['m → nap', 'nap → after', 'm → slow'],
      ),
    );
    // The delay ends while the run is being carried, because of the call beside it.
    await waitFor('what follows the delay', () => callsOf('after')[0]);
    for (const answer of held) answer();
    await lab.inStatus(runId, 'succeeded');
  });

  it('a step gets no more time than its deadline leaves, and its outcome is unknown then', async () => {
    behave('slow', () => undefined);
    const runId = await lab.start(flow([trigger, post('slow', { timeoutMs: 60_000, deadlineMs: 150 })], ['m → slow']));
    const { state } = await lab.inStatus(runId, 'blocked');
    expect(state.steps.slow).toMatchObject({ status: 'unknown', attempts: [{ status: 'unknown' }] });
  });

  it('a run that takes too long is undone', async () => {
    const runId = await lab.start(
      flow(
        [trigger, post('reserve'), step('nap', 'logic.delay', { forMs: 3_600_000 }), post('release')],
        ['m → reserve', 'reserve → nap', 'reserve.compensate → release'],
        { settings: { timeoutMs: 300 } },
      ),
    );
    const { row, state } = await lab.inStatus(runId, 'compensated');
    expect(row.error).toMatchObject({ code: 'run.timedOut' });
    expect(state.steps.nap?.status).toBe('cancelled');
    expect(callsOf()).toEqual(['reserve', 'release']);
  });
});
