/** The editor of one flow. Tells it where the webhooks of this workspace answer. */
import type { Metadata } from 'next';
import { FlowDesigner } from '@/components/flows/flow-designer';
import { requireSession } from '@/server/auth/session';
import { getContainer } from '@/server/container';

export const metadata: Metadata = { title: 'Flow editor' };

export default async function FlowPage({ params }: { params: Promise<{ flowId: string }> }) {
  const [{ flowId }, { workspace }, { env }] = await Promise.all([params, requireSession(), getContainer()]);
  return (
    <FlowDesigner
      flowId={flowId}
      hooks={{ publicUrl: env.publicUrl.replace(/\/$/, ''), workspaceSlug: workspace.slug }}
    />
  );
}
