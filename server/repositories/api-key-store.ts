/** API keys on Postgres, found by the SHA-256 of the whole key. Refuses to hold a key itself. */
import type { ApiKey, Prisma, PrismaClient } from '@/server/generated/prisma/client';
import { writeAudit } from '@/server/repositories/audit-log';
import { transactionOptions } from '@/server/repositories/transaction-options';
import type { ApiKeyRow, ApiKeyStore, NewApiKey } from '@/server/services/api-keys/create-api-keys-service';

export function createApiKeyStore(prisma: PrismaClient): ApiKeyStore {
  return {
    async list(workspaceId) {
      const rows = await prisma.apiKey.findMany({ where: { workspaceId }, orderBy: { id: 'desc' } });
      return rows.map(present);
    },
    create: (workspaceId, key, audit) =>
      prisma.$transaction(async (tx) => {
        const row = await tx.apiKey.create({ data: columnsOf(workspaceId, key) });
        await writeAudit(tx, audit);
        return present(row);
      }, transactionOptions),
    createIfMissing: (workspaceId, key, audit) =>
      prisma.$transaction(async (tx) => {
        const { count } = await tx.apiKey.createMany({ data: [columnsOf(workspaceId, key)], skipDuplicates: true });
        if (count > 0) await writeAudit(tx, audit);
      }, transactionOptions),
    revoke: (workspaceId, keyId, actor, audit) =>
      prisma.$transaction(async (tx) => {
        const { count } = await tx.apiKey.updateMany({
          where: { workspaceId, id: keyId, revokedAt: null },
          data: { revokedAt: new Date(), revokedBy: actor },
        });
        if (count > 0) {
          await writeAudit(tx, audit);
          return true;
        }
        return (await tx.apiKey.count({ where: { workspaceId, id: keyId } })) > 0;
      }, transactionOptions),
    async findByHash(hash) {
      const row = await prisma.apiKey.findUnique({
        where: { hash, revokedAt: null },
        select: { id: true, workspaceId: true, scopes: true, workspace: { select: { slug: true } } },
      });
      if (row === null) return null;
      const { id, workspaceId, scopes, workspace } = row;
      return { keyId: id, workspaceId, workspaceSlug: workspace.slug, scopes };
    },
    async touch(workspaceId, keyId) {
      // By the database's clock, and only once a minute whatever the number of processes.
      await prisma.$executeRaw`UPDATE api_keys SET last_used_at = now()
        WHERE workspace_id = ${workspaceId}::uuid AND id = ${keyId}::uuid
          AND (last_used_at IS NULL OR last_used_at < now() - interval '1 minute')`;
    },
  };
}

const columnsOf = (workspaceId: string, { scopes, ...key }: NewApiKey): Prisma.ApiKeyCreateManyInput => ({
  ...key,
  workspaceId,
  scopes: [...scopes],
});

const present = (row: ApiKey): ApiKeyRow => ({
  id: row.id,
  name: row.name,
  prefix: row.prefix,
  scopes: row.scopes,
  createdAtMs: row.createdAt.getTime(),
  createdBy: row.createdBy,
  lastUsedAtMs: row.lastUsedAt?.getTime() ?? null,
  revokedAtMs: row.revokedAt?.getTime() ?? null,
});
