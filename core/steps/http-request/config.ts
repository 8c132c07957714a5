/**
 * Config of `http.request` and the two questions others ask of it: what happens when it is sent twice, and which
 * statuses are accepted. Refuses anything that would change what a request is on the wire: foreign schemes, credentials
 * in the address, hop-by-hop headers.
 */
import { z } from 'zod';
import type { Fault } from '@/core/errors';
import { isPlainObject, type JsonObject, jsonPointer } from '@/core/json';
import type { Templated } from '@/core/steps/contract';
import { findRepeatedHeader, headerValueMessage, isHeaderValue, requestHeaderName } from '@/core/steps/header-rules';
import { secretReference } from '@/core/steps/secret-reference';
import { anyJson, isExpression, textValue } from '@/core/steps/templated';

export const httpMethods = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'] as const;
const statusClasses = ['1xx', '2xx', '3xx', '4xx', '5xx'] as const;

const url = z.string().superRefine((value, context) => {
  const fault = urlFault(value);
  if (fault !== null) {
    context.addIssue({ code: 'custom', message: fault });
  }
});

function urlFault(text: string): string | null {
  const parsed = URL.canParse(text) ? new URL(text) : null;
  if (parsed === null) {
    return 'The address is not a URL. Write it whole, such as https://api.example.com/orders.';
  }
  if (parsed.protocol !== 'https:' && parsed.protocol !== 'http:') {
    return 'Only http and https addresses can be called.';
  }
  if (parsed.username !== '' || parsed.password !== '') {
    return 'Credentials do not belong in an address: it is shown and logged. Use a header with a secret.';
  }
  return null;
}

const headerText = textValue.refine(isHeaderValue, { error: headerValueMessage });
const queryText = z.union([textValue, z.null()], { error: 'A query value is text, a number or true/false.' });

export const httpRequestConfig = (templated: Templated) =>
  z.strictObject({
    method: z.enum(httpMethods),
    url: templated(url),
    query: templated(z.record(z.string(), templated(z.union([z.array(templated(queryText)), queryText])))).optional(),
    headers: templated(
      z.record(
        requestHeaderName,
        templated(z.union([headerText, secretReference, z.null()], { error: 'A header value is text or a secret.' })),
      ),
    ).optional(),
    body: anyJson.optional(),
    acceptStatus: z
      .array(
        z.union([z.int().min(100).max(599), z.enum(statusClasses)], {
          error: 'A status is a number from 100 to 599 or a class such as "2xx".',
        }),
      )
      .min(1)
      .max(50)
      .optional(),
    effect: z.enum(['safe', 'idempotent', 'once']).optional(),
    onUnknown: z
      .union([z.enum(['retry', 'block']), z.strictObject({ reconcile: z.string().min(1) })], {
        error: 'Choose retry, block, or name the step that finds out: {"reconcile": "id"}.',
      })
      .optional(),
  });
export type HttpRequestConfig = z.output<ReturnType<typeof httpRequestConfig>>;

export type HttpEffect = 'safe' | 'idempotent' | 'once';

/**
 * What may happen when the request is sent twice. `safe` for GET and HEAD, else `idempotent`, unless chosen.
 * @param config written or resolved; method and effect are constants
 */
export function effectOf(config: JsonObject): HttpEffect {
  const { effect, method } = config;
  if (effect === 'safe' || effect === 'idempotent' || effect === 'once') {
    return effect;
  }
  return method === 'GET' || method === 'HEAD' ? 'safe' : 'idempotent';
}

/** The step that finds out whether a request took effect when its outcome is unknown; null when none is named. */
export function reconcileStepOf(config: JsonObject | undefined): string | null {
  const onUnknown = config?.onUnknown;
  return isPlainObject(onUnknown) && typeof onUnknown.reconcile === 'string' ? onUnknown.reconcile : null;
}

/**
 * What an unknown outcome leads to: another attempt with the same key, or none: a step finds out, or a person decides.
 * `once` is never sent again unasked, everything else is unless told otherwise.
 */
export function onUnknownOf(config: JsonObject): 'retry' | 'block' {
  if (reconcileStepOf(config) !== null) return 'block';
  return config.onUnknown === 'block' || effectOf(config) === 'once' ? 'block' : 'retry';
}

/** Whether a status counts as success: 2xx, unless `acceptStatus` lists others. */
export function isAcceptedStatus(config: JsonObject, status: number): boolean {
  const accepted = Array.isArray(config.acceptStatus) ? config.acceptStatus : ['2xx'];
  return accepted.includes(status) || accepted.includes(`${Math.floor(status / 100)}xx`);
}

/** Faults between fields. */
export function checkHttpRequest(config: JsonObject): readonly Fault[] {
  const faults: Fault[] = [];
  const { method, body, headers } = config;
  if ((method === 'GET' || method === 'HEAD') && body !== undefined && body !== null) {
    faults.push({
      pointer: '/body',
      code: 'http.bodyNotAllowed',
      message: `A ${method} request has no body. Remove it, use the query, or choose another method.`,
    });
  }
  if (config.effect === 'once' && config.onUnknown === 'retry') {
    faults.push({
      pointer: '/onUnknown',
      code: 'http.onceNotRetried',
      message:
        'A request that must be sent once is not sent again after an unknown outcome. Choose block, or remove this.',
    });
  }
  if (isPlainObject(headers)) {
    const repeated = findRepeatedHeader(Object.keys(headers));
    if (repeated !== null) {
      faults.push({
        pointer: jsonPointer('headers', repeated),
        code: 'http.headerRepeated',
        message: `The header ${repeated} is given twice: upper and lower case do not make a difference.`,
      });
    }
    faults.push(...credentialFaults(headers));
  }
  return faults;
}

/** A bearer token typed into a header would be stored and shown in clear. */
function credentialFaults(headers: Readonly<Record<string, unknown>>): Fault[] {
  return Object.entries(headers)
    .filter(
      ([name, value]) => name.toLowerCase() === 'authorization' && typeof value === 'string' && !isExpression(value),
    )
    .map(([name]) => ({
      pointer: jsonPointer('headers', name),
      code: 'http.credentialInClear',
      message: 'This credential is stored and shown in clear. Store it as a secret and refer to that.',
      severity: 'warning' as const,
    }));
}
