/** Retry and rerun. Refuses all of them until the new run can be made whole. */
import { HeadraceError } from '@/core/errors';
import { requireScope } from '@/server/services/authorize';
import type { Caller, Scope } from '@/server/services/ports';
import type { RunsDeps } from '@/server/services/runs/create-runs-service';
import { loadWithFlow } from '@/server/services/runs/load-with-flow';
import type { PreviewRerunInput, RerunPreview, RerunRunInput, RetryRunInput } from '@/server/services/runs/schemas';

async function refuse(deps: RunsDeps, caller: Caller, runId: string, scope: Scope): Promise<never> {
  requireScope(caller, scope);
  await loadWithFlow(deps, caller.workspaceId, runId);
  throw new HeadraceError('run.notRetryable', 'This build cannot do a run again yet.');
}

/** @see RunsService.retry */
export const retryRun = (deps: RunsDeps, caller: Caller, { runId }: RetryRunInput): Promise<{ runId: string }> =>
  refuse(deps, caller, runId, 'runs:write');

/** @see RunsService.rerun */
export const rerunRun = (deps: RunsDeps, caller: Caller, { runId }: RerunRunInput): Promise<{ runId: string }> =>
  refuse(deps, caller, runId, 'runs:write');

/** @see RunsService.previewRerun */
export const previewRerun = (deps: RunsDeps, caller: Caller, { runId }: PreviewRerunInput): Promise<RerunPreview> =>
  refuse(deps, caller, runId, 'runs:read');
