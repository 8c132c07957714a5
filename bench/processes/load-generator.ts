/**
 * The callers: autocannon over connections that are kept alive, each sending its next request when the last one is
 * answered. Latencies are taken from every single response, because autocannon's own histogram counts whole
 * milliseconds.
 */
import autocannon from 'autocannon';
import type { Load, LoadResult } from '../measures/load';
import { percentile } from '../statistics';
import { answerQuestions } from './answer';

answerQuestions({
  send: ({ url, connections, requests, body }: Load) =>
    new Promise<LoadResult>((resolve, reject) => {
      const latencies: number[] = [];
      const statuses = new Map<number, number>();
      let firstMs = 0;
      let lastMs = 0;
      const run = autocannon(
        {
          url,
          connections,
          amount: requests,
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body,
          // It looks only this often whether it is done.
          sampleInt: 50,
          timeout: 30,
        },
        (error, result) => {
          if (error) {
            reject(error);
            return;
          }
          const sorted = latencies.toSorted((a, b) => a - b);
          resolve({
            requests: latencies.length,
            errors: result.errors + result.timeouts,
            statuses: Object.fromEntries(statuses),
            seconds: (lastMs - firstMs) / 1000,
            firstAtMs: performance.timeOrigin + firstMs,
            p50Ms: percentile(sorted, 0.5),
            p99Ms: percentile(sorted, 0.99),
          });
        },
      );
      run.on('start', () => {
        firstMs = performance.now();
      });
      run.on('response', (_client, status, _bytes, latencyMs) => {
        lastMs = performance.now();
        latencies.push(latencyMs);
        statuses.set(status, (statuses.get(status) ?? 0) + 1);
      });
    }),
});
