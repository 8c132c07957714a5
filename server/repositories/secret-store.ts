/** Sealed secrets on Postgres. Refuses to open them: whoever holds the box asks for the sealed bytes by name. */
import type { PrismaClient } from '@/server/generated/prisma/client';
import { writeAudit } from '@/server/repositories/audit-log';
import { transactionOptions } from '@/server/repositories/transaction-options';
import type { SecretHead, SecretStore } from '@/server/services/secrets/create-secrets-service';
import type { StoredSecrets } from '@/server/services/secrets/resolve-secrets';

const headSelect = { name: true, origins: true, updatedAt: true } as const;

export function createSecretStore(prisma: PrismaClient): SecretStore & StoredSecrets {
  return {
    async list(workspaceId, { afterName, take }) {
      const rows = await prisma.secret.findMany({
        where: { workspaceId, ...(afterName === null ? {} : { name: { gt: afterName } }) },
        orderBy: { name: 'asc' },
        take,
        select: headSelect,
      });
      return rows.map(present);
    },
    put: (workspaceId, { name, sealed, keyId, origins, actor }, audit) =>
      prisma.$transaction(async (tx) => {
        const at = new Date();
        const change = {
          sealed: new Uint8Array(sealed),
          keyId,
          origins: [...origins],
          updatedAt: at,
          updatedBy: actor,
        };
        const row = await tx.secret.upsert({
          where: { workspaceId_name: { workspaceId, name } },
          create: { workspaceId, name, createdBy: actor, ...change },
          update: change,
          select: headSelect,
        });
        await writeAudit(tx, audit);
        return present(row);
      }, transactionOptions),
    remove: (workspaceId, name, audit) =>
      prisma.$transaction(async (tx) => {
        const { count } = await tx.secret.deleteMany({ where: { workspaceId, name } });
        if (count > 0) await writeAudit(tx, audit);
        return count > 0;
      }, transactionOptions),
    async read(workspaceId, name) {
      const row = await prisma.secret.findUnique({
        where: { workspaceId_name: { workspaceId, name } },
        select: { sealed: true, keyId: true, origins: true },
      });
      return row ?? undefined;
    },
  };
}

const present = (row: { name: string; origins: string[]; updatedAt: Date }): SecretHead => ({
  name: row.name,
  origins: row.origins,
  updatedAtMs: row.updatedAt.getTime(),
});
