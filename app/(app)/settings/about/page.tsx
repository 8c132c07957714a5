/** What this installation is made of. */
import type { Metadata } from 'next';
import { PageBody } from '@/components/frame/page-header';
import { AboutScreen } from '@/components/settings/about-screen';

export const metadata: Metadata = { title: 'About' };

export default function AboutPage() {
  return (
    <PageBody padded>
      <AboutScreen />
    </PageBody>
  );
}
