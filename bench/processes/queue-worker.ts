/**
 * The raw worker: BullMQ with nothing to do, as many jobs at once as Headrace's worker carries runs. What it finishes in
 * a second is R, the rate everything else is compared with.
 */
import { Worker } from 'bullmq';
import { Redis } from 'ioredis';
import type { QueuePlace } from '../measures/queue-rate';
import { answerQuestions } from './answer';

let worker: Worker | undefined;
let expected = 0;
let done = 0;
let finish: ((atMs: number) => void) | undefined;

answerQuestions({
  async open({ redisUrl, prefix, name, concurrency }: QueuePlace & { readonly concurrency: number }) {
    const connection = new Redis(redisUrl, { maxRetriesPerRequest: null });
    worker = new Worker(
      name,
      async () => {
        done += 1;
      },
      { connection, prefix, concurrency, removeOnComplete: { count: 0 }, removeOnFail: { count: 0 } },
    );
    worker.on('completed', () => {
      expected -= 1;
      if (expected === 0) finish?.(performance.timeOrigin + performance.now());
    });
    await worker.waitUntilReady();
  },
  /** @returns when the last of `count` jobs completed, in milliseconds since the epoch */
  complete(count: number) {
    done = 0;
    expected = count;
    return new Promise<number>((resolve) => {
      finish = resolve;
    });
  },
  done: () => done,
  close: () => worker?.close(),
});
