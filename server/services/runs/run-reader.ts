/** What the runs service reads, as types. The whole run comes from its journal, lists from the rows alone. */
import type { FlowDocument } from '@/core/flow/document';
import type { JsonObject, JsonValue } from '@/core/json';
import type { JournalEntry } from '@/core/run/entries';
import type { RunReason, RunState, RunStatus } from '@/core/run/types';
import type { StepError } from '@/core/steps/contract';
import type { StoredSeed } from '@/server/services/runs/rerun-store';

/** Columns of a run that lists and pages share. */
export interface RunFactsRow {
  readonly id: string;
  readonly flowId: string;
  readonly flowName: string;
  readonly versionId: string;
  readonly version: number | null;
  readonly isDraft: boolean;
  readonly status: RunStatus;
  readonly reason: RunReason | null;
  readonly triggerStep: string;
  readonly triggerKind: string;
  readonly error: StepError | null;
  readonly createdAtMs: number;
  readonly startedAtMs: number | null;
  readonly finishedAtMs: number | null;
  readonly parentRunId: string | null;
  readonly retryOf: string | null;
  readonly replayId: string | null;
  /** `name=value` each. */
  readonly tags: readonly string[];
}

/** One run whole: its row, its event and the fold of its journal. */
export interface LoadedRunFacts {
  readonly row: RunFactsRow & {
    /** Of its idempotency keys. */
    readonly generation: number;
    readonly hops: number;
    /** What it takes over, of a retry or rerun that has not started. */
    readonly seed: StoredSeed | null;
  };
  readonly event: { readonly position: number; readonly event: JsonObject };
  readonly state: RunState;
}

export interface RunReader {
  /** @returns null when the workspace has no such run */
  load(workspaceId: string, runId: string): Promise<LoadedRunFacts | null>;
  /** With every iteration of its loops, those that are over as well. */
  loadWhole(workspaceId: string, runId: string): Promise<LoadedRunFacts | null>;
  /** Entries behind `after`, `take` of them if there are so many. */
  journalPage(
    workspaceId: string,
    runId: string,
    after: number,
    take: number,
  ): Promise<readonly { readonly seq: number; readonly entry: JournalEntry }[]>;
  /** The beginning of a loop and everything about the iterations `from` to `to`, as entries of the run itself. */
  iterationEntries(range: {
    readonly workspaceId: string;
    readonly runId: string;
    readonly path: string;
    readonly stepId: string;
    readonly from: number;
    readonly to: number;
    /** Number of the entry before which nothing of these iterations stands, and of the one the loop began with. */
    readonly fromSeq: number;
    readonly loopSeq: number;
    /** Nothing comes behind the end of an iteration. */
    readonly isOver: boolean;
  }): Promise<readonly JournalEntry[]>;
}

export interface RunListRow extends RunFactsRow {
  readonly event: { readonly position: number; readonly id: string; readonly type: string };
  /** Null with {@link outputBytes} set when it is too large for a list. */
  readonly output: JsonValue;
  readonly outputBytes: number | null;
}

export interface RunListQuery {
  readonly beforeId: string | null;
  readonly take: number;
  readonly flowId: string | null;
  readonly statuses: readonly RunStatus[] | null;
  /** Only what this run started. */
  readonly parentId: string | null;
  readonly fromMs: number | null;
  readonly toMs: number | null;
  /** Only runs that stand in the lane of this key now. */
  readonly lane: string | null;
  readonly q: string | null;
  /** `name=value` each; a run must carry all. */
  readonly tags: readonly string[];
}

/** A run as its family shows it. */
export interface FamilyRow {
  readonly id: string;
  readonly flowId: string;
  readonly flowName: string;
  readonly version: number | null;
  readonly status: RunStatus;
  readonly createdAtMs: number;
  readonly startedAtMs: number | null;
  readonly finishedAtMs: number | null;
  /** The step of its parent that started it; null of one that no run started. */
  readonly stepId: string | null;
  /** The iteration that step is in; empty for none. */
  readonly path: string;
  readonly hasChildren: boolean;
}

export interface RunFamily {
  /** What a run started, oldest first. */
  children(
    workspaceId: string,
    runId: string,
    page: { readonly afterId: string | null; readonly take: number },
  ): Promise<readonly FamilyRow[]>;
  /** The first ancestor first, the run itself last; empty when the workspace has no such run. */
  line(workspaceId: string, runId: string): Promise<readonly FamilyRow[]>;
  /** Children by status, `most` of them at most. */
  counts(workspaceId: string, runId: string, most: number): Promise<Readonly<Partial<Record<RunStatus, number>>>>;
}

/** A run that does another one again. */
export interface RepeatOfRun {
  readonly id: string;
  readonly status: RunStatus;
}

export interface RunQueries {
  /**
   * Newest first. Filters without an index are applied to a bounded number of rows per call; `scannedTo` is then the id
   * to continue from, although the page is not full.
   */
  list(
    workspaceId: string,
    query: RunListQuery,
  ): Promise<{ readonly rows: readonly RunListRow[]; readonly scannedTo: string | null }>;
  /** @returns null when the workspace has no such run */
  status(workspaceId: string, runId: string): Promise<RunStatus | null>;
  latestId(workspaceId: string, flowId: string): Promise<string | null>;
  /** Runs that do this one again, oldest first. */
  repeats(workspaceId: string, runId: string): Promise<readonly RepeatOfRun[]>;
  /** The document that a run executes. */
  document(workspaceId: string, versionId: string): Promise<FlowDocument | null>;
}
