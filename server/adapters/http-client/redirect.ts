/**
 * Where a redirect leads and what may travel along. It exists because a redirect is the other system's word, not the
 * author's: the method changes as fetch has it, and credentials stay behind when the origin changes. Refuses to carry a
 * secret in a body to another origin and to step down from https to http with anything confidential.
 * Sources: RFC 9110 §15.4, the fetch standard's "HTTP-redirect fetch".
 */
import { HeadraceError } from '@/core/errors';
import { type PreparedRequest, parseUrl } from '@/server/adapters/http-client/prepare-request';

const redirectStatuses: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);

/** Headers that say who calls, whatever the system calls them. */
const credentialHeader =
  /^(?:authorization|cookie|idempotency-key)$|auth|token|api-?key|secret|session|credential|signature/;
const bodyHeaders: ReadonlySet<string> = new Set(['content-type', 'content-encoding', 'content-language']);

/** Whether the answer asks for another request. A redirect without an address is an ordinary answer. */
export const isRedirect = (status: number, headers: Readonly<Record<string, string>>): boolean =>
  redirectStatuses.has(status) && headers.location !== undefined;

/** Whether a redirect of this status may mean that the request was acted on: 307 and 308 say that it was not. */
export const mayHaveActed = (status: number, method: string): boolean =>
  status !== 307 && status !== 308 && !isSafeMethod(method);

const isSafeMethod = (method: string): boolean => method === 'GET' || method === 'HEAD' || method === 'OPTIONS';

/**
 * @returns the request to send next
 * @throws HeadraceError `http.redirects` when the redirect must not be followed
 */
export function nextRequest(request: PreparedRequest, status: number, location: string): PreparedRequest {
  const url = parseTarget(location, request.url);
  const isSameOrigin = url.origin === request.url.origin;
  const becomesGet =
    (status === 303 && request.method !== 'GET' && request.method !== 'HEAD') ||
    ((status === 301 || status === 302) && request.method === 'POST');
  const keepsBody = !becomesGet && request.body !== null;
  const hasSecrets = request.secretHeaders.size > 0 || request.hasSecretBody;
  if (request.url.protocol === 'https:' && url.protocol === 'http:' && (hasSecrets || hasCredentials(request))) {
    throw refused(`The redirect to ${url.origin} leaves https while the request carries credentials.`);
  }
  if (!isSameOrigin && keepsBody && request.hasSecretBody) {
    throw refused(`The redirect to ${url.origin} would send a secret in the body to another origin.`);
  }
  const kept = Object.entries(request.headers).filter(
    ([name]) =>
      (keepsBody || !bodyHeaders.has(name)) &&
      (isSameOrigin || !(request.secretHeaders.has(name) || credentialHeader.test(name))),
  );
  return {
    ...request,
    url,
    method: becomesGet ? 'GET' : request.method,
    body: keepsBody ? request.body : null,
    headers: Object.fromEntries(kept),
  };
}

function parseTarget(location: string, base: URL): URL {
  try {
    return parseUrl(location, base);
  } catch (cause) {
    throw refused('The redirect does not lead to an http or https address without credentials.', cause);
  }
}

const hasCredentials = (request: PreparedRequest): boolean =>
  Object.keys(request.headers).some((name) => name !== 'idempotency-key' && credentialHeader.test(name));

const refused = (message: string, cause?: unknown): HeadraceError =>
  new HeadraceError('http.redirects', message, { cause });
