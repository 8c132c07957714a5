/**
 * Whether a request comes from who it claims: a signature over the raw bytes, a bearer token or a password. It fails
 * closed: a secret that is missing or cannot be decrypted refuses the request as a wrong one does. Comparisons take the
 * same time wherever the values differ, and every secret is tried, so that rotation does not show.
 */
import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import { isHeadraceError } from '@/core/errors';
import type { SecretReference } from '@/core/steps/secret-reference';
import { defaultToleranceMs, signedTemplate, type WebhookVerification } from '@/core/steps/trigger-webhook/config';

export interface VerifiedRequest {
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  /** The raw bytes. */
  readonly body: Uint8Array;
}

export type RefusalCause =
  | 'credential.missing'
  | 'credential.wrong'
  | 'secret.unavailable'
  | 'timestamp.missing'
  | 'timestamp.stale';

/** `credentials` are the headers that carried the proof: they are not stored. */
export type Verdict =
  | { readonly isVerified: true; readonly credentials: readonly string[] }
  | { readonly isVerified: false; readonly cause: RefusalCause };

export interface Verification {
  /** @returns undefined when there is no secret of that name */
  readonly readSecret: (name: string) => Promise<string | undefined>;
  readonly nowMs: number;
}

type Hmac = Extract<WebhookVerification, { hmac: unknown }>['hmac'];

/**
 * @throws what `readSecret` throws beyond HeadraceErrors that no retry can mend (a database that is away is not a
 *   refusal)
 */
export async function verifyRequest(
  request: VerifiedRequest,
  config: WebhookVerification,
  verification: Verification,
): Promise<Verdict> {
  if ('hmac' in config) {
    return verifyHmac(request, config.hmac, config.secrets, verification);
  }
  const { authorization } = request.headers;
  const isBearer = 'bearer' in config;
  const given = isBearer ? readBearer(authorization) : readBasic(authorization);
  if (given === null) {
    return refuse('credential.missing');
  }
  const [secret] = await revealAll([isBearer ? config.bearer : config.basic.password], verification);
  if (secret === undefined) {
    return refuse('secret.unavailable');
  }
  // Whoever stored the whole header value means the token in it.
  const expected = isBearer ? secret.replace(/^bearer +/i, '') : `${config.basic.username}:${secret}`;
  return isSame(given, expected) ? { isVerified: true, credentials: ['authorization'] } : refuse('credential.wrong');
}

async function verifyHmac(
  { headers, body }: VerifiedRequest,
  config: Hmac,
  references: readonly SecretReference[],
  verification: Verification,
): Promise<Verdict> {
  const header = config.header.toLowerCase();
  const given = headers[header];
  if (given === undefined) {
    return refuse('credential.missing');
  }
  const timestamp = config.timestampHeader === undefined ? '' : headers[config.timestampHeader.toLowerCase()]?.trim();
  if (timestamp === undefined) {
    return refuse('timestamp.missing');
  }
  if (config.timestampHeader !== undefined && !isFresh(timestamp, config, verification.nowMs)) {
    return refuse('timestamp.stale');
  }
  const secrets = await revealAll(references, verification);
  if (secrets.length === 0) {
    return refuse('secret.unavailable');
  }
  const candidates = splitSignatures(given, config.prefix ?? '');
  const template = signedTemplate(config);
  let isVerified = false;
  for (const secret of secrets) {
    const expected = computeSignature(secret, config, template, { timestamp, body, headers });
    for (const candidate of candidates) {
      isVerified = isSame(normalise(candidate, config.encoding), normalise(expected, config.encoding)) || isVerified;
    }
  }
  return isVerified ? { isVerified, credentials: [header] } : refuse('credential.wrong');
}

/**
 * @param key text is taken as UTF-8
 * @param template literal text with `{timestamp}`, `{body}` (the raw bytes) and `{header:name}` in it
 * @returns the signature in the config's encoding, without prefix
 */
export function computeSignature(
  key: string | Uint8Array,
  config: Pick<Hmac, 'algorithm' | 'encoding'>,
  template: string,
  parts: { readonly timestamp: string; readonly body: Uint8Array; readonly headers: Readonly<Record<string, string>> },
): string {
  const hmac = createHmac(config.algorithm, key);
  for (const part of template.split(/(\{body\}|\{timestamp\}|\{header:[^{}]+\})/)) {
    if (part === '{body}') {
      hmac.update(parts.body);
    } else if (part === '{timestamp}') {
      hmac.update(parts.timestamp);
    } else if (part.startsWith('{header:') && part.endsWith('}')) {
      hmac.update(parts.headers[part.slice(8, -1).toLowerCase()] ?? '');
    } else {
      hmac.update(part);
    }
  }
  return hmac.digest(config.encoding);
}

/** Senders that rotate keys send several signatures, separated by blanks or, where no prefix holds one, commas. */
function splitSignatures(header: string, prefix: string): string[] {
  const separator = prefix.includes(',') ? /\s+/ : /[\s,]+/;
  return header
    .trim()
    .split(separator)
    .filter((part) => part.startsWith(prefix))
    .map((part) => part.slice(prefix.length));
}

/** Seconds or milliseconds since the epoch; a number of seconds this large is the year 5138. */
const msFrom = 100_000_000_000;

function isFresh(timestamp: string, config: Hmac, nowMs: number): boolean {
  if (!/^\d{1,16}$/.test(timestamp)) {
    return false;
  }
  const number = Number(timestamp);
  const atMs = number >= msFrom ? number : number * 1000;
  return Math.abs(nowMs - atMs) <= (config.toleranceMs ?? defaultToleranceMs);
}

const readBearer = (authorization: string | undefined): string | null =>
  /^bearer +(\S+) *$/i.exec(authorization ?? '')?.[1] ?? null;

/** @returns `name:password` (RFC 7617) */
function readBasic(authorization: string | undefined): string | null {
  const encoded = /^basic +([A-Za-z0-9+/=_-]+) *$/i.exec(authorization ?? '')?.[1];
  return encoded === undefined ? null : Buffer.from(encoded, 'base64').toString('utf8');
}

async function revealAll(references: readonly SecretReference[], { readSecret }: Verification): Promise<string[]> {
  const values = await Promise.all(
    references.map(async ({ $secret, prefix }) => {
      try {
        const value = await readSecret($secret);
        return value === undefined || value === '' ? undefined : `${prefix ?? ''}${value}`;
      } catch (error) {
        if (isHeadraceError(error) && error.kind !== 'transient') {
          return undefined;
        }
        throw error;
      }
    }),
  );
  return values.filter((value) => value !== undefined);
}

/** Digests have one length, so neither content nor length shows in the time it takes. */
const isSame = (a: string, b: string): boolean => timingSafeEqual(digest(a), digest(b));
const digest = (text: string): Buffer => createHash('sha256').update(text).digest();

const normalise = (signature: string, encoding: 'hex' | 'base64'): string =>
  encoding === 'hex' ? signature.toLowerCase() : signature.replace(/=+$/, '');

const refuse = (cause: RefusalCause): Verdict => ({ isVerified: false, cause });
