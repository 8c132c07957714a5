/** One run. An address that cannot be a run's is refused before anything is asked. */
import type { Metadata } from 'next';
import { notFound } from 'next/navigation';
import { z } from 'zod';
import { RunScreen } from '@/components/runs/run-screen';
import { getContainer } from '@/server/container';

export const metadata: Metadata = { title: 'Run' };

const runId = z.uuid();

export default async function RunPage({ params }: { params: Promise<{ runId: string }> }) {
  const [{ runId: asked }, { env }] = await Promise.all([params, getContainer()]);
  const parsed = runId.safeParse(asked);
  if (!parsed.success) notFound();
  return <RunScreen runId={parsed.data} publicUrl={env.publicUrl} />;
}
