import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Problem } from '@/core/errors';
import type { Container } from '@/server/create-container';
import { openPerson, openWeb } from '@/server/testing/web';
import { handleTrpc } from './handle';

let web: Container;
let headers: () => Headers;

beforeAll(async () => {
  web = await openWeb();
  ({ headers } = await openPerson(web, 'main', 'owner'));
});
afterAll(() => web.close());

const send = (target: string, init: RequestInit = {}) =>
  handleTrpc(web, new Request(`${web.env.publicUrl}/api/trpc/${target}`, { headers: headers(), ...init }));
const post = (path: string, input: unknown) => send(path, { method: 'POST', body: JSON.stringify(input) });

interface Failure {
  readonly error: { readonly message: string; readonly data: { readonly problem: Problem; readonly stack?: string } };
}

async function problemOf(response: Response): Promise<Problem> {
  const { error } = (await response.json()) as Failure;
  expect(error.data.problem.status).toBe(response.status);
  expect(error.message).toBe(error.data.problem.detail);
  expect(error.data.stack).toBeUndefined();
  return error.data.problem;
}

describe('a call over HTTP', () => {
  it('is answered with JSON', async () => {
    const response = await send('profile.get');
    expect(response.status).toBe(200);
    expect(await response.json()).toMatchObject({ result: { data: { role: 'owner', workspace: { slug: 'main' } } } });
  });

  it('says all faults of its input at once, each at its field', async () => {
    const response = await post('apiKeys.create', { scopes: ['everything'], colour: 'red' });
    const problem = await problemOf(response);
    expect(problem).toMatchObject({ status: 422, code: 'request.invalid' });
    expect(problem.errors?.map(({ pointer, code }) => [pointer, code]).sort()).toEqual([
      ['/colour', 'field.unknown'],
      ['/name', 'field.required'],
      ['/scopes/0', 'field.invalid'],
    ]);
  });

  it.each<[string, () => Promise<Response>, number, string]>([
    ['an unknown procedure', () => send('flows.explode'), 404, 'resource.notFound'],
    ['a path that is an attack', () => send('__proto__.constructor'), 404, 'resource.notFound'],
    ['malformed JSON', () => send('profile.update', { method: 'POST', body: '{"name":' }), 400, 'request.malformed'],
    ['a change by GET', () => send('flows.create?input={}'), 405, 'request.methodNotAllowed'],
    [
      'a content type that is not JSON',
      () => send('profile.update', { method: 'POST', body: 'name=x', headers: withType('text/plain') }),
      415,
      'request.unsupportedType',
    ],
    ['a session that is none', () => send('profile.get', { headers: {} }), 401, 'auth.required'],
    ['something that is not there', () => post('variables.remove', { name: 'nothing' }), 404, 'resource.notFound'],
  ])('refuses %s with its own status and a problem document', async (_what, call, status, code) => {
    const response = await call();
    expect(response.status).toBe(status);
    expect(await problemOf(response)).toMatchObject({ status, code });
  });

  it('answers several at once, and refuses more than a page would ask for', async () => {
    const names = (count: number) => Array.from({ length: count }, () => 'profile.get').join(',');
    const several = await send(`${names(3)}?batch=1`);
    expect(((await several.json()) as unknown[]).length).toBe(3);
    expect((await send(`${names(51)}?batch=1`)).status).toBe(400);
  });

  it('does not say what went wrong inside', async () => {
    const broken = { ...web.services.workers, list: () => Promise.reject(new Error('password=hunter2 at 10.0.0.1')) };
    const deps = { ...web, services: { ...web.services, workers: broken } };
    const request = new Request(`${web.env.publicUrl}/api/trpc/workers.list`, { headers: headers() });
    const response = await handleTrpc(deps, request);
    expect(response.status).toBe(500);
    const body = await response.clone().text();
    expect(body).not.toContain('hunter2');
    expect(await problemOf(response)).toMatchObject({ code: 'internal.bug' });
  });
});

describe('a subscription over HTTP', () => {
  it('is a stream of events that carries the notes of the workspace', async () => {
    const response = await send(`runs.watch?input=${encodeURIComponent('{}')}`);
    expect(response.headers.get('content-type')).toContain('text/event-stream');
    const { workspaceId } = await web.prisma.membership.findFirstOrThrow();
    // A note published before the stream has subscribed is nobody's: it is told until it is heard.
    const note = { runId: 'r', flowId: 'f', status: 'succeeded', n: 4 } as const;
    const telling = setInterval(() => web.runNotes.publish(workspaceId, [note]), 5);
    const reader = (response.body as ReadableStream<Uint8Array>).getReader();
    const decoder = new TextDecoder();
    let text = '';
    while (!text.includes(JSON.stringify(note))) {
      text += decoder.decode((await reader.read()).value, { stream: true });
    }
    clearInterval(telling);
    expect(text).toMatch(/^event: connected\n/);
    await reader.cancel();
  });

  it('tells a signed-out page so, in the stream', async () => {
    const response = await send(`runs.watch?input=${encodeURIComponent('{}')}`, { headers: {} });
    expect(await response.text()).toContain('"code":"auth.required"');
  });
});

function withType(type: string): Headers {
  const changed = headers();
  changed.set('content-type', type);
  return changed;
}
