/**
 * Plans an HTTP call from resolved config and judges what came of it. The call itself, with its address checks and
 * secrets, is the guarded client's. Refuses to guess: an accepted answer that could not be read is unknown, not failed.
 */
import { isPlainObject, type JsonObject, type JsonValue } from '@/core/json';
import { limits } from '@/core/limits';
import {
  approvalLinkReference,
  findApprovalLinks,
  findForeignApprovalLink,
  isApprovalLinkLike,
} from '@/core/steps/approval-link';
import type {
  AttemptOutcome,
  HttpCall,
  HttpResult,
  PlanContext,
  StepError,
  StepExecutor,
  StepPlan,
} from '@/core/steps/contract';
import {
  effectOf,
  type HttpRequestConfig,
  httpRequestConfig,
  isAcceptedStatus,
  onUnknownOf,
} from '@/core/steps/http-request/config';
import { findForeignSecret, findSecrets, isSecretLike } from '@/core/steps/secret-reference';
import { asResolved, failConfig, readConfig } from '@/core/steps/templated';

const resolvedConfig = httpRequestConfig(asResolved);
const linkReference = approvalLinkReference(asResolved);

/** Statuses that say "not now" rather than "no". */
const retryableStatuses: ReadonlySet<number> = new Set([408, 425, 429, 500, 502, 503, 504]);

export const executor: StepExecutor = { plan, settle };

function plan(context: PlanContext): StepPlan {
  const read = readConfig(resolvedConfig, context.config);
  if (!read.isValid) {
    return read.plan;
  }
  const foreign = findForeignSecret(context.written, context.config);
  if (foreign !== null) {
    return failConfig(
      `A reference to a secret came in with the data at ${foreign}. Secrets are used only where the flow itself names them.`,
    );
  }
  const wrongLink = findWrongLink(context, read.config.body ?? null);
  if (wrongLink !== null) {
    return failConfig(wrongLink);
  }
  const effect = effectOf(context.config);
  const headers = collectHeaders(read.config);
  const body = encodeBody(read.config.body ?? null, headers);
  if (body === undefined) {
    return failConfig(
      'A form can hold text, numbers and lists of them, and no secrets or links to approvals. Send this body as JSON.',
    );
  }
  const call: HttpCall = {
    method: read.config.method,
    url: joinQuery(read.config.url, read.config.query),
    headers,
    body,
    timeoutMs: context.timeoutMs,
    idempotencyKey: addIdempotencyKey(read.config.method, effect, headers, context.idempotencyKey),
  };
  return { type: 'call', call, effect, retriesUnknown: onUnknownOf(context.config) === 'retry' };
}

/** What is wrong with the links to approvals that the request is to carry, or null. */
function findWrongLink({ written, config }: PlanContext, body: JsonValue): string | null {
  const foreign = findForeignApprovalLink(written, config);
  if (foreign !== null) {
    return `A link to an approval was asked for by the data at ${foreign}. Links are sent only where the flow itself says so.`;
  }
  const wrong = [...findApprovalLinks(body).values()].find((one) => !linkReference.safeParse(one).success);
  return wrong === undefined
    ? null
    : 'A link to an approval is {"$approvalLink": id of the approval, "prefix"?: text}.';
}

function collectHeaders(config: HttpRequestConfig): Record<string, JsonValue> {
  const headers: Record<string, JsonValue> = {};
  for (const [name, value] of Object.entries(config.headers ?? {})) {
    if (value !== null) {
      headers[name] = value;
    }
  }
  return headers;
}

const findHeader = (headers: Readonly<Record<string, JsonValue>>, lowerName: string): JsonValue | undefined =>
  Object.entries(headers).find(([name]) => name.toLowerCase() === lowerName)?.[1];

/** Sets Content-Type unless a person did. Undefined when the body cannot be a form though the type says it is one. */
function encodeBody(body: JsonValue, headers: Record<string, JsonValue>): JsonValue | undefined {
  if (body === null) {
    return null;
  }
  const contentType = findHeader(headers, 'content-type');
  if (contentType === undefined) {
    const isText = typeof body === 'string' || isSecretLike(body) || isApprovalLinkLike(body);
    headers['Content-Type'] = isText ? 'text/plain; charset=utf-8' : 'application/json';
    return body;
  }
  const isForm = typeof contentType === 'string' && /^application\/x-www-form-urlencoded\b/i.test(contentType);
  return isForm && typeof body !== 'string' ? encodeForm(body) : body;
}

function encodeForm(body: JsonValue): string | undefined {
  if (!isPlainObject(body) || findSecrets(body).size > 0 || findApprovalLinks(body).size > 0) {
    return undefined;
  }
  const form = new URLSearchParams();
  for (const [name, value] of Object.entries(body)) {
    for (const item of Array.isArray(value) ? value : [value]) {
      if (typeof item === 'object' && item !== null) {
        return undefined;
      }
      form.append(name, item === null ? '' : String(item));
    }
  }
  return form.toString();
}

function joinQuery(address: string, query: HttpRequestConfig['query']): string {
  const url = new URL(address);
  url.hash = '';
  for (const [name, value] of Object.entries(query ?? {})) {
    for (const item of Array.isArray(value) ? value : [value]) {
      if (item !== null) {
        url.searchParams.append(name, item);
      }
    }
  }
  return url.href;
}

/** Adds the header where sending twice matters, unless a person set one. Returns the key that is sent. */
function addIdempotencyKey(
  method: string,
  effect: 'safe' | 'idempotent' | 'once',
  headers: Record<string, JsonValue>,
  key: string,
): string | null {
  const chosen = findHeader(headers, 'idempotency-key');
  if (chosen !== undefined) {
    return typeof chosen === 'string' ? chosen : null;
  }
  if (method === 'GET' || method === 'HEAD' || effect === 'safe') {
    return null;
  }
  headers['Idempotency-Key'] = key;
  return key;
}

function settle(config: JsonObject, result: HttpResult): AttemptOutcome {
  switch (result.type) {
    case 'refused':
      return { type: 'failed', error: result.error };
    case 'unknown':
      return { type: 'unknown', error: result.error };
    case 'response':
      return settleResponse(config, result);
  }
}

function settleResponse(config: JsonObject, response: Extract<HttpResult, { type: 'response' }>): AttemptOutcome {
  const { status, headers, body, unreadable, retryAfterMs } = response;
  if (isAcceptedStatus(config, status)) {
    return unreadable === undefined
      ? { type: 'succeeded', output: { status, headers: { ...headers }, body }, port: 'out' }
      : { type: 'unknown', error: { ...unreadable, details: { ...unreadable.details, status } } };
  }
  const isRetryable = retryableStatuses.has(status);
  const excerpt = excerptOf(body);
  const error: StepError = {
    code: isRetryable ? 'http.statusRetryable' : 'http.status',
    message: `${describeCall(config)} answered ${status}${isRetryable ? ', which asks to try again later' : ''}.`,
    isRetryable,
    details: {
      status,
      ...(excerpt === null ? {} : { body: excerpt }),
      ...(unreadable === undefined ? {} : { unreadable: unreadable.message }),
    },
  };
  return { type: 'failed', error, ...(isRetryable && retryAfterMs !== undefined ? { retryAfterMs } : {}) };
}

/** Method and address without the query, which may carry a key. */
function describeCall({ method, url }: JsonObject): string {
  const address = typeof url === 'string' && URL.canParse(url) ? new URL(url) : null;
  return `${String(method)} ${address === null ? 'the address' : address.origin + address.pathname}`;
}

function excerptOf(body: JsonValue): string | null {
  if (body === null || body === '') {
    return null;
  }
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  return text.length > limits.httpErrorExcerptLength ? `${text.slice(0, limits.httpErrorExcerptLength)}…` : text;
}
