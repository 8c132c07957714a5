/**
 * One request and its answer on the wire, told as facts: was anything sent, did a status arrive, did the body arrive
 * whole. It speaks undici's handler interface because only that says when a request is handed to a socket, and "nothing
 * was sent" must be known, not guessed. Refuses to interpret: bodies are bytes and redirects are answers here.
 */
import type { Dispatcher } from 'undici';

export interface WireRequest {
  readonly url: URL;
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | null;
}

/**
 * - `answered`: the status arrived; `body` is whole, or `fault` says why it is not
 * - `failed`: no status arrived; `wasSent` false means certainly no byte of the request left
 */
export type Exchange =
  | {
      readonly type: 'answered';
      readonly status: number;
      readonly headers: Readonly<Record<string, string>>;
      readonly body: Buffer;
      readonly fault: 'none' | 'tooLarge' | 'broken' | 'stopped';
    }
  | { readonly type: 'failed'; readonly wasSent: boolean; readonly cause: unknown };

/**
 * @param maxBytes of body as it comes over the wire; one byte more ends the exchange
 * @param signal ends it at any moment; its reason becomes `cause`
 */
export function exchange(
  dispatcher: Dispatcher,
  request: WireRequest,
  maxBytes: number,
  signal: AbortSignal,
): Promise<Exchange> {
  return new Promise((resolve) => {
    const handler = new ExchangeHandler(request.method, maxBytes, signal, resolve);
    if (signal.aborted) {
      handler.stop();
      return;
    }
    try {
      dispatcher.dispatch(
        {
          origin: request.url.origin,
          path: `${request.url.pathname}${request.url.search}`,
          method: request.method,
          headers: request.headers,
          body: request.body,
        },
        handler,
      );
    } catch (cause) {
      handler.fail(cause);
    }
  });
}

class ExchangeHandler implements Dispatcher.DispatchHandler {
  private controller: Dispatcher.DispatchController | null = null;
  private status = 0;
  private headers: Record<string, string> = {};
  private readonly chunks: Buffer[] = [];
  private sizeBytes = 0;
  private isSettled = false;

  constructor(
    private readonly method: string,
    private readonly maxBytes: number,
    private readonly signal: AbortSignal,
    private readonly resolve: (exchange: Exchange) => void,
  ) {
    signal.addEventListener('abort', this.stop, { once: true });
  }

  /** Ends the exchange for the signal's reason; a request still queued is dropped when its turn comes. */
  readonly stop = (): void => {
    this.finish('stopped', this.signal.reason);
  };

  fail(cause: unknown): void {
    this.finish('broken', cause);
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    if (this.isSettled) {
      controller.abort(new Error('the exchange ended before the request was sent'));
      return;
    }
    this.controller = controller;
  }

  onResponseStart(
    _controller: Dispatcher.DispatchController,
    status: number,
    headers: Record<string, string | string[] | undefined>,
  ): void {
    if (status < 200) {
      return;
    }
    this.status = status;
    this.headers = joinHeaders(headers);
    // An answer to HEAD, and 304, name the length of a body that does not follow.
    const hasBody = this.method !== 'HEAD' && status !== 304;
    if (hasBody && Number(this.headers['content-length'] ?? 0) > this.maxBytes) {
      this.finish('tooLarge', undefined);
    }
  }

  onResponseData(_controller: Dispatcher.DispatchController, chunk: Buffer): void {
    this.sizeBytes += chunk.length;
    if (this.sizeBytes > this.maxBytes) {
      this.finish('tooLarge', undefined);
      return;
    }
    this.chunks.push(chunk);
  }

  onResponseEnd(): void {
    this.finish('none', undefined);
  }

  onResponseError(_controller: Dispatcher.DispatchController, error: Error): void {
    this.fail(error);
  }

  private finish(fault: 'none' | 'tooLarge' | 'broken' | 'stopped', cause: unknown): void {
    if (this.isSettled) {
      return;
    }
    this.isSettled = true;
    this.signal.removeEventListener('abort', this.stop);
    if (fault !== 'none') {
      this.controller?.abort(cause instanceof Error ? cause : new Error(`the exchange ended: ${fault}`));
    }
    this.resolve(
      this.status === 0
        ? { type: 'failed', wasSent: this.controller !== null, cause }
        : {
            type: 'answered',
            status: this.status,
            headers: this.headers,
            body: Buffer.concat(this.chunks),
            fault,
          },
    );
  }
}

function joinHeaders(headers: Record<string, string | string[] | undefined>): Record<string, string> {
  const joined: [string, string][] = [];
  for (const [name, value] of Object.entries(headers)) {
    if (value !== undefined) {
      joined.push([name.toLowerCase(), Array.isArray(value) ? value.join(', ') : value]);
    }
  }
  return Object.fromEntries(joined);
}
