/**
 * Which header names and values may be written into a request or an answer. It exists because one CR or a second
 * Content-Length changes where a message ends. Refuses what the transport sets itself.
 * Sources: RFC 9110 §5.1 and §5.5 (tokens, field values), §7.6.1 (hop-by-hop fields).
 */
import { z } from 'zod';

const tokenPattern = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
// No control character but the tab: CR, LF and NUL would end the field, and undici refuses what is not Latin-1.
const valuePattern = /^[\t\x20-\x7e\x80-\xff]*$/;

const hopByHop: readonly string[] = [
  'connection',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'content-length',
];

const refusedInRequests: ReadonlySet<string> = new Set([...hopByHop, 'host', 'expect']);
/** Answers share the application's host, so cookies and the headers that sandbox them are not the flow's to set. */
const refusedInAnswers: ReadonlySet<string> = new Set([
  ...hopByHop,
  'set-cookie',
  'content-security-policy',
  'x-content-type-options',
  'headrace-run-id',
]);

export const headerName = z.string().regex(tokenPattern, {
  error: 'A header name is letters, digits and "-", without blanks or colons.',
});

const nameAllowedBy = (refused: ReadonlySet<string>) =>
  headerName.refine((name) => !refused.has(name.toLowerCase()), {
    error: ({ input }) => `"${String(input)}" is set by the transport and cannot be written here.`,
  });

export const requestHeaderName = nameAllowedBy(refusedInRequests);
export const answerHeaderName = nameAllowedBy(refusedInAnswers);

/** Whether the text can stand in a header. */
export const isHeaderValue = (text: string): boolean => valuePattern.test(text);

export const headerValueMessage =
  'A header value is one line of Latin-1 text. Encode what does not fit, for example with $base64encode.';

/** The first name that occurs twice when upper and lower case are ignored, or null. */
export function findRepeatedHeader(names: readonly string[]): string | null {
  const seen = new Set<string>();
  for (const name of names) {
    const lower = name.toLowerCase();
    if (seen.has(lower)) {
      return name;
    }
    seen.add(lower);
  }
  return null;
}
