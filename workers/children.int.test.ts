/** Parents and children carried by several workers, with the ledger as the world that both change and undo. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { FlowDocument } from '@/core/flow/document';
import { flow, step, transform, trigger } from '@/core/flow/testing';
import type { JsonObject, JsonValue } from '@/core/json';
import { limits } from '@/core/limits';
import { createChildEnds } from '@/server/repositories/child-ends';
import type { InboxMessage } from '@/server/services/ports';
import { publishFixture } from '@/server/testing/engine-fixtures';
import { openEngineLab } from '@/server/testing/engine-lab';
import { waitFor } from '@/server/testing/wait-for';
import { type RunningWorker, startWorker } from '@/workers/worker';

const lab = openEngineLab();
let others: RunningWorker[] = [];
beforeAll(async () => {
  others = await Promise.all([startWorker(lab.platform, 'test'), startWorker(lab.platform, 'test')]);
});
afterAll(() => Promise.all(others.map((worker) => worker.stop())));

const publish = (name: string, document: FlowDocument) =>
  publishFixture(lab.platform.pool, lab.workspaceId, { ...document, name });
const call = (id: string, config: JsonObject = {}, rest: object = {}) =>
  step(id, 'flow.call', { flow: 'Child', ...config }, rest);
const post = (id: string, rest: object = {}) =>
  step(id, 'http.request', { method: 'POST', url: `${lab.ledger.url}/${lab.number}/${id}` }, rest);
/** Nothing ends it but a stop. */
const forever = (id: string) => step(id, 'logic.delay', { forMs: 24 * 60 * 60_000 });
const parentOf = (config: JsonObject = {}, rest: object = {}): FlowDocument =>
  flow([trigger, call('c', config, rest)], ['m → c']);

/** Paths that the ledger was called at in this test, in order. */
const calls = (): string[] =>
  lab.ledger.calls.flatMap(({ path }) => {
    const [, own, id = ''] = path.split('/');
    return own === String(lab.number) ? [id] : [];
  });

interface Child {
  readonly id: string;
  readonly status: string;
  readonly tells_parent: string | null;
}
const childrenOf = async (runId: string): Promise<Child[]> => {
  const { rows } = await lab.platform.pool.query<Child>(
    'SELECT id, status, tells_parent FROM runs WHERE parent_run_id = $1 ORDER BY id',
    [runId],
  );
  return rows;
};
const childIn = (parentId: string, ...statuses: string[]): Promise<Child> =>
  waitFor(`child in ${statuses.join(' or ')}`, async () =>
    (await childrenOf(parentId)).find(({ status }) => statuses.includes(status)),
  );
const say = async (runId: string, message: Extract<InboxMessage, { type: 'cancel' | 'terminate' }>) => {
  await lab.platform.runInbox.post(lab.workspaceId, runId, message.type, message);
  await lab.platform.wakeUps.ring([{ workspaceId: lab.workspaceId, runId }]);
};
const stop = (runId: string, type: 'cancel' | 'terminate') => say(runId, { type, actor: 'user:1', reason: null });

describe('a call', () => {
  it('hands data in and the output out, and each run knows the other', async () => {
    const child = await publish('Child', flow([trigger, transform('t', { got: '{{ event.data.n }}' })], ['m → t']));
    const parentId = await lab.start(parentOf({ data: { n: '{{ event.data.x + 1 }}' } }), { x: 6 });
    const { state } = await lab.inStatus(parentId, 'succeeded');
    expect(state.output).toEqual({ got: 7 });
    const [found] = await childrenOf(parentId);
    expect(found).toMatchObject({ status: 'succeeded', tells_parent: null });
    expect(state.steps.c?.attempts).toMatchObject([{ endedBy: { by: 'child', runId: found?.id } }]);
    const loaded = await lab.platform.runStore.load(lab.workspaceId, found?.id ?? '');
    expect(loaded?.row).toMatchObject({ parentRunId: parentId, flowId: child.flowId, hops: 1 });
    expect(loaded?.event.event).toMatchObject({ type: 'headrace.flow.called', source: `/runs/${parentId}/c` });
  });

  it('says what it waits for, and keeps waiting when Redis forgets everything', async () => {
    let answer: (() => void) | undefined;
    lab.ledger.behave(`/${lab.number}/slow`, (response) => {
      answer = () => response.writeHead(200).end();
    });
    await publish('Child', flow([trigger, post('slow'), transform('t', 'done')], ['m → slow', 'slow → t']));
    const parentId = await lab.start(parentOf());
    const { row } = await lab.inStatus(parentId, 'waiting');
    const [child] = await childrenOf(parentId);
    expect(row.reason).toMatchObject({ code: 'child', stepId: 'c', runId: child?.id });
    await waitFor('the call of the child', () => answer);
    await lab.platform.redis.flushdb();
    answer?.();
    expect((await lab.inStatus(parentId, 'succeeded')).state.output).toBe('done');
  });

  it('may give and get what is too large for a row', async () => {
    await publish('Child', flow([trigger, transform('t', '{{ event.data & event.data }}')], ['m → t']));
    const parentId = await lab.start(parentOf({ data: '{{ event.data.big }}' }), { big: 'x'.repeat(50_000) });
    const { state } = await lab.inStatus(parentId, 'succeeded');
    expect(state.output).toBe('x'.repeat(100_000));
    const { rows } = await lab.platform.pool.query<{ n: number }>(
      'SELECT length(message::text) AS n FROM run_inbox WHERE run_id = $1',
      [parentId],
    );
    expect(rows.map(({ n }) => n < 2_000)).toEqual([true]);
  });

  it('that does not wait is done when the run exists, and shares nothing with it afterwards', async () => {
    await publish('Child', flow([trigger, step('no', 'logic.fail', { message: 'no' })], ['m → no']));
    const parentId = await lab.start(parentOf({ wait: false }));
    const { state } = await lab.inStatus(parentId, 'succeeded');
    const child = await childIn(parentId, 'failed');
    expect(state.output).toEqual({ runId: child.id });
    expect(child.tells_parent).toBeNull();
  });
});

describe('a child that fails', () => {
  it('fails the step, which names it and its error, and undoes what the parent did', async () => {
    await publish('Child', flow([trigger, step('no', 'logic.fail', { message: 'out of stock' })], ['m → no']));
    const parentId = await lab.start(
      flow([trigger, post('a'), call('c'), post('ua')], ['m → a', 'a → c', 'a.compensate → ua']),
    );
    const { row } = await lab.inStatus(parentId, 'compensated');
    const [child] = await childrenOf(parentId);
    expect(row.error).toMatchObject({
      code: 'child.failed',
      message: `The run it started of Child (${child?.id}) failed: out of stock`,
      details: { runId: child?.id, status: 'failed', error: { code: 'step.failedOnPurpose' } },
    });
    expect(calls()).toEqual(['a', 'ua']);
  });

  it('is caught where the error port is drawn, also when a person cancelled it', async () => {
    await publish('Child', flow([trigger, forever('wait')], ['m → wait']));
    const parentId = await lab.start(
      flow(
        [trigger, call('c'), transform('sorry', '{{ steps.c.error.details.status }}')],
        ['m → c', 'c.error → sorry'],
      ),
    );
    const child = await childIn(parentId, 'waiting');
    await stop(child.id, 'cancel');
    expect((await lab.inStatus(parentId, 'succeeded')).state.output).toBe('cancelled');
  });

  it('is told once: afterwards nobody has to hear of it any more', async () => {
    const ends = createChildEnds(lab.platform.pool);
    await publish('Child', flow([trigger, step('no', 'logic.fail', { message: 'no' })], ['m → no']));
    const parentId = await lab.start(parentOf());
    await lab.inStatus(parentId, 'failed');
    const [child] = await childrenOf(parentId);
    expect(await ends.tell({ workspaceId: lab.workspaceId, runId: child?.id ?? '' })).toBeNull();
  });
});

describe('stopping', () => {
  /** Acts, then waits; undone, it takes back what it did. */
  const acting = () =>
    flow(
      [trigger, post('ship'), forever('wait'), post('unship')],
      ['m → ship', 'ship → wait', 'ship.compensate → unship'],
    );

  it('a parent by a cancel undoes the child first, and then what came before it', async () => {
    await publish('Child', acting());
    const parentId = await lab.start(
      flow(
        [trigger, post('reserve'), call('c'), post('release')],
        ['m → reserve', 'reserve → c', 'reserve.compensate → release'],
      ),
    );
    const child = await childIn(parentId, 'waiting');
    await stop(parentId, 'cancel');
    await lab.inStatus(parentId, 'cancelled');
    expect(calls()).toEqual(['reserve', 'ship', 'unship', 'release']);
    const loaded = await lab.inStatus(child.id, 'cancelled');
    expect(loaded.state.cancel).toEqual({
      actor: `run:${parentId}`,
      reason: 'The run that waits for it is being stopped.',
    });
  });

  it('reaches the children of children', async () => {
    await publish('Grandchild', acting());
    await publish('Child', flow([trigger, call('c', { flow: 'Grandchild' })], ['m → c']));
    const parentId = await lab.start(parentOf());
    const child = await childIn(parentId, 'waiting');
    const grandchild = await childIn(child.id, 'waiting');
    await stop(parentId, 'cancel');
    await lab.inStatus(parentId, 'cancelled');
    await lab.inStatus(child.id, 'cancelled');
    await lab.inStatus(grandchild.id, 'cancelled');
    expect(calls()).toEqual(['ship', 'unship']);
  });

  it('a child because a step beside it failed ends it before anything is undone', async () => {
    await publish('Child', acting());
    let refuse: (() => void) | undefined;
    lab.ledger.behave(`/${lab.number}/b`, (response) => {
      refuse = () => response.writeHead(422).end();
    });
    const parentId = await lab.start(
      flow([trigger, post('a'), call('c'), post('b'), post('ua')], ['m → a', 'a → c', 'a → b', 'a.compensate → ua']),
    );
    await childIn(parentId, 'waiting');
    (await waitFor('the call beside it', () => refuse))();
    await lab.inStatus(parentId, 'compensated');
    expect(calls().filter((id) => id !== 'b')).toEqual(['a', 'ship', 'unship', 'ua']);
  });

  it('a parent by a terminate terminates the child, which undoes nothing, and the audit log says so', async () => {
    await publish('Child', acting());
    const parentId = await lab.start(parentOf());
    const child = await childIn(parentId, 'waiting');
    await stop(parentId, 'terminate');
    await lab.inStatus(parentId, 'terminated');
    await lab.inStatus(child.id, 'terminated');
    expect(calls()).toEqual(['ship']);
    const { rows } = await lab.platform.pool.query('SELECT actor, action FROM audit_log WHERE target_id = $1', [
      child.id,
    ]);
    expect(rows).toEqual([{ actor: `run:${parentId}`, action: 'run.terminateRequested' }]);
    expect((await lab.platform.pool.query('SELECT 1 FROM child_stops')).rows).toEqual([]);
  });

  it('a child that took too long cancels it, and the step says that it was the time', async () => {
    await publish('Child', acting());
    const parentId = await lab.start(parentOf({}, { deadlineMs: 300 }));
    const { row } = await lab.inStatus(parentId, 'failed');
    const child = await childIn(parentId, 'cancelled');
    expect(row.error).toMatchObject({ code: 'child.timedOut', details: { runId: child.id, status: 'cancelled' } });
    expect(calls()).toEqual(['ship', 'unship']);
  });

  it('a child that is past its point of no return lets it end, and the parent undoes the call by its own wire', async () => {
    await publish(
      'Child',
      flow(
        [trigger, post('p', { pivot: true }), step('d', 'logic.delay', { forMs: 500 }), transform('t', 7)],
        ['m → p', 'p → d', 'd → t'],
      ),
    );
    const parentId = await lab.start(flow([trigger, call('c'), post('undo')], ['m → c', 'c.compensate → undo']));
    const child = await childIn(parentId, 'waiting');
    await stop(parentId, 'cancel');
    const { state } = await lab.inStatus(parentId, 'cancelled');
    await lab.inStatus(child.id, 'succeeded');
    expect(state.steps.c?.status).toBe('compensated');
    expect(calls()).toEqual(['p', 'undo']);
  });
});

describe('a flow that is called', () => {
  const pause = (flowId: string, isPaused: boolean) =>
    lab.platform.pool.query('UPDATE flows SET is_paused = $2 WHERE id = $1', [flowId, isPaused]);
  const remove = (flowId: string) =>
    lab.platform.pool.query('UPDATE flows SET deleted_at = now() WHERE id = $1', [flowId]);

  it.each<[string, string, string | RegExp]>([
    ['Nobody', 'child.flowUnknown', 'There is no flow with the id or name "Nobody" in this workspace.'],
    ['Deleted', 'child.flowUnknown', /no flow/],
    ['Twice', 'child.flowAmbiguous', 'Several flows are called "Twice". Name the one by its id.'],
    ['Draft', 'flow.notPublished', /no live version/],
    ['By event', 'flow.noManualTrigger', /trigger\.manual/],
  ])('cannot be %s', async (name, code, message) => {
    const plain = flow([trigger, transform('t', 1)], ['m → t']);
    await remove((await publish('Deleted', plain)).flowId);
    await publish('Twice', plain);
    await publish('Twice', plain);
    const draft = await publish('Draft', plain);
    await lab.platform.pool.query('UPDATE flows SET live_version = NULL WHERE id = $1', [draft.flowId]);
    await publish('By event', flow([step('e', 'trigger.event', { types: ['x.y'] }), transform('t', 1)], ['e → t']));
    const { row, state } = await lab.inStatus(await lab.start(parentOf({ flow: name })), 'failed');
    expect(row.error?.code).toBe(code);
    expect(row.error?.message).toMatch(message);
    expect(state.steps.c?.attempts).toHaveLength(1);
  });

  it('can be named by its id, which a new name does not change', async () => {
    const { flowId } = await publish('Child', flow([trigger, transform('t', 'me')], ['m → t']));
    await publish('Child', flow([trigger, transform('t', 'another')], ['m → t']));
    await lab.platform.pool.query(`UPDATE flows SET name = 'Renamed' WHERE id = $1`, [flowId]);
    expect((await lab.inStatus(await lab.start(parentOf({ flow: flowId })), 'succeeded')).state.output).toBe('me');
  });

  it('refuses data that its trigger would refuse, with every place', async () => {
    const schema = { type: 'object', required: ['id'], properties: { id: { type: 'integer' } } };
    await publish('Child', flow([step('m', 'trigger.manual', { schema }), transform('t', 1)], ['m → t']));
    const { row } = await lab.inStatus(await lab.start(parentOf({ data: { id: 'seven' } })), 'failed');
    expect(row.error).toMatchObject({ code: 'child.dataInvalid', details: { faults: [{ pointer: '/data/id' }] } });
  });

  it('that is deleted in mid-run ends as it began, and its parent hears of it', async () => {
    let answer: (() => void) | undefined;
    lab.ledger.behave(`/${lab.number}/slow`, (response) => {
      answer = () => response.writeHead(200).end();
    });
    const { flowId } = await publish(
      'Child',
      flow([trigger, post('slow'), transform('t', 'done')], ['m → slow', 'slow → t']),
    );
    const parentId = await lab.start(parentOf());
    await waitFor('the call of the child', () => answer);
    await remove(flowId);
    answer?.();
    expect((await lab.inStatus(parentId, 'succeeded')).state.output).toBe('done');
  });

  it('that is paused has its run held, and even that can be stopped', async () => {
    const { flowId } = await publish('Child', flow([trigger, post('never')], ['m → never']));
    await pause(flowId, true);
    const parentId = await lab.start(parentOf());
    await waitFor('the child to be held', async () => {
      const { rows } = await lab.platform.pool.query('SELECT 1 FROM runs WHERE parent_run_id = $1 AND is_held', [
        parentId,
      ]);
      return rows[0];
    });
    await stop(parentId, 'cancel');
    await lab.inStatus(parentId, 'cancelled');
    expect(await childrenOf(parentId)).toMatchObject([{ status: 'cancelled' }]);
    expect(calls()).toEqual([]);
  });
});

describe('many', () => {
  it('calls of a flow by itself come to an end, with a reason', async () => {
    await publish('Child', flow([trigger, call('c', { data: '{{ event.data + 1 }}' })], ['m → c']));
    const runId = await lab.start(parentOf({ data: 1 }));
    const { row } = await lab.inStatus(runId, 'failed');
    expect(row.error?.message).toContain('looks like a loop');
    const { rows } = await lab.platform.pool.query<{ n: number; deepest: number }>(
      'SELECT count(*)::int AS n, max(hops) AS deepest FROM runs WHERE workspace_id = $1 AND parent_run_id IS NOT NULL',
      [lab.workspaceId],
    );
    expect(rows[0]).toEqual({ n: limits.eventHops, deepest: limits.eventHops });
  });

  it('children of one parent tell it one by one, whoever tells, and none twice', async () => {
    // The parent stands still, so that nobody takes its messages.
    await publish('Child', flow([trigger, transform('t', '{{ event.data }}')], ['m → t']));
    const parentId = await lab.start(flow([trigger, call('c', { wait: false })], ['m → c']));
    await lab.inStatus(parentId, 'succeeded');
    const { pool } = lab.platform;
    const waiting = await lab.start(flow([trigger, forever('d')], ['m → d']));
    await lab.inStatus(waiting, 'waiting');
    const children = await Promise.all(
      Array.from({ length: 20 }, async (_, n) => {
        const id = await lab.start(flow([trigger, transform('t', n)], ['m → t']));
        await lab.inStatus(id, 'succeeded');
        return { workspaceId: lab.workspaceId, runId: id };
      }),
    );
    await pool.query('UPDATE runs SET parent_run_id = $2, tells_parent = gen_random_uuid() WHERE id = ANY($1)', [
      children.map(({ runId }) => runId),
      waiting,
    ]);
    const tellers = [createChildEnds(pool), createChildEnds(pool), createChildEnds(pool)];
    await Promise.all(tellers.flatMap((ends, at) => (at % 2 === 0 ? children : children.toReversed()).map(ends.tell)));
    const { rows } = await pool.query<{ n: number }>('SELECT n FROM run_inbox WHERE run_id = $1 ORDER BY n', [waiting]);
    expect(rows.map(({ n }) => n)).toEqual(children.map((_, index) => index + 1));
  });

  it('a thousand children of one loop come back in the order of the list', async () => {
    await publish('Child', flow([trigger, transform('t', '{{ event.data * 2 }}')], ['m → t']));
    const items: JsonValue[] = Array.from({ length: 1_000 }, (_, index) => index);
    const parentId = await lab.start(
      flow(
        [
          trigger,
          step('each', 'logic.forEach', { items: '{{ event.data.items }}', concurrency: 50 }),
          call('c', { data: '{{ item }}' }, { in: 'each' }),
        ],
        ['m → each'],
      ),
      { items },
    );
    const { state } = await waitFor(
      'the loop to end',
      async () => {
        const loaded = await lab.platform.runStore.load(lab.workspaceId, parentId);
        return loaded?.row.finishedAtMs == null ? undefined : loaded;
      },
      120_000,
    );
    expect(state.output).toEqual({ items: items.map((n) => Number(n) * 2), errors: [] });
    expect(await childrenOf(parentId)).toHaveLength(1_000);
  }, 150_000);
});
