/**
 * Performs the call of a planned attempt through the guarded client and lets the step's kind judge the result. What the
 * client could not even send because of a secret is a certain failure.
 */
import type { AttemptOutcome } from '@/core/steps/contract';
import type { HttpClient } from '@/server/adapters/http-client/http-client';
import type { LoadedRun } from '@/server/repositories/run-store';
import { hopsHeader } from '@/server/services/hops';
import type { SecretResolver } from '@/server/services/secrets/resolve-secrets';
import { asStepError, type PlannedAttempt } from '@/workers/perform-step';

export interface CallerDeps {
  readonly httpClient: HttpClient;
  readonly secrets: SecretResolver;
}

export const createCaller =
  ({ httpClient, secrets }: CallerDeps) =>
  async ({ step, plan, input }: PlannedAttempt, loaded: LoadedRun, signal: AbortSignal): Promise<AttemptOutcome> => {
    if (plan.type !== 'call' || step.executor?.settle === undefined) {
      throw new Error(`the kind ${step.kind} planned a call it cannot judge`);
    }
    const { workspaceId, hops } = loaded.row;
    const call = { ...plan.call, headers: { ...plan.call.headers, [hopsHeader]: String(hops) } };
    try {
      const { result } = await httpClient.perform(call, secrets.sourceFor(workspaceId), { workspaceId, signal });
      return step.executor.settle(input, result);
    } catch (error) {
      // The client throws only for secrets it could not reveal, before anything was sent.
      return { type: 'failed', error: asStepError(error) };
    }
  };
