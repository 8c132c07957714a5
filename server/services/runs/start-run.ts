/**
 * Starts a run by the manual trigger of a flow: one event and its run, durable together before this answers. Refuses
 * data that violates the trigger's schema; nothing is stored then.
 */
import { HeadraceError } from '@/core/errors';
import { compileLane, laneSettings } from '@/core/flow/lane';
import { type ManualTrigger, manualTriggers } from '@/core/flow/triggers';
import type { JsonValue } from '@/core/json';
import { type CompiledJsonSchema, compileJsonSchema } from '@/core/json-schema';
import { requireScope } from '@/server/services/authorize';
import type { RunnableVersion } from '@/server/services/flows/flows-service';
import type { Caller, EventAppend } from '@/server/services/ports';
import { ringRuns, ringStream } from '@/server/services/ring';
import type { RunsDeps } from '@/server/services/runs/create-runs-service';
import type { StartRunInput } from '@/server/services/runs/schemas';
import { withLane } from '@/server/services/runs/with-lane';

/** Compiled schemas kept per process: compiling costs a millisecond, a schema a few kilobytes. */
const keptSchemas = 200;

/** Checks data against the schema of a manual trigger; versions are immutable, so compiled schemas are kept. */
export type CheckData = (version: RunnableVersion, trigger: ManualTrigger, data: JsonValue) => void;

/** @see RunsService.start */
export async function startRun(
  deps: RunsDeps & { readonly checkData: CheckData },
  caller: Caller,
  input: StartRunInput,
  hops: number,
): Promise<{ runId: string }> {
  requireScope(caller, 'runs:write');
  const { flowId, draft = false, data = null } = input;
  const version = draft
    ? await deps.versions.draft(caller, flowId)
    : await deps.versions.live(caller.workspaceId, flowId);
  const [trigger] = manualTriggers(version.document);
  if (trigger === undefined) {
    throw new HeadraceError('flow.noManualTrigger', 'The flow has no step of the kind trigger.manual to start with.');
  }
  deps.checkData(version, trigger, data);

  const runId = deps.ids.uuid();
  const nowMs = deps.clock.nowMs();
  const event: EventAppend = {
    id: deps.ids.uuid(),
    source: `/flows/${flowId}`,
    type: 'headrace.manual.started',
    subject: null,
    timeMs: nowMs,
    attributes: null,
    data,
    raw: null,
    partitionKey: null,
    schemaVersion: null,
    hops,
    causedByRun: null,
    actor: caller.actor,
    keyTtlMs: null,
    run: {
      id: runId,
      flowId,
      versionId: version.versionId,
      version: version.version,
      isDraft: draft,
      triggerStep: trigger.stepId,
      triggerKind: 'trigger.manual',
      lane: null,
    },
  };
  const rule = compileLane(laneSettings(version.document));
  await deps.eventLog.append(caller.workspaceId, [rule === null ? event : withLane(event, rule, nowMs)]);
  ringRuns(deps, caller.workspaceId, [runId]);
  ringStream(deps, caller.workspaceId);
  return { runId };
}

export function createDataCheck(): CheckData {
  const kept = new Map<string, CompiledJsonSchema>();

  const schemaOf = (version: RunnableVersion, trigger: ManualTrigger): CompiledJsonSchema | null => {
    if (trigger.config.schema === undefined) return null;
    const known = kept.get(version.versionId);
    if (known !== undefined) return known;
    const compiled = compileJsonSchema(trigger.config.schema);
    if ('faults' in compiled) {
      throw new HeadraceError('flow.invalid', 'The schema of the manual trigger is not valid.', {
        faults: compiled.faults,
      });
    }
    const [oldest] = kept.keys();
    if (kept.size >= keptSchemas && oldest !== undefined) kept.delete(oldest);
    kept.set(version.versionId, compiled.schema);
    return compiled.schema;
  };

  return (version, trigger, data) => {
    const faults = schemaOf(version, trigger)?.check(data, '/data') ?? [];
    if (faults.length > 0) {
      throw new HeadraceError('request.invalid', 'The data does not fit the schema of the manual trigger.', { faults });
    }
  };
}
