import { afterEach, describe, expect, it } from 'vitest';
import { type Accounts, openAccounts, owner } from '@/server/testing/accounts';
import { testDatabase } from '@/server/testing/servers';
import { silentLog } from '@/server/testing/silent-log';
import { ensureUnattendedOwner } from './unattended';

const opened: Accounts[] = [];
const open = async (...args: Parameters<typeof openAccounts>): Promise<Accounts> => {
  const accounts = await openAccounts(...args);
  opened.push(accounts);
  return accounts;
};

afterEach(async () => {
  await Promise.all(opened.splice(0).map((accounts) => accounts.close()));
});

describe('the first visit', () => {
  it('makes the owner, the workspace main and their membership, and is over', async () => {
    const { auth, prisma } = await open();
    expect(await auth.firstVisit.state()).toEqual({ isOpen: true, needsSetupToken: false });
    await auth.firstVisit.createOwner(owner);
    expect(await auth.firstVisit.state()).toEqual({ isOpen: false, needsSetupToken: false });
    const [membership] = await prisma.membership.findMany({ include: { user: true, workspace: true } });
    expect(membership).toMatchObject({
      role: 'owner',
      user: { name: owner.name, email: owner.email },
      workspace: { slug: 'main' },
    });
    const [line] = await prisma.auditEntry.findMany();
    expect(line).toMatchObject({ action: 'owner.created', actor: `user:${membership?.userId}` });
    await expect(auth.firstVisit.createOwner(owner)).rejects.toMatchObject({ code: 'auth.setupDone' });
  });

  it('is won by exactly one of many that come at once, in several processes', async () => {
    const database = await testDatabase();
    const processes = await Promise.all([1, 2, 3].map(() => open({}, database)));
    const visits = processes.flatMap(({ auth }, process) =>
      [1, 2, 3].map((visitor) =>
        auth.firstVisit.createOwner({ ...owner, email: `visitor-${process}-${visitor}@example.com` }),
      ),
    );
    const results = await Promise.allSettled(visits);
    const refusals = results.flatMap((result) => (result.status === 'rejected' ? [result.reason.code] : []));
    expect(refusals).toEqual(Array.from({ length: 8 }, () => 'auth.setupDone'));
    const { prisma } = processes[0] as Accounts;
    expect(await prisma.user.count()).toBe(1);
    expect(await prisma.membership.count()).toBe(1);
    expect(await prisma.workspace.count()).toBe(1);
  });

  it('needs the set-up token when the listener is not loopback', async () => {
    const { auth, prisma } = await open({ isLoopback: false, setupToken: 'printed-by-the-terminal' });
    expect(await auth.firstVisit.state()).toEqual({ isOpen: true, needsSetupToken: true });
    for (const setupToken of [undefined, '', 'printed-by-the-termina', 'printed-by-the-terminal ', 'wrong']) {
      await expect(auth.firstVisit.createOwner({ ...owner, setupToken })).rejects.toMatchObject({
        code: 'auth.setupTokenInvalid',
        faults: [{ pointer: '/setupToken' }],
      });
    }
    expect(await prisma.user.count()).toBe(0);
    await auth.firstVisit.createOwner({ ...owner, setupToken: 'printed-by-the-terminal' });
    expect(await prisma.user.count()).toBe(1);
  });

  it('lets nobody in when it needs a token and none was printed', async () => {
    const { auth } = await open({ isLoopback: false, setupToken: undefined });
    await expect(auth.firstVisit.createOwner({ ...owner, setupToken: 'undefined' })).rejects.toMatchObject({
      code: 'auth.setupTokenInvalid',
    });
  });
});

describe('an unattended first visit', () => {
  it('makes the owner and registers the key once, at every start and in several processes', async () => {
    const database = await testDatabase();
    const processes = await Promise.all([1, 2].map(() => open({}, database)));
    const registered: string[][] = [];
    const apiKeys = {
      register: async (workspaceId: string, value: string, name: string) => {
        registered.push([workspaceId, value, name]);
      },
    };
    const env = { owner: { email: 'Owner@Example.com', password: owner.password }, apiKey: 'a-key-of-my-own' };
    const start = ({ auth }: Accounts) =>
      ensureUnattendedOwner({ env, firstVisit: auth.firstVisit, apiKeys, log: silentLog });
    await Promise.all(processes.map(start));
    await start(processes[0] as Accounts);
    const { prisma } = processes[0] as Accounts;
    const workspace = await prisma.workspace.findFirstOrThrow();
    expect(await prisma.user.findMany({ select: { email: true } })).toEqual([{ email: 'owner@example.com' }]);
    expect(registered).toEqual(Array.from({ length: 3 }, () => [workspace.id, 'a-key-of-my-own', 'HEADRACE_API_KEY']));
  });

  it('leaves an owner that exists alone', async () => {
    const { auth, prisma } = await open();
    await auth.firstVisit.createOwner(owner);
    expect(await auth.firstVisit.ensureOwner({ email: 'other@example.com', password: 'something else' })).toBe(false);
    expect(await prisma.user.count()).toBe(1);
  });

  it('lets the first visit follow when only a key was configured', async () => {
    const { auth, prisma } = await open();
    const workspaceId = await auth.firstVisit.ensureWorkspace();
    await auth.firstVisit.createOwner(owner);
    expect(await prisma.membership.findMany({ select: { workspaceId: true } })).toEqual([{ workspaceId }]);
  });
});
