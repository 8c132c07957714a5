/**
 * Flows and their versions on Postgres. Saving is one UPDATE that holds the revision; publishing and its like run under
 * the flow's row lock. Refuses deleted flows everywhere but in history.
 */
import type { Prisma, PrismaClient } from '@/server/generated/prisma/client';
import { writeAudit } from '@/server/repositories/audit-log';
import {
  documentOf,
  flowHeadSelect,
  presentFlowHead,
  presentFlowRow,
  presentVersionHead,
  presentVersionRow,
  versionHeadSelect,
} from '@/server/repositories/flow-rows';
import { createFlowTransaction } from '@/server/repositories/flow-transaction';
import { escapeLike } from '@/server/repositories/like';
import { transactionOptions } from '@/server/repositories/transaction-options';
import type { FlowStore } from '@/server/services/flows/flow-store';

export function createFlowStore(prisma: PrismaClient): FlowStore {
  return {
    async list(workspaceId, { q, beforeId, take }) {
      const rows = await prisma.flow.findMany({
        where: {
          workspaceId,
          deletedAt: null,
          ...(q === null ? {} : { name: { contains: escapeLike(q), mode: 'insensitive' } }),
          ...(beforeId === null ? {} : { id: { lt: beforeId } }),
        },
        orderBy: { id: 'desc' },
        take,
        select: flowHeadSelect,
      });
      return rows.map(presentFlowHead);
    },

    async find(workspaceId, flowId) {
      const row = await prisma.flow.findFirst({ where: { workspaceId, id: flowId, deletedAt: null } });
      return row === null ? null : presentFlowRow(row);
    },

    async create(workspaceId, { id, document, actor }, audit) {
      const data = {
        workspaceId,
        id,
        name: document.name,
        draft: document as unknown as Prisma.InputJsonObject,
        createdBy: actor,
        updatedBy: actor,
      };
      await prisma.$transaction([
        prisma.flow.create({ data, select: { id: true } }),
        prisma.auditEntry.create({ data: { ...audit, details: audit.details as Prisma.InputJsonObject } }),
      ]);
    },

    save: (workspaceId, { flowId, revision, document, actor }, audit) =>
      prisma.$transaction(async (tx) => {
        const { count } = await tx.flow.updateMany({
          where: { workspaceId, id: flowId, revision, deletedAt: null },
          data: {
            name: document.name,
            draft: document as unknown as Prisma.InputJsonObject,
            revision: { increment: 1 },
            updatedAt: new Date(),
            updatedBy: actor,
          },
        });
        if (count === 0) return null;
        await writeAudit(tx, audit);
        return revision + 1;
      }, transactionOptions),

    async versions(workspaceId, { flowId, before, take }) {
      const rows = await prisma.flowVersion.findMany({
        where: { workspaceId, flowId, version: before === null ? { not: null } : { lt: before } },
        orderBy: { version: 'desc' },
        take,
        select: versionHeadSelect,
      });
      return rows.map(presentVersionHead);
    },

    async versionsWithDocuments(workspaceId, { flowId, before, take, maxBytes }) {
      const sized = await prisma.$queryRaw<{ version: number }[]>`
        SELECT version FROM (
          SELECT version, row_number() OVER newest AS ord, sum(octet_length(document::text)) OVER newest AS bytes
          FROM (
            SELECT version, document FROM flow_versions
            WHERE workspace_id = ${workspaceId}::uuid AND flow_id = ${flowId}::uuid AND version IS NOT NULL
              AND version < ${before ?? 2_147_483_647}
            ORDER BY version DESC LIMIT ${take}
          ) page
          WINDOW newest AS (ORDER BY version DESC ROWS UNBOUNDED PRECEDING)
        ) sized WHERE ord = 1 OR bytes <= ${maxBytes} ORDER BY version DESC`;
      const rows = await prisma.flowVersion.findMany({
        where: { workspaceId, flowId, version: { in: sized.map((row) => row.version) } },
        orderBy: { version: 'desc' },
      });
      return rows.map(presentVersionRow);
    },

    async findVersion(workspaceId, flowId, version) {
      const row = await prisma.flowVersion.findFirst({ where: { workspaceId, flowId, version } });
      return row === null ? null : presentVersionRow(row);
    },

    async findLive(workspaceId, flowId) {
      const [row] = await prisma.$queryRaw<{ id: string | null; version: number | null }[]>`
        SELECT v.id, v.version FROM flows f
        LEFT JOIN flow_versions v
          ON v.workspace_id = f.workspace_id AND v.flow_id = f.id AND v.version = f.live_version
        WHERE f.workspace_id = ${workspaceId}::uuid AND f.id = ${flowId}::uuid AND f.deleted_at IS NULL`;
      if (row === undefined) return null;
      return row.id === null || row.version === null ? 'notPublished' : { versionId: row.id, version: row.version };
    },

    async document(workspaceId, versionId) {
      const row = await prisma.flowVersion.findUnique({
        where: { workspaceId_id: { workspaceId, id: versionId } },
        select: { document: true },
      });
      return row === null ? null : documentOf(row.document);
    },

    facts: (workspaceId, flowId) =>
      prisma.flow.findUnique({
        where: { workspaceId_id: { workspaceId, id: flowId } },
        select: { liveVersion: true },
      }),

    locked: (workspaceId, flowId, work) =>
      prisma.$transaction(async (tx) => {
        // NO KEY UPDATE: foreign keys of new runs and versions must not wait for a publish.
        const locked = await tx.$queryRaw<{ id: string }[]>`SELECT id FROM flows
          WHERE workspace_id = ${workspaceId}::uuid AND id = ${flowId}::uuid AND deleted_at IS NULL
          FOR NO KEY UPDATE`;
        if (locked.length === 0) return null;
        const row = await tx.flow.findUniqueOrThrow({ where: { workspaceId_id: { workspaceId, id: flowId } } });
        return work(presentFlowRow(row), createFlowTransaction(tx, workspaceId, flowId));
      }, transactionOptions),
  };
}
