/** The first visit. Gone once there is an owner. */
import type { Metadata } from 'next';
import { redirect } from 'next/navigation';
import { WelcomeScreen } from '@/components/auth/welcome-screen';
import { getContainer } from '@/server/container';

export const metadata: Metadata = { title: 'Welcome' };

export default async function WelcomePage() {
  const { auth } = await getContainer();
  const { isOpen, needsSetupToken } = await auth.firstVisit.state();
  if (!isOpen) redirect('/');
  return <WelcomeScreen needsSetupToken={needsSetupToken} />;
}
