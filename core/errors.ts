/**
 * The one error type of Headrace and the register of its codes. Every failure that leaves a module says who it is
 * for (kind), whether trying again can help, and which HTTP status it is; a code that is not registered here does not
 * compile. Refuses to carry secrets: `details` must be fit for a log line.
 */

/** user: the caller must change something · transient: later may work · terminal: never works · bug: ours. */
export type ErrorKind = 'user' | 'transient' | 'terminal' | 'bug';

interface CodeFacts {
  readonly kind: ErrorKind;
  /** HTTP status of the problem document. */
  readonly status: number;
  /** Short, stable, human title (RFC 9457 `title`). */
  readonly title: string;
}

const user = (status: number, title: string): CodeFacts => ({ kind: 'user', status, title });
const transient = (status: number, title: string): CodeFacts => ({ kind: 'transient', status, title });
const terminal = (status: number, title: string): CodeFacts => ({ kind: 'terminal', status, title });
const bug = (title: string): CodeFacts => ({ kind: 'bug', status: 500, title });

export const errorCodes = {
  // the request itself
  'request.malformed': user(400, 'The request could not be read'),
  'request.tooDeep': user(400, 'The JSON is nested too deeply'),
  'request.invalid': user(422, 'The request has faults'),
  'request.tooLarge': user(413, 'The body is too large'),
  'request.unsupportedType': user(415, 'The content type is not supported'),
  'request.methodNotAllowed': user(405, 'The method is not allowed here'),
  'request.preconditionRequired': user(428, 'An If-Match header is required'),
  'request.rateLimited': transient(429, 'Too many requests'),
  'request.timeout': transient(408, 'The request took too long to arrive'),
  'resource.notFound': user(404, 'Not found'),
  'auth.required': user(401, 'Authentication is required'),
  'auth.forbidden': user(403, 'The key or role does not allow this'),
  'auth.setupTokenInvalid': user(403, 'The set-up token is missing or wrong'),
  'auth.setupDone': user(409, 'The owner account already exists'),
  'auth.originRefused': user(403, 'The request came from another origin'),
  'idempotency.inProgress': user(409, 'A request with this Idempotency-Key is still in progress'),
  'idempotency.mismatch': user(422, 'This Idempotency-Key was used with another body'),
  // flows
  'flow.invalid': user(422, 'The flow has problems that stop publishing'),
  'flow.stale': user(409, 'The flow was changed by somebody else'),
  'flow.pathTaken': user(409, 'The webhook path belongs to another flow'),
  'flow.noManualTrigger': user(409, 'The flow has no manual trigger'),
  'flow.notPublished': user(409, 'The flow has no live version'),
  'flow.deleted': user(409, 'The flow was deleted'),
  // runs
  'run.ended': user(409, 'The run has ended'),
  'run.pastPivot': user(409, 'The run is past its pivot and can only go forward'),
  'run.unstorable': terminal(422, 'The run made a value that cannot be stored'),
  'run.notWaiting': user(409, 'Nothing waits for this'),
  'run.notRetryable': user(409, 'The run cannot be done again in this state'),
  'run.retryRunning': user(409, 'Another run that came from this one still goes on'),
  'run.unknownOutcome': user(409, 'The outcome of a step is not known'),
  'lane.keyInvalid': terminal(422, 'The key of the lane could not be computed'),
  'run.sourceGone': terminal(422, 'What an earlier run made is gone'),
  // approvals
  'approval.answered': user(409, 'The approval was answered already'),
  'approval.expired': user(409, 'The time to answer is over'),
  'approval.withdrawn': user(409, 'The run does not wait for this answer any more'),
  'approval.tooManyLinks': user(409, 'The approval has too many links'),
  'approval.linkUnknown': user(404, 'The link is not valid'),
  'approval.linkSpent': user(410, 'The link is no longer valid'),
  'approval.rejected': terminal(422, 'The approval was rejected'),
  'approval.timedOut': terminal(422, 'Nobody answered in time'),
  // webhooks
  'webhook.unverified': user(401, 'The request could not be verified'),
  'webhook.noResponse': terminal(500, 'The run ended without answering'),
  'webhook.runFailed': terminal(500, 'The run did not succeed'),
  // inside a run: outcomes of steps
  'expression.invalid': terminal(422, 'The expression does not parse'),
  'expression.failed': terminal(422, 'The expression failed'),
  'expression.limit': terminal(422, 'The expression exceeded a limit'),
  'expression.missing': terminal(422, 'A value inside text is missing'),
  'step.configInvalid': terminal(422, 'The resolved configuration of the step is invalid'),
  'step.failedOnPurpose': terminal(422, 'The flow failed on purpose'),
  'step.outputTooLarge': terminal(422, 'The output of the step is too large'),
  'step.deadline': transient(504, 'The step ran out of time'),
  'step.workerLost': transient(503, 'The worker was lost during the step'),
  'http.status': terminal(502, 'The answer was not an accepted status'),
  'http.statusRetryable': transient(502, 'The answer asks to try again later'),
  'http.connection': transient(502, 'The connection failed before anything was sent'),
  'http.unknown': transient(504, 'It is not known whether the request took effect'),
  'http.blockedAddress': terminal(403, 'The address is private and not allowed'),
  'http.responseTooLarge': terminal(502, 'The response is too large'),
  'http.unreadable': terminal(502, 'The response could not be read'),
  'http.redirects': terminal(502, 'Too many or refused redirects'),
  'code.invalid': terminal(422, 'The code does not parse'),
  'code.threw': terminal(422, 'The code threw an error'),
  'code.timedOut': terminal(422, 'The code ran out of time'),
  'code.neverSettled': terminal(422, 'The code waits for a promise that never settles'),
  'code.outOfMemory': terminal(422, 'The code needs more memory than it may have'),
  'code.tooDeep': terminal(422, 'The code calls itself too deeply'),
  'code.notJson': terminal(422, 'The code returned what is not JSON'),
  'code.outputTooLarge': terminal(422, 'The code returned too much'),
  'code.crashed': terminal(500, 'The sandbox ended while it ran the code'),
  'code.busy': transient(503, 'Too much code waits to be run'),
  'data.invalid': terminal(422, 'The data does not fit its schema'),
  'data.uncheckable': terminal(422, 'The schema takes too long to check the data'),
  'child.flowUnknown': terminal(422, 'There is no such flow to call'),
  'child.flowAmbiguous': terminal(422, 'Several flows have the name that is called'),
  'child.dataInvalid': terminal(422, 'The data does not fit what the called flow takes'),
  'child.hopLimit': terminal(422, 'Flows call each other too deeply'),
  'child.failed': terminal(502, 'The called flow did not succeed'),
  'child.timedOut': terminal(504, 'The called flow did not end in time'),
  'wait.keyInvalid': terminal(422, 'The key of the wait is nothing or too large'),
  'wait.timedOut': terminal(422, 'The event did not come in time'),
  'secret.missing': terminal(422, 'The secret does not exist'),
  'secret.unreadable': terminal(500, 'The secret cannot be decrypted'),
  'secret.originRefused': terminal(403, 'The secret may not be sent to this origin'),
  'event.invalid': user(422, 'The event is not a valid CloudEvent'),
  'event.hopLimit': terminal(422, 'The event has travelled through too many flows'),
  // the machine
  'config.invalid': terminal(500, 'The configuration has faults'),
  'database.unavailable': transient(503, 'The database cannot be reached'),
  'redis.unavailable': transient(503, 'Redis cannot be reached'),
  'server.shuttingDown': transient(503, 'The server is shutting down'),
  'internal.bug': bug('Something went wrong on our side'),
} as const satisfies Record<string, CodeFacts>;

export type ErrorCode = keyof typeof errorCodes;

/** One fault of an input. `pointer` is an RFC 6901 JSON pointer into the body, or a `?name` for a query parameter. */
export interface Fault {
  readonly pointer: string;
  readonly code: string;
  readonly message: string;
  readonly stepId?: string;
  readonly severity?: 'error' | 'warning';
}

export interface HeadraceErrorOptions {
  readonly cause?: unknown;
  readonly faults?: readonly Fault[];
  readonly details?: Readonly<Record<string, unknown>>;
}

/** Registered process-wide, because a bundler may give a process two copies of this module. */
const brand = Symbol.for('headrace.error');

export class HeadraceError extends Error {
  override readonly name = 'HeadraceError';
  readonly [brand] = true;
  readonly code: ErrorCode;
  readonly kind: ErrorKind;
  readonly status: number;
  readonly faults: readonly Fault[];
  /** Extra facts for the caller, exposed for `user` and `terminal` kinds, logged always. Never secrets. */
  readonly details: Readonly<Record<string, unknown>>;

  /**
   * @param code one of {@link errorCodes}; fixes kind and HTTP status
   * @param message one sentence for a person: what happened and, where known, what to do
   */
  constructor(code: ErrorCode, message: string, options: HeadraceErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.kind = errorCodes[code].kind;
    this.status = errorCodes[code].status;
    this.faults = options.faults ?? [];
    this.details = options.details ?? {};
  }
}

/** True for an error of any copy of this module: `instanceof` would miss those thrown on the other side of Next. */
export const isHeadraceError = (value: unknown): value is HeadraceError =>
  typeof value === 'object' && value !== null && brand in value;

/** RFC 9457 problem document with the extension members `code` and `errors`. */
export interface Problem {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly code: ErrorCode;
  readonly detail: string;
  readonly errors?: readonly Fault[];
  readonly [extension: string]: unknown;
}

/**
 * The one mapper from any thrown value to a problem document. What is not a HeadraceError, and every `bug`, is
 * presented without its message, because that text was not written for strangers.
 */
export function toProblem(error: unknown): Problem {
  const known = isHeadraceError(error) && error.kind !== 'bug' ? error : undefined;
  const code: ErrorCode = known?.code ?? 'internal.bug';
  const { title, status } = errorCodes[code];
  return {
    type: `/problems/${code}`,
    title,
    status,
    code,
    detail: known?.message ?? 'The fault is ours and was logged. Trying again may help.',
    ...(known && known.faults.length > 0 ? { errors: known.faults } : {}),
    ...(known ? known.details : {}),
  };
}
