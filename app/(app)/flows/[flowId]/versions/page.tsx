/** The versions of one flow. */
import type { Metadata } from 'next';
import { FlowVersions } from '@/components/flows/flow-versions';

export const metadata: Metadata = { title: 'Versions' };

interface VersionsPageProps {
  params: Promise<{ flowId: string }>;
  searchParams: Promise<{ version?: string | string[] }>;
}

export default async function VersionsPage({ params, searchParams }: VersionsPageProps) {
  const [{ flowId }, { version }] = await Promise.all([params, searchParams]);
  const asked = typeof version === 'string' && /^\d{1,9}$/.test(version) ? Number(version) : null;
  return <FlowVersions flowId={flowId} initialVersion={asked} />;
}
