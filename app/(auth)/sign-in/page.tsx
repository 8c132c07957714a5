/** Sign-in. Leads on at once for somebody who is signed in, and to the first visit while there is no owner. */
import type { Metadata } from 'next';
import { redirect } from 'next/navigation';
import { safeNext } from '@/components/auth/safe-next';
import { SignInScreen } from '@/components/auth/sign-in-screen';
import { entrance, readSession } from '@/server/auth/session';

export const metadata: Metadata = { title: 'Sign in' };

export default async function SignInPage({ searchParams }: { searchParams: Promise<{ next?: string | string[] }> }) {
  const { next } = await searchParams;
  const wanted = typeof next === 'string' ? next : null;
  if ((await readSession()) !== null) redirect(safeNext(wanted));
  if ((await entrance(null)) === '/welcome') redirect('/welcome');
  return <SignInScreen next={wanted} />;
}
