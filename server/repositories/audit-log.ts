/** Writes lines of the audit log, alone or inside the transaction of the deed. Refuses updates: the log only grows. */
import type { Prisma, PrismaClient } from '@/server/generated/prisma/client';
import type { AuditLine, AuditLog } from '@/server/services/audit';

export async function writeAudit(tx: Prisma.TransactionClient, line: AuditLine): Promise<void> {
  await tx.auditEntry.create({ data: { ...line, details: line.details as Prisma.InputJsonObject } });
}

export const createAuditLog = (prisma: PrismaClient): AuditLog => ({ write: (line) => writeAudit(prisma, line) });
