/** The processes at work. */
import type { Metadata } from 'next';
import { PageBody } from '@/components/frame/page-header';
import { WorkersScreen } from '@/components/settings/workers-screen';

export const metadata: Metadata = { title: 'Workers' };

export default function WorkersPage() {
  return (
    <PageBody>
      <WorkersScreen />
    </PageBody>
  );
}
