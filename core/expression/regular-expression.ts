/**
 * Regular expressions whose running time is bounded by the length of the text. JavaScript's own engine backtracks, so
 * one pattern and one text can hold a worker for hours. Refuses backreferences and lookaround, which need backtracking.
 */

import { RE2JS } from 're2js';
import { HeadraceError } from '@/core/errors';

/** Instructions of a compiled pattern: far beyond any written by hand, small enough to be fast on long texts. */
const programSizeMax = 2000;

export interface RegexMatch {
  readonly match: string;
  readonly start: number;
  readonly end: number;
  /** Undefined for a group that took no part in the match. */
  readonly groups: readonly (string | undefined)[];
}

/** Told about work as it happens, in units of fuel; may throw to end the search. */
export type SpendFuel = (units: number) => void;

export interface RegularExpression {
  readonly source: string;
  /**
   * Opens a search of one text.
   * @returns a function that finds the first match at or after an offset in UTF-16 units
   */
  search(text: string, spend: SpendFuel): (from: number) => RegexMatch | undefined;
}

const compiled = new WeakMap<RegExp, RegularExpression>();

/**
 * Compiles what jsonata's parser made of a `/pattern/flags` literal, once per literal.
 * @throws HeadraceError `expression.invalid` when the pattern needs backtracking, is malformed or too large
 */
export function regularExpression(literal: RegExp): RegularExpression {
  let found = compiled.get(literal);
  if (!found) {
    found = compile(literal);
    compiled.set(literal, found);
  }
  return found;
}

function compile(literal: RegExp): RegularExpression {
  const flags = (literal.ignoreCase ? RE2JS.CASE_INSENSITIVE : 0) | (literal.multiline ? RE2JS.MULTILINE : 0);
  const engine = parse(literal.source, flags);
  const programSize = engine.programSize();
  if (programSize > programSizeMax) {
    throw new HeadraceError('expression.invalid', `The regular expression /${literal.source}/ is too large.`);
  }
  const unitsPerRead = unitsPerReadMin + programSize * unitsPerInstruction;
  return {
    source: literal.source,
    search(text, spend) {
      const matcher = engine.matcher(new MeteredText(text, spend, unitsPerRead) as unknown as string);
      return (from) => {
        if (from > text.length || !matcher.find(from)) {
          return undefined;
        }
        const [start, end] = [matcher.start(), matcher.end()];
        const groups: (string | undefined)[] = [];
        for (let group = 1; group <= matcher.groupCount(); group += 1) {
          groups.push(matcher.group(group) ?? undefined);
        }
        return { match: text.slice(start, end), start, end, groups };
      };
    },
  };
}

/** Measured: reading a character costs the engine 20 ns, and up to 10 ns more for each instruction of the pattern. */
const unitsPerReadMin = 0.08;
const unitsPerInstruction = 0.015;
/** Plain searching, which the engine does first, passes thousands of characters in the time of one unit. */
const charactersPerUnitSkipped = 4096;

/**
 * A text that pays for being read. One search is linear, but finding all matches need not be: a pattern may look at
 * everything behind each match. Only the reads themselves tell. The engine takes any String, so it is given this one.
 */
class MeteredText extends String {
  readonly #text: string;
  readonly #spend: SpendFuel;
  readonly #unitsPerRead: number;

  constructor(text: string, spend: SpendFuel, unitsPerRead: number) {
    super(text);
    this.#text = text;
    this.#spend = spend;
    this.#unitsPerRead = unitsPerRead;
  }

  override charCodeAt(at: number): number {
    this.#spend(this.#unitsPerRead);
    return this.#text.charCodeAt(at);
  }

  override indexOf(searched: string, from = 0): number {
    const found = this.#text.indexOf(searched, from);
    this.#spend(((found < 0 ? this.#text.length : found) - from) / charactersPerUnitSkipped);
    return found;
  }
}

function parse(source: string, flags: number): RE2JS {
  try {
    return RE2JS.compile(RE2JS.translateRegExp(source), flags);
  } catch (cause) {
    const reason = /\(\?(=|!|<=|<!)/.test(source)
      ? 'lookahead and lookbehind are not available'
      : /\\[1-9]|\\k</.test(source)
        ? 'backreferences are not available'
        : explain(cause);
    throw new HeadraceError('expression.invalid', `The regular expression /${source}/ cannot be used: ${reason}.`, {
      cause,
    });
  }
}

const explain = (cause: unknown): string =>
  cause instanceof Error ? cause.message.replace('error parsing regexp: ', '') : 'it is malformed';
