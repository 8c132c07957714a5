/** The keys of programs. */
import type { Metadata } from 'next';
import { PageBody } from '@/components/frame/page-header';
import { ApiKeysScreen } from '@/components/settings/api-keys-screen';

export const metadata: Metadata = { title: 'API keys' };

export default function ApiKeysPage() {
  return (
    <PageBody>
      <ApiKeysScreen />
    </PageBody>
  );
}
