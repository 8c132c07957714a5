/**
 * Functions that search in texts, by text or by regular expression. A regular expression is a function from a text to
 * its first match, whose `next` finds the one after; a function written in the expression may take its place.
 */

import type { Budget } from '@/core/expression/evaluator/budget';
import type { Evaluation } from '@/core/expression/evaluator/evaluation';
import {
  FunctionValue,
  fail,
  isObject,
  member,
  NativeFunction,
  sequenceOf,
  typeName,
} from '@/core/expression/evaluator/values';
import { define, ofValue } from '@/core/expression/functions/define';
import { type RegexMatch, regularExpression } from '@/core/expression/regular-expression';

interface FoundMatch {
  readonly match: string;
  readonly start: number;
  readonly end: number;
  readonly groups: readonly (string | undefined)[];
  readonly next: unknown;
}

/** The function that a `/pattern/` stands for. */
export function matcher(literal: RegExp): NativeFunction {
  const pattern = regularExpression(literal);
  return new NativeFunction('match', 1, ([text], { budget }) => {
    if (typeof text !== 'string') {
      return undefined;
    }
    const find = pattern.search(text, (units) => budget.spend(units));
    return findFrom(find, 0, text, pattern.source, budget);
  });
}

/** What setting up one search and reading its result costs. */
const unitsPerMatch = 4;

function findFrom(
  find: (from: number) => RegexMatch | undefined,
  from: number,
  text: string,
  source: string,
  budget: Budget,
): FoundMatch | undefined {
  budget.spend(unitsPerMatch);
  const found = find(from);
  if (!found) {
    return undefined;
  }
  budget.spendOnText(found.match.length);
  const next = new NativeFunction('next', 0, () => {
    if (found.end >= text.length) {
      return undefined;
    }
    if (found.match === '') {
      return fail(`The regular expression /${source}/ matches an empty text and would do so for ever.`);
    }
    return findFrom(find, found.end, text, source, budget);
  });
  return { ...found, next };
}

/** All matches, at most `limit`. */
function* matchesOf(
  pattern: unknown,
  text: string,
  limit: number | undefined,
  evaluation: Evaluation,
): Generator<FoundMatch> {
  let found = asMatch(evaluation.call(pattern, [text]));
  for (let count = 0; found && (limit === undefined || count < limit); count += 1) {
    evaluation.budget.spend(1);
    yield found;
    found = asMatch(evaluation.call(found.next, []));
  }
}

function asMatch(value: unknown): FoundMatch | undefined {
  if (value === undefined) {
    return undefined;
  }
  if (isObject(value)) {
    const [match, start, end, groups, next] = ['match', 'start', 'end', 'groups', 'next'].map((key) =>
      member(value, key),
    );
    if (
      typeof match === 'string' &&
      typeof start === 'number' &&
      typeof end === 'number' &&
      Array.isArray(groups) &&
      next instanceof FunctionValue
    ) {
      return { match, start, end, groups, next };
    }
  }
  return fail('A matching function must return an object with match, start, end, groups and next.');
}

function checkLimit(name: string, limit: unknown): number | undefined {
  if (typeof limit === 'number' && limit < 0) {
    return fail(`The limit of $${name} must not be negative.`);
  }
  return limit as number | undefined;
}

function contains(text: string, pattern: unknown, evaluation: Evaluation): boolean | undefined {
  if (typeof pattern === 'string') {
    evaluation.budget.spendOnText(text.length);
    return text.includes(pattern);
  }
  return pattern === undefined ? undefined : asMatch(evaluation.call(pattern, [text])) !== undefined;
}

function match(text: string, pattern: unknown, limit: number | undefined, evaluation: Evaluation): unknown[] {
  const found = sequenceOf([]);
  for (const { match: matched, start, groups } of matchesOf(pattern, text, limit, evaluation)) {
    found.push({ match: matched, index: start, groups });
  }
  return found;
}

function split(text: string, separator: unknown, limit: number | undefined, evaluation: Evaluation): string[] {
  evaluation.budget.spendOnText(text.length);
  const whole = limit === undefined ? undefined : Math.floor(limit);
  if (separator === undefined) {
    return [text];
  }
  if (typeof separator === 'string') {
    evaluation.budget.spendOnItems(separator === '' ? text.length : text.length / separator.length);
    return text.split(separator, whole);
  }
  const parts: string[] = [];
  let from = 0;
  for (const { start, end } of matchesOf(separator, text, whole, evaluation)) {
    parts.push(text.slice(from, start));
    from = end;
  }
  return whole === undefined || parts.length < whole ? [...parts, text.slice(from)] : parts;
}

function replace(
  text: string,
  pattern: unknown,
  replacement: unknown,
  limit: number | undefined,
  evaluation: Evaluation,
): string {
  const { budget } = evaluation;
  let result = '';
  let from = 0;
  const put = (until: number, next: string, resume: number): void => {
    result += text.slice(from, until) + next;
    budget.spend(1 / 4);
    budget.checkTextLength(result.length);
    from = resume;
  };
  if (typeof pattern === 'string') {
    if (typeof replacement !== 'string') {
      return fail('$replace needs a text to put in the place of a text.');
    }
    for (let at = text.indexOf(pattern), count = 0; at >= 0 && (limit === undefined || count < limit); count += 1) {
      put(at, replacement, at + pattern.length);
      at = text.indexOf(pattern, from);
    }
  } else {
    for (const found of matchesOf(pattern, text, limit, evaluation)) {
      const { next: _next, ...shown } = found;
      const substitute =
        typeof replacement === 'string' ? fillIn(replacement, found) : evaluation.call(replacement, [shown]);
      if (typeof substitute !== 'string') {
        return fail(`The function given to $replace must return a text, not a value of type ${typeName(substitute)}.`);
      }
      put(found.start, substitute, found.start + found.match.length);
    }
  }
  budget.spendOnText(result.length + text.length - from);
  return result + text.slice(from);
}

/**
 * `$0` is the match, `$n` a group, `$$` a dollar. Of several digits as many are read as the number of groups has; one
 * fewer when there is no such group.
 */
function fillIn(replacement: string, { match: matched, groups }: FoundMatch): string {
  const digits = String(groups.length).length;
  return replacement.replaceAll(/\$(\$|\d+)/g, (_whole, written: string) => {
    if (written === '$') {
      return '$';
    }
    if (written.startsWith('0')) {
      return matched + written.slice(1);
    }
    let number = written.slice(0, digits);
    if (number.length > 1 && Number(number) > groups.length) {
      number = number.slice(0, -1);
    }
    return (groups[Number(number) - 1] ?? '') + written.slice(number.length);
  });
}

export const patternFunctions: readonly NativeFunction[] = [
  define(
    'contains',
    '<s-(sf):b>',
    2,
    ofValue<string>((text, [, pattern], evaluation) => contains(text, pattern, evaluation)),
  ),
  define(
    'match',
    '<s-f<s:o>n?:a<o>>',
    3,
    ofValue<string>((text, [, pattern, limit], evaluation) =>
      match(text, pattern, checkLimit('match', limit), evaluation),
    ),
  ),
  define(
    'split',
    '<s-(sf)n?:a<s>>',
    3,
    ofValue<string>((text, [, separator, limit], evaluation) =>
      split(text, separator, checkLimit('split', limit), evaluation),
    ),
  ),
  define(
    'replace',
    '<s-(sf)(sf)n?:s>',
    4,
    ofValue<string>((text, [, pattern, replacement, limit], evaluation) =>
      pattern === ''
        ? fail('$replace cannot search for an empty text.')
        : replace(text, pattern, replacement, checkLimit('replace', limit), evaluation),
    ),
  ),
];
