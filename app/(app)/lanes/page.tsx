/** Lanes and limits: what stands in line at this moment. */
import type { Metadata } from 'next';
import { LanesScreen } from '@/components/lanes/lanes-screen';

export const metadata: Metadata = { title: 'Lanes' };

export default function LanesPage() {
  return <LanesScreen />;
}
