/**
 * What the webhook intake needs from the rest of the house, as types: which flow a path leads to, what became of a run,
 * and the values of secrets. Refuses vendor types; the container hands over implementations.
 */
import type { JsonObject, JsonValue } from '@/core/json';
import type { RunReason, RunStatus } from '@/core/run/types';
import type { StepError, WebhookAnswer } from '@/core/steps/contract';

/** A live webhook trigger that a request leads to. The same object is handed out until the flow's routes change. */
export interface WebhookRoute {
  readonly workspaceId: string;
  readonly flowId: string;
  readonly versionId: string;
  readonly version: number;
  readonly stepId: string;
  /** The trigger's `config` as published. */
  readonly config: JsonObject;
}

/**
 * - `found`: `params` holds the values of `:param` segments
 * - `noWorkspace`, `noFlow`: nothing there; both answer 404 and tell a stranger nothing more
 * - `methodNotAllowed`: the path exists for these methods only
 */
export type WebhookMatch =
  | { readonly type: 'found'; readonly route: WebhookRoute; readonly params: Readonly<Record<string, string>> }
  | { readonly type: 'noWorkspace' }
  | { readonly type: 'noFlow' }
  | { readonly type: 'methodNotAllowed'; readonly allow: readonly string[] };

export interface WebhookRouting {
  /**
   * @param workspaceSlug decoded
   * @param method upper case
   * @param path decoded, without leading or trailing slash; no segment is empty, `.` or `..` or contains a slash
   * @returns at once when the routes of the workspace are in memory, so that the hot path allocates no promise
   */
  matchWebhook(workspaceSlug: string, method: string, path: string): WebhookMatch | Promise<WebhookMatch>;
}

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
