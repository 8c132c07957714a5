import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Api, echoFlow, openApi, webhookFlow } from '@/server/testing/api';

let api: Api;
beforeAll(async () => {
  api = await openApi();
});
afterAll(() => api.close());

const withKey = (key: string) => ({ headers: { 'content-type': 'application/json', 'idempotency-key': key } });

describe('an Idempotency-Key', () => {
  it('gives the first answer again and does nothing twice', async () => {
    const send = () => api.call('POST /flows', { body: echoFlow('Once'), ...withKey('k1') });
    const first = await send();
    const second = await send();
    expect(second).toMatchObject({ status: 201, body: first.body, headers: { 'idempotency-replayed': 'true' } });
    expect((await api.call<{ items: [] }>('GET /flows?q=Once')).body.items).toHaveLength(1);
  });

  it('repeats a refusal of the request as a problem', async () => {
    const { body: flow } = await api.call<{ id: string }>('POST /flows', {
      body: { ...echoFlow(), edges: [{ from: 'start', to: 'x' }] },
    });
    const publish = () => api.refused('flow.invalid', `POST /flows/${flow.id}/publish`, { body: {}, ...withKey('k2') });
    expect(await publish()).toEqual(await publish());
  });

  it('does not keep a conflict, so that the same request can succeed later', async () => {
    const holder = await api.publish(webhookFlow('kept'));
    const { body: flow } = await api.call<{ id: string }>('POST /flows', { body: webhookFlow('kept') });
    await api.refused('flow.pathTaken', `POST /flows/${flow.id}/publish`, { body: {}, ...withKey('k3') });
    await api.call(`DELETE /flows/${holder}`);
    expect((await api.call(`POST /flows/${flow.id}/publish`, { body: {}, ...withKey('k3') })).status).toBe(200);
  });

  it('belongs to one body, one path and one caller', async () => {
    await api.call('POST /flows', { body: echoFlow('A'), ...withKey('k4') });
    await api.refused('idempotency.mismatch', 'POST /flows', { body: echoFlow('B'), ...withKey('k4') });
    const event = { specversion: '1.0', id: '1', source: '/i', type: 't' };
    const cloud = { 'content-type': 'application/cloudevents+json', 'idempotency-key': 'k4' };
    expect((await api.call('POST /events', { body: event, headers: cloud })).status).toBe(202);
    const other = await api.makeTenant('idem');
    expect((await api.call('POST /flows', { body: echoFlow('B'), ...withKey('k4'), key: other.key })).status).toBe(201);
  });

  it('tells binary events apart, whose attributes are headers', async () => {
    const send = (id: string) =>
      api.call('POST /events', {
        body: '1',
        headers: { 'ce-specversion': '1.0', 'ce-id': id, 'ce-source': '/i', 'ce-type': 't', 'idempotency-key': 'k5' },
      });
    expect((await send('x')).status).toBe(202);
    expect((await send('y')).status).toBe(422);
  });

  it('lets one of many at once do it', async () => {
    const send = () => api.call('POST /flows', { body: echoFlow('Crowd'), ...withKey('k6') });
    const statuses = (await Promise.all(Array.from({ length: 8 }, send))).map(({ status }) => status);
    expect(statuses.filter((status) => status !== 201 && status !== 409)).toEqual([]);
    expect((await api.call<{ items: [] }>('GET /flows?q=Crowd')).body.items).toHaveLength(1);
  });
});
