/**
 * The request that started a run, as a command to send again. What the intake did not keep (cookies, verified
 * credentials) cannot be given back, and what names a delivery is left out: it would be answered with the first run
 * instead of starting another. Refuses to let data reach the shell: every word is quoted.
 */
import { formType, isJsonType, isTextType, parseContentType } from '@/core/content-type';
import { isPlainObject, type JsonObject, type JsonValue } from '@/core/json';
import { receivedRequest } from './trigger-words';

/** Set by curl itself, by the way the request came, or a name of the delivery. */
const leftOut: ReadonlySet<string> = new Set([
  'host',
  'content-length',
  'user-agent',
  'accept-encoding',
  'idempotency-key',
  'webhook-id',
  'headrace-hops',
  'forwarded',
  'via',
  'x-real-ip',
]);
const isLeftOut = (name: string, value: string): boolean =>
  leftOut.has(name) || name.startsWith('x-forwarded-') || (name === 'accept' && value === '*/*');

const plainWord = /^[A-Za-z0-9_@%+=:,./-]+$/;

/**
 * One word of a POSIX shell. Inside single quotes nothing is special but the quote itself (POSIX.1-2017, 2.2.2).
 * @param text without NUL, which no argument can hold
 */
export function shellWord(text: string): string {
  return plainWord.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}

/**
 * @param event the CloudEvent that started the run
 * @param origin of this installation, without a trailing slash
 * @param deduplicatedBy a header whose value names the delivery, when the trigger chose one of its own
 * @returns a command of one or more lines; null when the event did not come by a webhook
 */
export function hookCurl(event: JsonObject, origin: string, deduplicatedBy?: string): string | null {
  const request = receivedRequest(event);
  if (request === null) return null;
  const { method, path, data } = request;
  const headers = textPairs(data.headers).filter(
    ([name, value]) => !isLeftOut(name, value) && name !== deduplicatedBy?.toLowerCase(),
  );
  const type = headers.find(([name]) => name === 'content-type')?.[1];
  const body = bodyOf(data.body ?? null, type);
  const lines = [
    `curl -X ${shellWord(method)} ${shellWord(`${origin}${path}${queryOf(data.query)}`)}`,
    ...headers.map(([name, value]) => `-H ${shellWord(`${name}: ${value}`)}`),
    ...(body === null ? [] : [body.option]),
  ];
  return (body?.before ?? '') + lines.join(' \\\n  ');
}

/** Members with text values; a list gives one pair per text. */
function textPairs(value: JsonValue | undefined): [string, string][] {
  if (!isPlainObject(value)) return [];
  return Object.entries(value).flatMap(([name, item]) =>
    (Array.isArray(item) ? item : [item]).flatMap((one): [string, string][] =>
      typeof one === 'string' ? [[name, one]] : [],
    ),
  );
}

function queryOf(query: JsonValue | undefined): string {
  const text = new URLSearchParams(textPairs(query)).toString();
  return text === '' ? '' : `?${text}`;
}

interface BodyOption {
  readonly option: string;
  /** What feeds curl its body, for bytes. */
  readonly before?: string;
}

/** The body as the intake read it: by its type JSON, a form, text, else base64. */
function bodyOf(body: JsonValue, contentType: string | undefined): BodyOption | null {
  if (body === null) return null;
  const { type } = parseContentType(contentType);
  if (isJsonType(type)) return { option: `--data-raw ${shellWord(JSON.stringify(body))}` };
  if (type === formType) return { option: `--data-raw ${shellWord(new URLSearchParams(textPairs(body)).toString())}` };
  if (typeof body !== 'string') return { option: `--data-raw ${shellWord(JSON.stringify(body))}` };
  if (isTextType(type)) return { option: `--data-raw ${shellWord(body)}` };
  return { option: '--data-binary @-', before: `printf %s ${shellWord(body)} | base64 -d | ` };
}
