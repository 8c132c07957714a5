/**
 * A worker process, assembled: carries runs, routes the stream, and keeps the promises of the reconciler. Any number
 * of them work side by side; none is special. Refuses new work once it stops, and gives back what it holds.
 */
import { Worker } from 'bullmq';
import { createHttpClient, type HttpClient } from '@/server/adapters/http-client/http-client';
import { nodeDigest } from '@/server/adapters/node-digest';
import { queuePrefix, type RunWakeUp, runQueueName, streamQueueName } from '@/server/adapters/queue/wake-ups';
import { createSecretBox } from '@/server/adapters/secret-box';
import type { Platform } from '@/server/platform';
import { createApprovalStore } from '@/server/repositories/approval-store';
import { createCalledFlows } from '@/server/repositories/called-flows';
import { createChildEnds } from '@/server/repositories/child-ends';
import { createChildStops } from '@/server/repositories/child-stops';
import { createDispatchStore } from '@/server/repositories/dispatch-store';
import { holdRun } from '@/server/repositories/hold-run';
import { createJournalWriter } from '@/server/repositories/journal';
import { createLanes } from '@/server/repositories/lanes';
import { createOverdueRuns } from '@/server/repositories/overdue-runs';
import { createRunSnapshots } from '@/server/repositories/run-snapshots';
import { createScheduleStore } from '@/server/repositories/schedule-store';
import { createStoredSecrets } from '@/server/repositories/stored-secrets';
import { createVariableValues } from '@/server/repositories/variable-values';
import { createVersionDocuments } from '@/server/repositories/version-documents';
import { createWaitScan } from '@/server/repositories/wait-scan';
import { createWorkerLeases } from '@/server/repositories/worker-leases';
import { ringRuns } from '@/server/services/ring';
import { createCallFlow } from '@/server/services/runs/call-flow';
import { createSecretResolver } from '@/server/services/secrets/resolve-secrets';
import { createCaller } from '@/workers/call';
import { catchUp } from '@/workers/catch-up';
import { createChildren } from '@/workers/children';
import { createDispatcher } from '@/workers/dispatcher';
import { createEventKeys } from '@/workers/event-keys';
import { createFlowVersions } from '@/workers/flow-versions';
import { createHandOver } from '@/workers/hand-over';
import { createInterpreter } from '@/workers/interpreter';
import { acquireLease } from '@/workers/lease';
import { createReconciler } from '@/workers/reconciler';
import { createCodeRunner } from '@/workers/sandbox/code-runner';
import { createSandbox } from '@/workers/sandbox/create-sandbox';
import { createScheduler } from '@/workers/scheduler';
import { createVariableCache } from '@/workers/variables';

/**
 * Jobs of the queue taken at once by one process, each with one run or a few that were rung for together: most runs wait
 * for an answer, and a group commit wants company.
 */
const runConcurrency = 100;
/** Evaluations of code at once in one process: code computes alone, and the machine has few cores. */
const sandboxThreads = 2;
/** Streams routed at once: one per workspace, each a transaction. */
const streamConcurrency = 4;
/** How often the dispatcher looks by itself, in case a hint was lost. */
const behindMs = 2_000;

export interface RunningWorker {
  readonly workerId: string;
  /** Finishes what is in flight and gives everything back. */
  stop(): Promise<void>;
}

export async function startWorker(platform: Platform, version: string): Promise<RunningWorker> {
  const { env, log, clock, ids, pool, hotPool, payloads, wakeUps, notes } = platform;
  const workerId = ids.uuid();
  const overdueRuns = createOverdueRuns(hotPool);
  await overdueRuns.tend();
  const lease = await acquireLease({ leases: createWorkerLeases(hotPool), workerId, role: 'worker', version, log });
  const variables = createVariableCache(createVariableValues(pool), clock);
  const stopListening = notes.onChange((workspaceId) => variables.drop(workspaceId));
  const httpClient: HttpClient = createHttpClient({ allowedPrivateHosts: env.allowedPrivateHosts, log, clock });
  const secrets = createSecretResolver({
    storedSecrets: createStoredSecrets(pool),
    secretBox: createSecretBox(env.encryptionKey),
  });
  let isStopping = false;
  const onReady = createHandOver({
    carry: ({ workspaceId, runId }) => wake(workspaceId, runId),
    ring: (workspaceId, runIds) => ringRuns({ wakeUps, log }, workspaceId, runIds),
    isStopping: () => isStopping,
  });
  const keys = createEventKeys(log);
  const scan = createWaitScan(hotPool, payloads);
  const sandbox = createSandbox({ size: sandboxThreads, log });
  const documents = createVersionDocuments(pool);
  const children = createChildren({
    callFlow: createCallFlow({ flows: createCalledFlows(hotPool, documents), ids, clock }),
    ends: createChildEnds(hotPool),
    stops: createChildStops({ pool: hotPool, inbox: platform.runInbox, ids }),
    wakeUps,
    log,
  });
  const interpreter = createInterpreter({
    runStore: platform.runStore,
    journal: createJournalWriter({ pool: hotPool, payloads, workerId, onReady }),
    lanes: createLanes({ pool: hotPool, onReady }),
    snapshots: createRunSnapshots(hotPool),
    versions: createFlowVersions(documents),
    lease,
    wakeUps,
    notes,
    clock,
    ids,
    log,
    variables: (workspaceId) => variables.read(workspaceId),
    call: createCaller({
      httpClient,
      secrets,
      links: { store: createApprovalStore(pool), digest: nodeDigest, ids, publicUrl: env.publicUrl },
    }),
    runCode: createCodeRunner(sandbox),
    children,
    catchUp: (loaded, waits) => catchUp({ scan, keys }, loaded, waits),
    async hold(workspaceId, runId) {
      const { isHeld, ready } = await holdRun(pool, workspaceId, runId);
      onReady(ready);
      return isHeld;
    },
  });
  const dispatcher = createDispatcher({
    store: createDispatchStore(hotPool, payloads),
    keys,
    wakeUps,
    clock,
    ids,
    log,
  });
  const reconciler = createReconciler({
    overdueRuns,
    wakeUps,
    workerId,
    isCarried: (runId) => interpreter.carries(runId),
    sweepChildren: () => children.sweep(),
    clock,
    log,
  });

  const scheduler = createScheduler({ store: createScheduleStore(hotPool, payloads), wakeUps, ids, log });

  const options = {
    prefix: queuePrefix(platform.keyPrefix),
    removeOnComplete: { count: 0 },
    removeOnFail: { count: 0 },
  };
  const wake = async (workspaceId: string, runId: string): Promise<void> => {
    try {
      await interpreter.wake(workspaceId, runId);
    } catch (error) {
      // Nothing is lost: the run is still due in the database, and the reconciler rings again.
      log.error({ err: error, runId }, 'a wake-up failed');
    }
  };
  const runWorker = new Worker<RunWakeUp>(
    runQueueName,
    async ({ data }) => {
      await Promise.all(data.r.map((runId) => wake(data.w, runId)));
    },
    { ...options, connection: platform.connectRedis(), concurrency: runConcurrency },
  );
  const streamWorker = new Worker<{ w: string }>(
    streamQueueName,
    async ({ data }) => {
      await dispatcher.dispatch(data.w);
    },
    { ...options, connection: platform.connectRedis(), concurrency: streamConcurrency },
  );
  for (const worker of [runWorker, streamWorker]) {
    worker.on('error', (error) => log.warn({ err: error }, 'queue worker'));
    worker.on('failed', (_job, error) => log.warn({ err: error }, 'a wake-up failed'));
  }

  const lookBehind = setInterval(() => {
    dispatcher
      .behind()
      .then((workspaces) => Promise.all(workspaces.map((workspaceId) => wakeUps.streamMoved(workspaceId))))
      .catch((error: unknown) => log.warn({ err: error }, 'could not look for streams left behind'));
  }, behindMs);
  reconciler.start();
  scheduler.start();
  await Promise.all([runWorker.waitUntilReady(), streamWorker.waitUntilReady()]);
  log.info({ workerId }, 'worker ready');

  return {
    workerId,
    async stop() {
      isStopping = true;
      clearInterval(lookBehind);
      stopListening();
      await scheduler.stop();
      await Promise.all([reconciler.stop(), interpreter.drain(), runWorker.close(), streamWorker.close()]);
      await sandbox.close();
      await lease.release();
      await httpClient.close();
    },
  };
}
