/** What callers are asked to do and what they saw. Refuses a run in which anybody got another answer than expected. */
import type { Child } from '../lab/child';

export interface Load {
  readonly url: string;
  readonly connections: number;
  readonly requests: number;
  /** JSON text, sent with every request. */
  readonly body: string;
}

export interface LoadResult {
  readonly requests: number;
  readonly errors: number;
  /** Answers by status. */
  readonly statuses: Readonly<Record<string, number>>;
  /** From the first request to the last answer. */
  readonly seconds: number;
  /** Milliseconds since the epoch. */
  readonly firstAtMs: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
}

/** About 200 bytes: a small business event. */
export const sampleBody = JSON.stringify({
  order: { id: 'A-10293', total: 149.9, currency: 'EUR', lines: [{ sku: 'cup', quantity: 2 }] },
  customer: { id: 'C-77', name: 'Ada Lovelace', email: 'ada@example.com' },
  placedAt: '2026-11-22T10:00:00.000Z',
});

/** @throws Error when an answer was missing or had another status */
export async function sendLoad(generator: Child, load: Load, expectedStatus: number): Promise<LoadResult> {
  const result = await generator.ask<LoadResult>('send', load);
  const expected = result.statuses[expectedStatus] ?? 0;
  if (expected !== load.requests || result.errors > 0) {
    throw new Error(
      `${load.requests} requests to ${load.url} should be answered with ${expectedStatus}; ` +
        `answers: ${JSON.stringify(result.statuses)}, errors: ${result.errors}`,
    );
  }
  return result;
}

export const perSecond = ({ requests, seconds }: LoadResult): number => requests / seconds;
