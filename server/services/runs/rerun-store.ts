/** What retries and reruns need from storage, as types. Refuses two of one origin at once unless it is told otherwise. */
import type { FlowDocument } from '@/core/flow/document';
import type { RunLane } from '@/core/flow/lane';
import type { AuditLine } from '@/server/services/audit';
import type { EventAppend } from '@/server/services/ports';

/** What a run takes over from another; kept with it until it starts. */
export interface StoredSeed {
  readonly fromRunId: string;
  /** Step ids, in the order they are taken over. */
  readonly reuse: readonly string[];
  readonly keptGenerations: Readonly<Record<string, string>>;
  /** Loops of which iterations are taken over; absent in seeds of the first release. */
  readonly loops?: readonly string[];
}

export interface NewRerun {
  readonly id: string;
  readonly sourceRunId: string;
  readonly versionId: string;
  /** Null for the snapshot of a draft. */
  readonly version: number | null;
  readonly isDraft: boolean;
  readonly actor: string;
  readonly seed: StoredSeed;
  /** With other data: the event it delivers. Else the event of its source. */
  readonly event: EventAppend | null;
  /** Where it stands among the runs of its flow: behind all that are there. */
  readonly lane: RunLane | null;
  /** Although another run of the same origin goes on. */
  readonly isForced: boolean;
  readonly audit: AuditLine;
}

export type RerunVerdict =
  | { readonly type: 'inserted' }
  /** Another run that came from the same first run has not ended. */
  | { readonly type: 'running'; readonly runId: string }
  | { readonly type: 'flowDeleted' }
  /** The source is not there (any more). */
  | { readonly type: 'missing' };

export interface RerunStore {
  /** @returns null when the flow has no such version */
  version(
    workspaceId: string,
    flowId: string,
    version: number,
  ): Promise<{ readonly versionId: string; readonly version: number; readonly document: FlowDocument } | null>;
  /**
   * The run, its event when it has one of its own, and the line of the audit log, in one transaction. Its generation of
   * idempotency keys is one that no run of the same origin has.
   */
  insert(workspaceId: string, rerun: NewRerun): Promise<RerunVerdict>;
}
