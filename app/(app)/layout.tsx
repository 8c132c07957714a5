/** Everything behind the sign-in: asks who is here (or sends them to sign in) and draws the frame around the page. */
import type { ReactNode } from 'react';
import { AppFrame } from '@/components/frame/app-frame';
import { ApiProvider } from '@/components/trpc/provider';
import { requireSession } from '@/server/auth/session';

export default async function AppLayout({ children }: { children: ReactNode }) {
  const { user, workspace } = await requireSession();
  return (
    <ApiProvider signedInAs={user.email}>
      <AppFrame user={user} workspace={workspace}>
        {children}
      </AppFrame>
    </ApiProvider>
  );
}
