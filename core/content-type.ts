/**
 * Reads Content-Type the same way on both sides of the product: bodies that come in by webhook and answers that come
 * back from calls. Refuses to sniff: what a body is, its sender says.
 * Sources: RFC 9110 §8.3, RFC 6839 §3 (structured suffixes).
 */
export interface ContentType {
  /** Lower case, without parameters; empty when absent. */
  readonly type: string;
  /** As written; null when none is named. */
  readonly charset: string | null;
}

export function parseContentType(header: string | undefined): ContentType {
  const [type = '', ...parameters] = (header ?? '').split(';');
  const charset = parameters
    .map((parameter) => /^\s*charset\s*=\s*"?([^"\s]+)"?\s*$/i.exec(parameter)?.[1])
    .find((label) => label !== undefined);
  return { type: type.trim().toLowerCase(), charset: charset ?? null };
}

const jsonType = /^(?:application\/json|text\/json|[^/]+\/[^/]+\+json)$/;
const textType =
  /^(?:text\/.+|application\/(?:xml|javascript|ecmascript|graphql|x-ndjson|yaml|x-yaml|sql)|[^/]+\/[^/]+\+(?:xml|yaml))$/;

export const formType = 'application/x-www-form-urlencoded';
export const isJsonType = (type: string): boolean => jsonType.test(type);
/** Text of any kind that is neither JSON nor a form. */
export const isTextType = (type: string): boolean => textType.test(type) && !jsonType.test(type);
