/**
 * Splits JSONata text into tokens with their exact offsets. The parser of the jsonata package keeps only where a
 * token ends and cannot be asked where an expression stops inside a longer text, and both are needed: to find the end
 * of `{{ … }}`, to rename references in place, and to bound what the parser is given. Refuses to judge grammar:
 * whatever is not understood becomes an operator, and the parser finds the words for what is wrong.
 */

export type TokenKind = 'name' | 'quotedName' | 'variable' | 'string' | 'number' | 'regex' | 'comment' | 'operator';

export interface Token {
  readonly kind: TokenKind;
  readonly start: number;
  readonly end: number;
  /** False for a quote, comment or regular expression that runs to the end of the text. */
  readonly isClosed: boolean;
}

const blank = /[ \t\n\r\v]/;
const nameStops = new Set('.[]{}(),@#;:?+-*/%|=<>^&!~ \t\n\r\v');
const longOperators = new Set(['..', ':=', '!=', '>=', '<=', '**', '~>', '?:', '??']);
const numberPattern = /(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[Ee][-+]?[0-9]+)?/y;

/**
 * The token that begins at or after `from`, blanks skipped.
 * @param expectsOperand whether a `/` here opens a regular expression rather than divides
 * @returns undefined at the end of the text
 */
export function nextToken(text: string, from: number, expectsOperand: boolean): Token | undefined {
  let start = from;
  while (start < text.length && blank.test(text.charAt(start))) {
    start += 1;
  }
  if (start >= text.length) {
    return undefined;
  }
  const first = text.charAt(start);
  if (first === '/' && text.charAt(start + 1) === '*') {
    return closedBy(text, 'comment', start, text.indexOf('*/', start + 2), 2);
  }
  if (first === '/' && expectsOperand) {
    return regexToken(text, start);
  }
  if (first === '"' || first === "'") {
    return closedBy(text, 'string', start, endOfString(text, start), 1);
  }
  if (first === '`') {
    return closedBy(text, 'quotedName', start, text.indexOf('`', start + 1), 1);
  }
  if (first >= '0' && first <= '9') {
    numberPattern.lastIndex = start;
    numberPattern.test(text);
    return { kind: 'number', start, end: numberPattern.lastIndex, isClosed: true };
  }
  if (nameStops.has(first)) {
    const length = longOperators.has(text.slice(start, start + 2)) ? 2 : 1;
    return { kind: 'operator', start, end: start + length, isClosed: true };
  }
  let end = start + 1;
  while (end < text.length && !nameStops.has(text.charAt(end))) {
    end += 1;
  }
  return { kind: first === '$' ? 'variable' : 'name', start, end, isClosed: true };
}

function closedBy(text: string, kind: TokenKind, start: number, close: number, closeLength: number): Token {
  return close < 0
    ? { kind, start, end: text.length, isClosed: false }
    : { kind, start, end: close + closeLength, isClosed: true };
}

function endOfString(text: string, start: number): number {
  const quote = text.charAt(start);
  for (let at = start + 1; at < text.length; at += 1) {
    if (text.charAt(at) === '\\') {
      at += 1;
    } else if (text.charAt(at) === quote) {
      return at;
    }
  }
  return -1;
}

/** A `/` inside brackets of the pattern does not end it, as in jsonata's own tokenizer. */
function regexToken(text: string, start: number): Token {
  let depth = 0;
  for (let at = start + 1; at < text.length; at += 1) {
    const char = text.charAt(at);
    if (char === '\\') {
      at += 1;
    } else if (char === '/' && depth === 0) {
      let end = at + 1;
      while (text.charAt(end) === 'i' || text.charAt(end) === 'm') {
        end += 1;
      }
      return { kind: 'regex', start, end, isClosed: true };
    } else if (char === '(' || char === '[' || char === '{') {
      depth += 1;
    } else if (char === ')' || char === ']' || char === '}') {
      depth -= 1;
    }
  }
  return { kind: 'regex', start, end: text.length, isClosed: false };
}

const operatorWords = new Set(['and', 'or', 'in']);
const wildcards = new Set(['*', '**', '%']);
const closers = new Set([')', ']', '}']);

/** Whether an operand (and therefore a regular expression, not a division) may follow `token`. */
export function expectsOperandAfter(text: string, token: Token, expectedOperand: boolean): boolean {
  const source = text.slice(token.start, token.end);
  switch (token.kind) {
    case 'comment':
      return expectedOperand;
    case 'operator':
      return closers.has(source) ? false : !(expectedOperand && wildcards.has(source));
    case 'name':
      return !expectedOperand && operatorWords.has(source);
    default:
      return false;
  }
}

/** All tokens of an expression, comments left out. */
export function tokensOf(expression: string): Token[] {
  const tokens: Token[] = [];
  let expectsOperand = true;
  for (let token = nextToken(expression, 0, true); token; token = nextToken(expression, token.end, expectsOperand)) {
    expectsOperand = expectsOperandAfter(expression, token, expectsOperand);
    if (token.kind !== 'comment') {
      tokens.push(token);
    }
  }
  return tokens;
}

/** The parser says where a token ends; people look where it begins. */
export const startOfToken = (expression: string, end: number): number =>
  tokensOf(expression).find((token) => token.end === end)?.start ?? Math.min(end, expression.length);
