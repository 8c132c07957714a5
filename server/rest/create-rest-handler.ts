/**
 * The REST API as one function from request to response: find the operation, know the caller, parse, call one service,
 * answer. It runs outside Next, where a request costs tens of microseconds. Refuses everything it does not know, with a
 * problem document; what is thrown and is not ours to show is logged and answered without its text.
 */
import { HeadraceError, isHeadraceError } from '@/core/errors';
import { limits } from '@/core/limits';
import type { HttpHandler, HttpRequest, HttpResponse } from '@/server/http/types';
import { requireScope } from '@/server/services/authorize';
import type { Digest } from '@/server/services/digest';
import { countHops, hopsHeader } from '@/server/services/hops';
import { answerOnce, type IdempotencyStore, type StoredAnswer } from '@/server/services/idempotency/idempotency';
import type { Caller, Log } from '@/server/services/ports';
import { openApiDocument, openApiPath } from './openapi';
import type { Operation, RestServices } from './operation';
import { readBody, readIfMatch, readParams } from './read-request';
import { operations } from './registry';
import { respondJson, respondProblem } from './respond';
import { createRouter, type RouteMatch, type Router } from './router';

export interface RestDeps {
  readonly services: RestServices;
  readonly idempotency: IdempotencyStore;
  readonly digest: Digest;
  readonly log: Log;
  /** Of Headrace, for the OpenAPI document. */
  readonly version: string;
  /** Turns errors of drivers into ours (a lost database is 503); returns others as they are. */
  readonly translateError?: (error: unknown) => unknown;
  /** For tests; all of them by default. */
  readonly operations?: readonly Operation[];
}

export function createRestHandler(deps: RestDeps): HttpHandler {
  const served = deps.operations ?? operations;
  const router = createRouter(served);
  const openApi = JSON.stringify(openApiDocument(served, deps.version));

  const answer = async (request: HttpRequest): Promise<HttpResponse> => {
    try {
      return request.path === openApiPath ? answerOpenApi(request, openApi) : await route(deps, router, request);
    } catch (thrown) {
      const error = deps.translateError?.(thrown) ?? thrown;
      report(deps.log, request, error);
      return respondProblem(error);
    }
  };

  return {
    async handle(request) {
      const response = await answer(request);
      return request.method === 'HEAD' ? withoutBody(response) : response;
    },
    bodyLimitBytes: () => limits.bodyBytes,
  };
}

/** Readable without a key: it says what everybody may know. */
function answerOpenApi(request: HttpRequest, openApi: string): HttpResponse {
  const allow = ['GET', 'HEAD', 'OPTIONS'];
  if (request.method === 'OPTIONS') return optionsOf(allow);
  return allow.includes(request.method) ? respondJson(200, openApi) : methodNotAllowed(allow);
}

async function route(deps: RestDeps, router: Router, request: HttpRequest): Promise<HttpResponse> {
  const found = router.find(request.path);
  if (found === null) throw new HeadraceError('resource.notFound', 'There is nothing at this address.');
  if (request.method === 'OPTIONS') return optionsOf(found.allow);
  const match = found.match(request.method);
  if (match === null) return methodNotAllowed(found.allow);
  const caller = await authenticate(deps.services, request.headers.authorization);
  requireScope(caller, match.endpoint.operation.scope);
  return perform(deps, caller, match, request);
}

const optionsOf = (allow: readonly string[]): HttpResponse => respondJson(204, null, { allow: allow.join(', ') });

const methodNotAllowed = (allow: readonly string[]): HttpResponse =>
  respondProblem(new HeadraceError('request.methodNotAllowed', `This address answers ${allow.join(', ')}.`), {
    allow: allow.join(', '),
  });

/** @throws HeadraceError `auth.required` */
async function authenticate(services: RestServices, header: string | undefined): Promise<Caller> {
  const key = /^bearer +([\x21-\x7e]{1,512})$/i.exec(header ?? '')?.[1];
  if (key === undefined) {
    throw new HeadraceError('auth.required', 'Send an API key: Authorization: Bearer <key>.');
  }
  const caller = await services.apiKeys.authenticate(key);
  if (caller === null) throw new HeadraceError('auth.required', 'The API key is unknown or was revoked.');
  return caller;
}

interface Answer extends StoredAnswer {
  readonly headers?: Readonly<Record<string, string>>;
}

async function perform(
  deps: RestDeps,
  caller: Caller,
  { endpoint, params }: RouteMatch,
  request: HttpRequest,
): Promise<HttpResponse> {
  const { operation } = endpoint;
  // All of it is read before anything is done, so that a refused request has no effect.
  const context = {
    services: deps.services,
    caller,
    params: readParams(operation, params),
    query: endpoint.readQuery(request.query),
    revision: operation.takesIfMatch ? readIfMatch(request.headers['if-match']) : null,
    body: readBody(operation.body, request),
    hops: operation.method === 'POST' ? countHops(request.headers[hopsHeader]) : 0,
  };
  const perform = async (): Promise<Answer> => {
    const given = await operation.handle(context);
    return { ...given, body: given.body === undefined ? null : JSON.stringify(given.body) };
  };
  const isKept = operation.method === 'POST' && !operation.isNeverKept;
  const key = isKept ? request.headers['idempotency-key'] : undefined;
  if (key === undefined) {
    const given = await perform();
    return respondJson(given.status, given.body, given.headers);
  }
  return respondOnce(deps, caller, request, requireKey(key), perform);
}

async function respondOnce(
  deps: RestDeps,
  caller: Caller,
  request: HttpRequest,
  key: string,
  perform: () => Promise<Answer>,
): Promise<HttpResponse> {
  const identity = {
    workspaceId: caller.workspaceId,
    actor: caller.actor,
    operation: `${request.method} ${request.path}`,
    key,
    bodyHash: deps.digest.sha256(fingerprint(request)),
  };
  const once = async (): Promise<Answer> => {
    try {
      return await perform();
    } catch (error) {
      // A refusal of the request itself is an answer too and is kept; the rest goes on as it is.
      if (!isHeadraceError(error) || error.kind !== 'user') throw error;
      const problem = respondProblem(error);
      return { status: problem.status, body: String(problem.body), headers: problem.headers };
    }
  };
  const given = await answerOnce(deps.idempotency, identity, once);
  if (!('isReplay' in given)) return respondJson(given.status, given.body, given.headers);
  const replayed = { 'idempotency-replayed': 'true' };
  const isProblem = given.status >= 400;
  return respondJson(
    given.status,
    given.body,
    isProblem ? { ...replayed, 'content-type': 'application/problem+json' } : replayed,
  );
}

/** @throws HeadraceError `request.malformed` */
function requireKey(key: string): string {
  if (/^[\x21-\x7e]{1,255}$/.test(key)) return key;
  throw new HeadraceError('request.malformed', 'An Idempotency-Key is 1 to 255 visible characters without spaces.');
}

/** The body, and the headers that are part of what it says (binary CloudEvents keep their attributes there). */
function fingerprint({ headers, body }: HttpRequest): Uint8Array {
  const relevant = Object.keys(headers)
    .filter((name) => name === 'content-type' || name.startsWith('ce-'))
    .sort()
    .map((name) => `${name}:${headers[name]}\n`)
    .join('');
  return Buffer.concat([Buffer.from(`${relevant}\n`), body]);
}

const withoutBody = (response: HttpResponse): HttpResponse => ({
  ...response,
  headers:
    typeof response.body === 'string'
      ? { ...response.headers, 'content-length': String(Buffer.byteLength(response.body)) }
      : response.headers,
  body: null,
});

/** A caller's own mistake is no news for the operator; ours is. */
function report(log: Log, request: HttpRequest, error: unknown): void {
  const facts = { method: request.method, path: request.path, err: error };
  if (isHeadraceError(error) && error.kind === 'transient') log.warn(facts, 'request failed for now');
  else if (!isHeadraceError(error) || error.status >= 500) log.error(facts, 'request failed');
  else log.debug({ method: request.method, path: request.path, code: error.code }, 'request refused');
}
