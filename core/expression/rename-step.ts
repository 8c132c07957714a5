/**
 * Renames a step inside expressions when it is renamed on the canvas. Only the token that names the step changes;
 * spacing, comments and quotes of the author stay as they are. Refuses to touch text outside `{{ }}`.
 */

import { isHeadraceError } from '@/core/errors';
import { type Token, tokensOf } from '@/core/expression/lexer';
import { readExpression } from '@/core/expression/read-expression';
import { hasExpression, scanTemplate } from '@/core/expression/scan-template';
import type { JsonValue } from '@/core/json';

/**
 * Rewrites `steps.<fromId>` to `steps.<toId>` in every expression of `value`.
 * Draft flows may hold expressions that do not parse; in those, `steps.<fromId>` is recognised by its tokens.
 * @returns a changed copy, or `value` itself when nothing referred to the step
 */
export function renameStepReference<T extends JsonValue>(value: T, fromId: string, toId: string): T;
export function renameStepReference(value: JsonValue, fromId: string, toId: string): JsonValue {
  if (typeof value === 'string') {
    return hasExpression(value) ? renameInText(value, fromId, toId) : value;
  }
  if (typeof value !== 'object' || value === null) {
    return value;
  }
  if (Array.isArray(value)) {
    const items = value.map((item) => renameStepReference(item, fromId, toId));
    return items.every((item, at) => item === value[at]) ? value : items;
  }
  const members = Object.entries(value).map(
    ([key, member]) => [key, renameStepReference(member, fromId, toId)] as const,
  );
  return members.every(([key, member]) => member === value[key]) ? value : Object.fromEntries(members);
}

function renameInText(text: string, fromId: string, toId: string): string {
  let result = '';
  for (const part of scanTemplate(text)) {
    const written = text.slice(part.start, part.end);
    if (part.kind === 'expression') {
      const source = renameInExpression(part.source, fromId, toId);
      result += source === part.source ? written : `{{${source}}}`;
    } else {
      result += written;
    }
  }
  return result;
}

function renameInExpression(source: string, fromId: string, toId: string): string {
  if (!source.includes('steps')) {
    return source;
  }
  const tokens = tokensOf(source);
  let result = source;
  for (const token of referencesIn(source, tokens, fromId).sort((a, b) => b.start - a.start)) {
    result = result.slice(0, token.start) + quotedLike(source, token, toId) + result.slice(token.end);
  }
  return result;
}

function referencesIn(source: string, tokens: readonly Token[], fromId: string): Token[] {
  try {
    const { stepReferences } = readExpression(source).analysis;
    const ends = new Set(stepReferences.filter(({ id }) => id === fromId).map(({ end }) => end));
    return tokens.filter(({ end }) => ends.has(end));
  } catch (error) {
    if (!isHeadraceError(error)) {
      throw error;
    }
    const textOf = (at: number): string => {
      const token = tokens[at];
      return token ? source.slice(token.start, token.end) : '';
    };
    return tokens.filter(
      (token, at) =>
        source.slice(token.start, token.end) === fromId &&
        textOf(at - 1) === '.' &&
        textOf(at - 2) === 'steps' &&
        textOf(at - 3) !== '.',
    );
  }
}

/** Words that the grammar reads otherwise when they stand bare. */
const wordsToQuote = new Set(['and', 'or', 'in', 'true', 'false', 'null']);

function quotedLike(source: string, token: Token, id: string): string {
  const quote = token.kind === 'name' ? (wordsToQuote.has(id) ? '`' : '') : source.charAt(token.start);
  return `${quote}${id}${quote}`;
}
