/**
 * How the first owner comes to be: by the first visit in a browser, or unattended from the environment. Exactly one of
 * any number of simultaneous first visits wins, and from a network it needs the set-up token that the terminal printed.
 * Refuses everything once an owner exists.
 */
import { createHash, timingSafeEqual } from 'node:crypto';
import { hashPassword } from 'better-auth/crypto';
import { HeadraceError } from '@/core/errors';
import type { AccountRepository } from '@/server/repositories/account-repository';
import { auditLine } from '@/server/services/audit';
import type { Ids } from '@/server/services/ports';
import type { CreateOwner } from './schemas';

export const firstWorkspace = { slug: 'main', name: 'Main' };

export interface FirstVisitDeps {
  readonly accounts: AccountRepository;
  readonly ids: Ids;
  readonly env: { readonly isLoopback: boolean; readonly setupToken: string | undefined };
}

export type FirstVisit = ReturnType<typeof createFirstVisit>;

export function createFirstVisit({ accounts, ids, env }: FirstVisitDeps) {
  const needsSetupToken = !env.isLoopback;

  const makeOwner = async ({ name, email, password }: CreateOwner): Promise<boolean> => {
    const owner = {
      userId: ids.uuid(),
      accountId: ids.uuid(),
      name,
      email,
      passwordHash: await hashPassword(password),
      workspace: { id: ids.uuid(), ...firstWorkspace },
    };
    const actor = `user:${owner.userId}`;
    const workspaceId = await accounts.createOwner(owner, (workspaceId) =>
      auditLine(ids, { workspaceId, actor }, 'owner.created', { kind: 'user', id: owner.userId }),
    );
    return workspaceId !== null;
  };

  return {
    /** Whether the first visit is still to come, and whether it will ask for the set-up token. */
    async state(): Promise<{ isOpen: boolean; needsSetupToken: boolean }> {
      return { isOpen: !(await accounts.hasOwner()), needsSetupToken };
    },

    /**
     * @param input parsed by createOwnerSchema
     * @throws HeadraceError `auth.setupTokenInvalid`, or `auth.setupDone` when there is an owner
     */
    async createOwner(input: CreateOwner): Promise<void> {
      if (await accounts.hasOwner()) throw setupDone();
      if (needsSetupToken && !isSetupToken(input.setupToken, env.setupToken)) {
        const message = 'Enter the set-up token that the terminal printed when Headrace started.';
        const faults = [{ pointer: '/setupToken', code: 'auth.setupTokenInvalid', message }];
        throw new HeadraceError('auth.setupTokenInvalid', message, { faults });
      }
      if (!(await makeOwner(input))) throw setupDone();
    },

    /**
     * The owner from HEADRACE_OWNER_EMAIL and _PASSWORD. An owner that exists stays as it is: the variables describe a
     * first visit, not a second way to change a password.
     * @returns whether it was made now
     */
    async ensureOwner(owner: { readonly email: string; readonly password: string }): Promise<boolean> {
      if (await accounts.hasOwner()) return false;
      const name = owner.email.split('@')[0] ?? owner.email;
      return makeOwner({ name, email: owner.email, password: owner.password });
    },

    /** The id of the first workspace, which is made when it is missing. */
    ensureWorkspace: (): Promise<string> => accounts.ensureWorkspace({ id: ids.uuid(), ...firstWorkspace }),
  };
}

const setupDone = (): HeadraceError =>
  new HeadraceError('auth.setupDone', 'The owner account already exists. Sign in instead.');

/** Hashes first, so that neither length nor content shows in the time a comparison takes. */
function isSetupToken(given: string | undefined, expected: string | undefined): boolean {
  if (given === undefined || expected === undefined) return false;
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(given), digest(expected));
}
