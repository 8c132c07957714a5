/** The raw producer: adds jobs in bulk, from a process of its own, while the raw worker is taking them. */
import { Queue } from 'bullmq';
import { Redis } from 'ioredis';
import type { QueuePlace } from '../measures/queue-rate';
import { answerQuestions } from './answer';

/** As many as Headrace puts into one command. */
const jobsPerCommand = 200;

let queue: Queue | undefined;

answerQuestions({
  async open({ redisUrl, prefix, name }: QueuePlace) {
    const connection = new Redis(redisUrl, { maxRetriesPerRequest: null });
    const defaultJobOptions = { removeOnComplete: true, removeOnFail: true };
    queue = new Queue(name, { connection, prefix, defaultJobOptions });
    await queue.waitUntilReady();
  },
  /** @returns when the first job was added, in milliseconds since the epoch */
  async add(count: number) {
    const startedAtMs = performance.timeOrigin + performance.now();
    for (let added = 0; added < count; added += jobsPerCommand) {
      const size = Math.min(jobsPerCommand, count - added);
      await queue?.addBulk(
        // Ids as long as those of a run, so that the same bytes travel.
        Array.from({ length: size }, (_, index) => ({
          name: 'run',
          data: { w: workspaceId, r: runId(added + index) },
        })),
      );
    }
    return startedAtMs;
  },
  close: () => queue?.close(),
});

const workspaceId = '00000000-0000-7000-8000-000000000000';
const runId = (n: number): string => `00000000-0000-7000-9000-${String(n).padStart(12, '0')}`;
