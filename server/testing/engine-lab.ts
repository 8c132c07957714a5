/**
 * One worker with the ledger it may call, for tests of what the engine does: a flow goes in, a run comes out. Refuses to
 * share a workspace between tests.
 */
import { afterAll, beforeAll, beforeEach } from 'vitest';
import type { FlowDocument } from '@/core/flow/document';
import type { JsonValue } from '@/core/json';
import type { Platform } from '@/server/platform';
import type { LoadedRun } from '@/server/repositories/run-store';
import { makeWorkspace, publishFixture, startOf } from '@/server/testing/engine-fixtures';
import { type Ledger, startLedger } from '@/server/testing/ledger';
import { createTestPlatform, testServers } from '@/server/testing/test-platform';
import { waitFor } from '@/server/testing/wait-for';
import { type RunningWorker, startWorker } from '@/workers/worker';

export interface EngineLab {
  readonly platform: Platform;
  readonly ledger: Ledger;
  /** Of the test that runs now. */
  readonly workspaceId: string;
  /** Number of the test that runs now, from 1. */
  readonly number: number;
  /** Publishes a flow and starts it by its manual trigger `m`. @returns the run's id */
  start(document: FlowDocument, data?: JsonValue): Promise<string>;
  /** Waits until the run has one of these statuses. */
  inStatus(runId: string, ...statuses: string[]): Promise<LoadedRun>;
}

/** Call it once at the top of a test file: it starts everything before the first test and stops it after the last. */
export function openEngineLab(): EngineLab {
  let platform: Platform;
  let worker: RunningWorker;
  let ledger: Ledger;
  let workspaceId = '';
  let number = 0;
  beforeAll(async () => {
    ledger = await startLedger();
    platform = await createTestPlatform(await testServers(), 'worker', { HEADRACE_ALLOWED_PRIVATE_HOSTS: ledger.host });
    worker = await startWorker(platform, 'test');
  });
  afterAll(async () => {
    await worker.stop();
    await platform.close();
    await ledger.close();
  });
  beforeEach(async () => {
    number += 1;
    workspaceId = await makeWorkspace(platform.pool, `w${number}`);
  });
  return {
    get platform() {
      return platform;
    },
    get ledger() {
      return ledger;
    },
    get workspaceId() {
      return workspaceId;
    },
    get number() {
      return number;
    },
    async start(document, data = {}) {
      const published = await publishFixture(platform.pool, workspaceId, document);
      const [answer] = await platform.eventLog.append(workspaceId, [startOf(published, data)]);
      const runId = answer?.runId ?? '';
      await platform.wakeUps.ring([{ workspaceId, runId }]);
      return runId;
    },
    inStatus: (runId, ...statuses) =>
      waitFor(`run in ${statuses.join(' or ')}`, async () => {
        const loaded = await platform.runStore.load(workspaceId, runId);
        return loaded !== null && statuses.includes(loaded.row.status) ? loaded : undefined;
      }),
  };
}
