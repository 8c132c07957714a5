/**
 * Answers as bytes: JSON for what went well, a problem document for everything else. Refuses caching and sniffing: every
 * answer is for one caller and is what it says it is.
 */
import { type HeadraceError, isHeadraceError } from '@/core/errors';
import { problemResponse } from '@/server/http/problem-response';
import type { HttpResponse } from '@/server/http/types';

const always = { 'cache-control': 'no-store', 'x-content-type-options': 'nosniff' } as const;

/** Seconds after which a transient refusal is worth another try. */
const retryAfterSeconds = '1';

export const respondJson = (
  status: number,
  body: string | null,
  headers: Readonly<Record<string, string>> = {},
): HttpResponse => ({
  status,
  headers: { ...always, ...(body === null ? {} : { 'content-type': 'application/json' }), ...headers },
  body,
});

/** @param error a HeadraceError or anything that was thrown; the latter is presented as ours, without its text */
export function respondProblem(error: unknown, headers: Readonly<Record<string, string>> = {}): HttpResponse {
  const response = problemResponse(error, headers);
  return {
    ...response,
    headers: {
      ...response.headers,
      ...(response.status === 401 ? { 'www-authenticate': 'Bearer realm="headrace"' } : {}),
      ...(isTransient(error) ? { 'retry-after': retryAfterSeconds } : {}),
    },
  };
}

const isTransient = (error: unknown): error is HeadraceError => isHeadraceError(error) && error.kind === 'transient';
