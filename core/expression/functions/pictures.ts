/**
 * Dates and numbers written by a picture (`[D01].[M01].[Y0001]`, `#,##0.00`), as the XPath functions specification
 * defines them. The work is done by the jsonata package; what is added is a guard, because some pictures make it loop
 * or backtrack without end. Refuses those, and texts too long to be dates or numbers.
 */

import jsonata from 'jsonata';
import { HeadraceError } from '@/core/errors';
import { fail, isObject, member, type NativeFunction } from '@/core/expression/evaluator/values';
import { define, ofValue } from '@/core/expression/functions/define';
import { explainJsonataError } from '@/core/expression/messages';

const pictureLengthMax = 128;
const parsedTextLengthMax = 256;
/** Largest distance from 1970 that a date can have (ECMAScript, "Time Values and Time Range"). */
const dateMsMax = 8.64e15;
/** A Roman numeral repeats M for each thousand. */
const romanMax = 1_000_000;

type Helper = (this: unknown, ...args: unknown[]) => unknown;

/**
 * Takes a helper from jsonata's own function table. The table is reachable only from an evaluation, through the hook
 * that is called, synchronously, before its first node.
 */
function borrow(names: readonly string[]): ReadonlyMap<string, Helper> {
  const helpers = new Map<string, Helper>();
  const probe = jsonata('null');
  probe.assign(
    Symbol.for('jsonata.__evaluate_entry') as unknown as string,
    (_node: unknown, _input: unknown, environment: jsonata.Environment) => {
      for (const name of names) {
        const definition = environment.lookup(name) as { readonly implementation: Helper };
        helpers.set(name, definition.implementation);
      }
    },
  );
  void probe.evaluate(null);
  return helpers;
}

const helpers = borrow(['formatNumber', 'formatInteger', 'parseInteger', 'fromMillis', 'toMillis']);

function callHelper(name: string, nowMs: number, ...args: unknown[]): unknown {
  try {
    return helpers.get(name)?.apply({ environment: { timestamp: new Date(nowMs) } }, args);
  } catch (cause) {
    const message = `$${name}: ${explainJsonataError(cause).message}`;
    throw new HeadraceError('expression.failed', message, { cause });
  }
}

function checkPicture(name: string, picture: unknown): void {
  if (typeof picture === 'string' && picture.length > pictureLengthMax) {
    fail(`The picture given to $${name} is longer than ${pictureLengthMax} characters.`);
  }
}

/** A width such as `[Y,*-999999999]` is filled with as many zeros. */
function checkDatePicture(name: string, picture: unknown): void {
  checkPicture(name, picture);
  if (typeof picture === 'string' && /,[^\],]*\d{3}[^\],]*\]/.test(picture)) {
    fail(`The picture given to $${name} asks for too wide a number.`);
  }
}

interface DatePart {
  readonly kind: 'digits' | 'letters' | 'other';
  readonly literal: string;
}

/** The markers of a date picture, each with the literal text behind it. */
function datePartsOf(picture: string): { readonly components: string[]; readonly parts: DatePart[] } {
  const components: string[] = [];
  const parts: DatePart[] = [];
  for (const [, marker = '', literal = ''] of picture.matchAll(/\[([^\]]*)\]([^[]*)/g)) {
    const component = marker.trim().charAt(0);
    components.push(component);
    const isName = /^\s*[A-Za-z]\s*N?n/.test(marker) || /^\s*[A-Za-z]\s*N/.test(marker) || component === 'P';
    const isWords = /^\s*[A-Za-z]\s*[Ww]/.test(marker);
    parts.push({ kind: isWords ? 'other' : isName ? 'letters' : 'digits', literal });
  }
  return { components, parts };
}

/** A picture for reading is turned into a pattern that backtracks; it must leave nothing to try twice. */
function checkParsingPicture(picture: string): void {
  const { components, parts } = datePartsOf(picture);
  const isAmbiguous = parts.some(({ kind, literal }, at) => {
    const next = parts[at + 1];
    if (
      kind === 'other' ||
      (kind === 'digits' && /^\d/.test(literal)) ||
      (kind === 'letters' && /^[a-z]/i.test(literal))
    ) {
      return true;
    }
    return literal === '' && next !== undefined && kind === 'letters' && next.kind === 'letters';
  });
  if (isAmbiguous || new Set(components).size < components.length) {
    fail('The picture given to $toMillis leaves open where one part of the date ends and the next begins.');
  }
}

function toMillis(text: string, picture: string | undefined, nowMs: number): number | undefined {
  if (text.length > parsedTextLengthMax) {
    return fail('The text given to $toMillis is too long to be a date.');
  }
  if (picture !== undefined) {
    checkDatePicture('toMillis', picture);
    checkParsingPicture(picture);
  }
  const millis = callHelper('toMillis', nowMs, text, picture);
  return millis === undefined || Number.isFinite(millis)
    ? (millis as number | undefined)
    : fail('$toMillis was given a date that does not exist.');
}

function fromMillis(millis: number, picture: unknown, timeZone: unknown, nowMs: number): string {
  if (Math.abs(millis) > dateMsMax) {
    return fail('$fromMillis was given a time too far from today.');
  }
  if (picture === undefined && timeZone === undefined) {
    return new Date(millis).toISOString();
  }
  checkDatePicture('fromMillis', picture);
  if (timeZone !== undefined && !/^(Z|[-+]?\d{4})$/.test(String(timeZone))) {
    return fail('A time zone is written as its offset, such as +0100.');
  }
  return String(callHelper('fromMillis', nowMs, millis, picture, timeZone));
}

/** What the helper searches for one character at a time. */
const symbolNames = [
  'decimal-separator',
  'grouping-separator',
  'exponent-separator',
  'zero-digit',
  'digit',
  'pattern-separator',
];
const labelNames = ['minus-sign', 'percent', 'per-mille'];

/** Empty or repeated symbols would be found for ever. */
function checkSymbols(symbols: unknown): void {
  if (!isObject(symbols)) {
    return;
  }
  const chosen = symbolNames.map((name) => member(symbols, name)).filter((symbol) => symbol !== undefined);
  const labels = labelNames.map((name) => member(symbols, name)).filter((label) => label !== undefined);
  if (
    chosen.some((symbol) => typeof symbol !== 'string' || symbol.length !== 1) ||
    labels.some((label) => typeof label !== 'string' || label === '' || label.length > pictureLengthMax) ||
    new Set(chosen).size < chosen.length
  ) {
    fail('Each symbol given to $formatNumber must be one character, and all must differ.');
  }
}

function formatInteger(value: number, picture: unknown, nowMs: number): unknown {
  checkPicture('formatInteger', picture);
  if (/^[iI](;|$)/.test(String(picture)) && Math.abs(value) > romanMax) {
    return fail(`$formatInteger writes Roman numerals up to ${romanMax}.`);
  }
  return callHelper('formatInteger', nowMs, value, picture);
}

function parseInteger(text: string, picture: unknown, nowMs: number): unknown {
  checkPicture('parseInteger', picture);
  if (text.length > parsedTextLengthMax) {
    return fail('The text given to $parseInteger is too long to be a number.');
  }
  return callHelper('parseInteger', nowMs, text, picture);
}

export const pictureFunctions: readonly NativeFunction[] = [
  define(
    'formatNumber',
    '<n-so?:s>',
    3,
    ofValue<number>((value, [, picture, symbols], { clock }) => {
      checkPicture('formatNumber', picture);
      checkSymbols(symbols);
      return callHelper('formatNumber', clock.nowMs, value, picture, symbols);
    }),
  ),
  define(
    'formatInteger',
    '<n-s:s>',
    2,
    ofValue<number>((value, [, picture], { clock }) => formatInteger(value, picture, clock.nowMs)),
  ),
  define(
    'parseInteger',
    '<s-s:n>',
    2,
    ofValue<string>((text, [, picture], { clock }) => parseInteger(text, picture, clock.nowMs)),
  ),
  define(
    'toMillis',
    '<s-s?:n>',
    2,
    ofValue<string>((text, [, picture], { clock }) => toMillis(text, picture as string | undefined, clock.nowMs)),
  ),
  define(
    'fromMillis',
    '<n-s?s?:s>',
    3,
    ofValue<number>((millis, [, picture, timeZone], { clock }) => fromMillis(millis, picture, timeZone, clock.nowMs)),
  ),
  define('now', '<s?s?:s>', 2, ([picture, timeZone], { clock }) =>
    fromMillis(clock.nowMs, picture, timeZone, clock.nowMs),
  ),
  define('millis', '<:n>', 0, (_args, { clock }) => clock.nowMs),
];
