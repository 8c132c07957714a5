import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { limits } from '@/core/limits';
import { type Api, type ApiRequest, openApi, type Tenant } from '@/server/testing/api';

interface EventView {
  position: number;
  receivedAt: string;
  event: Record<string, unknown>;
}
interface List {
  items: EventView[];
  nextCursor: string | null;
}

let api: Api;
let count = 0;
beforeAll(async () => {
  api = await openApi();
});
afterAll(() => api.close());

const anEvent = (more: object = {}) => {
  count += 1;
  return { specversion: '1.0', id: `e${count}`, source: '/test', type: 'order.placed', data: { n: count }, ...more };
};
const structured = (event: unknown): ApiRequest => ({
  body: event,
  headers: { 'content-type': 'application/cloudevents+json; charset=utf-8' },
});
const batch = (events: unknown): ApiRequest => ({
  body: events,
  headers: { 'content-type': 'application/cloudevents-batch+json' },
});
const publish = async (event: object): Promise<number> => {
  const answer = await api.call<{ position: number }>('POST /events', structured(event));
  expect(answer.status, answer.text).toBe(202);
  return answer.body.position;
};

describe('publishing events', () => {
  it('gives positions that ascend by one, and the event back as it was', async () => {
    const event = anEvent({ subject: 'o/1', time: '2026-01-01T00:00:00.000Z', traceparent: '00-1-2-03' });
    const position = await publish(event);
    expect(await publish(anEvent())).toBe(position + 1);
    const { body } = await api.call<EventView>(`GET /events/${position}`);
    expect(body).toEqual({ position, receivedAt: expect.stringMatching(/\.\d{3}Z$/), event });
  });

  it('reads binary mode: attributes from headers, data by its type', async () => {
    const binary = async (type: string, body: ApiRequest['body'], id: string) => {
      const headers = { 'ce-specversion': '1.0', 'ce-id': id, 'ce-source': '/b', 'ce-type': 't', 'content-type': type };
      const answer = await api.call<{ position: number }>('POST /events', { body, headers });
      expect(answer.status, answer.text).toBe(202);
      return (await api.call<EventView>(`GET /events/${answer.body.position}`)).body.event;
    };
    expect(await binary('application/json', '{"a":[1]}', '"caf%C3%A9"')).toMatchObject({
      id: 'café',
      datacontenttype: 'application/json',
      data: { a: [1] },
    });
    expect(await binary('text/plain', 'hello', 'b2')).toMatchObject({ data: 'hello' });
    expect(await binary('image/png', new Uint8Array([0, 255, 1]), 'b3')).toMatchObject({ data_base64: 'AP8B' });
  });

  it('takes a batch whole or not at all', async () => {
    const before = (await api.call<List>('GET /events?limit=200')).body.items.length;
    await api.refused('event.invalid', 'POST /events', batch([anEvent(), anEvent({ type: '' })]));
    expect((await api.call<List>('GET /events?limit=200')).body.items).toHaveLength(before);
    const { body } = await api.call<{ positions: number[] }>('POST /events', batch([anEvent(), anEvent(), anEvent()]));
    const [first = 0] = body.positions;
    expect(body.positions).toEqual([first, first + 1, first + 2]);
    expect(await api.call('POST /events', batch([]))).toMatchObject({ status: 202, body: { positions: [] } });
  });

  it('gives the first position for the same source and id, within a batch too, and creates nothing', async () => {
    const event = anEvent();
    const position = await publish(event);
    expect(await publish({ ...event, data: 'other' })).toBe(position);
    const twin = anEvent();
    const { body } = await api.call<{ positions: number[] }>('POST /events', batch([twin, twin, event]));
    expect(body.positions).toEqual([position + 1, position + 1, position]);
    expect(await publish({ ...event, source: '/other' })).toBe(position + 2);
  });

  it('counts the flows behind a request, so that a flow that feeds itself comes to an end', async () => {
    const request = structured(anEvent());
    const headers = { ...request.headers, 'headrace-hops': '4' };
    const { body } = await api.call<{ position: number }>('POST /events', { ...request, headers });
    expect((await api.call<EventView>(`GET /events/${body.position}`)).body.event).toMatchObject({ headracehops: 5 });
  });

  it('keeps what a text column could not hold', async () => {
    const data = { 'a\u0000b': '\ud800', deep: '\u0000' };
    const position = await publish(anEvent({ data }));
    expect((await api.call<EventView>(`GET /events/${position}`)).body.event.data).toEqual(data);
  });

  it('keeps data that is too large for a row', async () => {
    const data = 'x'.repeat(limits.inlineValueBytes * 10);
    const position = await publish(anEvent({ data }));
    expect((await api.call<EventView>(`GET /events/${position}`)).body.event.data).toBe(data);
    const { body } = await api.call<List>(`GET /events?after=${position - 1}`);
    expect(body.items[0]?.event.data).toBe(data);
  });
});

describe('reading the stream', () => {
  let tenant: Tenant;
  const read = async (query: string): Promise<number[]> =>
    (await api.call<List>(`GET /events${query}`, { key: tenant.key })).body.items.map(({ position }) => position);

  beforeAll(async () => {
    tenant = await api.makeTenant('reader');
    const types = ['order.placed', 'order.line.added', 'order', 'orders.x', 'bill.sent'];
    const events = types.map((type, index) => anEvent({ type, subject: index < 2 ? 's/1' : 's/2' }));
    await api.call('POST /events', { ...batch(events), key: tenant.key });
  });

  it('ascends, and goes on after a position or a cursor', async () => {
    expect(await read('')).toEqual([1, 2, 3, 4, 5]);
    expect(await read('?after=3')).toEqual([4, 5]);
    expect(await read('?after=9')).toEqual([]);
    const first = await api.call<List>('GET /events?limit=2', { key: tenant.key });
    expect(await read(`?limit=2&cursor=${first.body.nextCursor}`)).toEqual([3, 4]);
    const last = await api.call<List>('GET /events?after=3', { key: tenant.key });
    expect(last.body.nextCursor).toBeNull();
  });

  it('is filtered by type, pattern and subject', async () => {
    expect(await read('?type=order')).toEqual([3]);
    expect(await read('?type=order.*')).toEqual([1, 2]);
    expect(await read('?type=*')).toEqual([1, 2, 3, 4, 5]);
    expect(await read('?subject=s%2F1&type=order.placed')).toEqual([1]);
    expect(await read('?subject=s')).toEqual([]);
  });

  it('is filtered by the time of receipt', async () => {
    const { body } = await api.call<List>('GET /events', { key: tenant.key });
    const at = body.items[0]?.receivedAt ?? '';
    const later = new Date(Date.parse(at) + 60_000).toISOString();
    expect(await read(`?from=${at}&to=${later}`)).toEqual([1, 2, 3, 4, 5]);
    expect(await read(`?from=${later}`)).toEqual([]);
    expect(await read(`?to=${at}`)).toEqual([]);
  });

  it('finds a time in a long stream by bisection, and a rare type window by window', async () => {
    const long = await api.makeTenant('long');
    const { pool } = api.container;
    await pool.query(
      `INSERT INTO events (number, workspace_id, position, received_at, id, source, type, data, actor)
       SELECT nextval('event_number'), $1, n, timestamptz '2026-01-01T00:00:00Z' + n * interval '1 second', n::text, '/l',
         CASE WHEN n = 249999 THEN 'rare.one' ELSE 'common' END, 'null', 'system'
       FROM generate_series(1, 250000) n`,
      [long.workspaceId],
    );
    await pool.query('INSERT INTO stream_heads (workspace_id, head) VALUES ($1, 250000)', [long.workspaceId]);
    await pool.query('ANALYZE events');
    const from = new Date(Date.parse('2026-01-01T00:00:00Z') + 240_000_000).toISOString();
    const byTime = await api.call<List>(`GET /events?from=${from}&limit=2`, { key: long.key });
    expect(byTime.body.items.map(({ position }) => position)).toEqual([240_000, 240_001]);
    let pages = 0;
    let cursor = '';
    for (;;) {
      const { body } = await api.call<List>(`GET /events?type=rare.*${cursor}`, { key: long.key });
      pages += 1;
      if (body.items.length > 0) {
        expect(body.items[0]?.position).toBe(249_999);
        expect(body.nextCursor).toBeNull();
        break;
      }
      expect(body.nextCursor).not.toBeNull();
      cursor = `&cursor=${body.nextCursor}`;
    }
    expect(pages).toBe(3);
    const { rows } = await pool.query(
      'EXPLAIN SELECT * FROM events WHERE workspace_id = $1 AND position > 9 AND position <= 99999 ORDER BY position LIMIT 51',
      [long.workspaceId],
    );
    expect(JSON.stringify(rows)).toMatch(/Index Scan using events_\w*pkey/);
  });
});
