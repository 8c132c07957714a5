/**
 * A person's own account: name, preferences, password. Takes the signed-in person rather than a caller, because no
 * scope is needed for what is one's own and nobody else's can be named.
 */
import { hashPassword, verifyPassword } from 'better-auth/crypto';
import { HeadraceError } from '@/core/errors';
import type { AccountRepository } from '@/server/repositories/account-repository';
import { auditLine } from '@/server/services/audit';
import type { Ids } from '@/server/services/ports';
import { callerOf, type SignedIn } from './roles';
import { type ChangePassword, preferencesSchema, type StoredPreferences, type UpdateProfile } from './schemas';

export interface Profile {
  readonly user: { readonly id: string; readonly name: string; readonly email: string };
  readonly workspace: { readonly id: string; readonly slug: string; readonly name: string };
  readonly role: SignedIn['role'];
  readonly preferences: StoredPreferences;
}

export type ProfileService = ReturnType<typeof createProfileService>;

export function createProfileService({ accounts, ids }: { accounts: AccountRepository; ids: Ids }) {
  const preferencesOf = async (userId: string): Promise<StoredPreferences> => {
    // A preference that an older or newer release stored and this one does not know is left out, not an error.
    const stored = preferencesSchema.safeParse((await accounts.findUser(userId))?.preferences);
    return stored.success ? stored.data : {};
  };

  return {
    async get({ user, workspace, role }: SignedIn): Promise<Profile> {
      return { user, workspace, role, preferences: await preferencesOf(user.id) };
    },

    /** Changes what is given; the rest stays. */
    async update(signedIn: SignedIn, change: UpdateProfile): Promise<Profile> {
      const { id } = signedIn.user;
      const before = await preferencesOf(id);
      const preferences = { ...before, ...change.preferences };
      await accounts.updateUser(id, { ...(change.name !== undefined && { name: change.name }), preferences });
      return { ...signedIn, user: { ...signedIn.user, name: change.name ?? signedIn.user.name }, preferences };
    },

    /**
     * Ends every other session of this person.
     * @throws HeadraceError `request.invalid` at `/currentPassword` when it is wrong
     */
    async changePassword(signedIn: SignedIn, input: ChangePassword): Promise<void> {
      const { user, sessionId } = signedIn;
      const hash = await accounts.findPasswordHash(user.id);
      if (hash === null || !(await verifyPassword({ hash, password: input.currentPassword }))) {
        const message = 'This is not your current password.';
        const faults = [{ pointer: '/currentPassword', code: 'field.invalid', message }];
        throw new HeadraceError('request.invalid', message, { faults });
      }
      await accounts.replacePassword(
        {
          userId: user.id,
          newAccountId: ids.uuid(),
          passwordHash: await hashPassword(input.newPassword),
          keepSessionId: sessionId,
        },
        auditLine(ids, callerOf(signedIn), 'password.changed', { kind: 'user', id: user.id }),
      );
    },
  };
}
