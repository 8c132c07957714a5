/**
 * The question the webhook intake asks for every request: which live trigger does this address lead to? Refuses anything
 * about the request but its workspace, method and path.
 */
import type { LaneSettings } from '@/core/flow/lane';
import type { JsonObject } from '@/core/json';

/** A live webhook trigger that a request leads to. The same object is handed out until the flow's routes change. */
export interface WebhookRoute extends LaneSettings {
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
