/**
 * What services need from the world, as types. Repositories and adapters implement them; the container hands them over.
 * Refuses vendor types: nothing here names Prisma, pg, BullMQ or ioredis.
 */
import type { RunLane } from '@/core/flow/lane';
import type { JsonObject, JsonValue } from '@/core/json';
import type { ResolveAction, RunStatus, WaitEnd } from '@/core/run/types';
import type { AttemptOutcome } from '@/core/steps/contract';
import type { AuditLine } from '@/server/services/audit';

export interface Clock {
  /** Milliseconds since the epoch. */
  nowMs(): number;
}

export interface Ids {
  /** Time-ordered UUID (RFC 9562, version 7). */
  uuid(): string;
}

export interface Log {
  debug(facts: object, message: string): void;
  info(facts: object, message: string): void;
  warn(facts: object, message: string): void;
  error(facts: object, message: string): void;
}

/** Who acts, in which workspace, and what they may do. Every service call takes one; there is no ambient user. */
export interface Caller {
  readonly workspaceId: string;
  readonly workspaceSlug: string;
  /** `user:<id>`, `key:<id>` or `system`. */
  readonly actor: string;
  readonly scopes: ReadonlySet<Scope>;
}

/** What an API key may be granted; the roles of people map onto the same words. */
export const scopes = [
  'flows:read',
  'flows:write',
  'runs:read',
  'runs:write',
  'approvals:read',
  'approvals:write',
  /** Handing out what answers in anybody's place. */
  'approvals:link',
  'events:read',
  'events:write',
  'vars:read',
  'vars:write',
  'secrets:read',
  'secrets:write',
  'workers:read',
  'workspace:admin',
] as const;
export type Scope = (typeof scopes)[number];

/** The run an addressed trigger starts: id and version are fixed at acceptance. */
export interface AddressedRun {
  readonly id: string;
  readonly flowId: string;
  readonly versionId: string;
  readonly version: number | null;
  readonly isDraft: boolean;
  readonly triggerStep: string;
  readonly triggerKind: string;
  /** Its place among the runs of its flow, by `laneOf`; null when the flow asks for neither order nor a limit. */
  readonly lane: RunLane | null;
  /** The run whose step starts this one, and the wait that ends with it; null when it does not wait. */
  readonly parent?: { readonly runId: string; readonly waitId: string | null };
}

export interface EventAppend {
  readonly id: string;
  readonly source: string;
  readonly type: string;
  readonly subject: string | null;
  readonly timeMs: number | null;
  /** CloudEvents attributes and extensions without a column of their own. */
  readonly attributes: JsonObject | null;
  readonly data: JsonValue;
  /** The body as it came, where `data` cannot give it back byte for byte. */
  readonly raw: Uint8Array | null;
  readonly partitionKey: string | null;
  readonly schemaVersion: number | null;
  readonly hops: number;
  readonly causedByRun: string | null;
  readonly actor: string;
  /** How long (source, id) is remembered, in ms; 'forever' with the event; null when the id is fresh by construction. */
  readonly keyTtlMs: number | 'forever' | null;
  readonly run: AddressedRun | null;
}

export interface AppendedEvent {
  readonly position: number;
  /** The run of the first delivery, when the trigger was addressed. */
  readonly runId: string | null;
  readonly isDuplicate: boolean;
}

/** The stream's write side: exactly-once append (same transaction and a unique key). */
export interface EventLog {
  /**
   * Appends all events or none, durably, in order, with their runs. Grouped with other callers of this process.
   * @throws HeadraceError `database.unavailable` when the outcome could not be established
   */
  append(workspaceId: string, events: readonly EventAppend[]): Promise<readonly AppendedEvent[]>;
}

/** Rings workers. A lost or doubled ring loses nothing: the reconciler finds what is overdue. */
export interface WakeUps {
  ring(runs: readonly { readonly workspaceId: string; readonly runId: string }[]): Promise<void>;
  /** Rings once `delayMs` have passed: the alarm clock of a promise that stands in `runs.due_at`. */
  ringLater(run: { readonly workspaceId: string; readonly runId: string }, delayMs: number): Promise<void>;
  /** Rings that wait to be answered, roughly. */
  backlog(): Promise<number>;
  /** Tells the dispatcher of a workspace that its head moved. */
  streamMoved(workspaceId: string): Promise<void>;
}

/** A hint that a run changed. The page refetches; Postgres holds the truth. */
export interface RunNote {
  readonly runId: string;
  readonly flowId: string;
  readonly status: RunStatus;
  /** Journal rows written so far. */
  readonly n: number;
}

export interface RunNotes {
  publish(workspaceId: string, notes: readonly RunNote[]): void;
  /** Calls back for each note of the workspace until the returned function is called. */
  subscribe(workspaceId: string, listener: (note: RunNote) => void): Promise<() => void>;
}

/** Messages to the owner of a run. */
export type InboxMessage =
  | { readonly type: 'cancel'; readonly actor: string; readonly reason: string | null }
  | { readonly type: 'terminate'; readonly actor: string; readonly reason: string | null }
  | {
      readonly type: 'resolve';
      readonly actor: string;
      readonly stepId: string;
      /** The iteration the step is in; absent for none. */
      readonly path?: string;
      readonly action: ResolveAction;
      readonly output?: JsonValue;
    }
  /** What a step waited for has come. Its cause is `wait:<waitId>`, so of two that end one wait the first counts. */
  | {
      readonly type: 'endWait';
      readonly waitId: string;
      readonly outcome: AttemptOutcome;
      readonly endedBy: WaitEnd;
      /** As it is stored, when the output is an event whose data is kept elsewhere: where, in hex. Loading puts it in. */
      readonly dataPayload?: string;
      /** The same for an output that is too large for a message. */
      readonly outputPayload?: string;
    };

export interface RunInbox {
  /**
   * Leaves a message, unique per cause, under the lock of the run's row. Ring afterwards.
   * @param audit written together with the message, or not at all
   * @returns `ended` when the run already has a terminal status, `missing` when there is no such run here
   */
  post(
    workspaceId: string,
    runId: string,
    cause: string,
    message: InboxMessage,
    audit?: AuditLine,
  ): Promise<'posted' | 'already' | 'ended' | 'missing'>;
}
