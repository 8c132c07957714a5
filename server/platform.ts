/**
 * What every process of Headrace stands on: configuration, log, database, Redis, the stream's write side, wake-ups and
 * notes. The container of the web process and the workers are both built on it. Refuses business: services are wired
 * in `container.ts`.
 */
import { Redis } from 'ioredis';
import { createIds } from '@/server/adapters/ids';
import { createLogger } from '@/server/adapters/logger';
import { createNotes, type Notes } from '@/server/adapters/notes/run-notes';
import { createWakeUps, type QueueWakeUps } from '@/server/adapters/queue/wake-ups';
import { createPools, type Pools } from '@/server/database/pools';
import type { Env } from '@/server/env';
import { createEventLog } from '@/server/repositories/event-log';
import { createRunInbox } from '@/server/repositories/inbox';
import { createPayloadStore, type PayloadStore } from '@/server/repositories/payloads';
import { createRunStore, type RunStore } from '@/server/repositories/run-store';
import type { Clock, EventLog, Ids, Log, RunInbox } from '@/server/services/ports';

/** Everything in Redis starts with this, so that a shared server stays tidy. */
const keyPrefix = 'headrace';

export interface Platform extends Pools {
  readonly env: Env;
  readonly role: string;
  readonly log: Log;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly redis: Redis;
  readonly keyPrefix: string;
  readonly payloads: PayloadStore;
  readonly eventLog: EventLog;
  readonly runStore: RunStore;
  readonly runInbox: RunInbox;
  readonly wakeUps: QueueWakeUps;
  readonly notes: Notes;
  /** Connections for a library that needs its own (a BullMQ worker blocks on one). */
  connectRedis(): Redis;
}

/**
 * Connects to both servers.
 * @param role `web` or `worker`, for logs and pg_stat_activity
 * @throws the driver's error when Redis cannot be reached; the database is asked by the first query
 */
export async function createPlatform(env: Env, role: string): Promise<Platform> {
  const log = createLogger(env, role);
  const pools = createPools(env.databaseUrl, `headrace-${role}`, log);
  const clock: Clock = { nowMs: () => Date.now() };
  const connections: Redis[] = [];
  const connectRedis = (): Redis => {
    // BullMQ requires that commands wait for the connection rather than fail after a number of tries.
    const connection = new Redis(env.redisUrl, { maxRetriesPerRequest: null, enableReadyCheck: true });
    connection.on('error', (error) => log.warn({ err: error }, 'redis connection'));
    connections.push(connection);
    return connection;
  };
  const redis = connectRedis();
  const payloads = createPayloadStore(pools.hotPool);
  const wakeUps = createWakeUps({ connection: redis, keyPrefix, log });
  const notes = await createNotes({ publisher: redis, subscriber: connectRedis(), keyPrefix, log });
  return {
    ...pools,
    env,
    role,
    log,
    clock,
    ids: createIds(clock),
    redis,
    keyPrefix,
    payloads,
    eventLog: createEventLog({ pool: pools.hotPool, payloads }),
    runStore: createRunStore({ pool: pools.hotPool, payloads }),
    runInbox: createRunInbox(pools.hotPool),
    wakeUps,
    notes,
    connectRedis,
    async close() {
      await wakeUps.close();
      await notes.close();
      for (const connection of connections) connection.disconnect();
      await pools.close();
    },
  };
}
