/**
 * What a step that calls a flow gets: the event and run that the append of its step will write. The flow is looked up when
 * the step begins, and the run keeps the version that was live then. Refuses, with a reason that a person can act on, a flow
 * that is not there, cannot be started by hand, or would be called too deeply.
 */
import { HeadraceError } from '@/core/errors';
import type { FlowDocument } from '@/core/flow/document';
import { compileLane, type LaneRule, laneSettings } from '@/core/flow/lane';
import { manualTriggers } from '@/core/flow/triggers';
import type { JsonValue } from '@/core/json';
import { type CompiledJsonSchema, compileJsonSchema } from '@/core/json-schema';
import { limits } from '@/core/limits';
import type { Clock, EventAppend, Ids } from '@/server/services/ports';
import { withLane } from '@/server/services/runs/with-lane';

/** A flow that a call may mean. Deleted flows are none. */
export interface CalledFlow {
  readonly flowId: string;
  readonly name: string;
  /** Null when nothing was published. */
  readonly live: { readonly versionId: string; readonly version: number } | null;
}

export interface CalledFlows {
  /** The flow with this id, else those with this name: two at most, because two are too many already. */
  find(workspaceId: string, flow: string): Promise<readonly CalledFlow[]>;
  /** @returns null when the workspace has no such version */
  document(workspaceId: string, versionId: string): Promise<FlowDocument | null>;
}

export interface FlowCall {
  /** Id or unique name. */
  readonly flow: string;
  readonly data: JsonValue;
  readonly parentRunId: string;
  readonly parentFlowId: string;
  /** Of the parent. */
  readonly hops: number;
  /** Step and iteration of the parent. */
  readonly address: string;
  /** The wait that ends with the run; null when nobody waits. */
  readonly waitId: string | null;
}

export interface CalledRun {
  readonly runId: string;
  readonly flowId: string;
  readonly event: EventAppend;
}

/** What is needed of a version to start it by hand; the same for ever. */
interface Entrance {
  readonly stepId: string;
  readonly schema: CompiledJsonSchema | null;
  readonly lane: LaneRule | null;
}

/** Entrances kept per process: a few kilobytes each, more than are called in turns. */
const keptEntrances = 500;

export type CallFlow = (workspaceId: string, call: FlowCall) => Promise<CalledRun>;

/**
 * @returns a function that makes the event of one call, and stores nothing. It throws HeadraceError `child.hopLimit`,
 *   `child.flowUnknown`, `child.flowAmbiguous`, `flow.notPublished`, `flow.noManualTrigger` or `child.dataInvalid`
 */
export function createCallFlow(deps: {
  readonly flows: CalledFlows;
  readonly ids: Ids;
  readonly clock: Clock;
}): CallFlow {
  const kept = new Map<string, Entrance | null>();

  const entranceOf = async (workspaceId: string, versionId: string): Promise<Entrance | null> => {
    const known = kept.get(versionId);
    if (known !== undefined) return known;
    const document = await deps.flows.document(workspaceId, versionId);
    const entrance = document === null ? null : readEntrance(document);
    const [oldest] = kept.keys();
    if (kept.size >= keptEntrances && oldest !== undefined) kept.delete(oldest);
    kept.set(versionId, entrance);
    return entrance;
  };

  return async (workspaceId, call) => {
    const hops = call.hops + 1;
    if (hops > limits.eventHops) {
      throw new HeadraceError(
        'child.hopLimit',
        `This would be the ${hops}th flow in a row that one started the next of, which looks like a loop. Flows may ` +
          `call each other ${limits.eventHops} deep.`,
      );
    }
    const { flowId, name, live } = onlyOne(call.flow, await deps.flows.find(workspaceId, call.flow));
    if (live === null) {
      throw new HeadraceError('flow.notPublished', `The flow "${name}" has no live version. Publish it first.`);
    }
    const entrance = await entranceOf(workspaceId, live.versionId);
    if (entrance === null) {
      throw new HeadraceError(
        'flow.noManualTrigger',
        `Version ${live.version} of the flow "${name}" has no step of the kind trigger.manual to start with.`,
      );
    }
    checkData(entrance, name, call.data);
    const nowMs = deps.clock.nowMs();
    const runId = deps.ids.uuid();
    const event: EventAppend = {
      id: deps.ids.uuid(),
      source: encodeURI(`/runs/${call.parentRunId}/${call.address}`),
      type: 'headrace.flow.called',
      subject: null,
      timeMs: nowMs,
      attributes: { datacontenttype: 'application/json' },
      data: call.data,
      raw: null,
      partitionKey: null,
      schemaVersion: null,
      hops,
      causedByRun: call.parentRunId,
      actor: `flow:${call.parentFlowId}`,
      // Written once, with the append of the step: its id is fresh by construction.
      keyTtlMs: null,
      run: {
        id: runId,
        flowId,
        ...live,
        isDraft: false,
        triggerStep: entrance.stepId,
        triggerKind: 'trigger.manual',
        lane: null,
        parent: { runId: call.parentRunId, waitId: call.waitId },
      },
    };
    return { runId, flowId, event: entrance.lane === null ? event : withLane(event, entrance.lane, nowMs) };
  };
}

/** @throws HeadraceError `child.flowUnknown` or `child.flowAmbiguous` */
function onlyOne(flow: string, found: readonly CalledFlow[]): CalledFlow {
  const [first, second] = found;
  if (first === undefined) {
    throw new HeadraceError('child.flowUnknown', `There is no flow with the id or name "${flow}" in this workspace.`);
  }
  if (second !== undefined) {
    throw new HeadraceError('child.flowAmbiguous', `Several flows are called "${flow}". Name the one by its id.`);
  }
  return first;
}

function readEntrance(document: FlowDocument): Entrance | null {
  const [trigger] = manualTriggers(document);
  if (trigger === undefined) return null;
  const { schema } = trigger.config;
  const compiled = schema === undefined ? null : compileJsonSchema(schema);
  if (compiled !== null && 'faults' in compiled) {
    throw new HeadraceError('flow.invalid', 'The schema of the manual trigger is not valid.', {
      faults: compiled.faults,
    });
  }
  return { stepId: trigger.stepId, schema: compiled?.schema ?? null, lane: compileLane(laneSettings(document)) };
}

/** @throws HeadraceError `child.dataInvalid` with a pointer for each fault */
function checkData({ schema }: Entrance, name: string, data: JsonValue): void {
  if (JSON.stringify(data).length > limits.stepOutputBytes) {
    throw new HeadraceError(
      'child.dataInvalid',
      `The data for the flow "${name}" is larger than ${limits.stepOutputBytes / 1024 / 1024} MiB.`,
    );
  }
  const faults = schema?.check(data, '/data') ?? [];
  if (faults.length === 0) return;
  const list = faults.map(({ pointer, message }) => `${pointer}: ${message}`).join(' ');
  throw new HeadraceError('child.dataInvalid', `The data does not fit the manual trigger of "${name}". ${list}`, {
    faults,
  });
}
