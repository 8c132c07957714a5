/**
 * Headrace under callers: acknowledgements that are durable and enqueued, runs completed over the full path, a backlog
 * worked off, and callers that wait for their result. Every measurement gets a flow of its own, so that Postgres can be
 * asked afterwards whether each of its runs is there, succeeded and has its whole journal.
 */
import { Redis } from 'ioredis';
import type { Child } from '../lab/child';
import type { Headrace } from '../lab/headrace';
import { startProcessorClock } from '../lab/processor-time';
import type { Lab } from '../lab/servers';
import { benchFlow } from './bench-flow';
import { type LoadResult, sampleBody, sendLoad } from './load';
import { proveRuns, untilNothingIsDue } from './run-ledger';

export interface Subject {
  readonly lab: Lab;
  readonly headrace: Headrace;
  readonly generator: Child;
}

export interface Crowd {
  readonly connections: number;
  readonly requests: number;
}

/** Microseconds of processor time per run. */
export type ProcessorMicros = Readonly<Record<'web' | 'worker' | 'postgres' | 'redis' | 'callers', number>>;

/** Requests before each measurement, so that the flow is compiled and routed. */
const warmUpRequests = 500;

let flows = 0;

async function publishFlow(subject: Subject, respond: 'accepted' | 'completed') {
  flows += 1;
  const path = `bench-${flows}`;
  const flowId = await subject.headrace.publish(benchFlow(path, respond));
  const url = `${subject.headrace.url}/hooks/main/${path}`;
  const status = respond === 'accepted' ? 202 : 200;
  let sent = 0;
  return {
    send: async (connections: number, requests: number): Promise<LoadResult> => {
      sent += requests;
      return sendLoad(subject.generator, { url, connections, requests, body: sampleBody }, status);
    },
    prove: () => proveRuns(subject.lab, flowId, sent),
  };
}

const startClock = ({ lab, headrace, generator }: Subject) =>
  startProcessorClock({
    web: headrace.webPid,
    worker: headrace.workerPid,
    postgres: lab.postgres.pid,
    redis: lab.redis.pid,
    callers: generator.pid,
  });

const microsPer = (seconds: Readonly<Record<string, number>>, count: number): ProcessorMicros =>
  Object.fromEntries(Object.entries(seconds).map(([name, s]) => [name, (s * 1e6) / count])) as ProcessorMicros;

/** Callers one after another, with the worker carrying their runs. */
export async function measureAcknowledgements(subject: Subject, { connections, requests }: Crowd): Promise<LoadResult> {
  const flow = await publishFlow(subject, 'accepted');
  await flow.send(connections, Math.min(warmUpRequests, requests));
  await untilNothingIsDue(subject.lab);
  const result = await flow.send(connections, requests);
  await untilNothingIsDue(subject.lab);
  await flow.prove();
  return result;
}

/** What the servers were asked to do per run: how well groups form shows here. */
export interface ServerWork {
  readonly commits: number;
  readonly walBytes: number;
  /** Those inside scripts included. */
  readonly redisCommands: number;
}

async function readServerWork({ lab }: Subject): Promise<ServerWork> {
  // A backend reports its counts at most once a second.
  await lab.pool.query('SELECT pg_sleep(1.1), pg_stat_clear_snapshot()');
  const { rows } = await lab.pool.query<{ commits: string; bytes: string }>(
    `SELECT xact_commit AS commits, pg_current_wal_lsn() - '0/0'::pg_lsn AS bytes
     FROM pg_stat_database WHERE datname = current_database()`,
  );
  const redis = new Redis(lab.redis.url);
  try {
    const commands = /^total_commands_processed:(\d+)/m.exec(await redis.info('stats'))?.[1];
    return { commits: Number(rows[0]?.commits), walBytes: Number(rows[0]?.bytes), redisCommands: Number(commands) };
  } finally {
    redis.disconnect();
  }
}

const workPer = (before: ServerWork, after: ServerWork, count: number): ServerWork => ({
  commits: (after.commits - before.commits) / count,
  walBytes: (after.walBytes - before.walBytes) / count,
  redisCommands: (after.redisCommands - before.redisCommands) / count,
});

export interface FullPath {
  readonly acknowledged: LoadResult;
  /** Runs completed per second, from the first request to the last finished run. */
  readonly runsPerSecond: number;
  readonly processorMicros: ProcessorMicros;
  /** Per run. */
  readonly serverWork: ServerWork;
}

/** The whole way, everything at once: callers, intake, queue, worker, journal. */
export async function measureFullPath(subject: Subject, { connections, requests }: Crowd): Promise<FullPath> {
  const flow = await publishFlow(subject, 'accepted');
  await flow.send(connections, warmUpRequests);
  await untilNothingIsDue(subject.lab);
  const workBefore = await readServerWork(subject);
  const readClock = startClock(subject);
  const acknowledged = await flow.send(connections, requests);
  const finishedAtMs = await untilNothingIsDue(subject.lab);
  const used = readClock();
  const workAfter = await readServerWork(subject);
  await flow.prove();
  return {
    acknowledged,
    runsPerSecond: requests / ((finishedAtMs - acknowledged.firstAtMs) / 1000),
    processorMicros: microsPer(used, requests),
    serverWork: workPer(workBefore, workAfter, requests),
  };
}

export interface Backlog {
  /** With the worker held: what the intake does when it has the cores to itself. */
  readonly acknowledged: LoadResult;
  /** From the moment the worker is let go. */
  readonly runsPerSecond: number;
}

/** A backlog that grew while the worker was held, worked off without any callers. */
export async function measureBacklog(subject: Subject, { connections, requests }: Crowd): Promise<Backlog> {
  const flow = await publishFlow(subject, 'accepted');
  await flow.send(connections, warmUpRequests);
  await untilNothingIsDue(subject.lab);
  subject.headrace.pauseWorker();
  let acknowledged: LoadResult;
  try {
    acknowledged = await flow.send(connections, requests);
  } finally {
    subject.headrace.resumeWorker();
  }
  const startedAtMs = performance.timeOrigin + performance.now();
  const finishedAtMs = await untilNothingIsDue(subject.lab);
  await flow.prove();
  return { acknowledged, runsPerSecond: requests / ((finishedAtMs - startedAtMs) / 1000) };
}

/** One caller that waits for its run to complete, one request after another. */
export async function measureSynchronous(subject: Subject, requests: number): Promise<LoadResult> {
  const flow = await publishFlow(subject, 'completed');
  await flow.send(1, Math.ceil(requests / 4));
  const result = await flow.send(1, requests);
  await untilNothingIsDue(subject.lab);
  await flow.prove();
  return result;
}
