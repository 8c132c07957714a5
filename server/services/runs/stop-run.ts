/**
 * Cancel and terminate: messages to the run's owner, who alone may write the journal. Asking twice is asking once.
 * Refuses runs that have ended, and to cancel one that can only go forward; a terminate stops even that.
 */
import { HeadraceError } from '@/core/errors';
import { rootScope } from '@/core/flow/graph';
import { hasFailed, isPastPivot } from '@/core/run/scopes';
import { isTerminal } from '@/core/run/types';
import { auditLine } from '@/server/services/audit';
import { requireScope } from '@/server/services/authorize';
import type { Caller } from '@/server/services/ports';
import { ringRuns } from '@/server/services/ring';
import type { RunsDeps } from '@/server/services/runs/create-runs-service';
import { runNotFound } from '@/server/services/runs/errors';
import { loadWithFlow } from '@/server/services/runs/load-with-flow';
import type { StopRunInput } from '@/server/services/runs/schemas';

/** @see RunsService.cancel · RunsService.terminate */
export async function stopRun(
  deps: RunsDeps,
  caller: Caller,
  how: 'cancel' | 'terminate',
  input: StopRunInput,
): Promise<void> {
  requireScope(caller, 'runs:write');
  const { workspaceId, actor } = caller;
  const { runId } = input;
  if (how === 'cancel') await requireWayBack(deps, workspaceId, runId);
  const action = how === 'cancel' ? 'run.cancelRequested' : 'run.terminateRequested';
  const verdict = await deps.inbox.post(
    workspaceId,
    runId,
    how,
    { type: how, actor, reason: input.reason ?? null },
    auditLine(deps.ids, caller, action, { kind: 'run', id: runId }),
  );
  if (verdict === 'missing') throw runNotFound();
  if (verdict === 'ended') throw new HeadraceError('run.ended', 'The run has ended; there is nothing left to stop.');
  ringRuns(deps, workspaceId, [runId]);
}

/**
 * Judged by what is stored. A pivot that completes between this look and the message is the engine's to see: it then
 * ignores the cancel and goes forward.
 * @throws HeadraceError `run.pastPivot` · `resource.notFound`
 */
async function requireWayBack(deps: RunsDeps, workspaceId: string, runId: string): Promise<void> {
  const status = await deps.queries.status(workspaceId, runId);
  if (status === null) throw runNotFound();
  // What has ended is refused with the message.
  if (isTerminal(status)) return;
  const { row, state, flow } = await loadWithFlow(deps, workspaceId, runId);
  if (hasFailed(state, rootScope)) return;
  // A retry that has not started yet begins where its source stood.
  const source = row.seed === null ? null : await deps.reader.load(workspaceId, row.seed.fromRunId);
  const isPast = flow.pivots.some(
    (id) => row.seed?.reuse.includes(id) === true && source?.state.steps[id]?.status === 'succeeded',
  );
  if (isPast || isPastPivot(state, flow, rootScope)) {
    throw new HeadraceError(
      'run.pastPivot',
      'The run has passed its pivot: it can go forward or be terminated, not be undone.',
    );
  }
}
