/**
 * R: jobs per second that BullMQ moves when they do nothing, with one producer and one worker process, from the first
 * add to the last completion. Refuses a count that does not add up.
 */
import { type Child, startChild } from '../lab/child';
import { startProcessorClock } from '../lab/processor-time';
import type { Lab } from '../lab/servers';

/** Where the queue is; data of both processes. */
export interface QueuePlace {
  readonly redisUrl: string;
  readonly prefix: string;
  readonly name: string;
}

export interface QueueRate {
  readonly jobsPerSecond: number;
  /** Microseconds of processor time per job. */
  readonly processorMicros: Readonly<Record<'producer' | 'worker' | 'redis', number>>;
}

export interface QueueRateOptions {
  readonly jobs: number;
  readonly warmUpJobs: number;
  /** Jobs at once, as many as Headrace's worker carries runs. */
  readonly concurrency: number;
}

export async function measureQueueRate(lab: Lab, options: QueueRateOptions): Promise<QueueRate> {
  const [producer, worker] = await Promise.all([startChild('queue-producer'), startChild('queue-worker')]);
  try {
    const place: QueuePlace = { redisUrl: lab.redis.url, prefix: 'bench', name: 'raw' };
    await Promise.all([producer.ask('open', place), worker.ask('open', { ...place, ...options })]);
    await pass(producer, worker, options.warmUpJobs);
    const readClock = startProcessorClock({ producer: producer.pid, worker: worker.pid, redis: lab.redis.pid });
    const seconds = await pass(producer, worker, options.jobs);
    const used = readClock();
    const micros = (name: keyof typeof used): number => (used[name] * 1e6) / options.jobs;
    await Promise.all([producer.ask('close'), worker.ask('close')]);
    return {
      jobsPerSecond: options.jobs / seconds,
      processorMicros: { producer: micros('producer'), worker: micros('worker'), redis: micros('redis') },
    };
  } finally {
    await Promise.all([producer.stop(), worker.stop()]);
  }
}

async function pass(producer: Child, worker: Child, count: number): Promise<number> {
  const completing = worker.ask<number>('complete', count);
  const startedAtMs = await producer.ask<number>('add', count);
  const completedAtMs = await completing;
  const done = await worker.ask<number>('done');
  if (done !== count) throw new Error(`the raw worker did ${done} of ${count} jobs`);
  return (completedAtMs - startedAtMs) / 1000;
}
