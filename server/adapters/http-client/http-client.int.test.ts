/** The client against servers that misbehave on purpose. Each server counts what really arrived. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { type AddressInfo, createServer as createTcpServer, type Socket, type Server as TcpServer } from 'node:net';
import { gzipSync } from 'node:zlib';
import { afterEach, describe, expect, test } from 'vitest';
import { HeadraceError } from '@/core/errors';
import type { HttpCall, HttpResult } from '@/core/steps/contract';
import type { ResolveAll } from '@/server/adapters/http-client/guarded-connector';
import { createHttpClient, type HttpClient, type HttpClientDeps } from '@/server/adapters/http-client/http-client';
import type { SecretSource } from '@/server/services/secrets/resolve-secrets';

const closers: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  await Promise.all(closers.splice(0).map((close) => close()));
});

const ignore = (): undefined => undefined;
const silent = { debug: ignore, info: ignore, warn: ignore, error: ignore };
const loopback: HttpClientDeps['allowedPrivateHosts'] = [{ kind: 'host', host: '127.0.0.1', port: undefined }];
const noSecrets: SecretSource = {
  reveal: (name) => Promise.reject(new HeadraceError('secret.missing', `There is no secret named "${name}".`)),
};
const secretsOf = (values: Record<string, string>): SecretSource => ({
  reveal: async (name) => values[name] ?? noSecrets.reveal(name, ''),
});

function newClient(over: Partial<HttpClientDeps> = {}): HttpClient {
  const client = createHttpClient({
    allowedPrivateHosts: loopback,
    log: silent,
    clock: { nowMs: () => Date.parse('2026-11-22T12:00:00Z') },
    limits: { httpResponseBytes: 64 * 1024, httpRedirects: 3, jsonDepth: 16 },
    ...over,
  });
  closers.push(() => client.close());
  return client;
}

const call = (url: string, over: Partial<HttpCall> = {}): HttpCall => ({
  method: 'GET',
  url,
  headers: {},
  body: null,
  timeoutMs: 5_000,
  idempotencyKey: null,
  ...over,
});

async function perform(
  client: HttpClient,
  one: HttpCall,
  secrets = noSecrets,
  signal?: AbortSignal,
): Promise<HttpResult> {
  return (await client.perform(one, secrets, { workspaceId: 'w', ...(signal ? { signal } : {}) })).result;
}

interface Received {
  method: string;
  path: string;
  headers: IncomingMessage['headers'];
  body: string;
}

async function listen<T extends Server | TcpServer>(server: T): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
}

async function serve(answer: (request: Received, response: ServerResponse) => void) {
  const received: Received[] = [];
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const body = Buffer.concat(chunks).toString();
    const one = { method: request.method ?? '', path: request.url ?? '', headers: request.headers, body };
    received.push(one);
    answer(one, response);
  });
  const port = await listen(server);
  closers.push(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  return { url: `http://127.0.0.1:${port}`, port, received };
}

/** A server that speaks raw bytes. */
async function serveRaw(onRequest: (socket: Socket) => void) {
  const sockets = new Set<Socket>();
  const server = createTcpServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => sockets.delete(socket));
    socket.once('data', () => onRequest(socket));
  });
  const port = await listen(server);
  closers.push(async () => {
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
  });
  return { url: `http://127.0.0.1:${port}`, port };
}

describe('an ordinary call', () => {
  test('sends method, headers, body and key, and reads JSON back', async () => {
    const server = await serve((_, response) => response.setHeader('content-type', 'application/json').end('{"ok":1}'));
    const result = await perform(
      newClient(),
      call(`${server.url}/orders?a=1`, {
        method: 'POST',
        headers: { 'X-Tenant': 7, 'headrace-hops': '3', 'x-none': null },
        body: { id: 'ä' },
        idempotencyKey: 'key-1',
      }),
    );
    expect(result).toMatchObject({ type: 'response', status: 200, body: { ok: 1 } });
    expect(server.received[0]).toMatchObject({
      method: 'POST',
      path: '/orders?a=1',
      body: '{"id":"ä"}',
      headers: {
        'x-tenant': '7',
        'headrace-hops': '3',
        'idempotency-key': 'key-1',
        'content-type': 'application/json; charset=utf-8',
        'content-length': '11',
      },
    });
    expect(server.received[0]?.headers).not.toHaveProperty('x-none');
  });

  test('an error status is an answer with its Retry-After in milliseconds', async () => {
    const server = await serve((_, response) => response.writeHead(429, { 'retry-after': '3' }).end('slow down'));
    expect(await perform(newClient(), call(server.url))).toMatchObject({
      type: 'response',
      status: 429,
      retryAfterMs: 3000,
    });
  });

  test('the length that an answer to HEAD names is not the length of what follows', async () => {
    const server = await serve((_, response) => response.setHeader('content-length', '100000000').end());
    const result = await perform(newClient(), call(server.url, { method: 'HEAD' }));
    expect(result).toMatchObject({ type: 'response', status: 200, body: null });
    expect(result).not.toHaveProperty('unreadable');
  });

  test('connections are reused', async () => {
    const ports = new Set<number | undefined>();
    const server = createServer((request, response) => {
      ports.add(request.socket.remotePort);
      response.end();
    });
    const port = await listen(server);
    const client = newClient();
    for (let n = 0; n < 5; n += 1) await perform(client, call(`http://127.0.0.1:${port}`));
    closers.push(() => new Promise((resolve) => server.close(resolve)));
    expect(ports.size).toBeLessThan(5);
  });
});

describe('addresses', () => {
  const blocked = { type: 'refused', error: { code: 'http.blockedAddress', isRetryable: false } };

  test('loopback in any spelling is refused before a connection is opened', async () => {
    const server = await serve((_, response) => response.end());
    const client = newClient({ allowedPrivateHosts: [] });
    const hosts = [
      '127.0.0.1',
      '2130706433',
      '0x7f000001',
      '0177.0.0.1',
      '127.1',
      '[::ffff:127.0.0.1]',
      'localhost',
      '[::1]',
      '0',
    ];
    for (const host of hosts) {
      expect(await perform(client, call(`http://${host}:${server.port}/`))).toMatchObject(blocked);
    }
    expect(server.received).toHaveLength(0);
  });

  test('a name is refused when any of its addresses is private', async () => {
    const resolve: ResolveAll = (_, callback) =>
      callback(null, [
        { address: '93.184.216.34', family: 4 },
        { address: '10.0.0.1', family: 4 },
      ]);
    const client = newClient({ allowedPrivateHosts: [], resolve });
    expect(await perform(client, call('http://mixed.test/'))).toMatchObject(blocked);
  });

  test('the checked address is the one connected to: the name is resolved once', async () => {
    const server = await serve((_, response) => response.end('pinned'));
    let lookups = 0;
    const resolve: ResolveAll = (_, callback) => {
      lookups += 1;
      callback(null, [{ address: lookups === 1 ? '127.0.0.1' : '10.0.0.1', family: 4 }]);
    };
    const client = newClient({
      allowedPrivateHosts: [{ kind: 'host', host: 'rebind.test', port: server.port }],
      resolve,
    });
    const result = await perform(client, call(`http://rebind.test:${server.port}/`));
    expect(result).toMatchObject({ type: 'response', status: 200 });
    expect(lookups).toBe(1);
    expect(server.received[0]?.headers.host).toBe(`rebind.test:${server.port}`);
  });

  test('a port that is not opened stays closed', async () => {
    const client = newClient({ allowedPrivateHosts: [{ kind: 'host', host: '127.0.0.1', port: 1 }] });
    expect(await perform(client, call('http://127.0.0.1:2/'))).toMatchObject(blocked);
  });

  test.each(['ftp://a.test/', 'file:///etc/passwd', 'http://user:pass@a.test/', '/relative', 'http://'])(
    'the address %s is refused',
    async (url) => {
      expect(await perform(newClient(), call(url))).toMatchObject({
        type: 'refused',
        error: { code: 'step.configInvalid', isRetryable: false },
      });
    },
  );

  test.each<HttpCall['headers']>([
    { 'x-bad': 'a\r\nx: y' },
    { 'bad name': 'x' },
    { host: 'other' },
    { 'content-length': '3' },
    { 'transfer-encoding': 'chunked' },
    { 'x-object': { a: 1 } },
  ])('the headers %j are refused', async (headers) => {
    expect(await perform(newClient(), call('http://127.0.0.1:1/', { headers }))).toMatchObject({
      type: 'refused',
      error: { code: 'step.configInvalid' },
    });
  });
});

describe('what is known when it goes wrong', () => {
  test('a refused connection sent nothing and may be tried again', async () => {
    const server = createTcpServer();
    const port = await listen(server);
    await new Promise((resolve) => server.close(resolve));
    expect(await perform(newClient(), call(`http://127.0.0.1:${port}/`, { method: 'POST' }))).toMatchObject({
      type: 'refused',
      error: { code: 'http.connection', isRetryable: true },
    });
  });

  test('a name that does not resolve sent nothing and may be tried again', async () => {
    const resolve: ResolveAll = (_, callback) =>
      callback(Object.assign(new Error('no such name'), { code: 'ENOTFOUND' }), []);
    expect(await perform(newClient({ resolve }), call('http://missing.test/'))).toMatchObject({
      type: 'refused',
      error: { code: 'http.connection', isRetryable: true },
    });
  });

  test('a server that does not speak TLS sent nothing', async () => {
    const server = await serveRaw((socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'));
    expect(await perform(newClient(), call(server.url.replace('http', 'https')))).toMatchObject({
      type: 'refused',
      error: { code: 'http.connection' },
    });
  });

  test('a server that never answers leaves the outcome unknown at the deadline', async () => {
    const server = await serve(() => undefined);
    const result = await perform(newClient(), call(server.url, { method: 'POST', body: 'x', timeoutMs: 80 }));
    expect(result).toMatchObject({ type: 'unknown', error: { code: 'step.deadline', isRetryable: true } });
    expect(server.received).toHaveLength(1);
  });

  test('a name that never resolves ends at the deadline with nothing sent', async () => {
    const client = newClient({ resolve: () => undefined });
    expect(await perform(client, call('http://slow.test/', { timeoutMs: 50 }))).toMatchObject({
      type: 'refused',
      error: { code: 'http.connection', isRetryable: true },
    });
  });

  test('a reset after the request leaves the outcome unknown', async () => {
    const server = await serveRaw((socket) => socket.resetAndDestroy());
    expect(await perform(newClient(), call(server.url, { method: 'POST', body: 'x' }))).toMatchObject({
      type: 'unknown',
      error: { code: 'http.unknown', isRetryable: true },
    });
  });

  test('an answer that is not HTTP leaves the outcome unknown', async () => {
    const server = await serveRaw((socket) => socket.end('SSH-2.0-OpenSSH_9.6\r\n'));
    expect(await perform(newClient(), call(server.url))).toMatchObject({ type: 'unknown' });
  });

  test('a caller that stops the attempt gets what is known at that moment', async () => {
    const stop = new AbortController();
    const server = await serve(() => stop.abort());
    const sent = await perform(newClient(), call(server.url, { method: 'POST', body: 'x' }), noSecrets, stop.signal);
    expect(sent).toMatchObject({ type: 'unknown' });
    const unsent = await perform(newClient(), call(server.url), noSecrets, stop.signal);
    expect(unsent).toMatchObject({ type: 'refused', error: { isRetryable: true } });
    expect(server.received).toHaveLength(1);
  });

  test('an informational answer is not the answer', async () => {
    const server = await serveRaw((socket) =>
      socket.end('HTTP/1.1 103 Early Hints\r\nlink: </a>\r\n\r\nHTTP/1.1 201 Created\r\ncontent-length: 0\r\n\r\n'),
    );
    expect(await perform(newClient(), call(server.url))).toMatchObject({ type: 'response', status: 201, body: null });
  });
});

describe('bodies that cannot be read leave the status known', () => {
  const unreadable = (code: string) => ({ type: 'response', status: 200, body: null, unreadable: { code } });

  test('a slow drip ends at the deadline', async () => {
    const server = await serve((_, response) => {
      const timer = setInterval(() => response.write('x'), 5);
      response.on('close', () => clearInterval(timer));
    });
    const result = await perform(newClient(), call(server.url, { timeoutMs: 120 }));
    expect(result).toMatchObject(unreadable('http.unreadable'));
  });

  test('a truncated body', async () => {
    const server = await serveRaw((socket) => socket.end('HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nshort'));
    expect(await perform(newClient(), call(server.url))).toMatchObject(unreadable('http.unreadable'));
  });

  test('a chunked body that ends early', async () => {
    const server = await serveRaw((socket) =>
      socket.end('HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\nhello\r\n'),
    );
    expect(await perform(newClient(), call(server.url))).toMatchObject(unreadable('http.unreadable'));
  });

  test('a body larger than it may be, declared or not', async () => {
    const declared = await serve((_, response) => response.end(Buffer.alloc(65 * 1024)));
    expect(await perform(newClient(), call(declared.url))).toMatchObject(unreadable('http.responseTooLarge'));
    const endless = await serve((_, response) => {
      const pour = (): void => {
        while (!response.destroyed && response.write(Buffer.alloc(16 * 1024)));
      };
      response.on('drain', pour);
      pour();
    });
    expect(await perform(newClient(), call(endless.url))).toMatchObject(unreadable('http.responseTooLarge'));
  });

  test('a gzip bomb', async () => {
    const bomb = gzipSync(Buffer.alloc(40 * 1024 * 1024));
    const server = await serve((_, response) => response.setHeader('content-encoding', 'gzip').end(bomb));
    expect(await perform(newClient(), call(server.url))).toMatchObject(unreadable('http.responseTooLarge'));
  });

  test('a charset nobody knows', async () => {
    const server = await serve((_, response) => response.setHeader('content-type', 'text/plain; charset=x').end('x'));
    expect(await perform(newClient(), call(server.url))).toMatchObject(unreadable('http.unreadable'));
  });

  test('the client works on after each of these', async () => {
    const client = newClient();
    const server = await serve(({ path }, response) => {
      if (path === '/big') response.end(Buffer.alloc(200 * 1024));
      else response.end('fine');
    });
    for (let n = 0; n < 3; n += 1) {
      expect(await perform(client, call(`${server.url}/big`))).toMatchObject(unreadable('http.responseTooLarge'));
      expect(await perform(client, call(`${server.url}/small`))).toMatchObject({ type: 'response', body: 'fine' });
    }
  });
});

describe('redirects', () => {
  test('are followed within the limit', async () => {
    const server = await serve(({ path }, response) =>
      path === '/3'
        ? response.end('there')
        : response.writeHead(302, { location: `/${Number(path.slice(1)) + 1}` }).end(),
    );
    expect(await perform(newClient(), call(`${server.url}/0`))).toMatchObject({ status: 200, body: 'there' });
    expect(server.received).toHaveLength(4);
  });

  test('a loop ends with a clear error', async () => {
    const server = await serve((_, response) => response.writeHead(302, { location: '/' }).end());
    expect(await perform(newClient(), call(server.url))).toMatchObject({
      type: 'refused',
      error: { code: 'http.redirects', isRetryable: false },
    });
  });

  test('to a private address are refused; after a POST that may have worked the answer is kept', async () => {
    const inner = await serve((_, response) => response.end('secret'));
    const outer = await serve((_, response) =>
      response.writeHead(303, { location: `http://127.0.0.2:${inner.port}/` }).end(),
    );
    expect(await perform(newClient(), call(outer.url))).toMatchObject({
      type: 'refused',
      error: { code: 'http.blockedAddress' },
    });
    expect(await perform(newClient(), call(outer.url, { method: 'POST', body: 'x' }))).toMatchObject({
      type: 'unknown',
    });
    expect(inner.received).toHaveLength(0);
  });

  test('to another scheme are refused', async () => {
    const server = await serve((_, response) => response.writeHead(301, { location: 'file:///etc/passwd' }).end());
    expect(await perform(newClient(), call(server.url))).toMatchObject({
      type: 'refused',
      error: { code: 'http.redirects' },
    });
    expect(await perform(newClient(), call(server.url, { method: 'POST' }))).toMatchObject({
      type: 'response',
      status: 301,
      unreadable: { code: 'http.redirects' },
    });
  });

  test('to another origin lose credentials and headers that held a secret', async () => {
    const other = await serve((_, response) => response.end('ok'));
    const first = await serve((_, response) => response.writeHead(307, { location: `${other.url}/moved` }).end());
    const one = call(first.url, {
      headers: { authorization: 'Basic eDp5', 'x-key': { $secret: 'key' }, 'x-plain': 'stays' },
      idempotencyKey: 'key-1',
    });
    await perform(newClient(), one, secretsOf({ key: 'secret-key-1' }));
    expect(first.received[0]?.headers).toMatchObject({ 'x-key': 'secret-key-1', authorization: 'Basic eDp5' });
    expect(other.received[0]?.headers['x-plain']).toBe('stays');
    for (const name of ['authorization', 'x-key', 'idempotency-key']) {
      expect(other.received[0]?.headers).not.toHaveProperty(name);
    }
  });
});

describe('secrets', () => {
  test('are filled in where they are referenced and masked in what comes back', async () => {
    const server = await serve(({ headers, body }, response) => {
      response.setHeader('content-type', 'application/json').setHeader('x-echo', String(headers.authorization));
      response.end(
        JSON.stringify({ auth: headers.authorization, body, base64: Buffer.from('s3cret/value').toString('base64') }),
      );
    });
    const one = call(server.url, {
      method: 'POST',
      headers: { authorization: { $secret: 'token', prefix: 'Bearer ' } },
      body: { nested: [{ $secret: 'token' }] },
    });
    const { result, masks } = await newClient().perform(one, secretsOf({ token: 's3cret/value' }), {
      workspaceId: 'w',
    });
    expect(server.received[0]).toMatchObject({
      headers: { authorization: 'Bearer s3cret/value' },
      body: '{"nested":["s3cret/value"]}',
    });
    expect(result).toMatchObject({
      body: { auth: 'Bearer •••', body: '{"nested":["•••"]}', base64: '•••' },
      headers: { 'x-echo': 'Bearer •••' },
    });
    expect(masks).toContain('s3cret/value');
  });

  test('one that is missing or not for this origin refuses the call before it leaves', async () => {
    const server = await serve((_, response) => response.end());
    const origins: string[] = [];
    const secrets: SecretSource = {
      reveal: async (name, origin) => {
        origins.push(origin);
        throw new HeadraceError(name === 'a' ? 'secret.missing' : 'secret.originRefused', 'no');
      },
    };
    for (const [name, code] of [
      ['a', 'secret.missing'],
      ['b', 'secret.originRefused'],
    ] as const) {
      expect(
        await perform(newClient(), call(server.url, { headers: { x: { $secret: name } } }), secrets),
      ).toMatchObject({
        type: 'refused',
        error: { code, isRetryable: false },
      });
    }
    expect(origins).toEqual([server.url, server.url]);
    expect(server.received).toHaveLength(0);
  });

  test('a database that cannot be reached for a secret is worth another attempt', async () => {
    const secrets: SecretSource = {
      reveal: () => Promise.reject(new HeadraceError('database.unavailable', 'The database cannot be reached.')),
    };
    expect(
      await perform(newClient(), call('http://127.0.0.1:1', { headers: { x: { $secret: 'a' } } }), secrets),
    ).toMatchObject({
      type: 'refused',
      error: { isRetryable: true },
    });
  });
});
