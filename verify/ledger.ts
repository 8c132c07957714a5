/**
 * The outside world: an HTTP service that honours idempotency keys as a good service does and keeps the books of every
 * call: arrived, accepted, answered how. What it does with a call is decided by the storm's plan. Refuses to be lenient:
 * one key with two different bodies is written down as a breach.
 *
 * Address of a call: `POST /<flow>/<saga>/<step>/<forward|compensate>`.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Behaviour, Direction } from './plan/sagas';

export interface LedgerCall {
  /** In order of arrival. */
  readonly seq: number;
  /** Whether this arrival made the effect of its key happen. */
  readonly isFirstAcceptance: boolean;
  readonly key: string;
  readonly flow: string;
  readonly n: string;
  readonly step: string;
  readonly direction: Direction;
  readonly body: string;
  readonly behaviour: Behaviour;
}

export interface Ledger {
  readonly url: string;
  /** `127.0.0.1:<port>` */
  readonly host: string;
  readonly calls: readonly LedgerCall[];
  /** Arrivals that no well-behaved caller makes, in words. */
  readonly breaches: readonly string[];
  /** Whether the effect of a key took place. */
  hasAccepted(key: string): boolean;
  close(): Promise<void>;
}

export type Decide = (call: {
  readonly flow: string;
  readonly n: string;
  readonly step: string;
  readonly direction: Direction;
  readonly generation: number;
}) => readonly Behaviour[] | 'refuse';

const slowMs = 200;
/** A caller has given up long before; this only keeps sockets from piling up. */
const hangMs = 10_000;

/** `<run>:<step>:<direction>:<generation>` */
export const generationOf = (key: string): number => Number(key.split(':').at(-1));

/**
 * @param decide what happens to the arrivals of a call
 * @param onArrival called for every arrival before it is answered
 */
export async function startLedger(decide: Decide, onArrival: (call: LedgerCall) => void): Promise<Ledger> {
  const calls: LedgerCall[] = [];
  const breaches: string[] = [];
  const accepted = new Map<string, string>();
  const bodies = new Map<string, string>();
  const arrivals = new Map<string, number>();

  const receive = (request: IncomingMessage, body: string): LedgerCall | null => {
    const [, flow = '', n = '', step = '', direction = ''] = (request.url ?? '').split('/');
    const key = request.headers['idempotency-key'];
    const isCall = direction === 'forward' || direction === 'compensate';
    if (typeof key !== 'string' || !isCall) {
      breaches.push(`${request.method} ${request.url} arrived without a key`);
      return null;
    }
    const content = `${request.url} ${body}`;
    const known = bodies.get(key);
    if (known !== undefined && known !== content) breaches.push(`${key} came for ${known} and for ${content}`);
    bodies.set(key, content);
    const arrival = (arrivals.get(key) ?? 0) + 1;
    arrivals.set(key, arrival);
    const script = decide({ flow, n, step, direction, generation: generationOf(key) });
    const behaviour = script === 'refuse' ? 'refuse' : (script[arrival - 1] ?? 'accept');
    const isAccepting = behaviour.startsWith('accept') && !accepted.has(key);
    if (isAccepting) accepted.set(key, content);
    const call: LedgerCall = {
      seq: calls.length + 1,
      isFirstAcceptance: isAccepting,
      key,
      flow,
      n,
      step,
      direction,
      body,
      behaviour,
    };
    calls.push(call);
    return call;
  };

  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    try {
      for await (const chunk of request) chunks.push(chunk as Buffer);
    } catch {
      // The caller died while it spoke; nothing has arrived.
      return;
    }
    const call = receive(request, Buffer.concat(chunks).toString());
    if (call === null) {
      response.writeHead(400).end();
      return;
    }
    onArrival(call);
    answer(response, call.behaviour);
  });
  server.keepAliveTimeout = 60_000;
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    host: `127.0.0.1:${port}`,
    calls,
    breaches,
    hasAccepted: (key) => accepted.has(key),
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function answer(response: ServerResponse, behaviour: Behaviour): void {
  const json = (status: number, body: object, headers: Record<string, string> = {}): void => {
    response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));
  };
  switch (behaviour) {
    case 'accept':
      json(201, { ok: true });
      return;
    case 'acceptSlowly':
      setTimeout(() => json(201, { ok: true }), slowMs);
      return;
    case 'unavailable':
      json(503, { error: 'try again' });
      return;
    case 'tooMany':
      json(429, { error: 'slower' }, { 'retry-after': '1' });
      return;
    case 'refuse':
      json(422, { error: 'no' });
      return;
    case 'hang':
    case 'acceptThenHang':
      setTimeout(() => response.destroy(), hangMs).unref();
      return;
    case 'reset':
    case 'acceptThenReset':
      response.socket?.resetAndDestroy();
      return;
    case 'acceptThenHalf':
      response.writeHead(200, { 'content-type': 'application/json', 'content-length': '200' });
      response.write('{"ok": tr', () => response.socket?.destroy());
      return;
    default:
      behaviour satisfies never;
  }
}
