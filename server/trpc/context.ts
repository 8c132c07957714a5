/**
 * What a procedure is handed: the services, who is signed in, and the request's headers. Types name what the routers
 * need and no more, so a test gives exactly that and the container satisfies it by its shape.
 */
import type { Auth } from '@/server/auth/auth';
import type { SignedIn } from '@/server/auth/roles';
import type { Clock, Log, RunNotes } from '@/server/services/ports';
import type { Services } from './services';

/** What the routers take from the container. */
export interface RouterDeps {
  readonly env: { readonly publicUrl: string; readonly isLoopback: boolean };
  readonly log: Log;
  readonly clock: Clock;
  readonly auth: Auth;
  readonly runNotes: RunNotes;
  readonly services: Services;
}

export interface RouterContext {
  readonly deps: RouterDeps;
  readonly headers: Headers;
  readonly signedIn: SignedIn | null;
}

/**
 * @param headers of the request, with its cookies
 * @param answerHeaders where a renewed session cookie is put
 */
export async function createRouterContext(
  deps: RouterDeps,
  headers: Headers,
  answerHeaders: Headers,
): Promise<RouterContext> {
  const { signedIn, setCookies } = await deps.auth.readSession(headers, { renew: true });
  for (const cookie of setCookies) answerHeaders.append('set-cookie', cookie);
  return { deps, headers, signedIn };
}
