import { describe, expect, it } from 'vitest';
import { flow, step, transform, trigger } from '@/core/flow/testing';
import type { JsonObject, JsonValue } from '@/core/json';
import type { EventAppend } from '@/server/services/ports';
import { anEvent, publishFixture } from '@/server/testing/engine-fixtures';
import { openEngineLab } from '@/server/testing/engine-lab';
import { waitFor } from '@/server/testing/wait-for';

const lab = openEngineLab();

const paid = (order: JsonValue, rest: Partial<EventAppend> = {}) =>
  anEvent({ type: 'payment.received', data: { order }, ...rest });
const wait = (id: string, config: JsonObject = {}, rest: object = {}) =>
  step(
    id,
    'event.wait',
    {
      type: 'payment.received',
      key: '{{ event.data.id }}',
      eventKey: '{{ event.data.order }}',
      ...config,
    },
    rest,
  );

async function append(...events: EventAppend[]): Promise<number[]> {
  const answers = await lab.platform.eventLog.append(lab.workspaceId, events);
  await lab.platform.wakeUps.streamMoved(lab.workspaceId);
  return answers.map(({ position }) => position);
}

const rowsOf = async (runId: string): Promise<unknown[]> =>
  (await lab.platform.pool.query('SELECT resolved_position FROM event_waits WHERE run_id = $1', [runId])).rows;

//   m → w → a          w.timeout → late
const document = flow(
  [trigger, wait('w', { waitMs: 60_000 }), transform('a', '{{ steps.w.output }}'), transform('late', 'too late')],
  ['m → w', 'w → a', 'w.timeout → late'],
);

describe('a run that waits for an event', () => {
  it('says what it waits for, and goes on with the event that has its key', async () => {
    const runId = await lab.start(document, { id: 17 });
    const { row } = await lab.inStatus(runId, 'waiting');
    expect(row.reason).toMatchObject({ code: 'event', stepId: 'w', actions: ['cancel', 'terminate'] });
    expect(row.reason?.message).toContain('payment.received');
    expect(row.reason?.untilMs).toBeGreaterThan(Date.now());
    const [, position] = await append(paid('other'), paid('17', { subject: 'mine' }), paid(17));
    const { state } = await lab.inStatus(runId, 'succeeded');
    expect(state.output).toMatchObject({ type: 'payment.received', subject: 'mine', data: { order: '17' } });
    expect(state.steps.w?.attempts.at(-1)?.endedBy).toEqual({ by: 'event', position });
    expect(await rowsOf(runId)).toEqual([]);
  });

  it('goes on with an event that came and was routed before it began to wait', async () => {
    const open: (() => void)[] = [];
    lab.ledger.behave('/gate', (response) => open.push(() => response.writeHead(200).end()));
    const asks = step('ask', 'http.request', { method: 'POST', url: `${lab.ledger.url}/gate` });
    const runId = await lab.start(flow([trigger, asks, wait('w')], ['m → ask', 'ask → w']), { id: 'A' });
    const answer = await waitFor('the call', () => open[0]);
    const [position = 0] = await append(paid('A'), paid('A'));
    await waitFor('the dispatcher', async () => {
      const { rows } = await lab.platform.pool.query(
        'SELECT 1 FROM stream_checkpoints WHERE workspace_id = $1 AND position > $2',
        [lab.workspaceId, position],
      );
      return rows[0];
    });
    answer();
    const { state } = await lab.inStatus(runId, 'succeeded');
    expect(state.steps.w?.attempts.at(-1)?.endedBy).toEqual({ by: 'event', position });
  });

  it('leaves by timeout when its time is over, and fails when nothing is drawn there', async () => {
    const drawn = flow([trigger, wait('w', { waitMs: 1 }), transform('late', 'late')], ['m → w', 'w.timeout → late']);
    const { state } = await lab.inStatus(await lab.start(drawn, { id: 1 }), 'succeeded');
    expect(state.output).toBe('late');
    const undrawn = flow([trigger, wait('w', { waitMs: 1 })], ['m → w']);
    const { row } = await lab.inStatus(await lab.start(undrawn, { id: 1 }), 'failed');
    expect(row.error).toMatchObject({ code: 'wait.timedOut' });
  });

  it('takes what is there already even when it does not wait at all', async () => {
    const document = flow(
      [
        trigger,
        step('tell', 'event.publish', { type: 'payment.received', data: { order: 5 } }),
        wait('w', { waitMs: 0 }),
      ],
      ['m → tell', 'tell → w'],
    );
    const { state } = await lab.inStatus(await lab.start(document, { id: 5 }), 'succeeded');
    expect(state.steps.w?.port).toBe('out');
  });

  it('fails with a clear error when its key is nothing', async () => {
    const { row } = await lab.inStatus(await lab.start(document, {}), 'failed');
    expect(row.error).toMatchObject({ code: 'wait.keyInvalid' });
  });
});

describe('an event', () => {
  it('with much data ends a wait whole, whether its key stands in the data or beside it', async () => {
    const text = 'x'.repeat(100_000);
    const beside = flow([trigger, wait('w', { eventKey: '{{ event.subject }}' })], ['m → w']);
    const runs = [await lab.start(document, { id: 'big' }), await lab.start(beside, { id: 'big' })];
    for (const runId of runs) await lab.inStatus(runId, 'waiting');
    await append(paid('big', { data: { order: 'big', text }, subject: 'big' }));
    for (const runId of runs) {
      const { state } = await lab.inStatus(runId, 'succeeded');
      expect(state.output).toMatchObject({ subject: 'big', data: { order: 'big', text } });
    }
    const { rows } = await lab.platform.pool.query(
      "SELECT max(length(message::text)) AS n FROM run_inbox WHERE cause LIKE 'wait:%' AND run_id = ANY($1)",
      [runs],
    );
    expect(rows[0].n).toBeLessThan(2_000);
  });

  it('whose key cannot be found ends nothing and stops nothing', async () => {
    const fails = flow([trigger, wait('w', { eventKey: '{{ $number(event.data.order) }}' })], ['m → w']);
    const runId = await lab.start(fails, { id: 7 });
    await lab.inStatus(runId, 'waiting');
    const [, , position] = await append(paid('seven'), paid(null), paid('7'));
    const { state } = await lab.inStatus(runId, 'succeeded');
    expect(state.steps.w?.attempts.at(-1)?.endedBy).toEqual({ by: 'event', position });
  });

  it('ends the waits of any number of runs, and starts flows as well', async () => {
    const listener = flow(
      [step('x', 'trigger.event', { types: ['payment.*'] }), transform('a', '{{ event.subject }}')],
      ['x → a'],
    );
    await publishFixture(lab.platform.pool, lab.workspaceId, listener);
    const runs = await Promise.all(['one', 'two', 'three'].map(() => lab.start(document, { id: 'all' })));
    for (const runId of runs) await lab.inStatus(runId, 'waiting');
    await append(paid('all', { subject: 'heard' }));
    for (const runId of runs) await lab.inStatus(runId, 'succeeded');
    const started = await waitFor('the listener', async () => {
      const { rows } = await lab.platform.pool.query(
        "SELECT output FROM runs WHERE workspace_id = $1 AND trigger_kind = 'trigger.event' AND status = 'succeeded'",
        [lab.workspaceId],
      );
      return rows.length > 0 ? rows : undefined;
    });
    expect(started).toEqual([{ output: 'heard' }]);
  });

  it('that a rerun appended for itself ends no wait', async () => {
    const runId = await lab.start(document, { id: 'again' });
    await lab.inStatus(runId, 'waiting');
    const rerun = paid('again', { source: `/runs/${runId}/rerun`, causedByRun: runId, actor: 'user:1' });
    const [, position] = await append(rerun, paid('again'));
    const { state } = await lab.inStatus(runId, 'succeeded');
    expect(state.steps.w?.attempts.at(-1)?.endedBy).toEqual({ by: 'event', position });
  });

  it('ends the wait of its own iteration in a loop', async () => {
    const inLoop = wait('w', { key: '{{ item }}' }, { in: 'each' });
    const each = step('each', 'logic.forEach', { items: '{{ event.data.ids }}', concurrency: 3 });
    const runId = await lab.start(flow([trigger, each, inLoop], ['m → each']), { ids: ['a', 'b', 'c'] });
    await lab.inStatus(runId, 'waiting');
    await append(paid('c'), paid('a'), paid('b'));
    const { state } = await lab.inStatus(runId, 'succeeded');
    expect(state.output).toMatchObject({
      items: [{ data: { order: 'a' } }, { data: { order: 'b' } }, { data: { order: 'c' } }],
    });
  });

  it('is known by a key that is longer than an index holds', async () => {
    const id = { text: 'k'.repeat(1_500), n: 1 };
    const runId = await lab.start(document, { id });
    await lab.inStatus(runId, 'waiting');
    await append(paid({ ...id, n: 2 }), paid({ n: 1, text: id.text }));
    const { state } = await lab.inStatus(runId, 'succeeded');
    expect(state.output).toMatchObject({ data: { order: { n: 1 } } });
  });
});
