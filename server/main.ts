/**
 * Entry point of the web process: one Node HTTP server for the intake, the API and the pages. Hooks, the API and the
 * questions of operators are answered by framework-free handlers, because a Next route costs over a millisecond;
 * everything else goes to Next. Tells its parent when it is ready and stops cleanly when asked or when the parent goes.
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import next from 'next';
import { isHeadraceError } from '@/core/errors';
import { ensureUnattendedOwner } from '@/server/auth/unattended';
import { type Container, setContainer } from '@/server/container';
import { createContainer } from '@/server/create-container';
import { type Env, readEnv } from '@/server/env';
import { clientAddressHeader, requestPathHeader } from '@/server/http/internal-headers';
import { type NodeListener, serverOptions, toNodeListener } from '@/server/http/node-adapter';
import { createRemoteAddress } from '@/server/http/remote-address';
import type { HttpHandler } from '@/server/http/types';
import { nonceHeader, pageSecurity, policyHeader } from '@/server/security-headers';

/** Longest a stopping server waits for requests under way. */
const stopMs = 15_000;

type Listener = (request: IncomingMessage, response: ServerResponse) => void;

async function main(): Promise<void> {
  const env = readEnv();
  const creating = createContainer(env);
  setContainer(creating);
  const container = await creating;
  await ensureUnattendedOwner({
    env,
    firstVisit: container.auth.firstVisit,
    apiKeys: container.services.apiKeys,
    log: container.log,
  });
  const pages = await startPages(env);
  const server = createHttpServer(container, pages.listener);
  await listen(server, env);
  container.log.info({ host: env.host, port: env.port, publicUrl: env.publicUrl }, 'web ready');
  process.send?.({ type: 'ready' });
  stopOnSignals(server, container, pages.close);
}

async function startPages(env: Env): Promise<{ listener: Listener; close: () => Promise<void> }> {
  const isDevelopment = env.nodeEnv === 'development';
  const app = next({ dev: isDevelopment, hostname: env.host, port: env.port });
  await app.prepare();
  const handle = app.getRequestHandler();
  const isSecure = env.publicUrl.startsWith('https:');
  const remoteAddressOf = createRemoteAddress(env.trustProxy);
  return {
    listener(request, response) {
      const { nonce, headers } = pageSecurity(isSecure, isDevelopment);
      for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
      // Set on every request, replacing whatever a caller sent under these names.
      request.headers[nonceHeader] = nonce;
      request.headers[policyHeader] = headers[policyHeader];
      request.headers[requestPathHeader] = request.url ?? '/';
      const forwardedFor = request.headers['x-forwarded-for'];
      request.headers[clientAddressHeader] = remoteAddressOf(
        request.socket.remoteAddress,
        Array.isArray(forwardedFor) ? forwardedFor.join(',') : forwardedFor,
      );
      void handle(request, response);
    },
    close: () => app.close(),
  };
}

/** Which handler answers a path; null leaves it to the pages. */
function handlerFor(container: Container, path: string): HttpHandler | null {
  if (path.startsWith('/hooks/') || path === '/hooks') return container.ingress;
  if (path.startsWith('/api/v1/') || path === '/api/v1') return container.rest;
  if (path.startsWith('/approve/') || path === '/approve') return container.approvalDoor;
  if (path === '/healthz' || path === '/readyz' || path === '/metrics') return container.ops;
  return null;
}

function createHttpServer(container: Container, pages: Listener): Server {
  const adapterOptions = { log: container.log, trustProxy: container.env.trustProxy };
  const listeners = new Map<HttpHandler, NodeListener>(
    [container.ingress, container.rest, container.approvalDoor, container.ops].map((handler) => [
      handler,
      toNodeListener(handler, adapterOptions),
    ]),
  );
  const route = (request: IncomingMessage, response: ServerResponse, isContinueExpected: boolean): void => {
    const url = request.url ?? '/';
    const end = url.indexOf('?');
    const handler = handlerFor(container, end === -1 ? url : url.slice(0, end));
    const listener = handler === null ? undefined : listeners.get(handler);
    if (listener !== undefined) {
      listener(request, response, isContinueExpected);
      return;
    }
    if (isContinueExpected) response.writeContinue();
    pages(request, response);
  };
  const server = createServer(serverOptions);
  server.on('request', (request, response) => route(request, response, false));
  server.on('checkContinue', (request, response) => route(request, response, true));
  return server;
}

const listen = (server: Server, env: Env): Promise<void> =>
  new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(env.port, env.host, () => resolve());
  });

function stopOnSignals(server: Server, container: Container, closePages: () => Promise<void>): void {
  let isStopping = false;
  const stop = async (signal: string): Promise<void> => {
    if (isStopping) return;
    isStopping = true;
    container.log.info({ signal }, 'web stops');
    const giveUp = setTimeout(() => process.exit(0), stopMs);
    giveUp.unref();
    // Requests under way are answered; idle connections and event streams are closed.
    const closed = new Promise((resolve) => server.close(resolve));
    // Callers that wait for a run are told its id; the run goes on without them.
    container.ingress.close();
    server.closeIdleConnections();
    setTimeout(() => server.closeAllConnections(), stopMs / 3).unref();
    await closed;
    await closePages();
    await container.close();
    process.exit(0);
  };
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => void stop(signal));
  process.on('disconnect', () => void stop('disconnect'));
  process.on('unhandledRejection', (error) => {
    container.log.error({ err: error }, 'a promise was rejected and nobody listened');
  });
}

main().catch((error: unknown) => {
  const isBusy = typeof error === 'object' && error !== null && 'code' in error && error.code === 'EADDRINUSE';
  const message = isBusy
    ? 'The port is taken. Stop what listens there, or set PORT to a free one.'
    : isHeadraceError(error)
      ? error.message
      : error instanceof Error
        ? (error.stack ?? error.message)
        : String(error);
  process.stderr.write(`${message}\n`);
  process.exit(1);
});
