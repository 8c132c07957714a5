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

export interface RegularExpression {
  readonly source: string;
  /** A measure of the work per character of text. */
  readonly programSize: number;
  /** The first match at or after `from`, in UTF-16 units. */
  find(text: string, from: number): RegexMatch | undefined;
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
  return {
    source: literal.source,
    programSize,
    find(text, from) {
      const matcher = engine.matcher(text);
      if (from > text.length || !matcher.find(from)) {
        return undefined;
      }
      const groups: (string | undefined)[] = [];
      for (let group = 1; group <= matcher.groupCount(); group += 1) {
        groups.push(matcher.group(group) ?? undefined);
      }
      return { match: matcher.group() ?? '', start: matcher.start(), end: matcher.end(), groups };
    },
  };
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
