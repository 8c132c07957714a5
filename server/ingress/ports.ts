/**
 * What the webhook intake needs from the rest of the house, as types: which flow a path leads to, what became of a run,
 * and the values of secrets. Refuses vendor types; the container hands over implementations.
 */
import type { JsonValue } from '@/core/json';
import type { RunReason, RunStatus } from '@/core/run/types';
import type { StepError, WebhookAnswer } from '@/core/steps/contract';

export type { WebhookMatch, WebhookRoute, WebhookRouting } from '@/server/services/routing/webhook-routing';

/** A run as a synchronous caller sees it, read from the `runs` row. */
export interface RunOutcome {
  readonly status: RunStatus;
  readonly output: JsonValue;
  readonly error: StepError | null;
  /** What `webhook.respond` said, from the moment it is journalled. */
  readonly answer: WebhookAnswer | null;
  readonly reason: RunReason | null;
}

export interface RunOutcomes {
  /** @returns undefined when there is no such run in the workspace */
  read(workspaceId: string, runId: string): Promise<RunOutcome | undefined>;
}

/** Values of secrets for verification of incoming requests; undefined when there is none of that name. */
export interface WebhookSecrets {
  read(workspaceId: string, name: string): Promise<string | undefined>;
}
