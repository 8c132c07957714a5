/** Writes lines of the audit log inside the transaction of the deed. Refuses updates: the log only grows. */
import type { Prisma } from '@/server/generated/prisma/client';
import type { AuditLine } from '@/server/services/audit';

export async function writeAudit(tx: Prisma.TransactionClient, line: AuditLine): Promise<void> {
  await tx.auditEntry.create({ data: { ...line, details: line.details as Prisma.InputJsonObject } });
}
