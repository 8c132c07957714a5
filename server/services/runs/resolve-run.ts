/**
 * A person's decision about a step that holds its run: a message to the run's owner, who alone may write the journal.
 * Refuses what the run, as it is stored, does not wait for. Of two decisions at once the first counts; what the engine
 * meets too late it ignores.
 */
import { HeadraceError } from '@/core/errors';
import { blockedSteps } from '@/core/run/blocked';
import { addressOf, inside, noPath } from '@/core/run/iteration-path';
import { auditLine } from '@/server/services/audit';
import { requireScope } from '@/server/services/authorize';
import type { Caller } from '@/server/services/ports';
import { ringRuns } from '@/server/services/ring';
import type { RunsDeps } from '@/server/services/runs/create-runs-service';
import { runNotFound } from '@/server/services/runs/errors';
import { loadWithFlow } from '@/server/services/runs/load-with-flow';
import type { ResolveRunInput } from '@/server/services/runs/schemas';

/** @see RunsService.resolve */
export async function resolveRun(deps: RunsDeps, caller: Caller, input: ResolveRunInput): Promise<void> {
  requireScope(caller, 'runs:write');
  const { workspaceId, actor } = caller;
  const { runId, stepId, path = noPath, action, output } = input;
  const { row, state, flow } = await loadWithFlow(deps, workspaceId, runId);
  if (action === 'answer') {
    const { decision = 'approve', answer, comment } = input;
    await deps.approvals.answerStep(caller, { runId, stepId, path }, { decision, answer, comment });
    return;
  }
  const blocked = blockedSteps(state, flow).find((step) => step.stepId === stepId && step.path === path);
  if (blocked === undefined) {
    throw new HeadraceError(
      'run.notWaiting',
      `Step "${stepId}" does not wait for a person (the run is ${row.status}).`,
    );
  }
  if (!blocked.actions.includes(action)) {
    throw new HeadraceError('run.notWaiting', `Step "${stepId}" does not wait for "${action}".`, {
      details: { actions: blocked.actions },
    });
  }
  const verdict = await deps.inbox.post(
    workspaceId,
    runId,
    // One decision per state of the run: a second one of the same moment is recognised by it.
    `resolve:${addressOf(path, stepId)}:${state.seq}`,
    {
      type: 'resolve',
      actor,
      stepId,
      ...inside(path),
      action,
      ...(action === 'output' ? { output: output ?? null } : {}),
    },
    auditLine(deps.ids, caller, 'run.stepResolved', { kind: 'run', id: runId }, { stepId, ...inside(path), action }),
  );
  if (verdict === 'missing') throw runNotFound();
  if (verdict === 'ended') throw new HeadraceError('run.notWaiting', 'The run has ended in the meantime.');
  ringRuns(deps, workspaceId, [runId]);
  if (verdict === 'already') {
    throw new HeadraceError('run.notWaiting', `Somebody has just decided about step "${stepId}".`);
  }
}
