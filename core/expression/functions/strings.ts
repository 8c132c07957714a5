/** Functions on texts. Lengths and positions count characters (code points), not UTF-16 units. */

import type { Budget } from '@/core/expression/evaluator/budget';
import { toText } from '@/core/expression/evaluator/text';
import { fail, type NativeFunction } from '@/core/expression/evaluator/values';
import { define, ofValue } from '@/core/expression/functions/define';

function charactersOf(text: string, budget: Budget): string[] {
  budget.spendOnText(text.length);
  budget.spendOnItems(text.length);
  return Array.from(text);
}

function substring(text: string, start: number, length: number | undefined, budget: Budget): string {
  const characters = charactersOf(text, budget);
  if (length !== undefined && length <= 0) {
    return '';
  }
  const from = characters.length + start < 0 ? 0 : start;
  const first = from >= 0 ? from : characters.length + from;
  return characters.slice(first, length === undefined ? undefined : first + length).join('');
}

function pad(text: string, width: number, filler: string | undefined, budget: Budget): string {
  const target = Math.abs(Math.trunc(width));
  budget.spendOnText(target);
  const missing = target - charactersOf(text, budget).length;
  if (missing <= 0) {
    return text;
  }
  const characters = filler ? charactersOf(filler, budget) : [' '];
  budget.spendOnItems(missing);
  const padding = Array.from({ length: missing }, (_, at) => characters[at % characters.length]).join('');
  return width > 0 ? text + padding : padding + text;
}

/** Any text through UTF-8, so that what is encoded here decodes everywhere. */
function toBase64(text: string): string {
  return btoa(Array.from(new TextEncoder().encode(text), (byte) => String.fromCharCode(byte)).join(''));
}

function fromBase64(encoded: string): string {
  try {
    const bytes = Uint8Array.from(atob(encoded), (char) => char.charCodeAt(0));
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return fail('$base64decode needs the Base64 form of a UTF-8 text.');
  }
}

const perText = (run: (text: string) => string, name: string): NativeFunction =>
  define(
    name,
    '<s-:s>',
    1,
    ofValue<string>((text, _args, { budget }) => {
      budget.spendOnText(text.length);
      budget.spendOnItems(text.length);
      const result = run(text);
      budget.spendOnText(result.length);
      return result;
    }),
  );

/** Encoders throw on lone surrogates, decoders on broken escapes. */
const perUrl = (run: (text: string) => string, name: string): NativeFunction =>
  perText((text) => {
    try {
      return run(text);
    } catch {
      return fail(`$${name} was given a malformed text.`);
    }
  }, name);

const trim = (text: string): string => text.replaceAll(/[ \t\n\r]+/g, ' ').replaceAll(/^ | $/g, '');

export const stringFunctions: readonly NativeFunction[] = [
  define(
    'string',
    '<x-b?:s>',
    1,
    ofValue((value, [, isIndented], { budget }) => toText(value, budget, isIndented === true ? 2 : 0)),
  ),
  define(
    'substring',
    '<s-nn?:s>',
    3,
    ofValue<string>((text, [, start, length], { budget }) =>
      substring(text, (start as number | undefined) ?? 0, length as number | undefined, budget),
    ),
  ),
  define(
    'substringBefore',
    '<s-s:s>',
    2,
    ofValue<string>((text, [, mark], { budget }) => {
      budget.spendOnText(text.length);
      const at = mark === undefined ? -1 : text.indexOf(mark as string);
      return at < 0 ? text : text.slice(0, at);
    }),
  ),
  define(
    'substringAfter',
    '<s-s:s>',
    2,
    ofValue<string>((text, [, mark], { budget }) => {
      budget.spendOnText(text.length);
      const at = mark === undefined ? -1 : text.indexOf(mark as string);
      return at < 0 ? text : text.slice(at + (mark as string).length);
    }),
  ),
  define(
    'length',
    '<s-:n>',
    1,
    ofValue<string>((text, _args, { budget }) => charactersOf(text, budget).length),
  ),
  define(
    'pad',
    '<s-ns?:s>',
    3,
    ofValue<string>((text, [, width, filler], { budget }) =>
      pad(text, (width as number | undefined) ?? 0, filler as string | undefined, budget),
    ),
  ),
  define(
    'join',
    '<a<s>s?:s>',
    2,
    ofValue<string[]>((texts, [, separator], { budget }) => {
      const between = (separator as string | undefined) ?? '';
      budget.spendOnItems(texts.length);
      budget.spendOnText(texts.reduce((sum, text) => sum + text.length + between.length, 0));
      return texts.join(between);
    }),
  ),
  perText((text) => text.toLowerCase(), 'lowercase'),
  perText((text) => text.toUpperCase(), 'uppercase'),
  perText(trim, 'trim'),
  perText(toBase64, 'base64encode'),
  perText(fromBase64, 'base64decode'),
  perUrl(encodeURIComponent, 'encodeUrlComponent'),
  perUrl(encodeURI, 'encodeUrl'),
  perUrl(decodeURIComponent, 'decodeUrlComponent'),
  perUrl(decodeURI, 'decodeUrl'),
];
