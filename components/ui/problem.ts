/**
 * Turns whatever failed into what a person can read: a problem document, a tRPC error that carries one, a lost
 * connection, or a plain Error. Refuses to guess a cause: without one it shows the message as it is.
 */
import { errorCodes, type Fault } from '@/core/errors';

export interface ReadableProblem {
  readonly title: string;
  readonly message: string;
  /** Registered code such as `flow.stale`; null when there is none. */
  readonly code: string | null;
  readonly advice: string | null;
  readonly faults: readonly Fault[];
}

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null;

const adviceByCode: Partial<Record<keyof typeof errorCodes, string>> = {
  'auth.required': 'Sign in again; what you were editing is kept.',
  'auth.forbidden': 'Ask somebody with more rights in this workspace.',
  'flow.stale': 'Reload to see what changed, then make your change again.',
  'request.rateLimited': 'Wait a moment and try again.',
  'database.unavailable': 'Check that the database is running, then try again.',
  'redis.unavailable': 'Check that Redis is running, then try again.',
  'server.shuttingDown': 'The server is restarting. Try again in a moment.',
};

/** Finds the thing that carries `code`: the error itself, a problem document, or `data` of a tRPC error. */
function carrierOf(error: unknown): Record<string, unknown> | null {
  if (!isRecord(error)) return null;
  const data = isRecord(error.data) ? error.data : null;
  const nested = [data?.problem, data?.headrace, data, error.problem, error].filter(isRecord);
  return nested.find(({ code }) => typeof code === 'string' && code in errorCodes) ?? null;
}

// What Chromium, Firefox and Safari say when fetch got no answer; tRPC passes it on.
const noAnswer = /failed to fetch|networkerror|load failed/i;

/** @param error anything that was thrown, rejected or returned */
export function describeProblem(error: unknown): ReadableProblem {
  const carrier = carrierOf(error);
  const ownMessage = isRecord(error) && typeof error.message === 'string' ? error.message : null;
  if (carrier) {
    const code = carrier.code as keyof typeof errorCodes;
    const { title, kind } = errorCodes[code];
    const detail = [carrier.detail, carrier.message, ownMessage].find((text) => typeof text === 'string');
    const faults = [carrier.errors, carrier.faults].find(Array.isArray) ?? [];
    const advice = adviceByCode[code] ?? (kind === 'transient' ? 'Try again in a moment.' : null);
    return { title, message: typeof detail === 'string' ? detail : title, code, advice, faults };
  }
  if (ownMessage !== null && noAnswer.test(ownMessage)) {
    return {
      title: 'The server cannot be reached',
      message: 'The connection was lost or the server is not running.',
      code: null,
      advice: 'Check the connection, then try again.',
      faults: [],
    };
  }
  return { title: 'Something went wrong', message: ownMessage ?? String(error), code: null, advice: null, faults: [] };
}
