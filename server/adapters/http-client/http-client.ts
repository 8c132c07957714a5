/**
 * The one way out: every outgoing request of the product passes here. It checks and pins addresses, follows redirects by
 * its own rules, bounds time and size, fills secrets in last and masks them in what comes back. Refuses to throw for
 * anything the other side does: each call ends as an answer, as certainly not sent, or as unknown.
 */
import { Agent } from 'undici';
import { type ErrorCode, HeadraceError, isHeadraceError } from '@/core/errors';
import { limits as productLimits } from '@/core/limits';
import { createMask, type Mask, maskForms } from '@/core/secrets/mask-secrets';
import type { HttpCall, HttpResult, StepError } from '@/core/steps/contract';
import { type AllowedHost, createAddressGuard } from '@/server/adapters/http-client/address-guard';
import { type Exchange, exchange } from '@/server/adapters/http-client/exchange';
import {
  createGuardedConnector,
  type ResolveAll,
  resolveBySystem,
} from '@/server/adapters/http-client/guarded-connector';
import { type PreparedRequest, prepareRequest } from '@/server/adapters/http-client/prepare-request';
import { readBody, tooLarge, unreadable } from '@/server/adapters/http-client/read-body';
import { isRedirect, mayHaveActed, nextRequest } from '@/server/adapters/http-client/redirect';
import { parseRetryAfter } from '@/server/adapters/http-client/retry-after';
import type { Clock, Log } from '@/server/services/ports';
import type { SecretSource } from '@/server/services/secrets/resolve-secrets';

export interface HttpClientLimits {
  /** Of a body, compressed and expanded. */
  readonly httpResponseBytes: number;
  readonly httpRedirects: number;
  readonly jsonDepth: number;
}

export interface HttpClientDeps {
  readonly allowedPrivateHosts: readonly AllowedHost[];
  readonly log: Log;
  readonly clock: Clock;
  readonly limits?: HttpClientLimits;
  /** Name resolution; the system's unless a test hands in its own. */
  readonly resolve?: ResolveAll;
}

export interface HttpPerformance {
  readonly result: HttpResult;
  /** The forms of every secret that was filled in, for `createMask`: whatever else tells of this call is masked with it. */
  readonly masks: readonly string[];
}

export interface HttpClient {
  /**
   * One attempt of one call, redirects included, within `call.timeoutMs`.
   * @param options.signal ends the attempt early: `refused` when nothing was sent yet, otherwise `unknown`
   * @throws only what `secrets.reveal` throws beyond HeadraceError
   */
  perform(
    call: HttpCall,
    secrets: SecretSource,
    options: { readonly workspaceId: string; readonly signal?: AbortSignal },
  ): Promise<HttpPerformance>;
  /** Lets running calls end and closes idle connections. */
  close(): Promise<void>;
}

/** Sockets to one origin: enough for a worker's concurrency, few enough not to be taken for an attack. */
const connectionsPerOrigin = 64;
/** Below the five seconds after which common servers close an idle connection in our face. */
const keepAliveMs = 4_000;
const keepAliveMaxMs = 30_000;
const responseHeaderBytes = 32 * 1024;

export function createHttpClient(deps: HttpClientDeps): HttpClient {
  const limits = deps.limits ?? productLimits;
  const guard = createAddressGuard(deps.allowedPrivateHosts);
  const agent = new Agent({
    connect: createGuardedConnector(guard, deps.resolve ?? resolveBySystem, (facts) =>
      deps.log.warn(facts, 'an outgoing connection to a private address was refused'),
    ),
    connections: connectionsPerOrigin,
    pipelining: 1,
    keepAliveTimeout: keepAliveMs,
    keepAliveMaxTimeout: keepAliveMaxMs,
    maxHeaderSize: responseHeaderBytes,
    // The deadline of the attempt rules; undici's own timers would only blur its message.
    headersTimeout: 0,
    bodyTimeout: 0,
  });

  const performOnce: HttpClient['perform'] = async (call, secrets, options) => {
    const deadline = startDeadline(call.timeoutMs, options.signal);
    let masks: readonly string[] = [];
    try {
      const request = await prepareRequest(call, secrets);
      masks = maskForms(request.revealed);
      const attempt: Attempt = { agent, limits, signal: deadline.signal, nowMs: () => deps.clock.nowMs() };
      const result = await followRedirects(attempt, request);
      return { result: masks.length === 0 ? result : maskResult(result, createMask(masks)), masks };
    } catch (error) {
      // Only preparation throws, so nothing was sent.
      if (!isHeadraceError(error)) {
        throw error;
      }
      return { result: { type: 'refused', error: toStepError(error) }, masks };
    } finally {
      deadline.stop();
    }
  };

  const running = new Set<Promise<HttpPerformance>>();
  return {
    perform(call, secrets, options) {
      const performance = performOnce(call, secrets, options).finally(() => running.delete(performance));
      running.add(performance);
      return performance;
    },
    async close() {
      await Promise.allSettled(running);
      // What is left are idle connections and look-ups that nobody waits for any more.
      await agent.destroy();
    },
  };
}

interface Attempt {
  readonly agent: Agent;
  readonly limits: HttpClientLimits;
  readonly signal: AbortSignal;
  readonly nowMs: () => number;
}

async function followRedirects(attempt: Attempt, first: PreparedRequest): Promise<HttpResult> {
  let request = first;
  // Whether an earlier hop may have done what was asked; from then on a failure is no longer "nothing happened".
  let hasActed = false;
  for (let redirects = 0; ; redirects += 1) {
    const answer = await exchange(attempt.agent, request, attempt.limits.httpResponseBytes, attempt.signal);
    if (answer.type === 'failed') {
      return judgeFailure(answer, hasActed);
    }
    if (!isRedirect(answer.status, answer.headers)) {
      return readAnswer(attempt, answer);
    }
    hasActed ||= mayHaveActed(answer.status, request.method);
    try {
      if (redirects >= attempt.limits.httpRedirects) {
        throw new HeadraceError('http.redirects', `There were more than ${attempt.limits.httpRedirects} redirects.`);
      }
      request = nextRequest(request, answer.status, answer.headers.location ?? '');
    } catch (error) {
      if (!isHeadraceError(error)) {
        throw error;
      }
      return refuseRedirect(attempt, answer, error, hasActed);
    }
  }
}

/** A redirect that is not followed: the end of a call that did nothing, or else an answer that cannot be read. */
async function refuseRedirect(
  attempt: Attempt,
  answer: Extract<Exchange, { type: 'answered' }>,
  error: HeadraceError,
  hasActed: boolean,
): Promise<HttpResult> {
  if (!hasActed) {
    return { type: 'refused', error: toStepError(error) };
  }
  const response = await readAnswer(attempt, answer);
  return { ...response, unreadable: toStepError(error) };
}

function judgeFailure(
  failure: Extract<Exchange, { type: 'failed' }>,
  hasActed: boolean,
): Extract<HttpResult, { type: 'refused' | 'unknown' }> {
  const { cause, wasSent } = failure;
  if (isHeadraceError(cause) && cause.code === 'http.blockedAddress') {
    return { type: hasActed ? 'unknown' : 'refused', error: toStepError(cause) };
  }
  const isDeadline = isHeadraceError(cause) && cause.code === 'step.deadline';
  if (!wasSent && !hasActed) {
    return { type: 'refused', error: describeUnsent(cause) };
  }
  const message = isDeadline
    ? cause.message
    : `The connection ended before the answer: ${reasonOf(cause)}. The request may have taken effect.`;
  return { type: 'unknown', error: stepError(isDeadline ? 'step.deadline' : 'http.unknown', message, true) };
}

function describeUnsent(cause: unknown): StepError {
  if (isHeadraceError(cause)) {
    return stepError('http.connection', `${cause.message} Nothing was sent.`, true);
  }
  const code = codeOf(cause);
  if (code === 'UND_ERR_INVALID_ARG') {
    return stepError('step.configInvalid', `The request cannot be sent: ${reasonOf(cause)}.`, false);
  }
  // A certificate that is wrong now is wrong in a second; everything else about a connection may mend.
  const isCertificate = /CERT|SELF_SIGNED|UNABLE_TO_VERIFY|ERR_TLS_/.test(code);
  const what = isCertificate ? 'The certificate was not accepted' : 'The connection failed';
  return stepError('http.connection', `${what}: ${reasonOf(cause)}. Nothing was sent.`, !isCertificate);
}

async function readAnswer(
  attempt: Attempt,
  answer: Extract<Exchange, { type: 'answered' }>,
): Promise<Extract<HttpResult, { type: 'response' }>> {
  const { status, headers } = answer;
  const retryAfterMs = parseRetryAfter(headers['retry-after'], attempt.nowMs());
  const head = { type: 'response', status, headers, ...(retryAfterMs === undefined ? {} : { retryAfterMs }) } as const;
  try {
    return { ...head, body: await readWhole(answer, attempt.limits) };
  } catch (error) {
    if (!isHeadraceError(error)) {
      throw error;
    }
    return { ...head, body: null, unreadable: toStepError(error) };
  }
}

function readWhole(
  answer: Extract<Exchange, { type: 'answered' }>,
  limits: HttpClientLimits,
): ReturnType<typeof readBody> {
  switch (answer.fault) {
    case 'none':
      return readBody(answer.body, answer.headers, { maxBytes: limits.httpResponseBytes, maxDepth: limits.jsonDepth });
    case 'tooLarge':
      throw tooLarge(limits.httpResponseBytes);
    case 'stopped':
      throw unreadable('The body of the answer did not arrive in time.');
    case 'broken':
      throw unreadable('The connection ended in the middle of the answer.');
  }
}

function maskResult(result: HttpResult, mask: Mask): HttpResult {
  const maskError = (error: StepError): StepError => ({ ...error, message: mask.text(error.message) });
  if (result.type !== 'response') {
    return { ...result, error: maskError(result.error) };
  }
  const headers = Object.entries(result.headers).map(([name, value]) => [name, mask.text(value)] as const);
  return {
    ...result,
    headers: Object.fromEntries(headers),
    body: mask.json(result.body),
    ...(result.unreadable === undefined ? {} : { unreadable: maskError(result.unreadable) }),
  };
}

/** One timer for the whole attempt: name resolution, connecting, redirects and the body. */
function startDeadline(timeoutMs: number, outer: AbortSignal | undefined): { signal: AbortSignal; stop: () => void } {
  const controller = new AbortController();
  const onAbort = (): void =>
    controller.abort(new HeadraceError('server.shuttingDown', 'The attempt was stopped.', { cause: outer?.reason }));
  const timer = setTimeout(
    () => controller.abort(new HeadraceError('step.deadline', `There was no answer within ${timeoutMs} ms.`)),
    timeoutMs,
  );
  outer?.addEventListener('abort', onAbort, { once: true });
  if (outer?.aborted) {
    onAbort();
  }
  return {
    signal: controller.signal,
    stop: () => {
      clearTimeout(timer);
      outer?.removeEventListener('abort', onAbort);
    },
  };
}

const stepError = (code: ErrorCode, message: string, isRetryable: boolean): StepError => ({
  code,
  message,
  isRetryable,
});

const toStepError = (error: HeadraceError): StepError =>
  stepError(error.code, error.message, error.kind === 'transient');

const codeOf = (cause: unknown): string =>
  cause instanceof Error && 'code' in cause && typeof cause.code === 'string' ? cause.code : '';

/** Several addresses that all failed arrive as one error without a message of its own. */
function reasonOf(cause: unknown): string {
  if (cause instanceof AggregateError && cause.errors.length > 0) {
    return reasonOf(cause.errors[0]);
  }
  return cause instanceof Error ? cause.message || codeOf(cause) : String(cause);
}
