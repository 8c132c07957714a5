/**
 * Any error as an HTTP answer. It exists so that every surface answers faults in one form (RFC 9457) and none leaks what
 * was not written for strangers. The headers keep a browser from running or storing it, whatever path it came from.
 */
import { type Problem, toProblem } from '@/core/errors';
import type { HttpResponse } from '@/server/http/types';

/** @param headers further headers, such as `allow` or `retry-after` */
export function problemResponse(error: unknown, headers: Readonly<Record<string, string>> = {}): HttpResponse {
  return problemDocument(toProblem(error), headers);
}

export const problemDocument = (problem: Problem, headers: Readonly<Record<string, string>> = {}): HttpResponse => ({
  status: problem.status,
  headers: {
    'content-type': 'application/problem+json',
    'content-security-policy': 'sandbox',
    'x-content-type-options': 'nosniff',
    'cache-control': 'no-store',
    ...headers,
  },
  body: JSON.stringify(problem),
});
