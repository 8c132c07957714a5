import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Api, openApi } from '@/server/testing/api';
import { createTestPlatform } from '@/server/testing/test-platform';
import { startWorker } from '@/workers/worker';

interface List {
  items: Record<string, unknown>[];
  nextCursor: string | null;
}

let api: Api;
beforeAll(async () => {
  api = await openApi();
});
afterAll(() => api.close());

const auditCount = async (action: string): Promise<number> =>
  (await api.container.pool.query('SELECT 1 FROM audit_log WHERE action = $1', [action])).rowCount ?? 0;

describe('variables', () => {
  it.each([
    ['null', null],
    ['false', false],
    ['text', 'a\u0000b'],
    ['nesting', { a: [{ b: [] }] }],
    ['0', 0],
  ])('hold %s and give it back', async (_, value) => {
    expect((await api.call('PUT /vars/any', { body: { value } })).body).toMatchObject({ name: 'any', value });
    expect((await api.call('GET /vars/any')).body).toMatchObject({ name: 'any', value });
  });

  it('are listed by name, page by page, and removed once', async () => {
    for (const name of ['b', 'a', 'c']) await api.call(`PUT /vars/${name}`, { body: { value: name } });
    const first = await api.call<List>('GET /vars?limit=2');
    expect(first.body.items.map(({ name }) => name)).toEqual(['a', 'any']);
    const rest = await api.call<List>(`GET /vars?cursor=${first.body.nextCursor}`);
    expect(rest.body).toMatchObject({ items: [{ name: 'b' }, { name: 'c' }], nextCursor: null });
    expect((await api.call('DELETE /vars/c')).status).toBe(204);
    await api.refused('resource.notFound', 'DELETE /vars/c');
    await api.refused('resource.notFound', 'GET /vars/c');
    expect(await auditCount('variable.removed')).toBe(1);
  });
});

describe('secrets', () => {
  it('are never given back: not by the list, not by the answer, not by the audit log, not by the table', async () => {
    const value = 'correct horse battery staple';
    const put = await api.call('PUT /secrets/api.token', { body: { value, origins: ['HTTPS://API.example.com:443'] } });
    expect(put.body).toEqual({
      name: 'api.token',
      origins: ['https://api.example.com'],
      updatedAt: expect.any(String),
    });
    const list = await api.call<List>('GET /secrets');
    expect(list.body.items).toEqual([put.body]);
    await api.refused('request.methodNotAllowed', 'GET /secrets/api.token');
    const { rows } = await api.container.pool.query(
      'SELECT s::text AS row FROM secrets s UNION ALL SELECT a::text FROM audit_log a',
    );
    const stored = JSON.stringify(rows);
    expect(put.text + list.text + stored).not.toContain(value);
    expect(stored).not.toContain(Buffer.from(value).toString('hex'));
    expect(await auditCount('secret.put')).toBe(1);
  });

  it('forget origins that are not given again, and are removed once', async () => {
    await api.call('PUT /secrets/x', { body: { value: '1', origins: ['https://a.example'] } });
    expect((await api.call('PUT /secrets/x', { body: { value: '2' } })).body).toMatchObject({ origins: [] });
    expect((await api.call('DELETE /secrets/x')).status).toBe(204);
    await api.refused('resource.notFound', 'DELETE /secrets/x');
  });
});

describe('workers', () => {
  it('are listed while their heart beats', async () => {
    expect((await api.call<List>('GET /workers')).body).toEqual({ items: [], nextCursor: null });
    const platform = await createTestPlatform(api.servers, 'worker');
    const worker = await startWorker(platform, 'test');
    const { body } = await api.call<List>('GET /workers');
    expect(body.items).toMatchObject([{ id: worker.workerId, role: 'worker', pid: process.pid }]);
    await worker.stop();
    await platform.close();
    await api.container.pool.query(`UPDATE workers SET last_seen_at = now() - interval '1 hour'`);
    expect((await api.call<List>('GET /workers')).body.items).toEqual([]);
  });
});

describe('the description of the API', () => {
  it('is served to everybody', async () => {
    const answer = await api.call('GET /openapi.json', { key: null });
    expect(answer).toMatchObject({ status: 200, body: { openapi: '3.1.0' } });
    expect((await api.call('POST /openapi.json', { key: null, body: {} })).headers.allow).toBe('GET, HEAD, OPTIONS');
  });
});
