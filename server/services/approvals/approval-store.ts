/**
 * What the approvals service needs of the database, as types. Whether somebody may answer is decided by the service;
 * whether there is still something to answer only the store can say, under the lock of the run's row.
 */
import type { JsonObject, JsonValue } from '@/core/json';
import type { AuditLine } from '@/server/services/audit';
import type { InboxMessage } from '@/server/services/ports';

/** `expired` from the deadline on, also while no worker has taken note of it. */
export const approvalStatuses = ['open', 'approved', 'rejected', 'expired', 'withdrawn'] as const;
export type ApprovalStatus = (typeof approvalStatuses)[number];

/** By which door an answer came: the browser, an API key, a link. */
export const answerDoors = ['ui', 'key', 'link'] as const;
export type AnswerDoor = (typeof answerDoors)[number];

export interface ApprovalListRow {
  readonly id: string;
  readonly runId: string;
  readonly flowId: string;
  readonly flowName: string;
  readonly stepId: string;
  /** The iteration the step is in; empty for none. */
  readonly path: string;
  readonly title: string;
  /** An e-mail address in small letters; null when everybody who may is asked. */
  readonly assignee: string | null;
  readonly isAssigneeMember: boolean;
  readonly hasForm: boolean;
  readonly dueAtMs: number | null;
  readonly status: ApprovalStatus;
  readonly answeredBy: string | null;
  /** As they were called then. */
  readonly answeredName: string | null;
  readonly answeredAtMs: number | null;
  readonly answeredVia: AnswerDoor | null;
  readonly comment: string | null;
  readonly createdAtMs: number;
}

export interface ApprovalRow extends ApprovalListRow {
  readonly description: string | null;
  readonly form: JsonObject | null;
  readonly answer: JsonValue;
  /** Links that could still be used. */
  readonly openLinks: number;
}

export type ApprovalOrder = 'newest' | 'due';

/** The last approval a reader saw, in the order of its list. */
export interface ApprovalCursor {
  readonly id: string;
  /** Of the order `due`; null: it is never due. */
  readonly dueAtMs: number | null;
}

export interface ApprovalQuery {
  readonly statuses: readonly ApprovalStatus[] | null;
  /** Only those that ask nobody in particular or one of these; null: whomever they ask. */
  readonly asks: { readonly email: string | null } | null;
  readonly flowId: string | null;
  readonly runId: string | null;
  readonly q: string | null;
  readonly order: ApprovalOrder;
  readonly after: ApprovalCursor | null;
  readonly take: number;
}

export interface NewAnswer {
  readonly approvalId: string;
  readonly runId: string;
  readonly status: 'approved' | 'rejected';
  readonly answer: JsonValue;
  readonly comment: string | null;
  readonly actor: string;
  readonly name: string | null;
  readonly via: AnswerDoor;
  /** The link that is used up with it. */
  readonly linkId: string | null;
}

/**
 * - `closed`: it was answered, has expired or was withdrawn
 * - `ending`: the run has ended, or is about to because somebody cancelled it
 * - `spent`: the link was used or revoked, or its time is over
 */
export type AnswerVerdict = 'answered' | 'closed' | 'ending' | 'spent';

export interface NewLink {
  readonly id: string;
  readonly approvalId: string;
  readonly secretHash: Uint8Array<ArrayBuffer>;
  readonly madeBy: string;
  /** At the longest; it never outlives the deadline of the approval. */
  readonly forMs: number;
}

export interface StoredLink {
  readonly workspaceId: string;
  readonly approvalId: string;
  readonly secretHash: Uint8Array;
  readonly madeBy: string;
  /** Not used, not revoked, and its time is not over. */
  readonly isUsable: boolean;
}

export interface ApprovalStore {
  list(workspaceId: string, query: ApprovalQuery): Promise<readonly ApprovalListRow[]>;
  /** How many are open, counted no further than `max`. */
  countOpen(workspaceId: string, asks: ApprovalQuery['asks'], max: number): Promise<number>;
  find(workspaceId: string, approvalId: string): Promise<ApprovalRow | null>;
  /** The newest question that a step asked. */
  findOfStep(workspaceId: string, runId: string, stepId: string, path: string): Promise<string | null>;
  /** A person of the workspace, or a key; null for whoever is neither. */
  findActor(
    workspaceId: string,
    actor: string,
  ): Promise<{ readonly name: string; readonly email: string | null } | null>;
  /** Row, message to the run, line of the audit log and the link: all of it in one transaction, or none. */
  answer(workspaceId: string, answer: NewAnswer, message: InboxMessage, audit: AuditLine): Promise<AnswerVerdict>;
  /** @returns when it ends; `closed` when nothing is asked any more; `tooMany` */
  makeLink(
    workspaceId: string,
    link: NewLink,
    audit: AuditLine,
  ): Promise<{ expiresAtMs: number } | 'closed' | 'tooMany'>;
  /** @returns how many could have been used until now */
  revokeLinks(workspaceId: string, approvalId: string, audit: AuditLine): Promise<number>;
  findLink(linkId: string): Promise<StoredLink | null>;
}
