/**
 * What may be done while a flow's row is locked, on one Prisma transaction. Lock order: the flow's row, then the paths
 * of the workspace, then schedules, then runs. Refuses to begin or end the transaction; `flow-store.ts` does.
 */
import type { Prisma } from '@/server/generated/prisma/client';
import { writeAudit } from '@/server/repositories/audit-log';
import { presentVersionHead, presentVersionRow, versionHeadSelect } from '@/server/repositories/flow-rows';
import { replaceSchedules } from '@/server/repositories/schedule-rows';
import type { FlowTransaction, PathHolder } from '@/server/services/flows/flow-store';

export function createFlowTransaction(
  tx: Prisma.TransactionClient,
  workspaceId: string,
  flowId: string,
): FlowTransaction {
  const flow = { workspaceId_id: { workspaceId, id: flowId } };
  return {
    async findByHash(hash, kind) {
      const row = await tx.flowVersion.findFirst({
        where: { workspaceId, flowId, hash, version: kind === 'snapshot' ? null : { not: null } },
        orderBy: { version: 'desc' },
        select: versionHeadSelect,
      });
      return row === null ? null : presentVersionHead(row);
    },
    async findVersion(version) {
      const row = await tx.flowVersion.findFirst({ where: { workspaceId, flowId, version } });
      return row === null ? null : presentVersionRow(row);
    },
    async lastVersion() {
      const { _max } = await tx.flowVersion.aggregate({ where: { workspaceId, flowId }, _max: { version: true } });
      return _max.version ?? 0;
    },
    async insertVersion({ versionId, document, ...version }) {
      const columns = { workspaceId, flowId, id: versionId, document: document as unknown as Prisma.InputJsonObject };
      await tx.flowVersion.create({ data: { ...version, ...columns } });
    },
    async lockPaths() {
      // Held to the commit. Two keys: the first says what is locked, the second in which workspace.
      await tx.$executeRaw`SELECT pg_advisory_xact_lock(hashtext('headrace.paths'), hashtext(${workspaceId}))`;
    },
    async pathHolders(pathKeys): Promise<readonly PathHolder[]> {
      const rows = await tx.flowTrigger.findMany({
        where: { workspaceId, pathKey: { in: [...pathKeys] }, flowId: { not: flowId } },
        select: { flowId: true, method: true, pathKey: true, flow: { select: { name: true } } },
      });
      return rows.map((row) => ({
        flowId: row.flowId,
        flowName: row.flow.name,
        method: row.method ?? 'ANY',
        pathKey: row.pathKey ?? '',
      }));
    },
    async replaceTriggers(triggers) {
      await tx.flowTrigger.deleteMany({ where: { workspaceId, flowId } });
      await tx.flowTrigger.createMany({
        data: triggers.map(({ config, types, ...trigger }) => ({
          ...trigger,
          workspaceId,
          flowId,
          types: [...types],
          config: config as Prisma.InputJsonObject,
        })),
      });
    },
    replaceSchedules: (schedules) => replaceSchedules(tx, workspaceId, flowId, schedules),
    async setLive(version) {
      await tx.flow.update({ where: flow, data: { liveVersion: version }, select: { id: true } });
    },
    async setPaused(isPaused) {
      await tx.flow.update({ where: flow, data: { isPaused }, select: { id: true } });
    },
    async markDeleted(actor) {
      await tx.$executeRaw`UPDATE flows SET deleted_at = now(), deleted_by = ${actor}
        WHERE workspace_id = ${workspaceId}::uuid AND id = ${flowId}::uuid`;
    },
    async releaseHeld() {
      const rows = await tx.$queryRaw<{ id: string }[]>`UPDATE runs SET is_held = false, due_at = now(), reason = NULL
        WHERE workspace_id = ${workspaceId}::uuid AND flow_id = ${flowId}::uuid AND is_held RETURNING id`;
      return rows.map((row) => row.id);
    },
    audit: (line) => writeAudit(tx, line),
  };
}
