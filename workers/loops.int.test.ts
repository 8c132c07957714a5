/** Loops carried by a real worker, with the ledger as the world that each iteration changes. */
import { describe, expect, it } from 'vitest';
import { flow, step, transform, trigger } from '@/core/flow/testing';
import type { JsonValue } from '@/core/json';
import { foldWhole } from '@/core/run/evolve';
import { openEngineLab } from '@/server/testing/engine-lab';
import type { Ledger } from '@/server/testing/ledger';
import { waitFor } from '@/server/testing/wait-for';

const lab = openEngineLab();

/** A call that says which item it is for. */
const post = (id: string, rest: object = {}) =>
  step(
    id,
    'http.request',
    {
      method: 'POST',
      url: `${lab.ledger.url}/${lab.number}/${id}`,
      body: { item: '{{ item }}', index: '{{ index }}' },
    },
    { in: 'each', retry: { attempts: 1 }, ...rest },
  );
const each = (items: JsonValue, more: object = {}) => step('each', 'logic.forEach', { items, ...more });
const behave = (id: string, behaviour: Parameters<Ledger['behave']>[1]) =>
  lab.ledger.behave(`/${lab.number}/${id}`, behaviour);
const callsTo = (id: string) => lab.ledger.calls.filter(({ path }) => path === `/${lab.number}/${id}`);

describe('a loop', () => {
  //   m → each⟦ a → b ⟧ → after
  it('gives each iteration its item, its index and the outputs of its own steps, and calls under keys of its own', async () => {
    const runId = await lab.start(
      flow(
        [
          trigger,
          transform('before', 'seen'),
          each('{{ event.data.lines }}', { concurrency: 3 }),
          post('a'),
          { ...transform('b', '{{ steps.before.output & ":" & item & ":" & steps.a.output.status }}'), in: 'each' },
          transform('after', '{{ $join(steps.each.output.items, " ") }}'),
        ],
        ['m → before', 'before → each', 'a → b', 'each → after'],
      ),
      { lines: ['x', 'y', 'z'] },
    );
    const { state } = await lab.inStatus(runId, 'succeeded');
    expect(state.output).toBe('seen:x:201 seen:y:201 seen:z:201');
    expect(
      callsTo('a')
        .map(({ key }) => key)
        .toSorted(),
    ).toEqual([0, 1, 2].map((index) => `${runId}:each[${index}]/a:forward:0`));
  });

  it('works on no more items at once than it is told', async () => {
    let [under, most] = [0, 0];
    behave('a', (response) => {
      under += 1;
      most = Math.max(most, under);
      setImmediate(() => {
        under -= 1;
        response.writeHead(200).end();
      });
    });
    const items = Array.from({ length: 30 }, (_, index) => index);
    const runId = await lab.start(flow([trigger, each(items, { concurrency: 4 }), post('a')], ['m → each']));
    await lab.inStatus(runId, 'succeeded');
    expect(callsTo('a')).toHaveLength(30);
    expect(most).toBeLessThanOrEqual(4);
  });

  it('that stops at a failure undoes every item, in the world', async () => {
    //   m → each⟦ a → b ⟧        a ┄→ u
    behave('b', (response, _call, n) => response.writeHead(n === 3 ? 422 : 200).end());
    const runId = await lab.start(
      flow(
        [trigger, each([10, 11, 12, 13, 14]), post('a'), post('b'), post('u')],
        ['m → each', 'a → b', 'a.compensate → u'],
      ),
    );
    const { row } = await lab.inStatus(runId, 'compensated');
    expect(row.error).toMatchObject({ code: 'http.status', details: { index: 2 } });
    expect(callsTo('a')).toHaveLength(3);
    expect(callsTo('u').map(({ key }) => key)).toEqual(
      [2, 1, 0].map((index) => `${runId}:each[${index}]/u:compensate:0`),
    );
  });

  it('over what is no list fails its step and says what it was', async () => {
    const runId = await lab.start(
      flow([trigger, each('{{ event.data }}'), { ...transform('a'), in: 'each' }], ['m → each']),
      { one: 1 },
    );
    const { row } = await lab.inStatus(runId, 'failed');
    expect(row.error).toMatchObject({ code: 'step.configInvalid', message: expect.stringContaining('an object') });
  });

  it('is carried on by another worker when its own is lost, without calling twice for what is done', async () => {
    //   m → each⟦ nap → a ⟧            (every wait gives the run up to whoever comes next)
    const runId = await lab.start(
      flow(
        [trigger, each([1, 2, 3]), step('nap', 'logic.delay', { forMs: 30 }, { in: 'each' }), post('a')],
        ['m → each', 'nap → a'],
      ),
    );
    await waitFor('the first call', () => callsTo('a')[0]);
    await lab.platform.redis.flushdb();
    await lab.inStatus(runId, 'succeeded');
    expect(callsTo('a')).toHaveLength(3);
  });

  it('is shown a page at a time, each iteration with its steps', async () => {
    behave('a', (response, _call, n) => response.writeHead(n === 2 ? 422 : 200).end());
    const runId = await lab.start(
      flow([trigger, each(['x', 'y', 'z'], { onError: 'continue' }), post('a')], ['m → each']),
    );
    await lab.inStatus(runId, 'succeeded');
    const of = { workspaceId: lab.workspaceId, runId, path: '', stepId: 'each' };
    const range = { ...of, from: 1, to: 2, fromSeq: 1, loopSeq: 1, isOver: false };
    const entries = await lab.platform.runStore.iterationEntries(range);
    expect(new Set(entries.map(({ path }) => path))).toEqual(new Set([undefined, 'each[1]', 'each[2]']));
    const loop = foldWhole(null, entries).steps.each?.loop;
    expect(loop?.total).toBe(3);
    expect(loop?.kept.flat().map((iteration) => iteration?.steps.a?.status)).toEqual([
      undefined,
      'failed',
      'succeeded',
    ]);
  });

  it('is done again only as far as it does not stand', async () => {
    behave('a', (response, _call, n) => response.writeHead(n === 3 ? 422 : 200).end());
    const runId = await lab.start(flow([trigger, each(['x', 'y', 'z', 'w']), post('a')], ['m → each']));
    await lab.inStatus(runId, 'failed');
    const whole = await lab.platform.runStore.loadWhole(lab.workspaceId, runId);
    expect(whole?.state.steps.each?.loop?.counts).toMatchObject({ succeeded: 2, failed: 1 });
  });
});

describe('a long loop', () => {
  //   m → each⟦ a ⟧
  it('keeps its order, and writes a journal that grows with the items and no faster', async () => {
    const run = async (count: number) => {
      const runId = await lab.start(
        flow(
          [
            trigger,
            each(`{{ [1..${count}] }}`, { concurrency: 10 }),
            { ...transform('a', '{{ item * 2 }}'), in: 'each' },
            transform('sum', '{{ $sum(steps.each.output.items) }}'),
          ],
          ['m → each', 'each → sum'],
        ),
      );
      const { state } = await lab.inStatus(runId, 'succeeded', 'failed');
      expect(state.error).toBeNull();
      expect(state.output).toBe(count * (count + 1));
      const { rows } = await lab.platform.pool.query<{ bytes: string }>(
        'SELECT sum(octet_length(entries::text)) AS bytes FROM journal WHERE run_id = $1',
        [runId],
      );
      return Number(rows[0]?.bytes) / count;
    };
    const [small, large] = [await run(1_000), await run(10_000)];
    expect(large / small).toBeLessThan(1.2);
  });
});
