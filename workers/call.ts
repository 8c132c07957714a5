/**
 * Performs the call of a planned attempt through the guarded client and lets the step's kind judge the result. What the
 * client could not even send because of a secret is a certain failure.
 */
import type { AttemptOutcome } from '@/core/steps/contract';
import type { HttpClient } from '@/server/adapters/http-client/http-client';
import type { LoadedRun } from '@/server/repositories/run-store';
import { type LinkMakerDeps, makeApprovalLink } from '@/server/services/approvals/make-approval-link';
import { hopsHeader } from '@/server/services/hops';
import type { SecretResolver } from '@/server/services/secrets/resolve-secrets';
import { type MakeLink, withApprovalLinks } from '@/workers/approval-links';
import { asStepError, type PlannedAttempt } from '@/workers/perform-step';

export interface CallerDeps {
  readonly httpClient: HttpClient;
  readonly secrets: SecretResolver;
  /** For requests that carry a link to an approval. */
  readonly links: LinkMakerDeps;
}

export const createCaller =
  ({ httpClient, secrets, links }: CallerDeps) =>
  async ({ step, plan, input }: PlannedAttempt, loaded: LoadedRun, signal: AbortSignal): Promise<AttemptOutcome> => {
    if (plan.type !== 'call' || step.executor?.settle === undefined) {
      throw new Error(`the kind ${step.kind} planned a call it cannot judge`);
    }
    const { workspaceId, hops, flowId, id: runId } = loaded.row;
    const headers = { ...plan.call.headers, [hopsHeader]: String(hops) };
    const sender = { workspaceId, actor: `flow:${flowId}`, runId };
    try {
      const make: MakeLink = async (approvalId) => (await makeApprovalLink(links, sender, approvalId)).url;
      const source = secrets.sourceFor(workspaceId);
      const linked = await withApprovalLinks(plan.call.body, source, make, () => `link.${links.ids.uuid()}`);
      const call = { ...plan.call, headers, body: linked.body };
      const { result } = await httpClient.perform(call, linked.secrets, { workspaceId, signal });
      return step.executor.settle(input, result);
    } catch (error) {
      // Only links that could not be made and secrets that could not be revealed are thrown, before anything was sent.
      return { type: 'failed', error: asStepError(error) };
    }
  };
