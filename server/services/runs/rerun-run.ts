/**
 * Retry and rerun: a new run, linked to the one it comes from, which stays as it ended. Run, event and audit line are
 * durable together before this answers. Refuses a second one while the first that came from the same run goes on: both
 * would act on the same things in the world.
 */
import { HeadraceError } from '@/core/errors';
import { seededRandom } from '@/core/expression';
import { compileLane, laneOf, laneSettings } from '@/core/flow/lane';
import type { JsonObject, JsonValue } from '@/core/json';
import type { LoopSeed } from '@/core/run/types';
import { auditLine } from '@/server/services/audit';
import { requireScope } from '@/server/services/authorize';
import type { Caller, EventAppend } from '@/server/services/ports';
import { ringRuns, ringStream } from '@/server/services/ring';
import { runNotFound } from '@/server/services/runs/errors';
import {
  type PlannedRerun,
  planRerun,
  type RerunDeps,
  type RerunRequest,
  unknownOf,
} from '@/server/services/runs/plan-rerun';
import type { PreviewRerunInput, RerunPreview, RerunRunInput, RetryRunInput } from '@/server/services/runs/schemas';
import { asRunSees } from '@/server/services/runs/with-lane';

/** @see RunsService.retry */
export async function retryRun(deps: RerunDeps, caller: Caller, input: RetryRunInput): Promise<{ runId: string }> {
  requireScope(caller, 'runs:write');
  return start(deps, caller, retryOf(input.runId), input.force ?? false);
}

/** @see RunsService.rerun */
export async function rerunRun(deps: RerunDeps, caller: Caller, input: RerunRunInput): Promise<{ runId: string }> {
  requireScope(caller, 'runs:write');
  return start(deps, caller, rerunOf(input), input.force ?? false);
}

/** @see RunsService.previewRerun */
export async function previewRerun(deps: RerunDeps, caller: Caller, input: PreviewRerunInput): Promise<RerunPreview> {
  requireScope(caller, 'runs:read');
  const request = input.retry === true ? retryOf(input.runId) : rerunOf(input);
  const { source, version, plan } = await planRerun(deps, caller.workspaceId, request);
  const trigger = [source.row.triggerStep];
  const isSameEvent = request.data === undefined;
  return {
    version: version.version,
    reused: [...(isSameEvent ? trigger : []), ...plan.reused],
    executed: [...(isSameEvent ? [] : trigger), ...plan.executed],
    skipped: [...plan.skipped],
    sameKey: unknownOf(plan),
    loops: Object.entries(plan.loops).map(([stepId, seed]) => ({ stepId, ...countOf(seed) })),
  };
}

/** Iterations that stand whole, and those of which some steps do. */
function countOf(seed: LoopSeed): { reused: number; resumed: number } {
  const iterations = Object.values(seed);
  const reused = iterations.filter(({ output }) => output !== undefined).length;
  return { reused, resumed: iterations.length - reused };
}

const retryOf = (runId: string): RerunRequest => ({
  runId,
  extent: { type: 'unfinished' },
  version: 'same',
  data: undefined,
});

const rerunOf = ({ runId, from, version, data }: RerunRunInput | PreviewRerunInput): RerunRequest => ({
  runId,
  extent: from === undefined ? { type: 'whole' } : { type: 'from', stepId: from },
  version: version ?? 'same',
  data,
});

async function start(
  deps: RerunDeps,
  caller: Caller,
  request: RerunRequest,
  isForced: boolean,
): Promise<{ runId: string }> {
  const { workspaceId, actor } = caller;
  const planned = await planRerun(deps, workspaceId, request);
  const { source, version, isDraft, plan } = planned;
  const runId = deps.ids.uuid();
  const event = request.data === undefined ? null : eventWith(deps, caller, planned, request.data);
  const laneClock = { nowMs: deps.clock.nowMs(), random: seededRandom(runId) };
  const action = request.extent.type === 'unfinished' ? 'run.retried' : 'run.rerun';
  const verdict = await deps.reruns.insert(workspaceId, {
    id: runId,
    sourceRunId: source.row.id,
    versionId: version.versionId,
    version: version.version,
    isDraft,
    actor,
    seed: {
      fromRunId: source.row.id,
      reuse: plan.reused,
      keptGenerations: plan.keptGenerations,
      loops: Object.keys(plan.loops),
    },
    event,
    // Of the version it executes: the rules may have changed since, and the run joins the tail.
    lane: laneOf(
      compileLane(laneSettings(version.document)),
      event === null ? source.event.event : asRunSees(event),
      laneClock,
    ),
    isForced,
    audit: auditLine(
      deps.ids,
      caller,
      action,
      { kind: 'run', id: source.row.id },
      { runId, version: version.version, reused: plan.reused.length, isForced },
    ),
  });
  switch (verdict.type) {
    case 'missing':
      throw runNotFound();
    case 'flowDeleted':
      throw new HeadraceError('flow.deleted', 'The flow of this run was deleted; its runs cannot be done again.');
    case 'running':
      throw new HeadraceError(
        'run.retryRunning',
        'Another run that came from this one still goes on. Wait for its end, or start a second one with `force`.',
        { details: { runId: verdict.runId } },
      );
    case 'inserted':
      break;
    default:
      return verdict satisfies never;
  }
  ringRuns(deps, workspaceId, [runId]);
  if (request.data !== undefined) ringStream(deps, workspaceId);
  return { runId };
}

/** Attributes that describe the old data, or that every event has of its own. */
const notTakenOver: ReadonlySet<string> = new Set([
  'specversion',
  'id',
  'source',
  'type',
  'subject',
  'time',
  'datacontenttype',
  'dataschema',
  'schemaversion',
  'partitionkey',
  'data',
  'data_base64',
]);

/**
 * The event of the run with other data. Type, subject and extensions are those the flow was drawn for; the source says
 * where it comes from, and keeps the dispatcher from delivering a business event to every subscriber a second time.
 */
function eventWith(deps: RerunDeps, caller: Caller, { source }: PlannedRerun, data: JsonValue): EventAppend {
  const { event } = source.event;
  const extensions: JsonObject = Object.fromEntries(Object.entries(event).filter(([name]) => !notTakenOver.has(name)));
  return {
    id: deps.ids.uuid(),
    source: `/runs/${source.row.id}/rerun`,
    type: String(event.type),
    subject: typeof event.subject === 'string' ? event.subject : null,
    timeMs: deps.clock.nowMs(),
    attributes: { ...extensions, datacontenttype: 'application/json' },
    data,
    raw: null,
    partitionKey: typeof event.partitionkey === 'string' ? event.partitionkey : null,
    schemaVersion: null,
    hops: source.row.hops,
    causedByRun: source.row.id,
    actor: caller.actor,
    keyTtlMs: null,
    run: null,
  };
}
