/**
 * `Idempotency-Key`: the same request twice gives the first answer again. Answers that a repetition could change (a
 * conflict, a fault of ours) are not kept, so that trying again can succeed. Refuses a key that comes with another body.
 */
import { HeadraceError } from '@/core/errors';
import { limits } from '@/core/limits';

/** A request that is silent for longer than the longest synchronous wait has died with its process. */
const abandonedAfterMs = limits.syncWaitMaxMs + 30_000;

export interface IdempotentRequest {
  readonly workspaceId: string;
  readonly actor: string;
  /** Method and path. */
  readonly operation: string;
  readonly key: string;
  /** SHA-256 of what makes two requests the same. */
  readonly bodyHash: Uint8Array<ArrayBuffer>;
}

export interface StoredAnswer {
  readonly status: number;
  readonly body: string | null;
}

export type Beginning =
  /** `token` proves that the answer is of the request that began. */
  | { readonly type: 'begun'; readonly token: string }
  | { readonly type: 'inProgress' }
  | { readonly type: 'mismatch' }
  | { readonly type: 'stored'; readonly answer: StoredAnswer };

export interface IdempotencyStore {
  begin(request: IdempotentRequest, keepMs: number, abandonedAfterMs: number): Promise<Beginning>;
  finish(request: IdempotentRequest, token: string, answer: StoredAnswer): Promise<void>;
  /** Forgets a request whose answer is not kept. */
  abandon(request: IdempotentRequest, token: string): Promise<void>;
}

/** Conflicts and throttling may be over at the next try. */
const isKept = (status: number): boolean => status < 500 && status !== 408 && status !== 409 && status !== 429;

/**
 * Runs `answer` unless this request was answered before.
 * @returns the answer, and whether it is a stored one
 * @throws HeadraceError `idempotency.inProgress` · `idempotency.mismatch`, and whatever `answer` throws
 */
export async function answerOnce<Answer extends StoredAnswer>(
  store: IdempotencyStore,
  request: IdempotentRequest,
  answer: () => Promise<Answer>,
): Promise<Answer | (StoredAnswer & { readonly isReplay: true })> {
  const beginning = await store.begin(request, limits.idempotencyKeyMs, abandonedAfterMs);
  switch (beginning.type) {
    case 'stored':
      return { ...beginning.answer, isReplay: true };
    case 'inProgress':
      throw new HeadraceError('idempotency.inProgress', 'The first request with this key is still being answered.');
    case 'mismatch':
      throw new HeadraceError('idempotency.mismatch', 'This key was used for another body. Use a new key.');
    case 'begun':
      break;
  }
  try {
    const given = await answer();
    if (isKept(given.status)) await store.finish(request, beginning.token, given);
    else await store.abandon(request, beginning.token);
    return given;
  } catch (error) {
    await store.abandon(request, beginning.token);
    throw error;
  }
}
