import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { limits } from '@/core/limits';
import { type Api, type ApiRequest, echoFlow, openApi } from '@/server/testing/api';

let api: Api;
let flowId: string;
const nowhere = '0192f7a0-0000-7000-8000-000000000001';

beforeAll(async () => {
  api = await openApi();
  flowId = await api.publish(echoFlow());
});
afterAll(() => api.close());

const deep = (depth: number): string => `${'['.repeat(depth)}${']'.repeat(depth)}`;
const json = { 'content-type': 'application/json' };
const event = { specversion: '1.0', id: '1', source: '/x', type: 'a.b' };
const cloud = { 'content-type': 'application/cloudevents+json' };

describe('bad input', () => {
  it.each<[why: string, code: string, target: string, request: ApiRequest, pointers?: string[]]>([
    // the key
    ['no key', 'auth.required', 'GET /flows', { key: null }],
    ['an unknown key', 'auth.required', 'GET /flows', { key: 'hr_unknown' }],
    ['another scheme', 'auth.required', 'GET /flows', { key: null, headers: { authorization: 'Basic YTpi' } }],
    ['a key of control characters', 'auth.required', 'GET /flows', { key: 'a\u0000b' }],
    // paths and methods
    ['an unknown path', 'resource.notFound', 'GET /nothing', {}],
    ['the base path alone', 'resource.notFound', 'GET ', {}],
    ['a trailing slash', 'resource.notFound', 'GET /flows/', {}],
    ['a broken escape', 'request.malformed', 'GET /vars/%zz', {}],
    ['an id that is none', 'resource.notFound', 'GET /flows/7', {}],
    ['an id with a NUL', 'resource.notFound', 'GET /flows/%00', {}],
    ['a NUL in a name', 'resource.notFound', 'GET /vars/%00', {}],
    ['an id of nothing', 'resource.notFound', `GET /runs/${nowhere}`, {}],
    ['version 0', 'resource.notFound', `GET /flows/${nowhere}/versions/0`, {}],
    ['a version beyond 32 bits', 'resource.notFound', `GET /flows/${nowhere}/versions/4294967296`, {}],
    ['a position beyond all', 'resource.notFound', 'GET /events/999999999999999', {}],
    ['a position that is none', 'resource.notFound', 'GET /events/-1', {}],
    ['what later issues bring', 'resource.notFound', 'GET /events/tail', {}],
    ['a method the path does not know', 'request.methodNotAllowed', 'PATCH /flows', {}],
    ['a method nobody knows', 'request.methodNotAllowed', 'BREW /runs', {}],
    // queries
    ['an unknown parameter', 'request.invalid', 'GET /flows?colour=red', {}, ['?colour']],
    ['a parameter of __proto__', 'request.invalid', 'GET /flows?__proto__=x', {}, ['?__proto__']],
    ['a parameter twice', 'request.invalid', 'GET /flows?q=a&q=b', {}, ['?q']],
    ['a limit of 0', 'request.invalid', 'GET /flows?limit=0', {}, ['?limit']],
    ['a limit above the most', 'request.invalid', 'GET /runs?limit=201', {}, ['?limit']],
    ['a limit that is no number', 'request.invalid', 'GET /runs?limit=ten', {}, ['?limit']],
    ['a cursor that is none', 'request.invalid', 'GET /runs?cursor=abc', {}, ['?cursor']],
    ['an unknown status', 'request.invalid', 'GET /runs?status=failed&status=odd', {}, ['?status']],
    ['a time without a zone', 'request.invalid', 'GET /runs?from=2026-01-01T00:00:00', {}, ['?from']],
    ['the year 0000', 'request.invalid', 'GET /events?to=0000-01-01T00:00:00Z', {}, ['?to']],
    ['a NUL in the search', 'request.invalid', 'GET /runs?q=%00', {}, ['?q']],
    ['a NUL in a tag', 'request.invalid', 'GET /runs?tag.a=%00', {}, ['?tags']],
    ['tags without a name', 'request.invalid', 'GET /runs?tags=a', {}, ['?tags']],
    ['a NUL in an event type', 'request.invalid', 'GET /events?type=a%00', {}, ['?type']],
    ['a NUL in a subject', 'request.invalid', 'GET /events?subject=%00', {}, ['?subject']],
    ['a pattern with a star inside', 'request.invalid', 'GET /events?type=a.*.b', {}, ['?type']],
    ['a negative wait', 'request.invalid', `POST /flows/${nowhere}/runs?wait=-1`, {}, ['?wait']],
    ['a wait above the most', 'request.invalid', `POST /flows/${nowhere}/runs?wait=60001`, {}, ['?wait']],
    ['several at once', 'request.invalid', 'GET /events?a=1&limit=x', {}, ['?limit', '?a']],
    // bodies
    ['no body where one is needed', 'request.malformed', 'POST /flows', { headers: json }],
    ['broken JSON', 'request.malformed', 'POST /flows', { body: '{"a":' }],
    ['text after the JSON', 'request.malformed', 'POST /flows', { body: '{} {}' }],
    ['broken UTF-8', 'request.malformed', 'POST /flows', { body: new Uint8Array([0x22, 0xff, 0x22]), headers: json }],
    ['a key of __proto__', 'request.malformed', 'POST /flows', { body: '{"__proto__":{"x":1}}' }],
    ['__proto__ in disguise', 'request.malformed', 'PUT /vars/a', { body: '{"value":{"\\u005f_proto__":1}}' }],
    [
      'constructor.prototype',
      'request.malformed',
      'PUT /vars/a',
      { body: '{"value":{"constructor":{"prototype":1}}}' },
    ],
    ['a number without end', 'request.malformed', 'PUT /vars/a', { body: '{"value":1e999}' }],
    ['nesting', 'request.tooDeep', 'PUT /vars/a', { body: `{"value":${deep(limits.jsonDepth + 1)}}` }],
    ['hostile nesting', 'request.tooDeep', 'POST /flows', { body: deep(400_000) }],
    ['a body over the limit', 'request.tooLarge', 'POST /flows', { body: `"${'x'.repeat(limits.bodyBytes)}"` }],
    ['a form', 'request.unsupportedType', 'POST /flows', { body: 'a=1', headers: { 'content-type': 'text/plain' } }],
    ['no content type', 'request.unsupportedType', 'POST /flows', { body: '{}', headers: { 'content-type': '' } }],
    [
      'another charset',
      'request.unsupportedType',
      'POST /flows',
      { body: '{}', headers: { 'content-type': 'application/json; charset=utf-16' } },
    ],
    [
      'compressed content',
      'request.unsupportedType',
      'POST /flows',
      { body: '{}', headers: { 'content-encoding': 'gzip' } },
    ],
    ['an unknown field', 'request.invalid', 'PUT /vars/a', { body: { value: 1, type: 'x' } }, ['/type']],
    ['a missing field', 'request.invalid', 'PUT /vars/a', { body: {} }, ['/value']],
    ['a field of another type', 'request.invalid', 'PUT /secrets/a', { body: { value: 7 } }, ['/value']],
    ['a body that is no object', 'request.invalid', 'PUT /vars/a', { body: '[]' }, ['']],
    ['a NUL in a secret', 'request.invalid', 'PUT /secrets/a', { body: { value: 'a\u0000' } }, ['/value']],
    [
      'an origin with a path',
      'request.invalid',
      'PUT /secrets/a',
      { body: { value: 'x', origins: ['https://a/b'] } },
      ['/origins/0'],
    ],
    ['a name that is no identifier', 'request.invalid', 'PUT /vars/a-b', { body: { value: 1 } }, ['/name']],
    [
      'a variable that is too large',
      'request.tooLarge',
      'PUT /vars/a',
      { body: { value: 'x'.repeat(limits.variableBytes) } },
    ],
    [
      'a secret that is too large',
      'request.tooLarge',
      'PUT /secrets/a',
      { body: { value: 'é'.repeat(limits.secretBytes / 2 + 1) } },
    ],
    [
      'a flow without a name',
      'request.invalid',
      'POST /flows',
      { body: { headrace: 1, steps: [], edges: [] } },
      ['/name'],
    ],
    ['a NUL in the name of a flow', 'request.invalid', 'POST /flows', { body: echoFlow('a\u0000') }, ['/name']],
    [
      'a field in a body that is optional',
      'request.invalid',
      `POST /flows/${nowhere}/pause`,
      { body: { now: true } },
      ['/now'],
    ],
    // revisions and keys of requests
    ['no revision', 'request.preconditionRequired', `PUT /flows/${nowhere}`, { body: echoFlow() }],
    [
      'a revision that is none',
      'request.malformed',
      `PUT /flows/${nowhere}`,
      { body: echoFlow(), headers: { 'if-match': '*' } },
    ],
    [
      'a blank in an Idempotency-Key',
      'request.malformed',
      'POST /flows',
      { body: echoFlow(), headers: { 'idempotency-key': 'a b' } },
    ],
    // events
    ['plain JSON as an event', 'request.unsupportedType', 'POST /events', { body: event }],
    [
      'an event in another format',
      'request.unsupportedType',
      'POST /events',
      { body: 'x', headers: { 'content-type': 'application/cloudevents+avro' } },
    ],
    [
      'an event without attributes',
      'event.invalid',
      'POST /events',
      { body: {}, headers: cloud },
      ['/specversion', '/id', '/source', '/type'],
    ],
    [
      'an event that claims to be ours',
      'event.invalid',
      'POST /events',
      { body: { ...event, type: 'headrace.webhook.received' }, headers: cloud },
      ['/type'],
    ],
    [
      'a batch that is no array',
      'event.invalid',
      'POST /events',
      { body: event, headers: { 'content-type': 'application/cloudevents-batch+json' } },
      [''],
    ],
    [
      'one bad event in a batch',
      'event.invalid',
      'POST /events',
      { body: [event, { ...event, id: '' }], headers: { 'content-type': 'application/cloudevents-batch+json' } },
      ['/1/id'],
    ],
    [
      'a batch that is too long',
      'event.invalid',
      'POST /events',
      {
        body: Array(limits.eventBatch + 1).fill(event),
        headers: { 'content-type': 'application/cloudevents-batch+json' },
      },
      [''],
    ],
    [
      'binary mode with a broken escape',
      'request.malformed',
      'POST /events',
      { body: '1', headers: { 'ce-id': '%ff', 'ce-specversion': '1.0' } },
    ],
    [
      'binary mode with broken JSON',
      'request.malformed',
      'POST /events',
      { body: '{', headers: { 'ce-id': '1', 'ce-specversion': '1.0' } },
    ],
    [
      'binary mode without a source',
      'event.invalid',
      'POST /events',
      { body: '1', headers: { 'ce-id': '1', 'ce-specversion': '1.0', 'ce-type': 'a' } },
      ['/source'],
    ],
    [
      'an event that went in a circle',
      'event.hopLimit',
      'POST /events',
      { body: event, headers: { ...cloud, 'headrace-hops': String(limits.eventHops) } },
    ],
  ])('%s answers %s', async (_, code, target, request, pointers) => {
    const problem = await api.refused(code, target, request);
    if (pointers !== undefined) expect(problem.errors?.map(({ pointer }) => pointer)).toEqual(pointers);
    expect(problem.detail).toMatch(/^[A-Z].*[.]$/);
  });

  it('leaves nothing half-written', async () => {
    const { rows } = await api.container.pool.query(
      `SELECT (SELECT count(*) FROM flows)::int AS flows, (SELECT count(*) FROM events)::int AS events,
         (SELECT count(*) FROM variables)::int AS variables, (SELECT count(*) FROM secrets)::int AS secrets,
         (SELECT count(*) FROM idempotency_keys)::int AS keys`,
    );
    expect(rows).toEqual([{ flows: 1, events: 0, variables: 0, secrets: 0, keys: 0 }]);
  });

  it('of a revision beyond all is stale, not a fault', async () => {
    const body = echoFlow();
    await api.refused('flow.stale', `PUT /flows/${flowId}`, { body, headers: { 'if-match': '99999999999' } });
  });

  it('names the methods of an address, for OPTIONS too', async () => {
    const refused = await api.call('POST /runs', { body: {} });
    expect(refused).toMatchObject({ status: 405, headers: { allow: 'GET, HEAD, OPTIONS' } });
    const options = await api.call(`OPTIONS /flows/${flowId}`, { key: null });
    expect(options).toMatchObject({ status: 204, text: '', headers: { allow: 'DELETE, GET, HEAD, OPTIONS, PUT' } });
  });

  it('answers HEAD as GET without a body', async () => {
    const got = await api.call(`GET /flows/${flowId}`);
    const head = await api.call(`HEAD /flows/${flowId}`);
    expect(head).toMatchObject({ status: 200, text: '', headers: { etag: got.headers.etag } });
    expect(head.headers['content-length']).toBe(String(got.text.length));
  });

  it('says how to authenticate', async () => {
    const answer = await api.call('GET /flows', { key: null });
    expect(answer.headers['www-authenticate']).toMatch(/^Bearer/);
  });
});

describe('keys', () => {
  it('need the scope of the operation, and the refusal names it', async () => {
    const admin = await api.container.services.apiKeys.authenticate(api.main.key);
    if (admin === null) throw new Error('the test key must work');
    const { key } = await api.container.services.apiKeys.create(admin, { name: 'reader', scopes: ['flows:read'] });
    expect((await api.call('GET /flows', { key })).status).toBe(200);
    const problem = await api.refused('auth.forbidden', 'POST /flows', { key, body: echoFlow() });
    expect(problem.scope).toBe('flows:write');
    await api.refused('auth.forbidden', 'GET /secrets', { key });
  });

  it('are shown once, stored as a hash, recognised by a prefix, and refused once revoked', async () => {
    const { apiKeys } = api.container.services;
    const admin = await apiKeys.authenticate(api.main.key);
    if (admin === null) throw new Error('the test key must work');
    const made = await apiKeys.create(admin, { name: 'ci', scopes: ['flows:read'] });
    expect(made.key).toMatch(/^hr_[A-Za-z0-9_-]{43}$/);
    expect(made.key.startsWith(made.prefix)).toBe(true);
    expect(JSON.stringify(await apiKeys.list(admin))).not.toContain(made.key);
    const stored = await api.container.pool.query('SELECT * FROM api_keys WHERE id = $1', [made.id]);
    expect(JSON.stringify(stored.rows)).not.toContain(made.key);
    expect((await api.call('GET /flows', { key: made.key })).status).toBe(200);
    await apiKeys.revoke(admin, { keyId: made.id });
    await api.refused('auth.required', 'GET /flows', { key: made.key });
    await expect(apiKeys.revoke(admin, { keyId: nowhere })).rejects.toMatchObject({ code: 'resource.notFound' });
  });

  it('cannot grant what their maker does not have', async () => {
    const { apiKeys } = api.container.services;
    const admin = await apiKeys.authenticate(api.main.key);
    if (admin === null) throw new Error('the test key must work');
    const narrow = { ...admin, scopes: new Set(['workspace:admin', 'flows:read'] as const) };
    await expect(apiKeys.create(narrow, { name: 'x', scopes: ['secrets:write'] })).rejects.toMatchObject({
      code: 'auth.forbidden',
    });
  });

  it('that an operator chose are registered once, whatever the number of starts', async () => {
    const { apiKeys } = api.container.services;
    const register = () => apiKeys.register(api.main.workspaceId, 'chosen-by-hand', 'HEADRACE_API_KEY');
    await Promise.all([register(), register(), register()]);
    expect((await api.call('GET /flows', { key: 'chosen-by-hand' })).status).toBe(200);
  });
});
