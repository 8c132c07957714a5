/**
 * Cancel and terminate: messages to the run's owner, who alone may write the journal. Asking twice is asking once.
 * Refuses runs that have ended.
 */
import { HeadraceError } from '@/core/errors';
import { auditLine } from '@/server/services/audit';
import { requireScope } from '@/server/services/authorize';
import type { Caller } from '@/server/services/ports';
import { ringRuns } from '@/server/services/ring';
import type { RunsDeps } from '@/server/services/runs/create-runs-service';
import { runNotFound } from '@/server/services/runs/errors';
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
  const message = { type: how, actor, reason: input.reason ?? null } as const;
  const verdict = await deps.inbox.post(workspaceId, runId, how, message);
  if (verdict === 'missing') throw runNotFound();
  if (verdict === 'ended') throw new HeadraceError('run.ended', 'The run has ended; there is nothing left to stop.');
  if (verdict === 'posted') {
    const action = how === 'cancel' ? 'run.cancelRequested' : 'run.terminateRequested';
    await deps.auditLog.write(auditLine(deps.ids, caller, action, { kind: 'run', id: runId }));
  }
  ringRuns(deps, workspaceId, [runId]);
}
