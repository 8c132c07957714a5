/**
 * Finds the `{{ … }}` in a text. A search for `}}` would cut nested objects and strings in half, so the scanner reads
 * expressions token by token. Refuses nothing: an expression that never closes is reported as a part of its own, so
 * that an editor can mark it and the compiler can explain it.
 */

import { expectsOperandAfter, nextToken, type Token } from '@/core/expression/lexer';

export type TemplatePart =
  | { readonly kind: 'text'; readonly text: string; readonly start: number; readonly end: number }
  | {
      readonly kind: 'expression';
      /** What stands between the braces, blanks included. */
      readonly source: string;
      /** Offset of the opening `{{` in the text. */
      readonly start: number;
      /** Offset of `source` in the text. */
      readonly sourceStart: number;
      /** Offset after the closing `}}`. */
      readonly end: number;
    }
  | {
      readonly kind: 'unclosed';
      readonly text: string;
      readonly start: number;
      readonly end: number;
      /** What swallowed the closing braces, when it was a quote, comment or regular expression. */
      readonly openToken?: { readonly kind: Token['kind']; readonly start: number };
    };

/** Whether a text holds an expression at all; the cheap question before the scan. */
export const hasExpression = (text: string): boolean => text.includes('{{');

/**
 * Splits `text` into its literal stretches and its expressions, in order and without gaps.
 * A literal `{{` is written as an expression: `{{ "{{" }}`.
 */
export function scanTemplate(text: string): TemplatePart[] {
  const parts: TemplatePart[] = [];
  let at = 0;
  while (at < text.length) {
    const open = text.indexOf('{{', at);
    if (open < 0) {
      parts.push({ kind: 'text', text: text.slice(at), start: at, end: text.length });
      break;
    }
    if (open > at) {
      parts.push({ kind: 'text', text: text.slice(at, open), start: at, end: open });
    }
    const part = scanExpression(text, open);
    parts.push(part);
    at = part.end;
  }
  return parts;
}

/**
 * Reads tokens until a `}}` that closes nothing inside the expression. A `}}` that meets an open `(` or `[` ends the
 * expression too: the mistake is inside it, and the text behind it should not be swallowed.
 */
function scanExpression(text: string, open: number): TemplatePart {
  const sourceStart = open + 2;
  const openBrackets: string[] = [];
  let expectsOperand = true;
  for (let from = sourceStart; ; ) {
    const token = nextToken(text, from, expectsOperand);
    if (token === undefined || !token.isClosed) {
      const unclosed = { kind: 'unclosed' as const, text: text.slice(open), start: open, end: text.length };
      return token === undefined ? unclosed : { ...unclosed, openToken: { kind: token.kind, start: token.start } };
    }
    const source = text.slice(token.start, token.end);
    if (token.kind === 'operator') {
      if (source === '}' && text.charAt(token.end) === '}' && openBrackets.at(-1) !== '{') {
        const end = token.end + 1;
        return { kind: 'expression', source: text.slice(sourceStart, token.start), start: open, sourceStart, end };
      }
      if (source === '{' || source === '(' || source === '[') {
        openBrackets.push(source);
      } else if (source === '}' || source === ')' || source === ']') {
        openBrackets.pop();
      }
    }
    expectsOperand = expectsOperandAfter(text, token, expectsOperand);
    from = token.end;
  }
}
