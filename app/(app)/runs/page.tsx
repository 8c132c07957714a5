/** The list of runs. Tells it where webhooks answer, for the example that an empty list shows. */
import type { Metadata } from 'next';
import { RunsScreen } from '@/components/runs/runs-screen';
import { requireSession } from '@/server/auth/session';
import { getContainer } from '@/server/container';

export const metadata: Metadata = { title: 'Runs' };

export default async function RunsPage() {
  const [{ workspace }, { env }] = await Promise.all([requireSession(), getContainer()]);
  return <RunsScreen hooks={{ publicUrl: env.publicUrl, workspaceSlug: workspace.slug }} />;
}
