/**
 * People as rows: who is a member of what, the credentials that better-auth also reads, preferences, and the one
 * transaction in which the first owner appears. Refuses passwords in clear: it is handed hashes.
 */
import { PrismaPg } from '@prisma/adapter-pg';
import { type Prisma, PrismaClient } from '@/server/generated/prisma/client';
import { writeAudit } from '@/server/repositories/audit-log';
import type { AuditLine } from '@/server/services/audit';

/** Serialises first visits across all processes (an arbitrary number, used for nothing else). */
const firstVisitLock = 7_246_001n;

export interface NewOwner {
  readonly userId: string;
  readonly accountId: string;
  readonly name: string;
  readonly email: string;
  readonly passwordHash: string;
  readonly workspace: { readonly id: string; readonly slug: string; readonly name: string };
}

export interface MembershipRow {
  readonly workspace: { readonly id: string; readonly slug: string; readonly name: string };
  readonly role: string;
}

export type AccountRepository = ReturnType<typeof createAccountRepository>;

export function createAccountRepository(prisma: PrismaClient) {
  return {
    async hasOwner(): Promise<boolean> {
      return (await prisma.membership.findFirst({ where: { role: 'owner' }, select: { userId: true } })) !== null;
    },

    /**
     * The owner, the workspace (when it is not there yet) and the membership, or nothing.
     * @returns the workspace's id, or null when another first visit won
     */
    createOwner: (owner: NewOwner, auditOf: (workspaceId: string) => AuditLine): Promise<string | null> =>
      prisma.$transaction((tx) => insertOwner(tx, owner, auditOf)),

    /** The workspace of this slug, made when it is missing. */
    async ensureWorkspace(workspace: NewOwner['workspace']): Promise<string> {
      return prisma.$transaction(async (tx) => {
        await tx.$executeRaw`SELECT pg_advisory_xact_lock(${firstVisitLock})`;
        return upsertWorkspace(tx, workspace);
      });
    },

    /** The workspace a person works in: the one they joined first. */
    findMembership: (userId: string): Promise<MembershipRow | null> =>
      prisma.membership.findFirst({
        where: { userId },
        orderBy: { createdAt: 'asc' },
        select: { role: true, workspace: { select: { id: true, slug: true, name: true } } },
      }),

    findUserByEmail: (email: string) =>
      prisma.user.findUnique({ where: { email: email.toLowerCase() }, select: { id: true, email: true, name: true } }),

    findUser: (userId: string) =>
      prisma.user.findUnique({
        where: { id: userId },
        select: { id: true, name: true, email: true, preferences: true },
      }),

    async updateUser(userId: string, change: { name?: string; preferences?: Prisma.InputJsonObject }): Promise<void> {
      await prisma.user.update({ where: { id: userId }, data: change });
    },

    /** @returns null when the person has no password */
    async findPasswordHash(userId: string): Promise<string | null> {
      const account = await prisma.account.findFirst({
        where: { userId, providerId: 'credential' },
        select: { password: true },
      });
      return account?.password ?? null;
    },

    /** Replaces the password and ends every session but one, with its line in the audit log, at once. */
    async replacePassword(
      change: { userId: string; newAccountId: string; passwordHash: string; keepSessionId: string | null },
      audit: AuditLine | null,
    ): Promise<void> {
      const { userId, newAccountId, passwordHash, keepSessionId } = change;
      await prisma.$transaction(async (tx) => {
        const credential = { userId, providerId: 'credential' };
        const { count } = await tx.account.updateMany({ where: credential, data: { password: passwordHash } });
        if (count === 0) {
          await tx.account.create({
            data: { ...credential, id: newAccountId, accountId: userId, password: passwordHash },
          });
        }
        await tx.session.deleteMany({ where: { userId, ...(keepSessionId && { NOT: { id: keepSessionId } }) } });
        if (audit !== null) await writeAudit(tx, audit);
      });
    },
  };
}

async function insertOwner(
  tx: Prisma.TransactionClient,
  owner: NewOwner,
  auditOf: (workspaceId: string) => AuditLine,
): Promise<string | null> {
  // READ COMMITTED takes a new snapshot per statement, so the check below sees what the holder before us committed.
  await tx.$executeRaw`SELECT pg_advisory_xact_lock(${firstVisitLock})`;
  if ((await tx.membership.findFirst({ where: { role: 'owner' }, select: { userId: true } })) !== null) return null;
  const workspaceId = await upsertWorkspace(tx, owner.workspace);
  await tx.user.create({
    data: {
      id: owner.userId,
      name: owner.name,
      email: owner.email.toLowerCase(),
      accounts: {
        create: {
          id: owner.accountId,
          accountId: owner.userId,
          providerId: 'credential',
          password: owner.passwordHash,
        },
      },
      memberships: { create: { workspaceId, role: 'owner' } },
    },
  });
  await writeAudit(tx, auditOf(workspaceId));
  return workspaceId;
}

async function upsertWorkspace(tx: Prisma.TransactionClient, workspace: NewOwner['workspace']): Promise<string> {
  const known = await tx.workspace.findUnique({ where: { slug: workspace.slug }, select: { id: true } });
  if (known !== null) return known.id;
  await tx.workspace.create({ data: workspace });
  return workspace.id;
}

/** The repository with a client of its own, for commands that need nothing else of the product. */
export function openAccountRepository(databaseUrl: string): {
  accounts: AccountRepository;
  close: () => Promise<void>;
} {
  const prisma = new PrismaClient({ adapter: new PrismaPg({ connectionString: databaseUrl, max: 1 }) });
  return { accounts: createAccountRepository(prisma), close: () => prisma.$disconnect() };
}
