/**
 * A worker and a dispatcher whose every commit a test can hold, over real connections: for the races between an event and the end
 * of a wait. There is no queue: who is carried, and when, is said by the test. Refuses to be fast.
 */
import pg from 'pg';
import { v7 as uuidv7 } from 'uuid';
import { afterAll, beforeAll } from 'vitest';
import type { FlowDocument } from '@/core/flow/document';
import type { JsonValue } from '@/core/json';
import { hotSettings } from '@/server/database/pools';
import type { Platform } from '@/server/platform';
import { createDispatchStore } from '@/server/repositories/dispatch-store';
import { createRunInbox } from '@/server/repositories/inbox';
import { createJournalWriter } from '@/server/repositories/journal';
import { createLanes } from '@/server/repositories/lanes';
import { createRunSnapshots } from '@/server/repositories/run-snapshots';
import type { LoadedRun } from '@/server/repositories/run-store';
import { createVersionDocuments } from '@/server/repositories/version-documents';
import type { Pause } from '@/server/repositories/wait-resolution';
import { createWaitScan } from '@/server/repositories/wait-scan';
import type { EventAppend, WakeUps } from '@/server/services/ports';
import { makeWorkspace, publishFixture, startOf } from '@/server/testing/engine-fixtures';
import type { Actor, Gate } from '@/server/testing/interleave';
import { silentLog } from '@/server/testing/silent-log';
import { createTestPlatform, testServers } from '@/server/testing/test-platform';
import { catchUp } from '@/workers/catch-up';
import { createDispatcher } from '@/workers/dispatcher';
import { createEventKeys } from '@/workers/event-keys';
import { createFlowVersions } from '@/workers/flow-versions';
import { createInterpreter } from '@/workers/interpreter';
import type { WakeUpOutcome } from '@/workers/wake-up';

export interface WaitLab {
  readonly platform: Platform;
  /** A workspace of its own with one run that has not begun. */
  newRun(document: FlowDocument, data?: JsonValue): Promise<LabRun>;
}

export interface LabRun {
  readonly workspaceId: string;
  readonly runId: string;
  append(...events: EventAppend[]): Promise<readonly number[]>;
  load(): Promise<LoadedRun>;
  /** A worker that stands before each append, after an append that registered a wait, and inside its look at the stream. */
  worker(options?: WorkerOptions): LabWorker;
  /** A dispatcher that stands between its statements. */
  dispatcher(): Actor;
  /** A person who asks something of the run. */
  poster(type: 'cancel' | 'terminate'): Actor;
  /** Dispatches and carries on until nothing changes any more, as hints and the reconciler would. */
  settle(options?: WorkerOptions): Promise<void>;
}

export interface WorkerOptions {
  /** Added to the clock of the machine. */
  readonly aheadMs?: number;
  /** False plants a bug: what came before a wait is not looked at. */
  readonly looks?: boolean;
}

export interface LabWorker {
  readonly id: string;
  readonly actor: Actor;
  wake(gate: Gate): Promise<WakeUpOutcome>;
  /** Its heartbeat has not been seen for too long. */
  dies(): Promise<void>;
}

const noWakeUps: WakeUps = {
  ring: async () => undefined,
  ringLater: async () => undefined,
  backlog: async () => 0,
  streamMoved: async () => undefined,
};

const noGate: Gate = () => Promise.resolve();

/** Backends that wait for somebody who is in the middle of a transaction and does nothing, or who waits for one in turn. */
const blockedText = `
WITH RECURSIVE waiting AS (
  SELECT pid FROM pg_stat_activity WHERE application_name = $1 AND wait_event_type = 'Lock'
), chain AS (
  SELECT unnest(pg_blocking_pids(pid)) AS pid FROM waiting
  UNION
  SELECT unnest(pg_blocking_pids(pid)) FROM chain
)
SELECT 1 FROM chain JOIN pg_stat_activity USING (pid) WHERE state = 'idle in transaction' LIMIT 1`;

/** Call it once at the top of a test file. */
export function openWaitLab(): WaitLab {
  let platform: Platform;
  let databaseUrl = '';
  const pools = new Map<string, pg.Pool>();
  beforeAll(async () => {
    const servers = await testServers();
    databaseUrl = servers.databaseUrl;
    platform = await createTestPlatform(servers, 'worker');
  });
  afterAll(async () => {
    await Promise.all([...pools.values()].map((pool) => pool.end()));
    await platform.close();
  });

  /** Connections by which an actor is known to the database. */
  const poolOf = (name: string): pg.Pool => {
    const known = pools.get(name);
    if (known !== undefined) return known;
    const options = hotSettings.map((setting) => `-c ${setting}`).join(' ');
    const pool = new pg.Pool({ connectionString: databaseUrl, max: 4, application_name: name, options });
    pools.set(name, pool);
    return pool;
  };
  const isBlocked = (name: string) => async (): Promise<boolean> =>
    (await platform.pool.query(blockedText, [name])).rowCount !== 0;

  return {
    get platform() {
      return platform;
    },
    async newRun(document, data = {}) {
      const workspaceId = await makeWorkspace(platform.pool, `w-${uuidv7()}`);
      const published = await publishFixture(platform.pool, workspaceId, document);
      const [answer] = await platform.eventLog.append(workspaceId, [startOf(published, data)]);
      const runId = answer?.runId ?? '';
      return aRun({ platform, poolOf, isBlocked }, workspaceId, runId);
    },
  };
}

interface Tools {
  readonly platform: Platform;
  readonly poolOf: (name: string) => pg.Pool;
  readonly isBlocked: (name: string) => () => Promise<boolean>;
}

function aRun(tools: Tools, workspaceId: string, runId: string): LabRun {
  const { platform, poolOf, isBlocked } = tools;
  let workers = 0;
  const dispatch = async (gate: Gate): Promise<void> => {
    const pause: Pause = (point) => gate(point);
    const store = createDispatchStore(poolOf('dispatcher'), platform.payloads, pause);
    const { clock, ids } = platform;
    const keys = createEventKeys(silentLog);
    await createDispatcher({ store, keys, wakeUps: noWakeUps, clock, ids, log: silentLog }).dispatch(workspaceId);
  };
  const load = async (): Promise<LoadedRun> => {
    const loaded = await platform.runStore.load(workspaceId, runId);
    if (loaded === null) throw new Error('the run is gone');
    return loaded;
  };
  const run: LabRun = {
    workspaceId,
    runId,
    load,
    async append(...events) {
      return (await platform.eventLog.append(workspaceId, events)).map(({ position }) => position);
    },
    worker(options = {}) {
      workers += 1;
      return aWorker(tools, { workspaceId, runId }, `worker${workers}`, options);
    },
    dispatcher: () => ({ name: 'dispatcher', act: dispatch, isBlocked: isBlocked('dispatcher') }),
    poster: (type) => ({
      name: type,
      act: async () => {
        const message = { type, actor: 'user:1', reason: null } as const;
        await createRunInbox(poolOf('poster')).post(workspaceId, runId, type, message);
      },
      isBlocked: isBlocked('poster'),
    }),
    async settle(options) {
      const worker = run.worker(options);
      for (let before = -1; ; ) {
        await dispatch(noGate);
        await worker.wake(noGate);
        const { row } = await load();
        const now = row.journalN * 1_000 + row.inboxN;
        if (now === before) return;
        before = now;
      }
    },
  };
  return run;
}

function aWorker(
  { platform, poolOf, isBlocked }: Tools,
  { workspaceId, runId }: Pick<LabRun, 'workspaceId' | 'runId'>,
  name: string,
  { aheadMs = 0, looks = true }: WorkerOptions,
): LabWorker {
  const id = uuidv7();
  const pool = poolOf(name);
  const { payloads, runStore, ids } = platform;
  const register = (): Promise<unknown> =>
    platform.pool.query(
      `INSERT INTO workers (id, role, host, pid, version, last_seen_at)
       VALUES ($1, 'worker', 'test', 1, 'test', now() + interval '1 day') ON CONFLICT DO NOTHING`,
      [id],
    );
  const wake = async (gate: Gate): Promise<WakeUpOutcome> => {
    await register();
    const journal = createJournalWriter({ pool, payloads, workerId: id, onReady: () => undefined });
    const scan = createWaitScan(pool, payloads, (point) => gate(`scan-${point}`));
    const interpreter = createInterpreter({
      runStore,
      journal: {
        async append(append) {
          await gate('append');
          return journal.append(append);
        },
      },
      lanes: createLanes({ pool, onReady: () => undefined }),
      snapshots: createRunSnapshots(pool),
      versions: createFlowVersions(createVersionDocuments(platform.pool)),
      lease: { workerId: id, isValid: () => true, whenValid: async () => undefined, release: async () => undefined },
      wakeUps: noWakeUps,
      notes: { publish: () => undefined, subscribe: async () => () => undefined },
      clock: { nowMs: () => platform.clock.nowMs() + aheadMs },
      ids,
      log: silentLog,
      variables: async () => ({}),
      call: () => Promise.reject(new Error('nothing is called here')),
      runCode: () => Promise.reject(new Error('no code is run here')),
      children: {
        prepare: () => Promise.reject(new Error('no flow is called here')),
        ringStarted: () => undefined,
        stop: async () => undefined,
        tellParent: async () => undefined,
        sweep: async () => 0,
      },
      async catchUp(loaded, waits) {
        await gate('registered');
        if (!looks) return false;
        const reading = {
          ...scan,
          async read(...look: Parameters<typeof scan.read>) {
            const events = await scan.read(...look);
            await gate('looked');
            return events;
          },
        };
        return catchUp({ scan: reading, keys: createEventKeys(silentLog) }, loaded, waits);
      },
      hold: async () => false,
    });
    return interpreter.wake(workspaceId, runId);
  };
  return {
    id,
    wake,
    actor: { name, act: async (gate) => void (await wake(gate)), isBlocked: isBlocked(name) },
    async dies() {
      await platform.pool.query('DELETE FROM workers WHERE id = $1', [id]);
    },
  };
}
