/**
 * The document around every page: fonts and tokens, the preferences of the person from their cookies (so that the
 * first picture already has the right theme), and what the shared parts need above them.
 */
import type { Metadata } from 'next';
import { cookies, headers } from 'next/headers';
import type { ReactNode } from 'react';
import { readPreferences } from '@/components/ui/preference-cookies';
import { UiProviders } from '@/components/ui/providers';
import './globals.css';

export const metadata: Metadata = {
  title: { default: 'Headrace', template: '%s: Headrace' },
  description: 'Draw event flows and sagas, run them durably, inspect every step.',
  icons: { icon: { url: '/favicon.svg', type: 'image/svg+xml' } },
};

export default async function RootLayout({ children }: { children: ReactNode }) {
  const jar = await cookies();
  const preferences = readPreferences((name) => jar.get(name)?.value);
  const nonce = (await headers()).get('x-nonce') ?? undefined;
  return (
    <html lang="en" data-theme={preferences.theme} data-density={preferences.density}>
      <body>
        <UiProviders preferences={preferences} nonce={nonce}>
          {children}
        </UiProviders>
      </body>
    </html>
  );
}
