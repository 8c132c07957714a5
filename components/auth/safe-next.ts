/** Where a person may be sent after signing in. Refuses every address but our own, or a link could lead them away. */

const home = '/flows';

/** @param next untrusted; @returns path, query and hash on this site */
export function safeNext(next: string | null | undefined): string {
  if (!next?.startsWith('/')) return home;
  const base = 'http://headrace.invalid';
  const url = URL.canParse(next, base) ? new URL(next, base) : null;
  // `//host`, `/\host` and `/<tab>/host` are addresses of another site to a browser.
  if (url === null || url.origin !== base || url.pathname.startsWith('//')) return home;
  return `${url.pathname}${url.search}${url.hash}`;
}
