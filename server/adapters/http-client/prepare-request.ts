/**
 * Turns a step's call into the request that leaves: address checked, headers checked, secrets filled in. It exists so
 * that secrets are known here and nowhere earlier. Refuses addresses other than http and https, credentials in the
 * address, and headers that belong to the connection rather than to the message.
 */
import { HeadraceError } from '@/core/errors';
import { isPlainObject, type JsonValue } from '@/core/json';
import { hasSecretReference, resolveSecretReferences } from '@/core/secrets/resolve-references';
import type { HttpCall } from '@/core/steps/contract';
import type { SecretSource } from '@/server/services/secrets/resolve-secrets';

export interface PreparedRequest {
  readonly url: URL;
  /** Upper case. */
  readonly method: string;
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | null;
  /** Names of headers whose value holds a secret. */
  readonly secretHeaders: ReadonlySet<string>;
  readonly hasSecretBody: boolean;
  /** The values filled in, for masking. */
  readonly revealed: readonly string[];
}

const token = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;
/** RFC 9110 §5.5 as fetch reads it: no control characters but the tab, nothing outside Latin-1. */
const headerValue = /^[\t\x20-\x7e\x80-\xff]*$/;
/** CONNECT would open a tunnel past the address check; TRACE echoes credentials. */
const refusedMethods: ReadonlySet<string> = new Set(['CONNECT', 'TRACE', 'TRACK']);
/** They frame the message or name its target; set by hand they split requests or fool virtual hosts. */
const refusedHeaders: ReadonlySet<string> = new Set([
  'connection',
  'content-length',
  'expect',
  'host',
  'http2-settings',
  'keep-alive',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);

/**
 * @throws HeadraceError `step.configInvalid` for a malformed call, and what `secrets.reveal` throws
 */
export async function prepareRequest(call: HttpCall, secrets: SecretSource): Promise<PreparedRequest> {
  const url = parseUrl(call.url);
  const method = call.method.toUpperCase();
  if (!token.test(method) || refusedMethods.has(method)) {
    throw invalid(`The method "${call.method}" is not allowed.`);
  }
  const revealed: string[] = [];
  const reveal = async (name: string): Promise<string> => {
    const value = await secrets.reveal(name, url.origin);
    revealed.push(value);
    return value;
  };
  const { headers, secretHeaders } = await prepareHeaders(call.headers, reveal);
  const hasSecretBody = hasSecretReference(call.body);
  const body = encodeBody(await resolveSecretReferences(call.body, reveal));
  if (body !== null) {
    headers['content-type'] ??=
      typeof call.body === 'string' ? 'text/plain; charset=utf-8' : 'application/json; charset=utf-8';
  }
  if (call.idempotencyKey !== null) {
    headers['idempotency-key'] ??= call.idempotencyKey;
  }
  headers.accept ??= '*/*';
  headers['accept-encoding'] ??= 'gzip, deflate, br';
  headers['user-agent'] ??= 'headrace';
  return { url, method, headers, body, secretHeaders, hasSecretBody, revealed };
}

/**
 * @param base what a relative address is resolved against
 * @throws HeadraceError `step.configInvalid`
 */
export function parseUrl(text: string, base?: URL): URL {
  if (!URL.canParse(text, base?.href)) {
    throw invalid(`"${text}" is not an absolute address such as https://api.example.com/orders.`);
  }
  const url = new URL(text, base?.href);
  if (url.protocol !== 'http:' && url.protocol !== 'https:') {
    throw invalid(`Only http and https addresses can be called, not ${url.protocol}`);
  }
  if (url.username !== '' || url.password !== '') {
    throw invalid('The address holds credentials. Put them into a header, as a secret.');
  }
  return url;
}

async function prepareHeaders(
  given: HttpCall['headers'],
  reveal: (name: string) => Promise<string>,
): Promise<{ headers: Record<string, string>; secretHeaders: Set<string> }> {
  const headers: Record<string, string> = Object.create(null);
  const secretHeaders = new Set<string>();
  for (const [givenName, givenValue] of Object.entries(given)) {
    const name = givenName.toLowerCase();
    if (!token.test(name) || refusedHeaders.has(name)) {
      throw invalid(`The header "${givenName}" cannot be set.`);
    }
    if (givenValue === null) {
      continue;
    }
    const value = headerText(givenName, await resolveSecretReferences(givenValue, reveal));
    if (!headerValue.test(value)) {
      throw invalid(`The value of the header "${givenName}" holds characters that headers cannot carry.`);
    }
    headers[name] = value.trim();
    if (hasSecretReference(givenValue)) {
      secretHeaders.add(name);
    }
  }
  return { headers, secretHeaders };
}

function headerText(name: string, value: JsonValue): string {
  if (Array.isArray(value)) {
    return value.map((item) => headerText(name, item)).join(', ');
  }
  if (value === null || isPlainObject(value)) {
    throw invalid(`The value of the header "${name}" must be text.`);
  }
  return String(value);
}

const encodeBody = (body: JsonValue): string | null => {
  if (body === null) {
    return null;
  }
  return typeof body === 'string' ? body : JSON.stringify(body);
};

const invalid = (message: string): HeadraceError => new HeadraceError('step.configInvalid', message);
