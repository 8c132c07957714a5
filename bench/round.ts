/**
 * One round: every measurement once, raw figures and ours side by side, so that a ratio compares what happened within
 * the same minute. Refuses to measure two things at once.
 */
import { measureBareServer } from './measures/bare-server';
import { measureCalls, measureSagas, measureTimers } from './measures/engine';
import { measureInsertRate } from './measures/insert-rate';
import { type LoadResult, perSecond } from './measures/load';
import { measureQueueRate } from './measures/queue-rate';
import {
  measureAcknowledgements,
  measureBacklog,
  measureFullPath,
  measureSynchronous,
  type ProcessorMicros,
  type Subject,
} from './measures/webhooks';

/** As many as `runConcurrency` in workers/worker.ts: R is measured under the same conditions. */
const workerConcurrency = 100;
export const crowdConnections = 50;

export interface RoundSizes {
  readonly jobs: number;
  readonly rows: number;
  readonly aloneRequests: number;
  readonly crowdRequests: number;
  readonly bareRequests: number;
  readonly runs: number;
  readonly sagas: number;
  readonly timers: number;
}

/** One figure per key; units are last in the names. */
export interface RoundFigures {
  readonly rawJobsPerSecond: number;
  readonly singleRowsPerSecond: number;
  readonly groupedRowsPerSecond: number;
  readonly bareAlonePerSecond: number;
  readonly bareAloneP50Ms: number;
  readonly bareAloneP99Ms: number;
  readonly bareCrowdPerSecond: number;
  readonly bareCrowdP50Ms: number;
  readonly bareCrowdP99Ms: number;
  readonly acknowledgedAlonePerSecond: number;
  readonly acknowledgedAloneP50Ms: number;
  readonly acknowledgedAloneP99Ms: number;
  readonly acknowledgedCrowdPerSecond: number;
  readonly acknowledgedCrowdP50Ms: number;
  readonly acknowledgedCrowdP99Ms: number;
  readonly acknowledgedHeldPerSecond: number;
  readonly acknowledgedHeldP99Ms: number;
  readonly synchronousP50Ms: number;
  readonly synchronousP99Ms: number;
  readonly runsPerSecond: number;
  readonly backlogRunsPerSecond: number;
  readonly callRunsPerSecond: number;
  readonly sagas50PerSecond: number;
  readonly sagas50P50Ms: number;
  readonly sagas200PerSecond: number;
  readonly sagas200P50Ms: number;
  readonly timerLateP50Ms: number;
  readonly timerLateP99Ms: number;
}

export interface Round {
  readonly figures: RoundFigures;
  /** Microseconds of processor time per raw job and per run over the full path. */
  readonly rawProcessorMicros: Readonly<Record<string, number>>;
  readonly runProcessorMicros: ProcessorMicros;
}

export async function measureRound(
  subject: Subject,
  serviceUrl: string,
  sizes: RoundSizes,
  say: (line: string) => void,
): Promise<Round> {
  const { lab, generator } = subject;
  say('raw queue');
  const queue = await measureQueueRate(lab, {
    jobs: sizes.jobs,
    warmUpJobs: Math.ceil(sizes.jobs / 5),
    concurrency: workerConcurrency,
  });
  say('raw inserts');
  const inserts = await measureInsertRate(lab, sizes.rows);
  say('bare server');
  const bare = await measureBareServer(generator, {
    aloneRequests: sizes.aloneRequests,
    crowdRequests: sizes.bareRequests,
    crowdConnections,
  });
  say('acknowledgements, one caller');
  const alone = await measureAcknowledgements(subject, { connections: 1, requests: sizes.aloneRequests });
  say(`acknowledgements, ${crowdConnections} callers`);
  const crowd = await measureAcknowledgements(subject, {
    connections: crowdConnections,
    requests: sizes.crowdRequests,
  });
  say('one synchronous caller');
  const synchronous = await measureSynchronous(subject, sizes.aloneRequests);
  say('full path');
  const full = await measureFullPath(subject, { connections: crowdConnections, requests: sizes.runs });
  say('backlog');
  const backlog = await measureBacklog(subject, { connections: crowdConnections, requests: sizes.runs });
  say('one call');
  const callRunsPerSecond = await measureCalls(subject, serviceUrl, {
    connections: crowdConnections,
    requests: Math.ceil(sizes.runs / 2),
  });
  say('failing sagas');
  const sagas50 = await measureSagas(subject, 50, sizes.sagas);
  const sagas200 = await measureSagas(subject, 200, sizes.sagas);
  say('timers');
  const late = await measureTimers(subject, sizes.timers);
  return {
    figures: {
      rawJobsPerSecond: queue.jobsPerSecond,
      ...inserts,
      ...named('bareAlone', bare.alone),
      ...named('bareCrowd', bare.crowd),
      ...named('acknowledgedAlone', alone),
      ...named('acknowledgedCrowd', crowd),
      acknowledgedHeldPerSecond: perSecond(backlog.acknowledged),
      acknowledgedHeldP99Ms: backlog.acknowledged.p99Ms,
      synchronousP50Ms: synchronous.p50Ms,
      synchronousP99Ms: synchronous.p99Ms,
      runsPerSecond: full.runsPerSecond,
      backlogRunsPerSecond: backlog.runsPerSecond,
      callRunsPerSecond,
      sagas50PerSecond: perSecond(sagas50),
      sagas50P50Ms: sagas50.p50Ms,
      sagas200PerSecond: perSecond(sagas200),
      sagas200P50Ms: sagas200.p50Ms,
      timerLateP50Ms: late.p50Ms,
      timerLateP99Ms: late.p99Ms,
    },
    rawProcessorMicros: queue.processorMicros,
    runProcessorMicros: full.processorMicros,
  };
}

type Named<Name extends string> = Readonly<Record<`${Name}PerSecond` | `${Name}P50Ms` | `${Name}P99Ms`, number>>;

const named = <Name extends string>(name: Name, result: LoadResult): Named<Name> =>
  ({
    [`${name}PerSecond`]: perSecond(result),
    [`${name}P50Ms`]: result.p50Ms,
    [`${name}P99Ms`]: result.p99Ms,
  }) as Named<Name>;
