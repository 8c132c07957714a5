/** The list of flows. */
import type { Metadata } from 'next';
import { FlowsList } from '@/components/flows/flows-list';

export const metadata: Metadata = { title: 'Flows' };

export default async function FlowsPage({ searchParams }: { searchParams: Promise<{ q?: string | string[] }> }) {
  const { q } = await searchParams;
  return <FlowsList initialQuery={typeof q === 'string' ? q : ''} />;
}
