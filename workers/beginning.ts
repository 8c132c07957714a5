/**
 * What a run begins with beyond its event: its tags, and what stands of the run it does again. Refuses to begin without what was
 * promised: a value that is gone fails the run before anything acts.
 */
import { HeadraceError } from '@/core/errors';
import { evaluateTemplate, seededRandom } from '@/core/expression';
import type { CompiledFlow } from '@/core/flow/compiled-flow';
import { planLoop, type RunSeed, reusedSteps } from '@/core/run/replan';
import type { LoadedRun, RunStore } from '@/server/repositories/run-store';
import type { Log } from '@/server/services/ports';
import type { StoredSeed } from '@/server/services/runs/rerun-store';
import type { FlowVersions } from '@/workers/flow-versions';
import type { RunFrame } from '@/workers/perform-step';

export interface BeginningDeps {
  readonly runStore: Pick<RunStore, 'loadWhole'>;
  readonly versions: FlowVersions;
  readonly log: Log;
}

/**
 * A retry or rerun begins with what stands of the run it comes from. That one has ended, so it reads today as it did when this
 * was planned.
 * @throws HeadraceError `run.sourceGone`
 */
export async function readSeed(
  { runStore, versions }: BeginningDeps,
  workspaceId: string,
  { fromRunId, reuse, keptGenerations, loops = [] }: StoredSeed,
  flow: CompiledFlow,
): Promise<RunSeed> {
  const gone = new Set<string>();
  const source = await runStore.loadWhole(workspaceId, fromRunId, (entry, field) => {
    if (field === 'output' && 'stepId' in entry && entry.stepId !== null) gone.add(entry.stepId);
  });
  if (source === null) throw new HeadraceError('run.sourceGone', `The run ${fromRunId} is gone.`);
  const missing = [...reuse, ...loops].find((id) => gone.has(id));
  if (missing !== undefined) {
    throw new HeadraceError('run.sourceGone', `What step "${missing}" made in run ${fromRunId} is gone.`);
  }
  const { row, state } = source;
  const drawn = loops.length === 0 ? flow : await versions.compiled(workspaceId, row.versionId);
  const rerun = { state, flow: drawn, generation: row.generation, triggerStep: row.triggerStep };
  return {
    fromRunId,
    steps: reusedSteps(state, reuse),
    keptGenerations,
    loops: Object.fromEntries(loops.map((id) => [id, planLoop(rerun, flow, id)])),
  };
}

/** Tags are for finding a run; one that cannot be evaluated is left out and never fails it. */
export async function evaluateTags(
  { log }: BeginningDeps,
  { row }: LoadedRun,
  flow: CompiledFlow,
  frame: RunFrame,
  nowMs: number,
): Promise<Record<string, string>> {
  if (flow.tags === null) return {};
  try {
    const value = (await evaluateTemplate(flow.tags, frame, { nowMs, random: seededRandom(row.id) })) ?? {};
    return Object.fromEntries(
      Object.entries(value).map(([name, tag]) => [name, typeof tag === 'string' ? tag : JSON.stringify(tag)]),
    );
  } catch (error) {
    log.warn({ err: error, runId: row.id }, 'tags could not be evaluated');
    return {};
  }
}
