/**
 * The system that flows call in a story: a small HTTP service on this machine which the story holds by the hand. It
 * answers as told, can keep a caller waiting until the story lets go, and remembers what it was asked.
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout } from 'node:timers/promises';
import type { JsonValue } from '@/core/json';

export interface ReceivedCall {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

/** What a call gets; `hangsUp` cuts it off after it was read, so that nobody knows whether it took effect. */
export type Reply = Answer | 'hangsUp';

interface Answer {
  readonly status: number;
  readonly body: JsonValue;
  /** How long it thinks about it. */
  readonly afterMs?: number;
}

export class OtherSystem {
  readonly received: ReceivedCall[] = [];
  readonly #server: Server;
  #reply: (call: ReceivedCall) => Reply = () => ({ status: 200, body: { ok: true } });
  #held: { readonly which: (call: ReceivedCall) => boolean; readonly until: Promise<void> } | null = null;

  private constructor() {
    this.#server = createServer((request, response) => {
      this.#answer(request, response).catch((error: Error) => response.destroy(error));
    });
  }

  static async start(): Promise<OtherSystem> {
    const system = new OtherSystem();
    await new Promise<void>((resolve) => system.#server.listen(0, '127.0.0.1', resolve));
    return system;
  }

  /** Origin without a trailing slash. */
  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** From now on it answers so, or as the function says for each call. */
  answers(reply: Reply | ((call: ReceivedCall) => Reply)): void {
    this.#reply = typeof reply === 'function' ? reply : () => reply;
  }

  /** From now on callers wait, or only some of them. @returns lets them go on */
  hold(which: (call: ReceivedCall) => boolean = () => true): () => void {
    let letGo = (): void => undefined;
    const until = new Promise<void>((resolve) => {
      letGo = resolve;
    });
    this.#held = { which, until };
    return letGo;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const parts: Buffer[] = [];
    for await (const part of request) parts.push(part as Buffer);
    const { method = 'GET', url = '/', headers } = request;
    const call: ReceivedCall = { method, path: url, headers, body: Buffer.concat(parts).toString('utf8') };
    this.received.push(call);
    if (this.#held?.which(call) === true) await this.#held.until;
    const reply = this.#reply(call);
    if (reply === 'hangsUp') {
      response.destroy();
      return;
    }
    const { status, body, afterMs = 0 } = reply;
    await setTimeout(afterMs);
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  }
}
