/**
 * Reads a request body whole, within a size and a time. It exists because a body is the one part of a request that a
 * stranger can stretch at will: by length, by lying about it, or by sending a byte a minute. Refuses early where the
 * head already says too much, and keeps nothing of what it refused.
 */
import type { IncomingMessage } from 'node:http';
import { HeadraceError } from '@/core/errors';

const empty = new Uint8Array(0);

/** Whether a body is announced (RFC 9112 §6). */
export const hasBody = (request: IncomingMessage): boolean =>
  request.headers['transfer-encoding'] !== undefined || (request.headers['content-length'] ?? '0') !== '0';

/** Whether the head alone says that the body is larger than `limitBytes`. */
export const isAnnouncedOver = (request: IncomingMessage, limitBytes: number): boolean =>
  Number(request.headers['content-length'] ?? 0) > limitBytes;

/**
 * @returns the body, or null when the caller went away before it was complete: there is nobody to answer
 * @throws HeadraceError `request.tooLarge`, `request.timeout`
 */
export function readRequestBody(
  request: IncomingMessage,
  limitBytes: number,
  timeoutMs: number,
): Promise<Uint8Array | null> {
  if (isAnnouncedOver(request, limitBytes)) {
    return Promise.reject(tooLarge(limitBytes));
  }
  return new Promise((resolve, reject) => {
    let first: Buffer | undefined;
    let more: Buffer[] | undefined;
    let sizeBytes = 0;
    const timer = setTimeout(() => {
      stop();
      reject(new HeadraceError('request.timeout', `The body did not arrive whole within ${timeoutMs} ms.`));
    }, timeoutMs);
    const onData = (chunk: Buffer): void => {
      sizeBytes += chunk.length;
      if (sizeBytes > limitBytes) {
        stop();
        reject(tooLarge(limitBytes));
      } else if (first === undefined) {
        first = chunk;
      } else {
        more ??= [first];
        more.push(chunk);
      }
    };
    const onEnd = (): void => {
      stop();
      resolve(more === undefined ? (first ?? empty) : Buffer.concat(more, sizeBytes));
    };
    const onGone = (): void => {
      stop();
      resolve(null);
    };
    const stop = (): void => {
      clearTimeout(timer);
      request.off('data', onData);
      request.off('end', onEnd);
      request.off('close', onGone);
    };
    request.on('data', onData);
    request.on('end', onEnd);
    request.on('close', onGone);
  });
}

/**
 * Lets a caller that is still sending finish or give up, so that it reads our refusal instead of a reset connection.
 * Nothing is kept; after `timeoutMs` the connection is cut.
 */
export function discardRest(request: IncomingMessage, timeoutMs: number): void {
  if (request.complete || request.destroyed) {
    return;
  }
  const timer = setTimeout(() => request.socket.destroy(), timeoutMs);
  const stop = (): void => clearTimeout(timer);
  request.once('end', stop);
  request.once('close', stop);
  request.resume();
}

const tooLarge = (limitBytes: number): HeadraceError =>
  new HeadraceError('request.tooLarge', `The body may have ${limitBytes} bytes at most.`);
