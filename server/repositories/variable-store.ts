/** Variables on Postgres. Values are `json`: any JSON a person writes comes back as it was. */
import type { JsonValue } from '@/core/json';
import { Prisma, type PrismaClient, type Variable } from '@/server/generated/prisma/client';
import { writeAudit } from '@/server/repositories/audit-log';
import { transactionOptions } from '@/server/repositories/transaction-options';
import type { VariableRow, VariableStore } from '@/server/services/variables/create-variables-service';

export function createVariableStore(prisma: PrismaClient): VariableStore {
  return {
    async list(workspaceId, { afterName, take }) {
      const rows = await prisma.variable.findMany({
        where: { workspaceId, ...(afterName === null ? {} : { name: { gt: afterName } }) },
        orderBy: { name: 'asc' },
        take,
      });
      return rows.map(present);
    },
    async find(workspaceId, name) {
      const row = await prisma.variable.findUnique({ where: { workspaceId_name: { workspaceId, name } } });
      return row === null ? null : present(row);
    },
    put: (workspaceId, { name, value, actor }, audit) =>
      prisma.$transaction(async (tx) => {
        const stored = value === null ? Prisma.JsonNull : (value as Prisma.InputJsonValue);
        const change = { value: stored, updatedAt: new Date(), updatedBy: actor };
        const row = await tx.variable.upsert({
          where: { workspaceId_name: { workspaceId, name } },
          create: { workspaceId, name, ...change },
          update: change,
        });
        await writeAudit(tx, audit);
        return present(row);
      }, transactionOptions),
    remove: (workspaceId, name, audit) =>
      prisma.$transaction(async (tx) => {
        const { count } = await tx.variable.deleteMany({ where: { workspaceId, name } });
        if (count > 0) await writeAudit(tx, audit);
        return count > 0;
      }, transactionOptions),
  };
}

const present = (row: Variable): VariableRow => ({
  name: row.name,
  value: row.value as JsonValue,
  updatedAtMs: row.updatedAt.getTime(),
});
