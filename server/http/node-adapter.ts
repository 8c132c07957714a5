/**
 * Serves a framework-free handler with node:http. It stands on the hot path between the socket and the intake, so it
 * copies nothing it need not and promises little: head, whole bounded body, answer. Refuses to pass on what is not
 * complete, to throw into the server, and to answer a caller that has gone.
 */
import type { IncomingMessage, ServerOptions, ServerResponse } from 'node:http';
import { HeadraceError } from '@/core/errors';
import { problemResponse } from '@/server/http/problem-response';
import { discardRest, hasBody, isAnnouncedOver, readRequestBody } from '@/server/http/read-request-body';
import { createRemoteAddress, type ProxyRange } from '@/server/http/remote-address';
import type { HttpHandler, HttpRequest, HttpResponse } from '@/server/http/types';
import type { Log } from '@/server/services/ports';

export interface NodeAdapterOptions {
  readonly log: Log;
  /** Proxies whose X-Forwarded-For counts. */
  readonly trustProxy: readonly ProxyRange[];
  /** From the head to the last byte of the body. */
  readonly bodyTimeoutMs?: number;
}

/**
 * A listener for `request`, and with `isContinueExpected` for `checkContinue`, so that a caller that asks first is
 * refused before it sends:
 * `server.on('request', listener)`, `server.on('checkContinue', (req, res) => listener(req, res, true))`
 */
export type NodeListener = (request: IncomingMessage, response: ServerResponse, isContinueExpected?: boolean) => void;

/** Bounds of what node:http does on its own, for `createServer`: heads are limited before any handler runs. */
export const serverOptions = {
  /** Cookies and signatures fit; a flood of headers does not. */
  maxHeaderSize: 32 * 1024,
  /** A head that takes longer is an attack (slow loris). */
  headersTimeout: 15_000,
  /** Longer than any body may take, so that the adapter's own clearer answer comes first. */
  requestTimeout: 90_000,
  /** Longer than load balancers keep idle connections (60 s), so that they never meet one that we just closed. */
  keepAliveTimeout: 65_000,
  connectionsCheckingInterval: 2_000,
  /** Our sockets carry small answers; waiting to fill packets would only add latency. */
  noDelay: true,
} as const satisfies ServerOptions;

/** Ten megabytes over a poor mobile link. */
const defaultBodyTimeoutMs = 30_000;
/** How long a refused caller may go on sending before the connection is cut. */
const lingerMs = 10_000;
const noBody = new Uint8Array(0);

export function toNodeListener(handler: HttpHandler, options: NodeAdapterOptions): NodeListener {
  const { log } = options;
  const bodyTimeoutMs = options.bodyTimeoutMs ?? defaultBodyTimeoutMs;
  const remoteAddressOf = createRemoteAddress(options.trustProxy);

  const serve = async (request: IncomingMessage, response: ServerResponse, isContinueExpected: boolean) => {
    const incoming = new IncomingHttpRequest(request, response, remoteAddressOf);
    let answer: HttpResponse;
    try {
      if (hasBody(request)) {
        const limit = handler.bodyLimitBytes(incoming);
        const limitBytes = typeof limit === 'number' ? limit : await limit;
        const reading = readRequestBody(request, limitBytes, bodyTimeoutMs);
        if (isContinueExpected && !response.headersSent && !isAnnouncedOver(request, limitBytes)) {
          response.writeContinue();
        }
        const body = await reading;
        if (body === null) {
          return;
        }
        incoming.body = body;
      }
      answer = await handler.handle(incoming);
    } catch (error) {
      answer = problemResponse(error);
      if (answer.status >= 500) {
        log.error({ err: error, method: incoming.method, path: incoming.path }, 'a request failed');
      }
    }
    await write(answer, request, response, log);
  };

  return (request, response, isContinueExpected = false) => {
    serve(request, response, isContinueExpected).catch((error: unknown) => {
      log.error({ err: error, path: request.url }, 'an answer could not be written');
      request.socket.destroy();
    });
  };
}

/** A view of node's request; fields that cost something are made when they are asked for. */
class IncomingHttpRequest implements HttpRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  body: Uint8Array = noBody;
  private readonly search: string;
  private parsedQuery: URLSearchParams | undefined;

  constructor(
    private readonly request: IncomingMessage,
    private readonly response: ServerResponse,
    private readonly remoteAddressOf: ReturnType<typeof createRemoteAddress>,
  ) {
    const target = request.url ?? '/';
    const originForm = target.startsWith('/') ? target : pathOfAbsolute(target);
    const queryAt = originForm.indexOf('?');
    this.method = request.method ?? 'GET';
    this.path = queryAt === -1 ? originForm : originForm.slice(0, queryAt);
    this.search = queryAt === -1 ? '' : originForm.slice(queryAt + 1);
    this.headers = plainHeaders(request);
  }

  get query(): URLSearchParams {
    this.parsedQuery ??= new URLSearchParams(this.search);
    return this.parsedQuery;
  }

  get remoteAddress(): string {
    return this.remoteAddressOf(this.request.socket.remoteAddress, this.headers['x-forwarded-for']);
  }

  onCallerGone(listener: () => void): void {
    if (this.response.destroyed) {
      listener();
      return;
    }
    this.response.once('close', () => {
      if (!this.response.writableEnded) {
        listener();
      }
    });
  }
}

/** node joins repeated headers itself, all but set-cookie, which has no meaning in a request. */
function plainHeaders(request: IncomingMessage): Readonly<Record<string, string>> {
  const headers = request.headers;
  if (headers['set-cookie'] !== undefined) {
    const { 'set-cookie': _, ...rest } = headers;
    return rest as Record<string, string>;
  }
  return headers as Record<string, string>;
}

/** `GET http://host/path` (RFC 9112 §3.2.2); anything else that is not a path becomes one that no route has. */
function pathOfAbsolute(target: string): string {
  if (!URL.canParse(target)) {
    return '/*';
  }
  const url = new URL(target);
  return `${url.pathname}${url.search}`;
}

async function write(
  answer: HttpResponse,
  request: IncomingMessage,
  response: ServerResponse,
  log: Log,
): Promise<void> {
  if (response.destroyed) {
    return;
  }
  if (!request.complete) {
    discardRest(request, lingerMs);
  }
  const { status, body } = answer;
  if (body !== null && typeof body !== 'string' && !(body instanceof Uint8Array) && request.method !== 'HEAD') {
    await writeStream(answer, body, response, log);
    return;
  }
  try {
    const isWhole = body === null || typeof body === 'string' || body instanceof Uint8Array;
    const isBodyless = status === 204 || status === 304 || !isWhole;
    if (isBodyless) {
      response.writeHead(status, answer.headers);
      response.end();
      return;
    }
    const sizeBytes = body === null ? 0 : Buffer.byteLength(body);
    response.writeHead(status, { ...answer.headers, 'content-length': String(sizeBytes) });
    // node leaves the body of an answer to HEAD out by itself.
    response.end(body ?? undefined);
  } catch (error) {
    refuseAnswer(error, response, log);
  }
}

/** A handler that produced headers node cannot send is our fault, and the caller still gets an answer. */
function refuseAnswer(error: unknown, response: ServerResponse, log: Log): void {
  log.error({ err: error }, 'an answer had headers that cannot be sent');
  if (response.headersSent) {
    response.destroy();
    return;
  }
  const problem = problemResponse(new HeadraceError('internal.bug', 'The answer could not be written.'));
  response.writeHead(problem.status, { ...problem.headers });
  response.end(problem.body);
}

async function writeStream(
  answer: HttpResponse,
  body: AsyncIterable<string>,
  response: ServerResponse,
  log: Log,
): Promise<void> {
  const iterator = body[Symbol.asyncIterator]();
  const onClose = (): void => {
    // Ends a source that waits for something to send, so that a caller that left costs nothing.
    iterator.return?.()?.catch((error: unknown) => log.warn({ err: error }, 'a stream did not end cleanly'));
  };
  response.once('close', onClose);
  try {
    response.writeHead(answer.status, answer.headers);
    response.flushHeaders();
    for (let next = await iterator.next(); !next.done && !response.destroyed; next = await iterator.next()) {
      if (!response.write(next.value)) {
        await drained(response);
      }
    }
    response.off('close', onClose);
    response.end();
  } catch (error) {
    log.error({ err: error }, 'a stream broke off');
    response.destroy();
  }
}

const drained = (response: ServerResponse): Promise<void> =>
  new Promise((resolve) => {
    const done = (): void => {
      response.off('drain', done);
      response.off('close', done);
      resolve();
    };
    response.on('drain', done);
    response.on('close', done);
  });
