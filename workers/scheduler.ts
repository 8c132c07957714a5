/**
 * Turns the time of schedules into events with their runs. What is due stands in the database and so does the clock that
 * counts; a timer per process only makes fires punctual, and a look every second finds what a lost or late timer left.
 * Refuses to let one schedule stop the others: what it cannot read is logged and stopped.
 */
import { compileLane } from '@/core/flow/lane';
import { readSchedule } from '@/core/steps/trigger-schedule/fires';
import { owedFires } from '@/core/steps/trigger-schedule/owed';
import type { DueSchedule, ScheduleDecision, ScheduleStore } from '@/server/repositories/schedule-store';
import type { EventAppend, Ids, Log, WakeUps } from '@/server/services/ports';
import { ringRuns, ringStream } from '@/server/services/ring';
import { withLane } from '@/server/services/runs/with-lane';

export const scheduleEventType = 'headrace.schedule.fired';

/** Longest pause between two looks: how late a fire is at most when a schedule is published or a timer fails. */
const lookMs = 1_000;
/** The pause after a look that could do nothing about what is due: another worker or a publish holds the rows. */
const heldMs = 50;
/** Batches of one look; what is left waits for the next, so that stopping never waits long. */
const batchesPerLook = 20;

export interface SchedulerDeps {
  readonly store: ScheduleStore;
  readonly wakeUps: Pick<WakeUps, 'ring' | 'streamMoved'>;
  readonly ids: Ids;
  readonly log: Log;
}

export interface Scheduler {
  /** Fires everything that is due. @returns events appended */
  sweep(): Promise<number>;
  start(): void;
  /** Waits for what is under way. */
  stop(): Promise<void>;
}

export function createScheduler(deps: SchedulerDeps): Scheduler {
  const { store, log } = deps;
  const decide = (due: DueSchedule): ScheduleDecision => {
    try {
      return decideFires(deps, due);
    } catch (error) {
      const { workspaceId, flowId, stepId } = due;
      log.error({ err: error, workspaceId, flowId, stepId }, 'a schedule cannot be reckoned and is stopped');
      return { events: [], firedMs: null, nextFireMs: null };
    }
  };

  const sweep = async (): Promise<number> => {
    const setBack = await store.afterClockWentBack();
    if (setBack > 0) log.warn({ schedules: setBack }, 'the clock of the database was set back; schedules follow it');
    let events = 0;
    for (let batch = 0; batch < batchesPerLook; batch += 1) {
      const fired = await store.fireDue(decide);
      events += fired.events;
      announce(deps, fired.runs);
      if (fired.schedules === 0) break;
    }
    return events;
  };

  let timer: NodeJS.Timeout | null = null;
  let work: Promise<void> = Promise.resolve();
  let isStopped = false;

  /** @returns how long to sleep: until the next fire, and never longer than a look apart */
  const look = async (): Promise<number> => {
    try {
      const fired = await sweep();
      const dueInMs = Math.ceil((await store.nextDueInMs()) ?? lookMs);
      return Math.min(lookMs, dueInMs === 0 && fired === 0 ? heldMs : dueInMs);
    } catch (error) {
      // Nothing is lost: what was due still is.
      log.warn({ err: error }, 'the look for due schedules failed');
      return lookMs;
    }
  };
  const go = (): void => {
    work = look().then((pauseMs) => {
      if (!isStopped) timer = setTimeout(go, pauseMs);
    });
  };

  return {
    sweep,
    start: go,
    async stop() {
      isStopped = true;
      if (timer !== null) clearTimeout(timer);
      await work;
    },
  };
}

function announce(deps: SchedulerDeps, runs: readonly { workspaceId: string; runId: string }[]): void {
  // After the commit, and all of one workspace.
  const [first] = runs;
  if (first === undefined) return;
  ringRuns(
    deps,
    first.workspaceId,
    runs.map(({ runId }) => runId),
  );
  ringStream(deps, first.workspaceId);
}

function decideFires({ ids, log }: SchedulerDeps, due: DueSchedule): ScheduleDecision {
  const { workspaceId, flowId, stepId } = due;
  const read = readSchedule(due.cron, due.timeZone);
  if ('faults' in read) {
    log.error({ workspaceId, flowId, stepId, faults: read.faults }, 'a schedule cannot be read and is stopped');
    return { events: [], firedMs: null, nextFireMs: null };
  }
  const owed = owedFires(read.schedule, due.missed, due);
  if (owed.hasDropped) {
    const facts = { workspaceId, flowId, stepId, missed: due.missed, since: new Date(due.settledMs).toISOString() };
    log.warn({ ...facts, started: owed.fires.length }, 'fires of a schedule were missed and not all are made up for');
  }
  return {
    events: owed.fires.map((fireMs) => fireEvent(due, fireMs, ids.uuid())),
    firedMs: owed.fires.at(-1) ?? null,
    nextFireMs: owed.nextFireMs,
  };
}

/** The instant is the event's id, kept for ever: whatever a clock does, an instant fires once. */
function fireEvent(due: DueSchedule, fireMs: number, runId: string): EventAppend {
  const scheduledAt = new Date(fireMs).toISOString();
  const event: EventAppend = {
    id: scheduledAt,
    source: `/schedules/${due.workspaceSlug}/${due.flowId}/${due.stepId}`,
    type: scheduleEventType,
    subject: null,
    timeMs: fireMs,
    attributes: null,
    data: { scheduledAt },
    raw: null,
    partitionKey: null,
    schemaVersion: null,
    hops: 0,
    causedByRun: null,
    actor: 'system',
    keyTtlMs: 'forever',
    run: {
      id: runId,
      flowId: due.flowId,
      versionId: due.versionId,
      version: due.version,
      isDraft: false,
      triggerStep: due.stepId,
      triggerKind: 'trigger.schedule',
      lane: null,
    },
  };
  const rule = compileLane(due);
  return rule === null ? event : withLane(event, rule, due.nowMs);
}
