import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { FlowDocument } from '@/core/flow/document';
import { type Api, echoFlow, openApi, webhookFlow } from '@/server/testing/api';

interface SavedFlow {
  id: string;
  revision: number;
}
interface Flow extends SavedFlow {
  name: string;
  liveVersion: number | null;
  paused: boolean;
  document: FlowDocument;
}
interface List<Item> {
  items: Item[];
  nextCursor: string | null;
}

let api: Api;
beforeAll(async () => {
  api = await openApi();
});
afterAll(() => api.close());

const create = async (document: unknown): Promise<SavedFlow> => {
  const answer = await api.call<SavedFlow>('POST /flows', { body: document });
  expect(answer.status, answer.text).toBe(201);
  return answer.body;
};
const save = (flow: SavedFlow, document: unknown, revision: string = `"${flow.revision}"`) =>
  api.call<SavedFlow>(`PUT /flows/${flow.id}`, { body: document, headers: { 'if-match': revision } });
const auditOf = async (flowId: string): Promise<string[]> => {
  const { rows } = await api.container.pool.query<{ action: string }>(
    'SELECT action FROM audit_log WHERE target_id = $1 ORDER BY id',
    [flowId],
  );
  return rows.map((row) => row.action);
};

describe('a draft', () => {
  it('keeps an incomplete document as it was sent and gives its revision as the entity tag', async () => {
    const document = {
      headrace: 1,
      name: 'Half',
      steps: [{ id: 'a', kind: 'not.yet' }],
      edges: [{ from: 'a', to: 'b' }],
    };
    const { id } = await create(document);
    const answer = await api.call<Flow>(`GET /flows/${id}`);
    expect(answer.headers.etag).toBe('"1"');
    expect(answer.body).toMatchObject({ name: 'Half', revision: 1, liveVersion: null, paused: false, document });
  });

  it('refuses unknown fields with a pointer to each', async () => {
    const problem = await api.refused('request.invalid', 'POST /flows', {
      body: { ...echoFlow(), colour: 'red', steps: [{ id: 'a', kind: 'x', size: 1 }] },
    });
    expect(problem.errors?.map(({ pointer }) => pointer)).toEqual(['/steps/0/size', '/colour']);
  });

  it('is saved on its revision, quoted or bare, and refused on another with the current one', async () => {
    const flow = await create(echoFlow());
    const second = await save(flow, echoFlow('Second'));
    expect(second).toMatchObject({ status: 200, body: { id: flow.id, revision: 2 }, headers: { etag: '"2"' } });
    expect((await save(flow, echoFlow('Third'), '2')).body.revision).toBe(3);
    const stale = await api.refused('flow.stale', `PUT /flows/${flow.id}`, {
      body: echoFlow('Lost'),
      headers: { 'if-match': '"1"' },
    });
    expect(stale).toMatchObject({ status: 409, revision: 3 });
    expect((await api.call<Flow>(`GET /flows/${flow.id}`)).body.name).toBe('Third');
  });

  it('lets exactly one of two savers of the same revision win', async () => {
    const flow = await create(echoFlow());
    const answers = await Promise.all([save(flow, echoFlow('One')), save(flow, echoFlow('Two'))]);
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 409]);
  });

  it('is found by a part of its name, letter for letter', async () => {
    await create(echoFlow('100% of _orders_'));
    await create(echoFlow('100 of xordersx'));
    const { body } = await api.call<List<Flow>>('GET /flows?q=0%25%20of%20_ORDERS');
    expect(body.items.map(({ name }) => name)).toEqual(['100% of _orders_']);
  });

  it('is listed newest first, page by page, without documents', async () => {
    const tenant = await api.makeTenant('paging');
    for (const name of ['A', 'B', 'C']) await api.call('POST /flows', { body: echoFlow(name), key: tenant.key });
    const first = await api.call<List<Flow>>('GET /flows?limit=2', { key: tenant.key });
    expect(first.body.items.map(({ name }) => name)).toEqual(['C', 'B']);
    expect(first.body.items[0]).not.toHaveProperty('document');
    const rest = await api.call<List<Flow>>(`GET /flows?limit=2&cursor=${first.body.nextCursor}`, { key: tenant.key });
    expect(rest.body).toMatchObject({ items: [{ name: 'A' }], nextCursor: null });
  });
});

describe('publishing', () => {
  it('numbers versions, and gives the same number for a draft of which only the layout changed', async () => {
    const flow = await create(echoFlow());
    const publish = () => api.call<{ version: number }>(`POST /flows/${flow.id}/publish`, { body: { note: 'first' } });
    expect((await publish()).body).toEqual({ version: 1 });
    await save(flow, echoFlow('Echo', { canvas: { direction: 'right' } }));
    expect((await publish()).body).toEqual({ version: 1 });
    await save({ ...flow, revision: 2 }, echoFlow('Echo', { settings: { tags: { a: 'b' } } }));
    expect((await publish()).body).toEqual({ version: 2 });
    const { body } = await api.call<List<Record<string, unknown>>>(`GET /flows/${flow.id}/versions`);
    expect(body.items).toMatchObject([
      { version: 2, live: true, document: { settings: { tags: { a: 'b' } } } },
      { version: 1, live: false, note: 'first', publishedBy: expect.stringMatching(/^key:/) },
    ]);
    expect(body.nextCursor).toBeNull();
  });

  it('lists all problems at once and publishes nothing', async () => {
    const flow = await create({
      headrace: 1,
      name: 'Broken',
      steps: [
        { id: 'start', kind: 'trigger.manual' },
        { id: 'a', kind: 'data.transform', config: { output: '{{ 1 + }}' } },
        { id: 'b', kind: 'data.transform', config: { output: 1 } },
        { id: 'b', kind: 'data.transform', config: { output: 1 } },
      ],
      edges: [
        { from: 'start', to: 'a' },
        { from: 'a', to: 'b' },
        { from: 'b', to: 'a' },
        { from: 'a', to: 'nowhere' },
      ],
    });
    const problem = await api.refused('flow.invalid', `POST /flows/${flow.id}/publish`);
    expect(problem.errors?.length).toBeGreaterThanOrEqual(4);
    expect((await api.call<Flow>(`GET /flows/${flow.id}`)).body.liveVersion).toBeNull();
    expect(await auditOf(flow.id)).toEqual(['flow.created']);
  });

  it.each([
    ['the same path twice', ['in/:a', 'POST'], ['in/:b', 'POST']],
    ['the same path by ANY', ['in', 'ANY'], ['in', 'GET']],
  ])('refuses a flow that takes %s', async (_, [path, method], [otherPath, otherMethod]) => {
    const flow = await create({
      headrace: 1,
      name: 'Twice',
      steps: [
        { id: 'a', kind: 'trigger.webhook', config: { path, method } },
        { id: 'b', kind: 'trigger.webhook', config: { path: otherPath, method: otherMethod } },
      ],
      edges: [],
    });
    await api.refused('flow.invalid', `POST /flows/${flow.id}/publish`);
  });

  it('refuses an event type that no column could hold', async () => {
    const types = ['a\u0000.b'];
    const steps = [{ id: 'on', kind: 'trigger.event', config: { types } }];
    const flow = await create({ headrace: 1, name: 'NUL', steps, edges: [] });
    await api.refused('flow.invalid', `POST /flows/${flow.id}/publish`);
  });

  it('publishes only the revision it was asked to', async () => {
    const { flows, apiKeys } = api.container.services;
    const caller = await apiKeys.authenticate(api.main.key);
    if (caller === null) throw new Error('the test key must work');
    const flow = await create(echoFlow());
    await save(flow, echoFlow('Newer'));
    const stale = flows.publish(caller, { flowId: flow.id, revision: 1 });
    await expect(stale).rejects.toMatchObject({ code: 'flow.stale', details: { revision: 2 } });
    expect(await flows.publish(caller, { flowId: flow.id, revision: 2 })).toEqual({ version: 1 });
  });

  it('promotes an earlier version and says which one is live', async () => {
    const flow = await create(echoFlow());
    await api.call(`POST /flows/${flow.id}/publish`);
    await save(flow, echoFlow('Echo two'));
    await api.call(`POST /flows/${flow.id}/publish`);
    const promoted = await api.call(`POST /flows/${flow.id}/versions/1/promote`);
    expect(promoted.body).toMatchObject({ version: 1, live: true });
    expect((await api.call<Flow>(`GET /flows/${flow.id}`)).body.liveVersion).toBe(1);
    await api.refused('resource.notFound', `POST /flows/${flow.id}/versions/3/promote`);
    expect(await auditOf(flow.id)).toEqual([
      'flow.created',
      'flow.published',
      'flow.saved',
      'flow.published',
      'flow.promoted',
    ]);
  });

  it('ends a page of versions early when the documents are large', async () => {
    const flow = await create(echoFlow());
    const filler = 'x'.repeat(3_000);
    const notes = Array.from({ length: 300 }, (_, index) => ({ id: `n${index}`, x: 0, y: 0, text: filler }));
    for (let revision = 1; revision <= 6; revision += 1) {
      const document = echoFlow(`Large ${revision}`, { canvas: { notes } });
      expect((await save({ ...flow, revision }, document)).status).toBe(200);
      await api.call(`POST /flows/${flow.id}/publish`);
    }
    const first = await api.call<List<{ version: number }>>(`GET /flows/${flow.id}/versions`);
    expect(first.body.items.map(({ version }) => version)).toEqual([6, 5, 4, 3]);
    const rest = await api.call<List<{ version: number }>>(
      `GET /flows/${flow.id}/versions?cursor=${first.body.nextCursor}`,
    );
    expect(rest.body).toMatchObject({ items: [{ version: 2 }, { version: 1 }], nextCursor: null });
  });
});

describe('webhook paths', () => {
  it('belong to one flow: parameter names do not tell paths apart, and ANY collides with every method', async () => {
    const holder = await api.publish(webhookFlow('taken/:id', 'POST', 'Holder'));
    for (const [path, method] of [
      ['taken/:order', 'POST'],
      ['taken/:id', 'ANY'],
    ] as const) {
      const flow = await create(webhookFlow(path, method));
      const problem = await api.refused('flow.pathTaken', `POST /flows/${flow.id}/publish`);
      expect(problem).toMatchObject({ status: 409, flowId: holder, flowName: 'Holder' });
      expect(problem.errors).toMatchObject([{ pointer: '/steps/0/config/path', stepId: 'hook' }]);
    }
    await api.publish(webhookFlow('taken/:id', 'GET'));
    await api.publish(webhookFlow('taken/new', 'POST'));
  });

  it('go to exactly one of many flows that publish the same path at once', async () => {
    const flows = await Promise.all(Array.from({ length: 6 }, () => create(webhookFlow('race/:x', 'ANY'))));
    const answers = await Promise.all(flows.map(({ id }) => api.call(`POST /flows/${id}/publish`)));
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 409, 409, 409, 409, 409]);
  });

  it('are routed from the moment the publish is answered, and no longer once the flow is deleted', async () => {
    const match = () => api.container.services.routing.matchWebhook('main', 'POST', 'fresh/7');
    expect(await match()).toEqual({ type: 'noFlow' });
    const flowId = await api.publish(webhookFlow('fresh/:id'));
    expect(await match()).toMatchObject({ type: 'found', route: { flowId, version: 1 }, params: { id: '7' } });
    expect((await api.call(`DELETE /flows/${flowId}`)).status).toBe(204);
    expect(await match()).toEqual({ type: 'noFlow' });
    await api.publish(webhookFlow('fresh/:id'));
  });
});

describe('pausing, resuming and deleting', () => {
  it('releases held runs in one go and says so in the row', async () => {
    const flowId = await api.publish(echoFlow());
    const paused = await api.call(`POST /flows/${flowId}/pause`);
    expect(paused).toMatchObject({ status: 200, body: { id: flowId, paused: true } });
    const { body } = await api.call<{ runId: string }>(`POST /flows/${flowId}/runs`, { body: {} });
    await api.container.pool.query('UPDATE runs SET is_held = true, due_at = NULL WHERE id = $1', [body.runId]);
    expect((await api.call(`POST /flows/${flowId}/resume`)).body).toMatchObject({ paused: false });
    const { rows } = await api.container.pool.query('SELECT is_held, due_at <= now() AS due FROM runs WHERE id = $1', [
      body.runId,
    ]);
    expect(rows).toEqual([{ is_held: false, due: true }]);
  });

  it('keeps the history of a deleted flow and answers 404 for everything else', async () => {
    const flowId = await api.publish(echoFlow());
    const { body } = await api.call<{ runId: string }>(`POST /flows/${flowId}/runs`);
    await api.call(`DELETE /flows/${flowId}`);
    await api.refused('resource.notFound', `GET /flows/${flowId}`);
    await api.refused('resource.notFound', `DELETE /flows/${flowId}`);
    await api.refused('resource.notFound', `POST /flows/${flowId}/runs`);
    await api.refused('resource.notFound', `POST /flows/${flowId}/publish`);
    await api.refused('resource.notFound', `PUT /flows/${flowId}`, { body: echoFlow(), headers: { 'if-match': '1' } });
    expect((await api.call(`GET /runs/${body.runId}`)).body).toMatchObject({ flowId, flowName: 'Echo' });
    expect((await api.call(`GET /flows/${flowId}/versions/1`)).status).toBe(200);
  });
});
