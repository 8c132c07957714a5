/**
 * The session for server components: who looks at this page, or off to where they can sign in. Reads only; a session in
 * use is renewed by the calls that the page makes, since a page cannot set cookies.
 */
import { headers } from 'next/headers';
import { redirect } from 'next/navigation';
import { cache } from 'react';
import { getContainer } from '@/server/container';
import { requestPathHeader } from '@/server/http/internal-headers';
import type { SignedIn } from './roles';

export type Session = Pick<SignedIn, 'user' | 'workspace' | 'role'>;

/** Once per request, however many components ask. @returns null when nobody is signed in */
export const readSession = cache(async (): Promise<Session | null> => {
  const { auth } = await getContainer();
  const { signedIn } = await auth.readSession(await headers(), { renew: false });
  return signedIn && { user: signedIn.user, workspace: signedIn.workspace, role: signedIn.role };
});

/** The session, or a redirect: to the first visit while there is no owner, else to sign-in and back here. */
export async function requireSession(): Promise<Session> {
  return (await readSession()) ?? redirect(await entrance((await headers()).get(requestPathHeader)));
}

/** Where somebody who is not signed in begins. @param next path to come back to */
export async function entrance(next: string | null): Promise<string> {
  const { auth } = await getContainer();
  const { isOpen } = await auth.firstVisit.state();
  if (isOpen) return '/welcome';
  return next === null || next === '/' ? '/sign-in' : `/sign-in?next=${encodeURIComponent(next)}`;
}
