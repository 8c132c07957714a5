'use client';

import { useTRPCClient } from '@/components/trpc/provider';
/** The sign-in page: after it, the look a person chose applies on this device too, and they go where they wanted. */
import { usePreferences } from '@/components/ui/preferences';
import { AuthPage } from './auth-page';
import { safeNext } from './safe-next';
import { SignInForm } from './sign-in-form';

export function SignInScreen({ next }: { next: string | null }) {
  const client = useTRPCClient();
  const { setPreferences } = usePreferences();

  const enter = async () => {
    // The look is a nicety: when it cannot be read, signing in goes on without it.
    const profile = await client.profile.get.query().catch(() => null);
    if (profile !== null) setPreferences(profile.preferences);
    // A full load, so that nothing of whoever was here before stays in memory.
    location.assign(safeNext(next));
  };

  return (
    <AuthPage
      title="Sign in"
      foot={
        <p>
          Forgot the password? On the machine that runs Headrace: <code>npm run reset-password -- your@email</code>
        </p>
      }
    >
      <SignInForm onSignedIn={enter} />
    </AuthPage>
  );
}
