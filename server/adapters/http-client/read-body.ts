/**
 * From the bytes of an answer to a JSON value: content encodings undone, charset decoded, JSON parsed. It exists so that
 * a hostile or broken answer ends as a clear fault. Refuses to expand beyond the limit (a small gzip can hold gigabytes),
 * to replace undecodable characters silently, and to let `__proto__` keys through.
 */
import { isUtf8 } from 'node:buffer';
import { promisify } from 'node:util';
import { brotliDecompress, gunzip, inflate, inflateRaw } from 'node:zlib';
import secureJson from 'secure-json-parse';
import { formType, isJsonType, isTextType, parseContentType } from '@/core/content-type';
import { HeadraceError } from '@/core/errors';
import { hasDepthOver, type JsonValue } from '@/core/json';

interface Decoding {
  readonly maxBytes: number;
  readonly maxDepth: number;
}

type Decompress = (bytes: Buffer, options: { maxOutputLength: number }) => Promise<Buffer>;

const gunzipAsync = promisify<Buffer, { maxOutputLength: number }, Buffer>(gunzip);
const inflateAsync = promisify<Buffer, { maxOutputLength: number }, Buffer>(inflate);
const inflateRawAsync = promisify<Buffer, { maxOutputLength: number }, Buffer>(inflateRaw);
const brotliAsync = promisify<Buffer, { maxOutputLength: number }, Buffer>(brotliDecompress);

/** `deflate` means zlib format by the standard and a raw stream by habit; the first byte tells (RFC 1950 §2.2). */
const inflateEither: Decompress = (bytes, options) =>
  ((bytes[0] ?? 0) & 0x0f) === 8 ? inflateAsync(bytes, options) : inflateRawAsync(bytes, options);

const decompressors: ReadonlyMap<string, Decompress> = new Map([
  ['gzip', gunzipAsync],
  ['x-gzip', gunzipAsync],
  ['deflate', inflateEither],
  ['br', brotliAsync],
]);

/** Honest servers use one encoding, proxies add one; more layers only multiply work. */
const maxEncodings = 2;

/**
 * @returns JSON parsed, text as a string, everything else as base64; `null` when empty. Without a content type, text
 *   when the bytes are UTF-8.
 * @throws HeadraceError `http.unreadable`, `http.responseTooLarge`
 */
export async function readBody(
  bytes: Buffer,
  headers: Readonly<Record<string, string>>,
  limits: Decoding,
): Promise<JsonValue> {
  const decoded = await undoEncodings(bytes, headers['content-encoding'], limits.maxBytes);
  if (decoded.length === 0) {
    return null;
  }
  const { type, charset: label } = parseContentType(headers['content-type']);
  const charset = label ?? 'utf-8';
  if (isJsonType(type)) {
    return parseJson(decodeText(decoded, charset), limits.maxDepth);
  }
  if (isTextType(type) || type === formType) {
    return decodeText(decoded, charset);
  }
  if (type === '') {
    return decoded.toString(isUtf8(decoded) ? 'utf8' : 'base64');
  }
  return decoded.toString('base64');
}

async function undoEncodings(bytes: Buffer, header: string | undefined, maxBytes: number): Promise<Buffer> {
  const encodings = (header ?? '')
    .toLowerCase()
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '' && name !== 'identity');
  if (encodings.length > maxEncodings) {
    throw unreadable('The answer is compressed more than twice over.');
  }
  let decoded = bytes;
  for (const encoding of encodings.reverse()) {
    const decompress = decompressors.get(encoding);
    if (decompress === undefined) {
      throw unreadable(`The answer has the content encoding "${encoding}", which cannot be read.`);
    }
    if (decoded.length > 0) {
      decoded = await expand(decompress, decoded, encoding, maxBytes);
    }
  }
  return decoded;
}

async function expand(decompress: Decompress, bytes: Buffer, encoding: string, maxBytes: number): Promise<Buffer> {
  try {
    return await decompress(bytes, { maxOutputLength: maxBytes });
  } catch (cause) {
    if (cause instanceof RangeError && 'code' in cause && cause.code === 'ERR_BUFFER_TOO_LARGE') {
      throw tooLarge(maxBytes);
    }
    throw unreadable(`The answer claims to be ${encoding} but cannot be expanded.`, cause);
  }
}

function decodeText(bytes: Buffer, charset: string): string {
  let decoder: TextDecoder;
  try {
    decoder = new TextDecoder(charset, { fatal: true });
  } catch (cause) {
    throw unreadable(`The answer names the charset "${charset}", which is not known.`, cause);
  }
  try {
    return decoder.decode(bytes);
  } catch (cause) {
    throw unreadable(`The answer is not valid ${charset}.`, cause);
  }
}

function parseJson(text: string, maxDepth: number): JsonValue {
  if (text.trim() === '') {
    return null;
  }
  let value: JsonValue;
  try {
    // Removing is safe and keeps the rest of the answer; refusing would leave an accepted call unknown.
    value = secureJson.parse(text, null, { protoAction: 'remove', constructorAction: 'remove' }) as JsonValue;
  } catch (cause) {
    throw unreadable('The answer claims to be JSON but does not parse.', cause);
  }
  if (hasDepthOver(value, maxDepth)) {
    throw unreadable(`The JSON of the answer is nested more than ${maxDepth} levels deep.`);
  }
  return value;
}

export const tooLarge = (maxBytes: number): HeadraceError =>
  new HeadraceError('http.responseTooLarge', `The answer is larger than ${maxBytes} bytes.`);

export const unreadable = (message: string, cause?: unknown): HeadraceError =>
  new HeadraceError('http.unreadable', message, { cause });
