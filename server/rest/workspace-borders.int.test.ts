/**
 * Tries every registered operation with the things of another workspace. The table below must name each operation, so
 * a new one fails here until somebody has said what a stranger may see of it.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { operations } from '@/server/rest/registry';
import { type Api, type ApiRequest, echoFlow, openApi, type Tenant } from '@/server/testing/api';

interface Things {
  readonly flowId: string;
  readonly runId: string;
  readonly approvalId: string;
  readonly position: number;
}

let api: Api;
let stranger: Tenant;
let things: Things;

beforeAll(async () => {
  api = await openApi();
  stranger = await api.makeTenant('stranger');
  const settings = { lane: { key: 'theirs' }, concurrency: 1 };
  const flowId = await api.publish(echoFlow('Theirs', { settings }));
  const { body: run } = await api.call<{ runId: string }>(`POST /flows/${flowId}/runs`, { body: { data: 'theirs' } });
  await api.call('PUT /vars/theirs', { body: { value: 'theirs' } });
  await api.call('PUT /secrets/theirs', { body: { value: 'theirs' } });
  things = { flowId, runId: run.runId, approvalId: await makeApproval(flowId, run.runId), position: 1 };
});
afterAll(() => api.close());

/** No worker asks here. */
async function makeApproval(flowId: string, runId: string): Promise<string> {
  const id = crypto.randomUUID();
  await api.container.pool.query(
    `INSERT INTO approvals (workspace_id, id, run_id, flow_id, step_id, title) VALUES ($1, $2, $3, $4, 'ask', 'Theirs')`,
    [api.main.workspaceId, id, runId, flowId],
  );
  return id;
}

type Attempt =
  /** Names a thing of the other workspace: must be 404. */
  | { readonly type: 'notFound'; readonly path: (things: Things) => string; readonly request?: ApiRequest }
  /** Lists: must not show a thing of the other workspace. */
  | { readonly type: 'nothingOf'; readonly path: (things: Things) => string }
  /** Writes into the stranger's own workspace, under a name that the other one uses too: theirs must stay. */
  | { readonly type: 'ownOnly'; readonly path: () => string; readonly request: ApiRequest }
  /** Says the same to everybody. */
  | { readonly type: 'shared'; readonly why: string };

const notFound = (path: (things: Things) => string, request?: ApiRequest): Attempt => ({
  type: 'notFound',
  path,
  request,
});
const nothingOf = (path: string | ((things: Things) => string)): Attempt => ({
  type: 'nothingOf',
  path: typeof path === 'string' ? () => path : path,
});
const ownOnly = (path: string, request: ApiRequest): Attempt => ({ type: 'ownOnly', path: () => path, request });

const ifMatch = { headers: { 'content-type': 'application/json', 'if-match': '1' } };
const event = { specversion: '1.0', id: 'mine', source: '/stranger', type: 'mine' };

const attempts: Readonly<Record<string, Attempt>> = {
  'flows.create': ownOnly('/flows', { body: echoFlow('Mine') }),
  'flows.list': nothingOf('/flows'),
  'flows.get': notFound(({ flowId }) => `/flows/${flowId}`),
  'flows.save': notFound(({ flowId }) => `/flows/${flowId}`, { body: echoFlow('Stolen'), ...ifMatch }),
  'flows.remove': notFound(({ flowId }) => `/flows/${flowId}`),
  'flows.publish': notFound(({ flowId }) => `/flows/${flowId}/publish`),
  'flows.pause': notFound(({ flowId }) => `/flows/${flowId}/pause`),
  'flows.resume': notFound(({ flowId }) => `/flows/${flowId}/resume`),
  'flows.versions': notFound(({ flowId }) => `/flows/${flowId}/versions`),
  'flows.version': notFound(({ flowId }) => `/flows/${flowId}/versions/1`),
  'flows.promote': notFound(({ flowId }) => `/flows/${flowId}/versions/1/promote`),
  'runs.start': notFound(({ flowId }) => `/flows/${flowId}/runs`, { body: {} }),
  'runs.list': nothingOf(({ flowId }) => `/runs?flow=${flowId}`),
  'runs.get': notFound(({ runId }) => `/runs/${runId}`),
  'runs.journal': notFound(({ runId }) => `/runs/${runId}/journal`),
  'runs.iterations': notFound(({ runId }) => `/runs/${runId}/iterations?stepId=each`),
  'runs.cancel': notFound(({ runId }) => `/runs/${runId}/cancel`),
  'runs.terminate': notFound(({ runId }) => `/runs/${runId}/terminate`),
  'runs.resolve': notFound(({ runId }) => `/runs/${runId}/resolve`, { body: { stepId: 'echo', action: 'retry' } }),
  'runs.retry': notFound(({ runId }) => `/runs/${runId}/retry`),
  'runs.rerun': notFound(({ runId }) => `/runs/${runId}/rerun`),
  'lanes.list': nothingOf('/lanes'),
  'lanes.limits': nothingOf('/lanes/limits'),
  'approvals.list': nothingOf('/approvals'),
  'approvals.get': notFound(({ approvalId }) => `/approvals/${approvalId}`),
  'approvals.answer': notFound(({ approvalId }) => `/approvals/${approvalId}/answer`, { body: { decision: 'reject' } }),
  'approvals.makeLink': notFound(({ approvalId }) => `/approvals/${approvalId}/links`),
  'approvals.revokeLinks': notFound(({ approvalId }) => `/approvals/${approvalId}/links`),
  'events.publish': ownOnly('/events', { body: event, headers: { 'content-type': 'application/cloudevents+json' } }),
  'events.list': nothingOf('/events'),
  'events.get': notFound(({ position }) => `/events/${position}`),
  'variables.list': nothingOf('/vars'),
  'variables.get': notFound(() => '/vars/theirs'),
  'variables.put': ownOnly('/vars/theirs', { body: { value: 'mine' } }),
  'variables.remove': notFound(() => '/vars/theirs'),
  'secrets.list': nothingOf('/secrets'),
  'secrets.put': ownOnly('/secrets/theirs', { body: { value: 'mine' } }),
  'secrets.remove': notFound(() => '/secrets/theirs'),
  'workers.list': { type: 'shared', why: 'processes serve all workspaces and hold no data of any' },
};

/** Everything the other workspace has, as the database sees it. */
const stateOf = async (workspaceId: string): Promise<string> => {
  const tables = [
    'flows',
    'flow_versions',
    'flow_triggers',
    'variables',
    'secrets',
    'events',
    'runs',
    'run_inbox',
    'approvals',
    'approval_links',
  ];
  const states = await Promise.all(
    tables.map((table) =>
      api.container.pool.query(
        `SELECT coalesce(string_agg(md5(t::text), ',' ORDER BY t::text), '') AS state FROM ${table} t WHERE workspace_id = $1`,
        [workspaceId],
      ),
    ),
  );
  return states.map(({ rows }) => rows[0].state).join('\n');
};

describe('the border between workspaces', () => {
  it('is tried for every operation there is', () => {
    expect(Object.keys(attempts).sort()).toEqual(operations.map(({ id }) => id).sort());
  });

  // Reads and refusals first: what a stranger writes of its own would show in its own lists.
  const ordered = [...operations].sort((a, b) => rank(a.id) - rank(b.id));

  it.each(ordered.map((operation) => [operation.id, operation] as const))('holds for %s', async (id, operation) => {
    const attempt = attempts[id];
    if (attempt === undefined || attempt.type === 'shared') return;
    const before = await stateOf(api.main.workspaceId);
    const path = attempt.path(things);
    const target = `${operation.method} ${path}`;
    if (attempt.type === 'notFound') {
      const problem = await api.refused('resource.notFound', target, { ...attempt.request, key: stranger.key });
      expect(JSON.stringify(problem)).not.toContain('Theirs');
      // The same request from inside is not 404: the address was right.
      if (operation.method === 'GET') expect((await api.call(target)).status).toBe(200);
    } else if (attempt.type === 'nothingOf') {
      const { body } = await api.call<{ items: unknown[] }>(target, { key: stranger.key });
      expect(body.items).toEqual([]);
      expect((await api.call<{ items: unknown[] }>(target)).body.items.length).toBeGreaterThan(0);
    } else {
      expect((await api.call(target, { ...attempt.request, key: stranger.key })).status).toBeLessThan(300);
    }
    expect(await stateOf(api.main.workspaceId)).toBe(before);
  });

  it('refuses every operation without a key', async () => {
    for (const { method, path } of operations) {
      const address = path
        .replace('{flowId}', things.flowId)
        .replace('{runId}', things.runId)
        .replace('{approvalId}', things.approvalId)
        .replace(/\{\w+\}/, '1');
      await api.refused('auth.required', `${method} ${address}`, { key: null });
    }
  });

  it('refuses every operation to a key without its scope', async () => {
    const admin = await api.container.services.apiKeys.authenticate(api.main.key);
    if (admin === null) throw new Error('the test key must work');
    const { key } = await api.container.services.apiKeys.create(admin, { name: 'none', scopes: ['workspace:admin'] });
    for (const { method, path } of operations) {
      const address = path
        .replace('{flowId}', things.flowId)
        .replace('{runId}', things.runId)
        .replace('{approvalId}', things.approvalId)
        .replace(/\{\w+\}/, '1');
      await api.refused('auth.forbidden', `${method} ${address}`, { key });
    }
  });
});

function rank(id: string): number {
  return attempts[id]?.type === 'ownOnly' ? 1 : 0;
}
