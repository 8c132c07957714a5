'use client';

/**
 * Stands over a page whose session ended. The page stays as it is behind it, drafts included; what was refused goes on
 * after the same person has signed in. Somebody else starts afresh on the sign-in page.
 */
import { Dialog } from '@/components/ui/dialog';
import { putOffSignIn, sessionRenewed, useSessionStore } from './session-store';
import { SignInForm } from './sign-in-form';

export function SignInAgainDialog({ email }: { email: string }) {
  const hasEnded = useSessionStore((state) => state.hasEnded);
  return (
    <Dialog
      open={hasEnded}
      onOpenChange={putOffSignIn}
      title="Sign in again"
      description="Your session has ended. The page behind this is as you left it and goes on once you are back."
    >
      <SignInForm email={email} onSignedIn={sessionRenewed} />
      <p className="small-text muted">
        Not you? <a href="/sign-in">Sign in as somebody else</a>; unsaved changes are lost then.
      </p>
    </Dialog>
  );
}
