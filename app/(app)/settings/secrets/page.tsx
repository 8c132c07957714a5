/** Passwords and tokens by name. */
import type { Metadata } from 'next';
import { PageBody } from '@/components/frame/page-header';
import { SecretsScreen } from '@/components/settings/secrets-screen';

export const metadata: Metadata = { title: 'Secrets' };

export default function SecretsPage() {
  return (
    <PageBody>
      <SecretsScreen />
    </PageBody>
  );
}
