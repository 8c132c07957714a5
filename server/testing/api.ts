/**
 * The REST API on the real container, called in process: what a client sees without a socket between. Refuses to reach
 * behind the API except for what has no operation there: workspaces and their first key.
 */
import { randomBytes } from 'node:crypto';
import { expect } from 'vitest';
import type { Problem } from '@/core/errors';
import type { FlowDocument, FlowStep } from '@/core/flow/document';
import { type Container, createContainer } from '@/server/create-container';
import { parseEnv } from '@/server/env';
import { operations } from '@/server/rest/registry';
import { createRouter } from '@/server/rest/router';
import { makeWorkspace } from '@/server/testing/engine-fixtures';
import { type TestServers, testEncryptionKey, testServers } from '@/server/testing/test-platform';

export interface ApiAnswer<Body = never> {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly text: string;
  /** Parsed JSON; null when there is no content. */
  readonly body: Body;
}

export interface ApiRequest {
  /** Sent as JSON; a string or bytes are sent as they are. */
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  /** Null sends none. */
  readonly key?: string | null;
}

export interface Tenant {
  readonly workspaceId: string;
  readonly slug: string;
  /** A key with every scope. */
  readonly key: string;
}

export interface Api {
  readonly servers: TestServers;
  readonly container: Container;
  readonly main: Tenant;
  /** @param target `METHOD /path?query`, below `/api/v1` */
  call<Body = Record<string, unknown>>(target: string, request?: ApiRequest): Promise<ApiAnswer<Body>>;
  /** As {@link call}; fails when the answer is not the problem expected. */
  refused(code: string, target: string, request?: ApiRequest): Promise<Problem>;
  makeTenant(slug: string): Promise<Tenant>;
  /** Creates a flow and publishes it. */
  publish(document: FlowDocument, tenant?: Tenant): Promise<string>;
  close(): Promise<void>;
}

const router = createRouter(operations);

export async function openApi(overrides: Readonly<Record<string, string>> = {}): Promise<Api> {
  const servers = await testServers();
  const container = await createContainer(
    parseEnv({
      NODE_ENV: 'test',
      LOG_LEVEL: 'silent',
      DATABASE_URL: servers.databaseUrl,
      REDIS_URL: servers.redisUrl,
      HEADRACE_ENCRYPTION_KEY: testEncryptionKey,
      ...overrides,
    }),
  );
  const makeTenant = async (slug: string): Promise<Tenant> => {
    const workspaceId = await makeWorkspace(container.pool, slug);
    const key = `hr_test_${randomBytes(16).toString('base64url')}`;
    await container.services.apiKeys.register(workspaceId, key, 'test');
    return { workspaceId, slug, key };
  };
  const main = await makeTenant('main');

  const call: Api['call'] = async (target, request = {}) => {
    const [method = '', address = ''] = target.split(' ');
    const [path = '', query = ''] = address.split('?');
    const response = await container.rest.handle({
      method,
      path: `/api/v1${path}`,
      query: new URLSearchParams(query),
      headers: headersOf(request, main.key),
      body: bytesOf(request.body),
      remoteAddress: '127.0.0.1',
    });
    const text = typeof response.body === 'string' ? response.body : '';
    const body = text === '' ? null : JSON.parse(text);
    checkAnswer(method, path, response.status, body);
    return { status: response.status, headers: response.headers, text, body };
  };

  return {
    servers,
    container,
    main,
    call,
    async refused(code, target, request) {
      const answer = await call<Problem>(target, request);
      expect(answer.body, target).toMatchObject({ code, status: answer.status, type: `/problems/${code}` });
      expect(answer.headers['content-type']).toBe('application/problem+json');
      return answer.body;
    },
    makeTenant,
    async publish(document, tenant = main) {
      const created = await call<{ id: string }>('POST /flows', { body: document, key: tenant.key });
      expect(created.status, created.text).toBe(201);
      const published = await call(`POST /flows/${created.body.id}/publish`, { key: tenant.key });
      expect(published.status, published.text).toBe(200);
      return created.body.id;
    },
    close: () => container.close(),
  };
}

function headersOf({ body, headers, key }: ApiRequest, defaultKey: string): Record<string, string> {
  return {
    ...(key === null ? {} : { authorization: `Bearer ${key ?? defaultKey}` }),
    ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    ...headers,
  };
}

function bytesOf(body: unknown): Uint8Array {
  if (body instanceof Uint8Array) return body;
  if (body === undefined) return new Uint8Array();
  return new TextEncoder().encode(typeof body === 'string' ? body : JSON.stringify(body));
}

/** Every answer of every test is held against what OpenAPI says of it, so the document cannot promise too much. */
function checkAnswer(method: string, path: string, status: number, body: unknown): void {
  expect(status, `${method} ${path}: a fault of ours`).toBeLessThan(500);
  if (method === 'HEAD' || status >= 400) return;
  const operation = router.find(`/api/v1${path}`)?.match(method)?.endpoint.operation;
  if (operation === undefined) return;
  const described = operation.answers[status];
  expect(described, `${operation.id} answers ${status}, which is not described`).toBeDefined();
  if (described?.schema === undefined) expect(body).toBeNull();
  else expect(described.schema.parse(body), `${operation.id} has fields that are not described`).toEqual(body);
}

/** A flow that can be started by hand and gives back what it was given. */
export const echoFlow = (name = 'Echo', more: Partial<FlowDocument> = {}): FlowDocument => ({
  headrace: 1,
  name,
  steps: [
    { id: 'start', kind: 'trigger.manual' },
    { id: 'echo', kind: 'data.transform', config: { output: { given: '{{ event.data }}' } } },
  ],
  edges: [{ from: 'start', to: 'echo' }],
  ...more,
});

/** A flow behind a webhook path. */
export const webhookFlow = (path: string, method = 'POST', name = `Hook ${path}`): FlowDocument => {
  const trigger: FlowStep = { id: 'hook', kind: 'trigger.webhook', config: { path, method } };
  const steps = [trigger, { id: 'note', kind: 'data.transform', config: { output: { ok: true } } }];
  return { headrace: 1, name, steps, edges: [{ from: 'hook', to: 'note' }] };
};
