/** The adapter against raw sockets: what a well-behaved client library would never send. */
import { createServer, type Server } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import { HeadraceError } from '@/core/errors';
import { type NodeAdapterOptions, serverOptions, toNodeListener } from '@/server/http/node-adapter';
import type { HttpHandler, HttpRequest, HttpResponse } from '@/server/http/types';

const ignore = (): undefined => undefined;
const closers: (() => void)[] = [];
afterEach(() => {
  for (const close of closers.splice(0)) close();
});

const ok = (body: HttpResponse['body'] = 'ok', headers: Record<string, string> = {}): HttpResponse => ({
  status: 200,
  headers,
  body,
});

async function start(
  handle: (request: HttpRequest) => Promise<HttpResponse> | HttpResponse,
  over: Partial<NodeAdapterOptions> = {},
) {
  const logged: { facts: object; message: string }[] = [];
  const log = {
    debug: ignore,
    info: ignore,
    warn: ignore,
    error: (facts: object, message: string) => logged.push({ facts, message }),
  };
  const handled: HttpRequest[] = [];
  const handler: HttpHandler = {
    bodyLimitBytes: () => 1000,
    async handle(request) {
      handled.push(request);
      return handle(request);
    },
  };
  const server: Server = createServer({ ...serverOptions, headersTimeout: 300, connectionsCheckingInterval: 50 });
  const listener = toNodeListener(handler, { log, trustProxy: [], ...over });
  server.on('request', listener);
  server.on('checkContinue', (request, response) => listener(request, response, true));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closers.push(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  return { port, url: `http://127.0.0.1:${port}`, handled, logged, server };
}

/** A connection whose answers can be waited for by pattern. */
function dial(port: number) {
  const socket: Socket = connect(port, '127.0.0.1');
  let text = '';
  const waiting = new Set<() => void>();
  const wake = (): void => {
    for (const check of waiting) check();
  };
  socket.on('data', (chunk) => {
    text += chunk.toString('latin1');
    wake();
  });
  let isClosed = false;
  socket.on('close', () => {
    isClosed = true;
    wake();
  });
  socket.on('error', wake);
  closers.push(() => socket.destroy());
  const until = (condition: () => boolean): Promise<string> =>
    new Promise((resolve) => {
      const check = (): void => {
        if (condition()) {
          waiting.delete(check);
          resolve(text);
        }
      };
      waiting.add(check);
      check();
    });
  return {
    socket,
    send: (data: string | Buffer) => socket.write(data),
    seen: (pattern: RegExp) => until(() => pattern.test(text)),
    closed: () => until(() => isClosed),
  };
}

describe('what a handler sees', () => {
  test('the path stays encoded, the query is parsed, repeated headers are joined', async () => {
    const server = await start(() => ok());
    const line = dial(server.port);
    line.send('GET /a%2Fb/../c?x=1&x=2&y=%20 HTTP/1.1\r\nHost: h\r\nX-A: 1\r\nX-A: 2\r\nSet-Cookie: no\r\n\r\n');
    await line.seen(/200 OK/);
    const request = server.handled[0];
    expect(request).toMatchObject({ method: 'GET', path: '/a%2Fb/../c', headers: { 'x-a': '1, 2' } });
    expect(request?.headers).not.toHaveProperty('set-cookie');
    expect(request?.query.getAll('x')).toEqual(['1', '2']);
    expect(request?.query.get('y')).toBe(' ');
    expect(request?.body).toHaveLength(0);
    expect(request?.remoteAddress).toBe('127.0.0.1');
  });

  test('an absolute target is its path; a strange one reaches no route', async () => {
    const server = await start(() => ok());
    const line = dial(server.port);
    line.send('GET http://other/x?y=1 HTTP/1.1\r\nHost: h\r\n\r\nOPTIONS * HTTP/1.1\r\nHost: h\r\n\r\n');
    await line.seen(/200 OK[\s\S]*200 OK/);
    expect(server.handled.map((request) => request.path)).toEqual(['/x', '/*']);
  });

  test('a body in many chunks arrives whole', async () => {
    const server = await start((request) => ok(request.body));
    const line = dial(server.port);
    line.send('POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n');
    line.send('2\r\nde\r\n0\r\n\r\n');
    expect(await line.seen(/abcde$/)).toContain('content-length: 5');
  });

  test('X-Forwarded-For counts as far as trusted proxies wrote it', async () => {
    const trustProxy = [
      { family: 'ipv4', address: '127.0.0.0', prefixLength: 8 },
      { family: 'ipv4', address: '10.0.0.0', prefixLength: 8 },
    ] as const;
    const trusting = await start((request) => ok(request.remoteAddress), { trustProxy });
    const call = async (url: string, forwarded: string) =>
      (await fetch(url, { headers: { 'x-forwarded-for': forwarded } })).text();
    expect(await call(trusting.url, '1.1.1.1, 9.9.9.9, 10.0.0.7')).toBe('9.9.9.9');
    expect(await call(trusting.url, '9.9.9.9:1234')).toBe('9.9.9.9');
    expect(await call(trusting.url, '[2001:db8::1]:9')).toBe('2001:db8::1');
    expect(await call(trusting.url, 'nonsense')).toBe('127.0.0.1');
    expect(await call(trusting.url, '10.0.0.1, 10.0.0.2')).toBe('10.0.0.1');
    const wary = await start((request) => ok(request.remoteAddress));
    expect(await call(wary.url, '9.9.9.9')).toBe('127.0.0.1');
  });
});

describe('bodies that are refused', () => {
  test('an announced length over the limit is answered at once, and the caller may finish sending', async () => {
    const server = await start(() => ok());
    const response = await fetch(server.url, { method: 'POST', body: Buffer.alloc(8 * 1024 * 1024) });
    expect(response.status).toBe(413);
    expect(response.headers.get('content-type')).toBe('application/problem+json');
    expect(response.headers.get('content-security-policy')).toBe('sandbox');
    expect(await response.json()).toMatchObject({ code: 'request.tooLarge', status: 413 });
    expect(server.handled).toHaveLength(0);
  });

  test('chunks that add up to more than the limit are answered when they do', async () => {
    const server = await start(() => ok());
    const line = dial(server.port);
    line.send('POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n');
    line.send(`400\r\n${'x'.repeat(1024)}\r\n`);
    await line.seen(/413 Payload Too Large/);
    expect(server.handled).toHaveLength(0);
  });

  test('a caller that asks first is refused before it sends, or told to continue', async () => {
    const server = await start(() => ok());
    const refused = dial(server.port);
    refused.send('POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 5000\r\nExpect: 100-continue\r\n\r\n');
    expect(await refused.seen(/413/)).not.toContain('100 Continue');
    const welcome = dial(server.port);
    welcome.send('POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n');
    await welcome.seen(/100 Continue/);
    welcome.send('hi');
    await welcome.seen(/200 OK/);
  });

  test('a body that never ends is answered 408', async () => {
    const server = await start(() => ok(), { bodyTimeoutMs: 60 });
    const line = dial(server.port);
    line.send('POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 10\r\n\r\nabc');
    expect(await line.seen(/408 Request Timeout[\s\S]*}$/)).toContain('request.timeout');
    expect(server.handled).toHaveLength(0);
  });

  test('a head that never ends is cut', async () => {
    const server = await start(() => ok());
    const line = dial(server.port);
    line.send('GET / HTTP/1.1\r\nHost: h\r\nX-');
    expect(await line.closed()).toMatch(/^(HTTP\/1.1 408|$)/);
    expect(server.handled).toHaveLength(0);
  });

  test('a caller that goes away in mid-body is forgotten without a log line', async () => {
    const server = await start(() => ok());
    const gone = dial(server.port);
    gone.send('POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 10\r\n\r\nabc');
    await new Promise<void>((resolve) => server.server.once('connection', () => resolve()));
    gone.socket.end();
    await gone.closed();
    expect((await fetch(server.url)).status).toBe(200);
    expect(server.logged).toEqual([]);
    expect(server.handled).toHaveLength(1);
  });

  test.each([
    ['both lengths', 'POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n'],
    ['two lengths', 'POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nabc'],
    ['a negative length', 'POST / HTTP/1.1\r\nHost: h\r\nContent-Length: -1\r\n\r\n'],
    ['a chunk size that is no number', 'POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n'],
    ['a NUL in a header', 'GET / HTTP/1.1\r\nHost: h\r\nX-A: a\0b\r\n\r\n'],
    ['no HTTP at all', '\x16\x03\x01\x02\x00\x01\r\n\r\n'],
  ])('%s is answered 400 and reaches no handler', async (_, bytes) => {
    const server = await start(() => ok());
    const line = dial(server.port);
    line.send(bytes);
    expect(await line.closed()).toMatch(/^HTTP\/1.1 400/);
    expect(server.handled).toHaveLength(0);
  });

  test('a flood of headers is answered 431', async () => {
    const server = await start(() => ok());
    const line = dial(server.port);
    line.send(`GET / HTTP/1.1\r\nHost: h\r\nX-A: ${'x'.repeat(40_000)}\r\n\r\n`);
    expect(await line.closed()).toMatch(/^HTTP\/1.1 431/);
    expect(server.handled).toHaveLength(0);
  });
});

describe('answers', () => {
  test('HEAD has the headers and length of the answer without its body', async () => {
    const server = await start(() => ok('hello', { 'x-a': '1' }));
    const response = await fetch(server.url, { method: 'HEAD' });
    expect(response.headers.get('content-length')).toBe('5');
    expect(response.headers.get('x-a')).toBe('1');
    expect(await response.text()).toBe('');
  });

  test('204 carries neither body nor length', async () => {
    const server = await start(() => ({ status: 204, headers: {}, body: null }));
    const line = dial(server.port);
    line.send('GET / HTTP/1.1\r\nHost: h\r\n\r\n');
    expect(await line.seen(/\r\n\r\n$/)).not.toMatch(/content-length|transfer-encoding/i);
  });

  test('an error of ours becomes its problem, a stranger becomes 500 without its message, and 5xx are logged', async () => {
    const server = await start((request) => {
      throw request.path === '/known'
        ? new HeadraceError('resource.notFound', 'There is no flow.')
        : new Error('psql://secret');
    });
    expect((await fetch(`${server.url}/known`)).status).toBe(404);
    expect(server.logged).toHaveLength(0);
    const response = await fetch(`${server.url}/unknown`);
    expect(response.status).toBe(500);
    expect(await response.text()).not.toContain('psql');
    expect(server.logged).toHaveLength(1);
  });

  test('headers that cannot be sent become a logged 500, and the connection lives on', async () => {
    const server = await start(() => ok('x', { 'x-bad': 'a\r\nb' }));
    expect((await fetch(server.url)).status).toBe(500);
    expect(server.logged).toHaveLength(1);
  });

  test('a stream waits for a slow reader and ends its source when the reader leaves', async () => {
    let sent = 0;
    let onReturn: () => void = ignore;
    const returned = new Promise<void>((resolve) => {
      onReturn = resolve;
    });
    async function* endless() {
      try {
        for (;;) {
          sent += 1;
          yield 'x'.repeat(64 * 1024);
        }
      } finally {
        onReturn();
      }
    }
    const server = await start(() => ok(endless()));
    const line = dial(server.port);
    line.socket.pause();
    line.send('GET / HTTP/1.1\r\nHost: h\r\n\r\n');
    await new Promise<void>((resolve) => line.socket.once('readable', resolve));
    line.socket.destroy();
    await returned;
    expect(sent).toBeLessThan(500);
  });

  test('a stream arrives whole', async () => {
    async function* parts() {
      yield 'a';
      yield 'ö';
    }
    const server = await start(() => ok(parts()));
    expect(await (await fetch(server.url)).text()).toBe('aö');
  });

  test('a handler that waits learns that its caller left', async () => {
    let onGone: () => void = () => undefined;
    const gone = new Promise<void>((resolve) => {
      onGone = resolve;
    });
    let onArrived: () => void = () => undefined;
    const arrived = new Promise<void>((resolve) => {
      onArrived = resolve;
    });
    const server = await start(async (request) => {
      request.onCallerGone?.(onGone);
      onArrived();
      await gone;
      return ok();
    });
    const line = dial(server.port);
    line.send('GET / HTTP/1.1\r\nHost: h\r\n\r\n');
    await arrived;
    line.socket.destroy();
    await gone;
    expect(server.logged).toEqual([]);
  });
});
