/**
 * Whether a request that changes something came from our own pages. Cookies travel with requests that other sites
 * cause, so a session alone proves nothing. Refuses a request that does not say where it comes from: every browser
 * sends Origin with a POST, and programs have API keys.
 *
 * Source: OWASP CSRF Prevention Cheat Sheet, "Verifying origin with standard headers" and "Fetch metadata".
 */
import { HeadraceError } from '@/core/errors';

interface OriginEnv {
  readonly publicUrl: string;
  readonly isLoopback: boolean;
}

const loopbackNames = ['localhost', '127.0.0.1', '[::1]'];

/**
 * The origins our pages are served from: the public one and, when only this machine can reach the listener, the other
 * names by which this machine calls itself at the same port.
 */
export function ownOrigins({ publicUrl, isLoopback }: OriginEnv): readonly string[] {
  const url = new URL(publicUrl);
  if (!isLoopback || !loopbackNames.includes(url.hostname)) return [url.origin];
  const port = url.port === '' ? '' : `:${url.port}`;
  return loopbackNames.map((name) => new URL(`${url.protocol}//${name}${port}`).origin);
}

/**
 * @param headers of the request
 * @param origins as {@link ownOrigins} gives them
 * @throws HeadraceError `auth.originRefused`
 */
export function requireOwnOrigin(headers: Headers, origins: readonly string[]): void {
  const site = headers.get('sec-fetch-site');
  const origin = headers.get('origin');
  const isOwn = origin !== null && origins.includes(origin) && (site === null || site === 'same-origin');
  if (isOwn) return;
  throw new HeadraceError(
    'auth.originRefused',
    `Changes are accepted from ${origins[0]} only. If this is your address, set HEADRACE_PUBLIC_URL to it.`,
  );
}
