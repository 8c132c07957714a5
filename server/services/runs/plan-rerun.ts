/**
 * What a retry or rerun of one run would be: the version it executes and the plan of what acts again. Preview and start
 * share it. Refuses runs that go on, versions without the run's trigger, and changes to what a step sends whose outcome
 * is unknown.
 */
import { HeadraceError, isHeadraceError } from '@/core/errors';
import { compileFlow } from '@/core/flow/compile';
import type { CompiledFlow } from '@/core/flow/compiled-flow';
import type { FlowDocument } from '@/core/flow/document';
import { manualTriggers } from '@/core/flow/triggers';
import type { JsonValue } from '@/core/json';
import { planRerun as plan, type RerunExtent, type RerunPlan, unknownInLoops } from '@/core/run/replan';
import { isTerminal } from '@/core/run/types';
import type { RunnableVersion } from '@/server/services/flows/flows-service';
import type { RunsDeps } from '@/server/services/runs/create-runs-service';
import { loadWhole, type RunWithDocument } from '@/server/services/runs/load-with-flow';
import type { CheckData } from '@/server/services/runs/start-run';

export interface RerunRequest {
  readonly runId: string;
  /** `unfinished` is a retry; the others are reruns. */
  readonly extent: RerunExtent;
  readonly version: 'same' | 'live' | number;
  /** Other data for the event; undefined keeps the event. */
  readonly data: JsonValue | undefined;
}

export interface PlannedRerun {
  readonly source: RunWithDocument;
  readonly version: RunnableVersion;
  readonly isDraft: boolean;
  readonly plan: RerunPlan;
}

export type RerunDeps = RunsDeps & { readonly checkData: CheckData };

/** @throws HeadraceError as {@link RunsService.rerun} says, but for what storage refuses */
export async function planRerun(deps: RerunDeps, workspaceId: string, request: RerunRequest): Promise<PlannedRerun> {
  const source = await loadWhole(deps, workspaceId, request.runId);
  const { row, state } = source;
  requireEnded(row.status, request.extent);
  const version = await findVersion(deps, workspaceId, source, request.version);
  const isSame = version.versionId === row.versionId;
  const target = compileFlow(version.document);
  const flow = isSame ? target : compiledOr(source.document, target);
  requireTrigger(source, target, version.version);
  const extent = extentIn(target, request.extent, row.triggerStep);
  if (request.data !== undefined) checkData(deps, version, row.triggerStep, request.data);
  const planned = plan({ state, flow, generation: row.generation, triggerStep: row.triggerStep }, target, extent);
  const unknown = unknownOf(planned);
  if (unknown.length > 0 && (!isSame || request.data !== undefined)) {
    throw new HeadraceError(
      'run.unknownOutcome',
      `It is not known whether ${unknown.map((id) => `"${id}"`).join(', ')} took effect, so what is sent must not change. ` +
        'Retry the run as it was first: the same idempotency key goes out again and settles it.',
      { details: { steps: unknown } },
    );
  }
  return { source, version, isDraft: isSame && row.isDraft, plan: planned };
}

/** Steps whose earlier outcome is unknown, those inside loops by their address. */
export const unknownOf = ({ keptGenerations, loops }: RerunPlan): string[] => [
  ...Object.keys(keptGenerations),
  ...unknownInLoops(loops),
];

/** A version that this build cannot execute: its run did nothing, so how it was drawn does not matter. */
function compiledOr(document: FlowDocument, other: CompiledFlow): CompiledFlow {
  try {
    return compileFlow(document);
  } catch (error) {
    if (isHeadraceError(error) && error.code === 'flow.invalid') return other;
    throw error;
  }
}

function requireEnded(status: RunWithDocument['row']['status'], extent: RerunExtent): void {
  if (!isTerminal(status)) {
    throw new HeadraceError('run.notRetryable', `The run has not ended yet: it is ${status}.`);
  }
  if (extent.type === 'unfinished' && status === 'succeeded') {
    throw new HeadraceError('run.notRetryable', 'The run has succeeded; there is nothing to retry. Rerun it instead.');
  }
}

async function findVersion(
  deps: RerunDeps,
  workspaceId: string,
  { row, document }: RunWithDocument,
  wanted: RerunRequest['version'],
): Promise<RunnableVersion> {
  if (wanted === 'same') return { versionId: row.versionId, version: row.version, document };
  if (wanted === 'live') return deps.versions.live(workspaceId, row.flowId);
  const found = await deps.reruns.version(workspaceId, row.flowId, wanted);
  if (found === null) throw wrong('/version', 'version.unknown', `The flow has no version ${wanted}.`);
  return found;
}

function requireTrigger({ row }: RunWithDocument, target: CompiledFlow, version: number | null): void {
  if (target.steps.get(row.triggerStep)?.kind === row.triggerKind) return;
  throw wrong(
    '/version',
    'version.otherTrigger',
    `Version ${version} has no ${row.triggerKind} named "${row.triggerStep}", which this run was started by.`,
  );
}

/** From the trigger is everything. */
function extentIn(target: CompiledFlow, extent: RerunExtent, triggerStep: string): RerunExtent {
  if (extent.type !== 'from') return extent;
  if (extent.stepId === triggerStep) return { type: 'whole' };
  const step = target.steps.get(extent.stepId);
  const loop = target.loops.find((id) => holds(target.steps.get(id)?.body ?? null, extent.stepId));
  if (loop !== undefined) {
    throw wrong(
      '/from',
      'step.inLoop',
      `"${extent.stepId}" runs once per item. Begin with the loop "${loop}" instead.`,
    );
  }
  if (step === undefined) throw wrong('/from', 'step.unknown', `There is no step "${extent.stepId}" in that version.`);
  if (target.scopes.get(step.scope)?.members.includes(step.id) !== true || step.manifest.isTrigger) {
    throw wrong('/from', 'step.notForward', `A run cannot begin with "${step.id}": it is not on the way forward.`);
  }
  return extent;
}

/** Whether the step is in the body of a loop, at any depth. */
const holds = (body: CompiledFlow | null, stepId: string): boolean =>
  body !== null && (body.steps.has(stepId) || body.loops.some((id) => holds(body.steps.get(id)?.body ?? null, stepId)));

function checkData(deps: RerunDeps, version: RunnableVersion, triggerStep: string, data: JsonValue): void {
  const trigger = manualTriggers(version.document).find(({ stepId }) => stepId === triggerStep);
  if (trigger !== undefined) deps.checkData(version, trigger, data);
}

const wrong = (pointer: string, code: string, message: string): HeadraceError =>
  new HeadraceError('request.invalid', message, { faults: [{ pointer, code, message }] });
