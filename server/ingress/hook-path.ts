/**
 * Takes the path of a webhook apart. It exists because the same address can be spelled in many ways and routing, proxies
 * and people must read it alike. Refuses spellings that others read differently: an encoded slash or backslash, control
 * characters and broken encodings are malformed; empty and dot segments lead nowhere.
 */
export type HookPath =
  | { readonly type: 'path'; readonly workspaceSlug: string /** Decoded. */; readonly path: string }
  | { readonly type: 'malformed' }
  | { readonly type: 'nowhere' };

const prefix = '/hooks/';
/** What needs no second look: unreserved characters, a colon, an at sign, and slashes between. */
const plain = /^[A-Za-z0-9\-_~:@/.]*$/;
const refusedCharacter = /[\p{Cc}/\\]/u;

const malformed: HookPath = { type: 'malformed' };
const nowhere: HookPath = { type: 'nowhere' };

/** @param rawPath as sent, percent-encoded, without the query */
export function parseHookPath(rawPath: string): HookPath {
  if (!rawPath.startsWith(prefix)) {
    return nowhere;
  }
  const rest = rawPath.slice(prefix.length);
  const segments: string[] = [];
  for (const raw of rest.split('/')) {
    const segment = plain.test(raw) ? raw : decodeSegment(raw);
    if (segment === null) {
      return malformed;
    }
    if (segment === '' || segment === '.' || segment === '..') {
      return nowhere;
    }
    segments.push(segment);
  }
  const [workspaceSlug, ...path] = segments;
  return workspaceSlug === undefined || path.length === 0
    ? nowhere
    : { type: 'path', workspaceSlug, path: path.join('/') };
}

function decodeSegment(raw: string): string | null {
  let decoded: string;
  try {
    decoded = decodeURIComponent(raw);
  } catch (error) {
    if (error instanceof URIError) {
      return null;
    }
    throw error;
  }
  return refusedCharacter.test(decoded) ? null : decoded;
}
