/** What all expressions share. */
import type { Metadata } from 'next';
import { PageBody } from '@/components/frame/page-header';
import { VariablesScreen } from '@/components/settings/variables-screen';

export const metadata: Metadata = { title: 'Variables' };

export default function VariablesPage() {
  return (
    <PageBody>
      <VariablesScreen />
    </PageBody>
  );
}
