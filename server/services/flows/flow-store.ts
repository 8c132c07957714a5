/**
 * What the flows service needs of its store, as types. Reads stand alone; everything that must be decided under the
 * flow's lock goes through {@link FlowTransaction}. Refuses vendor types.
 */
import type { FlowDocument } from '@/core/flow/document';
import type { LaneSettings } from '@/core/flow/lane';
import type { JsonObject } from '@/core/json';
import type { AuditLine } from '@/server/services/audit';

export interface FlowHead {
  readonly id: string;
  readonly name: string;
  readonly revision: number;
  readonly liveVersion: number | null;
  readonly isPaused: boolean;
  readonly updatedAtMs: number;
}

export interface FlowRow extends FlowHead {
  readonly draft: FlowDocument;
}

export interface VersionHead {
  readonly versionId: string;
  /** Null for a snapshot of a draft. */
  readonly version: number | null;
  readonly note: string | null;
  readonly publishedAtMs: number;
  readonly publishedBy: string;
}

export interface VersionRow extends VersionHead {
  readonly document: FlowDocument;
}

export interface NewVersion extends Omit<VersionRow, 'publishedAtMs'> {
  readonly hash: Uint8Array<ArrayBuffer>;
}

/** How events reach a live version. */
export interface TriggerRow extends LaneSettings {
  readonly stepId: string;
  readonly kind: string;
  readonly versionId: string;
  readonly version: number;
  readonly method: string | null;
  readonly path: string | null;
  readonly pathKey: string | null;
  readonly types: readonly string[];
  readonly config: JsonObject;
}

/** When a live version starts by itself. */
export interface ScheduleRow {
  readonly stepId: string;
  readonly cron: string;
  readonly timeZone: string;
  readonly missed: 'skip' | 'once' | 'all';
}

/** A webhook path that another flow answers. */
export interface PathHolder {
  readonly flowId: string;
  readonly flowName: string;
  readonly method: string;
  readonly pathKey: string;
}

/** Everything here happens in one transaction that holds the lock of the flow's row. */
export interface FlowTransaction {
  /** Numbered versions, or snapshots of drafts, with this behaviour; the newest. */
  findByHash(hash: Uint8Array<ArrayBuffer>, kind: 'version' | 'snapshot'): Promise<VersionHead | null>;
  findVersion(version: number): Promise<VersionRow | null>;
  /** 0 when nothing was published yet. */
  lastVersion(): Promise<number>;
  insertVersion(version: NewVersion): Promise<void>;
  /** From here to the commit no other flow of the workspace can take a path. */
  lockPaths(): Promise<void>;
  pathHolders(pathKeys: readonly string[]): Promise<readonly PathHolder[]>;
  replaceTriggers(triggers: readonly TriggerRow[]): Promise<void>;
  /** One that fires as before keeps its next fire; a new or changed one fires from now on. */
  replaceSchedules(schedules: readonly ScheduleRow[]): Promise<void>;
  setLive(version: number): Promise<void>;
  setPaused(isPaused: boolean): Promise<void>;
  markDeleted(actor: string): Promise<void>;
  /** Lets the runs go that a pause kept back, due now. @returns their ids */
  releaseHeld(): Promise<readonly string[]>;
  audit(line: AuditLine): Promise<void>;
}

export interface FlowStore {
  /** Newest first, older than `beforeId`. */
  list(
    workspaceId: string,
    query: { readonly q: string | null; readonly beforeId: string | null; readonly take: number },
  ): Promise<readonly FlowHead[]>;
  find(workspaceId: string, flowId: string): Promise<FlowRow | null>;
  create(
    workspaceId: string,
    flow: { readonly id: string; readonly document: FlowDocument; readonly actor: string },
    audit: AuditLine,
  ): Promise<void>;
  /**
   * One UPDATE that holds the revision.
   * @returns the new revision, or null when no such flow has this revision
   */
  save(
    workspaceId: string,
    change: {
      readonly flowId: string;
      readonly revision: number;
      readonly document: FlowDocument;
      readonly actor: string;
    },
    audit: AuditLine,
  ): Promise<number | null>;
  /** Deleted flows included: history stays. Newest first. */
  versions(
    workspaceId: string,
    query: { readonly flowId: string; readonly before: number | null; readonly take: number },
  ): Promise<readonly VersionHead[]>;
  /** As {@link versions}; stops before the documents together exceed `maxBytes`, but gives one at least. */
  versionsWithDocuments(
    workspaceId: string,
    query: {
      readonly flowId: string;
      readonly before: number | null;
      readonly take: number;
      readonly maxBytes: number;
    },
  ): Promise<readonly VersionRow[]>;
  findVersion(workspaceId: string, flowId: string, version: number): Promise<VersionRow | null>;
  /** Which version is live; `notPublished` when none is. */
  findLive(
    workspaceId: string,
    flowId: string,
  ): Promise<{ readonly versionId: string; readonly version: number } | 'notPublished' | null>;
  /** @returns null when the workspace has no such version */
  document(workspaceId: string, versionId: string): Promise<FlowDocument | null>;
  /** Deleted flows included. */
  facts(workspaceId: string, flowId: string): Promise<{ readonly liveVersion: number | null } | null>;
  /** @returns null, and does no work, when the workspace has no such flow */
  locked<Result>(
    workspaceId: string,
    flowId: string,
    work: (flow: FlowRow, tx: FlowTransaction) => Promise<Result>,
  ): Promise<Result | null>;
}
