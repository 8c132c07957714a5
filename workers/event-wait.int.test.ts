import { describe, expect, it } from 'vitest';
import { flow, step, transform, trigger } from '@/core/flow/testing';
import type { JsonValue } from '@/core/json';
import type { EventAppend } from '@/server/services/ports';
import { anEvent } from '@/server/testing/engine-fixtures';
import { openEngineLab } from '@/server/testing/engine-lab';
import { waitFor } from '@/server/testing/wait-for';

const lab = openEngineLab();

const paid = (order: JsonValue, rest: Partial<EventAppend> = {}) =>
  anEvent({ type: 'payment.received', data: { order }, ...rest });
const wait = (id: string, rest: object = {}) =>
  step(id, 'event.wait', {
    type: 'payment.received',
    key: '{{ event.data.id }}',
    eventKey: '{{ event.data.order }}',
    ...rest,
  });

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
