/**
 * Paths of webhooks: `orders/:id/lines`. Parsed once, matched segment by segment, comparable so that a fixed segment
 * wins over a parameter, and reduced to a key so that two flows which would answer the same address collide as equal
 * strings. Refuses wildcards, empty segments and dot segments: an address has one meaning.
 */

export type PathSegment =
  | { readonly type: 'static'; readonly text: string }
  | { readonly type: 'param'; readonly name: string };

export interface PathPattern {
  readonly path: string;
  readonly segments: readonly PathSegment[];
}

/** Longer paths than this do not survive proxies and logs. */
const pathLengthMax = 512;
const segmentsMax = 32;
const staticSegment = /^[A-Za-z0-9._~-]+$/;
const paramSegment = /^:([A-Za-z][A-Za-z0-9_]*)$/;
// These names would shadow what every object has.
const refusedParams: ReadonlySet<string> = new Set([
  'constructor',
  'prototype',
  'toString',
  'valueOf',
  'hasOwnProperty',
]);

/**
 * @param path without a leading slash
 * @returns the pattern, or one sentence that says what is wrong
 */
export function parsePathPattern(path: string): { readonly pattern: PathPattern } | { readonly fault: string } {
  if (path === '') {
    return { fault: 'The path is empty. Write one, such as orders or orders/:id.' };
  }
  if (path.startsWith('/')) {
    return { fault: 'Write the path without the leading slash.' };
  }
  if (path.length > pathLengthMax) {
    return { fault: `The path is longer than ${pathLengthMax} characters.` };
  }
  const texts = path.split('/');
  if (texts.length > segmentsMax) {
    return { fault: `The path has more than ${segmentsMax} segments.` };
  }
  const segments: PathSegment[] = [];
  const names = new Set<string>();
  for (const text of texts) {
    const name = paramSegment.exec(text)?.[1];
    const fault = name === undefined ? staticFault(text) : paramFault(name, names);
    if (fault !== null) {
      return { fault };
    }
    segments.push(name === undefined ? { type: 'static', text } : { type: 'param', name });
  }
  return { pattern: { path, segments } };
}

function staticFault(text: string): string | null {
  if (text === '') {
    return 'The path has an empty segment: two slashes in a row, or one at the end.';
  }
  if (text === '.' || text === '..') {
    return `"${text}" is not a segment: proxies would rewrite the path.`;
  }
  if (text.startsWith(':')) {
    return `"${text}" is not a parameter. Write a colon and a name of letters, digits and "_", such as :id.`;
  }
  return staticSegment.test(text)
    ? null
    : `"${text}" has characters that do not belong in a path. Use letters, digits, "-", "_", "." and "~".`;
}

function paramFault(name: string, names: Set<string>): string | null {
  if (refusedParams.has(name)) {
    return `":${name}" cannot be the name of a parameter.`;
  }
  if (names.has(name)) {
    return `The parameter ":${name}" occurs twice.`;
  }
  names.add(name);
  return null;
}

/** Equal for two patterns if and only if they match the same addresses: every parameter is `:`. */
export const pathKey = (pattern: PathPattern): string =>
  pattern.segments.map((segment) => (segment.type === 'param' ? ':' : segment.text)).join('/');

/**
 * @param path of the request below the workspace, decoded segment by segment, without a leading or trailing slash
 * @returns the parameters, or null when the path is another one
 */
export function matchPath(pattern: PathPattern, path: string): Readonly<Record<string, string>> | null {
  const texts = path.split('/');
  if (texts.length !== pattern.segments.length) {
    return null;
  }
  const params: Record<string, string> = {};
  for (const [index, segment] of pattern.segments.entries()) {
    const text = texts[index] ?? '';
    if (text === '' || (segment.type === 'static' && segment.text !== text)) {
      return null;
    }
    if (segment.type === 'param') {
      params[segment.name] = text;
    }
  }
  return params;
}

/** Sorts the more specific pattern first: at the first segment in which they differ, the fixed one. */
export function comparePatterns(a: PathPattern, b: PathPattern): number {
  for (const [index, segment] of a.segments.entries()) {
    const other = b.segments[index];
    if (other !== undefined && other.type !== segment.type) {
      return segment.type === 'static' ? -1 : 1;
    }
  }
  return a.segments.length - b.segments.length;
}
