/**
 * Signing in by e-mail and password. Refuses to say which of the two was wrong, as the server does.
 */

export type SignInResult =
  | { readonly isSignedIn: true }
  | { readonly isSignedIn: false; readonly message: string; readonly isWrongPassword: boolean };

/** @returns how it went; never throws */
export async function signIn(email: string, password: string): Promise<SignInResult> {
  const refused = (message: string, isWrongPassword = false): SignInResult => ({
    isSignedIn: false,
    message,
    isWrongPassword,
  });
  let response: Response;
  try {
    response = await fetch('/api/auth/sign-in/email', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ email, password }),
    });
  } catch {
    return refused('The server did not answer. Check the connection and try again.');
  }
  if (response.ok) return { isSignedIn: true };
  if (response.status === 429) {
    const seconds = response.headers.get('x-retry-after') ?? '60';
    return refused(`Too many attempts from here. Wait ${seconds} s and try again.`);
  }
  if (response.status === 403) {
    return refused(
      `Signing in works from the server's own address only. Set HEADRACE_PUBLIC_URL to ${location.origin}.`,
    );
  }
  if (response.status < 500) return refused('The e-mail or the password is wrong.', true);
  return refused('The server failed. Try again in a moment.');
}
