/**
 * The dispatcher turns events into runs of the flows that subscribe to their type, and ends the waits that they were
 * waited for by. It reads up to the head row, which is the safe head, and never past it. Refuses to skip: an event whose filter cannot be evaluated is logged and does
 * not match, it never stops the stream.
 */
import { type CompiledTemplate, compileTemplate, evaluateTemplate, isTruthy, seededRandom } from '@/core/expression';
import { compileLane, type LaneRule, laneOf, type RunLane } from '@/core/flow/lane';
import { matchType } from '@/core/flow/triggers';
import type { JsonValue } from '@/core/json';
import type { DispatchStore, EventRoute, RoutedRun } from '@/server/repositories/dispatch-store';
import type { StreamEvent } from '@/server/repositories/stream-events';
import type { Clock, Ids, Log, WakeUps } from '@/server/services/ports';
import type { EventKeys } from '@/workers/event-keys';

/** Events routed per transaction: the checkpoint row is locked meanwhile, so a batch stays short. */
const eventsPerBatch = 200;

export interface DispatcherDeps {
  readonly store: DispatchStore;
  readonly keys: EventKeys;
  readonly wakeUps: WakeUps;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly log: Log;
}

export interface Dispatcher {
  /** Routes everything up to the head. Concurrent calls for one workspace, in any process, take turns. */
  dispatch(workspaceId: string): Promise<{ readonly events: number; readonly runs: number; readonly waits: number }>;
  /** Workspaces whose checkpoint is behind their head. */
  behind(): Promise<readonly string[]>;
}

export function createDispatcher(deps: DispatcherDeps): Dispatcher {
  const route = async (events: readonly StreamEvent[], routes: readonly EventRoute[]): Promise<RoutedRun[]> => {
    const filters = new Map(routes.map((candidate) => [candidate, compileFilter(candidate.config.filter)]));
    const rules = new Map(routes.map((candidate) => [candidate, compileLane(candidate)]));
    const runs: RoutedRun[] = [];
    for (const event of events) {
      if (event.isForRerun) continue;
      for (const candidate of routes) {
        if (!candidate.types.some((type) => matchType(type, event.type))) continue;
        if (await passes(filters.get(candidate) ?? null, candidate, event)) {
          const id = deps.ids.uuid();
          runs.push({ id, route: candidate, event, lane: await placeOf(rules.get(candidate) ?? null, event, id) });
        }
      }
    }
    return runs;
  };

  const placeOf = async (rule: LaneRule | null, event: StreamEvent, runId: string): Promise<RunLane | null> =>
    rule === null ? null : laneOf(rule, await event.read(), { nowMs: deps.clock.nowMs(), random: seededRandom(runId) });

  const passes = async (
    filter: CompiledTemplate | null,
    candidate: EventRoute,
    event: StreamEvent,
  ): Promise<boolean> => {
    if (filter === null) return true;
    try {
      const clock = { nowMs: deps.clock.nowMs(), random: seededRandom(`${candidate.flowId}:${event.position}`) };
      return isTruthy(await evaluateTemplate(filter, { event: await event.read() }, clock));
    } catch (error) {
      const facts = { err: error, flowId: candidate.flowId, position: event.position };
      deps.log.warn(facts, 'a filter failed, so its event does not match');
      return false;
    }
  };

  return {
    async dispatch(workspaceId) {
      const total = { events: 0, runs: 0, waits: 0 };
      for (;;) {
        const done = await deps.store.routeBatch(workspaceId, eventsPerBatch, { route, keysOf: deps.keys.keysOf });
        total.events += done.events;
        total.runs += done.runs.length;
        total.waits += done.resolved.length;
        // After the commit, never before it: a worker that hears of a run must find it, and what was left for it.
        const rung = new Set([...done.runs.map(({ id }) => id), ...done.resolved.map(({ runId }) => runId)]);
        if (rung.size > 0) await deps.wakeUps.ring([...rung].map((runId) => ({ workspaceId, runId })));
        if (!done.isBehind) return total;
      }
    },
    behind: () => deps.store.behind(),
  };
}

function compileFilter(filter: JsonValue | undefined): CompiledTemplate | null {
  return filter === undefined || filter === null ? null : compileTemplate(filter).template;
}
