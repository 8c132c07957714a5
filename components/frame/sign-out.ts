/** Ends the session and leaves for the sign-in page with a full load, so that nothing of it stays in memory. */
export async function signOut(): Promise<void> {
  const response = await fetch('/api/auth/sign-out', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: '{}',
  });
  if (!response.ok) throw new Error(`Signing out was answered with ${response.status}.`);
  location.assign('/sign-in');
}
