/**
 * The outside world of the fault model: a small HTTP service that records every accepted call by idempotency key. Refuses
 * to be part of the product; invariants are checked from here.
 *
 * `POST /<anything>` is accepted (201) and recorded. Behaviours for one path are scripted with `behave`.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface LedgerCall {
  readonly method: string;
  readonly path: string;
  readonly key: string | null;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
}

/** Answers a call, or leaves it hanging by not answering. `n` counts the calls to this path from 1. */
type Behaviour = (response: ServerResponse, call: LedgerCall, n: number) => void;

export interface Ledger {
  readonly url: string;
  /** `127.0.0.1:<port>`, for HEADRACE_ALLOWED_PRIVATE_HOSTS. */
  readonly host: string;
  /** Every call that reached the ledger, in order. */
  readonly calls: readonly LedgerCall[];
  /** Accepted calls by idempotency key: more than one for a key is a double effect the key did not prevent. */
  acceptedByKey(): ReadonlyMap<string, number>;
  behave(path: string, behaviour: Behaviour): void;
  close(): Promise<void>;
}

const read = async (request: IncomingMessage): Promise<string> => {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
};

export async function startLedger(): Promise<Ledger> {
  const calls: LedgerCall[] = [];
  const behaviours = new Map<string, Behaviour>();
  const counts = new Map<string, number>();
  const server = createServer(async (request, response) => {
    const path = request.url ?? '/';
    const key = request.headers['idempotency-key'];
    const call: LedgerCall = {
      method: request.method ?? '',
      path,
      key: typeof key === 'string' ? key : null,
      headers: request.headers,
      body: await read(request),
    };
    calls.push(call);
    const n = (counts.get(path) ?? 0) + 1;
    counts.set(path, n);
    const behaviour = behaviours.get(path);
    if (behaviour !== undefined) return behaviour(response, call, n);
    response.writeHead(201, { 'content-type': 'application/json' });
    response.end(JSON.stringify({ accepted: n }));
  });
  server.keepAliveTimeout = 60_000;
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    host: `127.0.0.1:${port}`,
    calls,
    acceptedByKey() {
      const byKey = new Map<string, number>();
      for (const call of calls) if (call.key !== null) byKey.set(call.key, (byKey.get(call.key) ?? 0) + 1);
      return byKey;
    },
    behave: (path, behaviour) => {
      behaviours.set(path, behaviour);
    },
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
