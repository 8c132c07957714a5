/**
 * The trigger rows of a version, and the rule that one webhook address belongs to one flow. Two addresses are the same
 * when their paths differ only in parameter names and their methods overlap (`ANY` overlaps with all). Refuses to take
 * an address from another flow; `lockPaths` makes the answer hold until the commit.
 */
import { type Fault, HeadraceError } from '@/core/errors';
import type { FlowDocument, FlowStep } from '@/core/flow/document';
import { laneSettings } from '@/core/flow/lane';
import { eventTriggers, scheduleTriggers, webhookTriggers } from '@/core/flow/triggers';
import { jsonPointer } from '@/core/json';
import type { FlowTransaction, PathHolder, TriggerRow } from '@/server/services/flows/flow-store';

interface LiveVersion {
  readonly versionId: string;
  readonly version: number;
  readonly document: FlowDocument;
}

/** Webhooks, event triggers and schedules; a manual one is found in the document of the live version. */
export function triggerRows({ versionId, version, document }: LiveVersion): TriggerRow[] {
  const configs = new Map(document.steps.map((step: FlowStep) => [step.id, step.config ?? {}]));
  const base = { versionId, version, method: null, path: null, pathKey: null, types: [], ...laneSettings(document) };
  return [
    ...webhookTriggers(document).map(({ stepId, config, pathKey }) => ({
      ...base,
      stepId,
      kind: 'trigger.webhook',
      method: config.method ?? 'POST',
      path: config.path,
      pathKey,
      config: configs.get(stepId) ?? {},
    })),
    ...eventTriggers(document).map(({ stepId, config }) => ({
      ...base,
      stepId,
      kind: 'trigger.event',
      types: config.types,
      config: configs.get(stepId) ?? {},
    })),
    ...scheduleTriggers(document).map(({ stepId }) => ({
      ...base,
      stepId,
      kind: 'trigger.schedule',
      config: configs.get(stepId) ?? {},
    })),
  ];
}

/**
 * Routes events to this version from the commit on.
 * @throws HeadraceError `flow.pathTaken` with a fault per webhook and `flowId` and `flowName` of the first holder
 */
export async function takeTriggers(tx: FlowTransaction, live: LiveVersion): Promise<void> {
  const rows = triggerRows(live);
  const keys = rows.flatMap((row) => (row.pathKey === null ? [] : [row.pathKey]));
  if (keys.length > 0) {
    await tx.lockPaths();
    requireFree(rows, await tx.pathHolders(keys), live.document);
  }
  await tx.replaceTriggers(rows);
  await tx.replaceSchedules(scheduleTriggers(live.document).map(({ stepId, config }) => ({ stepId, ...config })));
  await tx.setLive(live.version);
}

function requireFree(rows: readonly TriggerRow[], holders: readonly PathHolder[], document: FlowDocument): void {
  const collisions = rows.flatMap((row) => {
    const holder = holders.find(
      (other) => other.pathKey === row.pathKey && overlaps(other.method, row.method ?? 'ANY'),
    );
    return holder === undefined ? [] : [{ row, holder }];
  });
  const first = collisions[0];
  if (first === undefined) return;
  const faults = collisions.map(({ row, holder }): Fault => {
    const index = document.steps.findIndex((step) => step.id === row.stepId);
    const message = `${holder.method} /${row.path} belongs to the flow "${holder.flowName}".`;
    return {
      pointer: jsonPointer('steps', index, 'config', 'path'),
      code: 'flow.pathTaken',
      message,
      stepId: row.stepId,
    };
  });
  const { flowId, flowName } = first.holder;
  const advice = 'Choose another path or method, or delete that flow.';
  throw new HeadraceError('flow.pathTaken', `The webhook path belongs to the flow "${flowName}". ${advice}`, {
    faults,
    details: { flowId, flowName },
  });
}

const overlaps = (a: string, b: string): boolean => a === b || a === 'ANY' || b === 'ANY';
