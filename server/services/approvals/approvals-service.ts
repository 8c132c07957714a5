/**
 * Questions to people as their callers see them: find, answer, hand out a link. Refuses implementations; each verb has a
 * file beside this one.
 */
import type { JsonObject } from '@/core/json';
import type {
  AnswerBody,
  AnswerInput,
  ApprovalLink,
  ApprovalSummary,
  ApprovalView,
  ListApprovalsInput,
  MakeLinkInput,
} from '@/server/services/approvals/schemas';
import type { Page } from '@/server/services/common-schemas';
import type { Caller } from '@/server/services/ports';

/** A step of a run, where it stands. */
export interface StepAddress {
  readonly runId: string;
  readonly stepId: string;
  /** The iteration; empty for none. */
  readonly path: string;
}

export interface ApprovalsService {
  list(caller: Caller, input: ListApprovalsInput): Promise<Page<ApprovalSummary>>;
  /** How many open ones ask the caller. `isAll` false: more than that. */
  count(caller: Caller): Promise<{ count: number; isAll: boolean }>;
  get(caller: Caller, input: { approvalId: string }): Promise<ApprovalView>;
  /**
   * Answers, once: of two answers at the same time one counts.
   * @throws HeadraceError `request.invalid` with pointers below `/answer` · `auth.forbidden` when somebody else is asked ·
   *   `approval.answered` naming who did and when · `approval.expired` · `approval.withdrawn` · `resource.notFound`
   */
  answer(caller: Caller, input: AnswerInput): Promise<ApprovalView>;
  /** As {@link answer}, of the question that a step asks. @throws `run.notWaiting` when it never asked one */
  answerStep(caller: Caller, step: StepAddress, body: AnswerBody): Promise<void>;
  /**
   * Makes a link that answers once, without an account. It is told here and never again.
   * @throws HeadraceError `auth.forbidden` · `approval.answered` · `approval.expired` · `approval.withdrawn` ·
   *   `approval.tooManyLinks` · `resource.notFound`
   */
  makeLink(caller: Caller, input: MakeLinkInput): Promise<ApprovalLink>;
  /** No link that was made until now works any more. @throws HeadraceError `auth.forbidden` · `resource.notFound` */
  revokeLinks(caller: Caller, input: { approvalId: string }): Promise<{ revoked: number }>;
}

/** What whoever has a link may see: the question, and nothing of the run or of people. */
export interface LinkedApproval {
  readonly title: string;
  readonly description: string | null;
  readonly form: JsonObject | null;
  readonly flowName: string;
  readonly askedAtMs: number;
  readonly dueAtMs: number | null;
}

/** The door for those who have nothing but a link. */
export interface ApprovalLinks {
  /**
   * Looks, and changes nothing.
   * @throws HeadraceError `approval.linkUnknown` · `approval.linkSpent` when it was used or revoked, its time is over, or
   *   nothing is asked any more
   */
  look(token: string): Promise<LinkedApproval>;
  /** Answers and uses the link up, together. @throws as {@link look} · `request.invalid` */
  answer(token: string, body: AnswerBody): Promise<LinkedApproval>;
}
