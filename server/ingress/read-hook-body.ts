/**
 * From the bytes of a webhook to the `body` of its event: JSON, a form as an object, text, everything else as base64. It
 * exists so that a flow sees values and the stream can still give back every byte. Refuses what cannot be read for
 * certain: broken JSON and UTF-8, nesting beyond the limit, keys that reach prototypes, compressed bodies.
 */
import secureJson from 'secure-json-parse';
import { formType, isJsonType, isTextType, parseContentType } from '@/core/content-type';
import { HeadraceError } from '@/core/errors';
import { hasDepthOver, type JsonObject, type JsonValue } from '@/core/json';
import { limits } from '@/core/limits';

export interface HookBody {
  readonly value: JsonValue;
  /** The bytes as they came, where `value` cannot give them back; null where it can. */
  readonly raw: Uint8Array | null;
}

/**
 * @param headers names in lower case
 * @throws HeadraceError `request.malformed`, `request.tooDeep`, `request.unsupportedType`
 */
export function readHookBody(bytes: Uint8Array, headers: Readonly<Record<string, string>>): HookBody {
  const encoding = headers['content-encoding']?.trim().toLowerCase() ?? '';
  if (encoding !== '' && encoding !== 'identity') {
    throw unsupported(`Send the body without content encoding; "${encoding}" is not accepted.`);
  }
  if (bytes.length === 0) {
    return { value: null, raw: null };
  }
  const { type, charset } = parseContentType(headers['content-type']);
  if (isJsonType(type)) {
    const text = decode(bytes, charset);
    const value = parseJson(text);
    return { value, raw: JSON.stringify(value) === text && isLossless(text, bytes, charset) ? null : bytes };
  }
  if (type === formType) {
    return { value: parseForm(decode(bytes, charset)), raw: bytes };
  }
  if (isTextType(type)) {
    const text = decode(bytes, charset);
    return { value: text, raw: isLossless(text, bytes, charset) ? null : bytes };
  }
  return { value: Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64'), raw: null };
}

const utf8 = new TextDecoder('utf-8', { fatal: true });

const isUtf8Label = (charset: string | null): boolean => charset === null || /^utf-?8$/i.test(charset);

/** Another charset would not come back as the same bytes, and a byte-order mark is dropped by decoding. */
const isLossless = (text: string, bytes: Uint8Array, charset: string | null): boolean =>
  isUtf8Label(charset) && Buffer.byteLength(text) === bytes.length;

function decode(bytes: Uint8Array, charset: string | null): string {
  const decoder = isUtf8Label(charset) ? utf8 : decoderFor(charset ?? '');
  try {
    return decoder.decode(bytes);
  } catch (cause) {
    throw malformed(`The body is not valid ${charset ?? 'UTF-8'}.`, cause);
  }
}

function decoderFor(charset: string): TextDecoder {
  try {
    return new TextDecoder(charset, { fatal: true });
  } catch (cause) {
    throw unsupported(`The charset "${charset}" is not known.`, cause);
  }
}

function parseJson(text: string): JsonValue {
  let value: JsonValue;
  try {
    value = secureJson.parse(text, null, { protoAction: 'error', constructorAction: 'error' }) as JsonValue;
  } catch (cause) {
    throw malformed('The body is not valid JSON, or it has a key such as __proto__.', cause);
  }
  if (hasDepthOver(value, limits.jsonDepth)) {
    throw new HeadraceError('request.tooDeep', `The JSON is nested more than ${limits.jsonDepth} levels deep.`);
  }
  return value;
}

/** `application/x-www-form-urlencoded` (URL standard §5.1), but bytes that are not UTF-8 are refused, not replaced. */
function parseForm(text: string): JsonObject {
  const pairs = text.split('&').filter((pair) => pair !== '');
  return groupValues(
    pairs.map((pair): [string, string] => {
      const equalsAt = pair.indexOf('=');
      return equalsAt === -1
        ? [decodeFormText(pair), '']
        : [decodeFormText(pair.slice(0, equalsAt)), decodeFormText(pair.slice(equalsAt + 1))];
    }),
  );
}

/** A percent sign that encodes nothing stands for itself, as browsers have it. */
function decodeFormText(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' ').replace(/%(?![0-9A-Fa-f]{2})/g, '%25'));
  } catch (cause) {
    throw malformed('The form is not valid UTF-8.', cause);
  }
}

/**
 * Names and values as an object; a name that repeats holds an array.
 * @throws HeadraceError `request.malformed` for a name that reaches prototypes
 */
export function groupValues(pairs: Iterable<readonly [string, string]>): JsonObject {
  const grouped: JsonObject = {};
  for (const [name, value] of pairs) {
    if (name === '__proto__') {
      throw malformed('The name __proto__ is not accepted.');
    }
    const before = Object.hasOwn(grouped, name) ? grouped[name] : undefined;
    if (before === undefined) {
      grouped[name] = value;
    } else if (Array.isArray(before)) {
      before.push(value);
    } else {
      grouped[name] = [before, value];
    }
  }
  return grouped;
}

const malformed = (message: string, cause?: unknown): HeadraceError =>
  new HeadraceError('request.malformed', message, { cause });

const unsupported = (message: string, cause?: unknown): HeadraceError =>
  new HeadraceError('request.unsupportedType', message, { cause });
