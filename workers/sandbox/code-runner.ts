/** What the engine knows of the sandbox: an attempt that planned code goes in, its outcome comes out. */
import type { AttemptOutcome } from '@/core/steps/contract';
import type { LoadedRun } from '@/server/repositories/run-store';
import type { PlannedAttempt } from '@/workers/perform-step';
import type { Sandbox } from '@/workers/sandbox/create-sandbox';

export const createCodeRunner =
  (sandbox: Sandbox) =>
  async ({ plan }: PlannedAttempt, { row }: LoadedRun, signal: AbortSignal): Promise<AttemptOutcome> => {
    if (plan.type !== 'code') throw new Error(`a plan of type ${plan.type} is no code`);
    return sandbox.run({ ...plan.task, workspaceId: row.workspaceId }, signal);
  };
