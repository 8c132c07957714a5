/**
 * From a verified request to the event that starts a run. It decides what of a request is kept: cookies, credentials
 * that were verified and headers that belong to the connection are not. Refuses an event that has travelled too far, a
 * delivery key or subject that no index could hold, and a subject that does not evaluate.
 */
import { HeadraceError, isHeadraceError } from '@/core/errors';
import { type CompiledTemplate, evaluateTemplate } from '@/core/expression';
import type { JsonObject, JsonValue } from '@/core/json';
import { limits } from '@/core/limits';
import type { HttpRequest } from '@/server/http/types';
import type { CompiledTrigger } from '@/server/ingress/compile-trigger';
import { groupValues, type HookBody } from '@/server/ingress/read-hook-body';
import { countHops, hopsHeader } from '@/server/services/hops';
import type { EventAppend } from '@/server/services/ports';
import type { WebhookRoute } from '@/server/services/routing/webhook-routing';
import { withLane } from '@/server/services/runs/with-lane';

export const webhookEventType = 'headrace.webhook.received';

export interface Delivery {
  readonly route: WebhookRoute;
  readonly trigger: CompiledTrigger;
  readonly params: Readonly<Record<string, string>>;
  readonly workspaceSlug: string;
  /** Below the workspace, decoded, without a leading slash. */
  readonly path: string;
  readonly request: HttpRequest;
  readonly body: HookBody;
  /** Headers that carried a verified credential, in lower case. */
  readonly credentials: readonly string[];
  readonly nowMs: number;
  readonly uuid: () => string;
}

/** An index entry must stay below a third of a page, and source and id share one. */
const keyBytesMax = 1024;
const subjectBytesMax = limits.eventAttributeBytes;

/** RFC 9110 §7.6.1 and what proxies add; they describe a connection that is gone. */
const connectionHeaders: ReadonlySet<string> = new Set([
  'connection',
  'expect',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);

/** Where a delivery names itself when the trigger does not say. */
const deliveryHeaders = ['idempotency-key', 'webhook-id'] as const;

/**
 * @param delivery verified, with its body read
 * @throws HeadraceError `request.malformed`, `request.invalid`, `event.hopLimit`
 */
export function buildEvent(delivery: Delivery): EventAppend {
  const { route, trigger, request, nowMs } = delivery;
  const key = deliveryKey(trigger, request.headers);
  const id = key ?? delivery.uuid();
  const source = `/hooks/${delivery.workspaceSlug}/${route.flowId}/${route.stepId}`;
  const data: JsonObject = {
    method: request.method,
    path: delivery.path,
    params: { ...delivery.params },
    query: groupValues(request.query),
    headers: keptHeaders(request.headers, delivery.credentials),
    body: delivery.body.value,
  };
  const event: EventAppend = {
    id,
    source,
    type: webhookEventType,
    subject: trigger.subject === null ? null : evaluateSubject(trigger.subject, { id, source, data }, nowMs),
    timeMs: nowMs,
    attributes: null,
    data,
    raw: delivery.body.raw,
    partitionKey: null,
    schemaVersion: null,
    hops: countHops(request.headers[hopsHeader]),
    causedByRun: null,
    actor: 'webhook',
    keyTtlMs: key === null ? null : (trigger.config.dedup?.windowMs ?? limits.idempotencyKeyMs),
    run: {
      id: delivery.uuid(),
      flowId: route.flowId,
      versionId: route.versionId,
      version: route.version,
      isDraft: false,
      triggerStep: route.stepId,
      triggerKind: 'trigger.webhook',
      lane: null,
    },
  };
  return trigger.lane === null ? event : withLane(event, trigger.lane, nowMs);
}

function deliveryKey(trigger: CompiledTrigger, headers: HttpRequest['headers']): string | null {
  const names = trigger.config.dedup === undefined ? deliveryHeaders : [trigger.config.dedup.header.toLowerCase()];
  const name = names.find((candidate) => (headers[candidate]?.trim() ?? '') !== '');
  if (name === undefined) {
    return null;
  }
  const key = headers[name]?.trim() ?? '';
  if (Buffer.byteLength(key) > keyBytesMax) {
    throw new HeadraceError('request.malformed', `The header ${name} may have ${keyBytesMax} bytes at most.`);
  }
  return key;
}

function keptHeaders(headers: HttpRequest['headers'], credentials: readonly string[]): JsonObject {
  const named = headers.connection === undefined ? [] : headers.connection.toLowerCase().split(/\s*,\s*/);
  const kept: JsonObject = {};
  for (const [name, value] of Object.entries(headers)) {
    const isDropped =
      name === 'cookie' || connectionHeaders.has(name) || named.includes(name) || credentials.includes(name);
    if (!isDropped) {
      kept[name] = value;
    }
  }
  return kept;
}

function evaluateSubject(
  template: CompiledTemplate,
  event: { readonly id: string; readonly source: string; readonly data: JsonObject },
  nowMs: number,
): string | null {
  const frame = {
    event: { specversion: '1.0', type: webhookEventType, time: new Date(nowMs).toISOString(), ...event },
  };
  let subject: JsonValue | undefined;
  try {
    subject = evaluateTemplate(template, frame, { nowMs, random: Math.random });
  } catch (cause) {
    if (isHeadraceError(cause) && cause.kind !== 'bug') {
      throw invalidSubject('it could not be computed from this request', cause);
    }
    throw cause;
  }
  if (subject === undefined || subject === null || subject === '') {
    return null;
  }
  if (typeof subject === 'object') {
    throw invalidSubject('it must be text');
  }
  const text = String(subject);
  if (Buffer.byteLength(text) > subjectBytesMax || /[\p{Cc}\p{Cs}]/u.test(text)) {
    throw invalidSubject(`it must be one line of text, ${subjectBytesMax} bytes at most`);
  }
  return text;
}

/** The expression is the flow's own business; the caller learns only that the subject is at fault. */
const invalidSubject = (why: string, cause?: unknown): HeadraceError =>
  new HeadraceError('request.invalid', `The subject of the event is not usable: ${why}.`, { cause });
