/**
 * The queue that moves runs: a BullMQ job carries ids of runs and nothing else that matters. A ring is a hint, added
 * after the commit it tells of; losing it loses nothing, because the reconciler finds what is overdue. Jobs have no id
 * of their own on purpose: an add with the id of an active or retained job would be ignored, and a ring must never be
 * swallowed. That a run which parks does not sleep over a message is settled in the database (`runs.inbox_n`).
 */
import { Queue } from 'bullmq';
import type { Redis } from 'ioredis';
import { HeadraceError } from '@/core/errors';
import type { Log, WakeUps } from '@/server/services/ports';

export const runQueueName = 'runs';
export const streamQueueName = 'streams';

/** Data of a wake-up: a workspace and runs of it that were rung for in the same moment. */
export interface RunWakeUp {
  readonly w: string;
  readonly r: readonly string[];
}

/** Keys of all queues start with this, so that they stand together in a Redis that holds other things too. */
export const queuePrefix = (keyPrefix: string): string => `${keyPrefix}:queue`;

export interface QueueWakeUps extends WakeUps {
  close(): Promise<void>;
}

const jobName = 'run';
const jobOptions = { removeOnComplete: true, removeOnFail: true } as const;

/** Most rings sent to Redis at once: bounds its pause for everybody else. */
const ringsPerCommand = 200;
/**
 * Rings of one moment share a job, because a job costs Redis and both processes as much as the run itself. Few enough
 * that a burst still spreads over several workers, and that slow runs keep few others' place in the queue.
 */
const runsPerJob = 16;

export interface WakeUpsDeps {
  readonly connection: Redis;
  readonly keyPrefix: string;
  readonly log: Log;
}

export function createWakeUps({ connection, keyPrefix, log }: WakeUpsDeps): QueueWakeUps {
  const options = { connection, prefix: queuePrefix(keyPrefix), defaultJobOptions: jobOptions };
  const runs = new Queue<RunWakeUp>(runQueueName, options);
  const streams = new Queue<{ w: string }>(streamQueueName, options);
  for (const queue of [runs, streams]) {
    queue.on('error', (error) => log.warn({ err: error, queue: queue.name }, 'queue connection'));
  }

  const gathered: { workspaceId: string; runId: string; done: (error?: unknown) => void }[] = [];
  let sending = false;

  /** Rings of concurrent callers travel together: one command per turn, however many runs. */
  const send = async (): Promise<void> => {
    sending = true;
    while (gathered.length > 0) {
      const group = gathered.splice(0, ringsPerCommand);
      try {
        await runs.addBulk(jobsOf(group));
        for (const { done } of group) done();
      } catch (error) {
        for (const { done } of group) done(error);
      }
    }
    sending = false;
  };

  const ringOne = (workspaceId: string, runId: string): Promise<void> =>
    new Promise((resolve, reject) => {
      gathered.push({
        workspaceId,
        runId,
        done: (error) =>
          error === undefined
            ? resolve()
            : reject(new HeadraceError('redis.unavailable', 'The wake-up could not be queued.', { cause: error })),
      });
      if (!sending) {
        sending = true;
        setImmediate(() => void send());
      }
    });

  return {
    async ring(list) {
      await Promise.all(list.map(({ workspaceId, runId }) => ringOne(workspaceId, runId)));
    },
    async ringLater({ workspaceId, runId }, delayMs) {
      await runs.add(jobName, { w: workspaceId, r: [runId] }, { delay: Math.max(0, delayMs) });
    },
    backlog: () => runs.getWaitingCount(),
    async streamMoved(workspaceId) {
      // One waiting job per workspace is enough: the dispatcher reads everything there is.
      await streams.add('stream', { w: workspaceId }, { deduplication: { id: workspaceId, keepLastIfActive: true } });
    },
    async close() {
      await Promise.all([runs.close(), streams.close()]);
    },
  };
}

/** In order of ringing within each workspace. */
function jobsOf(
  rings: readonly { readonly workspaceId: string; readonly runId: string }[],
): { name: string; data: RunWakeUp }[] {
  const byWorkspace = new Map<string, string[]>();
  for (const { workspaceId, runId } of rings) {
    const runIds = byWorkspace.get(workspaceId);
    if (runIds === undefined) byWorkspace.set(workspaceId, [runId]);
    else runIds.push(runId);
  }
  return [...byWorkspace].flatMap(([workspaceId, runIds]) =>
    Array.from({ length: Math.ceil(runIds.length / runsPerJob) }, (_, index) => ({
      name: jobName,
      data: { w: workspaceId, r: runIds.slice(index * runsPerJob, (index + 1) * runsPerJob) },
    })),
  );
}
