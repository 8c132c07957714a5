/** Reads the live webhook triggers of a workspace, whole, for the routing cache. Refuses event triggers. */
import type { JsonObject } from '@/core/json';
import type { PrismaClient } from '@/server/generated/prisma/client';
import type { RouteStore } from '@/server/services/routing/create-routing';

export const createRouteStore = (prisma: PrismaClient): RouteStore => ({
  async load(slug) {
    const workspace = await prisma.workspace.findUnique({ where: { slug }, select: { id: true } });
    if (workspace === null) return null;
    const workspaceId = workspace.id;
    const rows = await prisma.flowTrigger.findMany({ where: { workspaceId, kind: 'trigger.webhook' } });
    return {
      workspaceId,
      routes: rows.map((row) => ({
        workspaceId,
        flowId: row.flowId,
        versionId: row.versionId,
        version: row.version,
        stepId: row.stepId,
        config: row.config as unknown as JsonObject,
        method: row.method ?? 'POST',
        path: row.path ?? '',
        laneKey: row.laneKey,
        concurrency: row.concurrency,
      })),
    };
  },
});
