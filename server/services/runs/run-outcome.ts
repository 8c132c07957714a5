/**
 * What a synchronous caller of a webhook waits for: a port between the intake and the `runs` table. Refuses the rest of
 * a run; `run-reader.ts` reads runs whole.
 */
import type { RunReason, RunStatus } from '@/core/run/types';
import type { WebhookAnswer } from '@/core/steps/contract';

/** A run as a synchronous caller sees it, read from the `runs` row. */
export interface RunOutcome {
  readonly status: RunStatus;
  readonly reason: RunReason | null;
  /** The output as JSON text, because it goes to the caller as it is stored; null when there is none. */
  readonly outputJson: string | null;
  /** Code of the error that ended the run. Its message may name systems that are none of the caller's business. */
  readonly errorCode: string | null;
  /** What `webhook.respond` said, from the moment it is journalled. */
  readonly answer: WebhookAnswer | null;
}

export interface RunOutcomes {
  /** @returns null when there is no such run in the workspace */
  read(workspaceId: string, runId: string): Promise<RunOutcome | null>;
}
