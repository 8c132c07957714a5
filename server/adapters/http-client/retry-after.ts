/**
 * Reads Retry-After (RFC 9110 §10.2.3): a number of seconds or a date. Refuses nonsense by returning nothing, because a
 * wrong wait is worse than the flow's own backoff.
 */
import { limits } from '@/core/limits';

/**
 * @param nowMs what a date is compared with
 * @returns milliseconds from now, never negative and never more than {@link limits.retryDelayMaxMs}
 */
export function parseRetryAfter(header: string | undefined, nowMs: number): number | undefined {
  const text = header?.trim() ?? '';
  const waitMs = /^\d+$/.test(text)
    ? Number(text) * 1000
    : /^[A-Za-z]{3,9},? /.test(text)
      ? Date.parse(text) - nowMs
      : Number.NaN;
  return Number.isNaN(waitMs) ? undefined : Math.min(Math.max(0, waitMs), limits.retryDelayMaxMs);
}
