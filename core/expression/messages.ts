/**
 * Words for what jsonata's parser and helpers throw. Their errors are bare objects with a code; people get a sentence
 * and the place. Refuses to quote values of a run at length: messages end up in journals and logs.
 */

interface CodedError {
  readonly code: string;
  readonly message?: unknown;
  readonly position?: unknown;
  readonly token?: unknown;
}

const isCodedError = (value: unknown): value is CodedError =>
  typeof value === 'object' && value !== null && typeof (value as { code?: unknown }).code === 'string';

/** Where jsonata's own text would puzzle a reader who has never seen its grammar. */
const betterMessages: Readonly<Record<string, string>> = {
  S0101: 'A quote is opened and never closed.',
  S0105: 'A name in backquotes is not closed.',
  S0106: 'A comment is opened and never closed.',
  S0203: 'The expression ends too early: something is not closed.',
  S0207: 'The expression ends too early.',
  S0301: 'A regular expression must not be empty.',
  S0302: 'A regular expression is not closed by a slash.',
};

const messageLengthMax = 300;

/**
 * @param error whatever jsonata threw
 * @returns one sentence, and the offset behind the token at fault, 0 when unknown
 */
export function explainJsonataError(error: unknown): { message: string; end: number } {
  if (!isCodedError(error)) {
    const text = error instanceof Error ? error.message : 'The expression could not be read';
    return { message: sentence(text), end: 0 };
  }
  const text = betterMessages[error.code] ?? (typeof error.message === 'string' ? error.message : error.code);
  return { message: sentence(text), end: typeof error.position === 'number' ? error.position : 0 };
}

function sentence(text: string): string {
  const short = text.length > messageLengthMax ? `${text.slice(0, messageLengthMax)}…` : text;
  return /[.!?…]$/.test(short) ? short : `${short}.`;
}
