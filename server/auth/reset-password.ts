/**
 * The way back in for somebody who forgot their password: whoever can run a command on the machine may set one. Ends
 * every session of that person and leaves a line in the audit log.
 */
import { randomInt } from 'node:crypto';
import { hashPassword } from 'better-auth/crypto';
import { HeadraceError } from '@/core/errors';
import type { AccountRepository } from '@/server/repositories/account-repository';
import { auditLine } from '@/server/services/audit';
import type { Ids } from '@/server/services/ports';
import { newPassword } from './schemas';

/** Without characters that are confused when read aloud or copied by hand: 0 O 1 l I. */
const alphabet = 'abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789';
/** 20 characters of 57 are 116 bits. */
const generatedLength = 20;

export const generatePassword = (): string =>
  Array.from({ length: generatedLength }, () => alphabet[randomInt(alphabet.length)]).join('');

/**
 * @param email of an existing account
 * @param password the new one; generated when it is null
 * @returns the password that now applies
 * @throws HeadraceError `resource.notFound`, `request.invalid` when the password is too short or too long
 */
export async function resetPassword(
  deps: { readonly accounts: AccountRepository; readonly ids: Ids },
  email: string,
  password: string | null,
): Promise<string> {
  const { accounts, ids } = deps;
  const user = await accounts.findUserByEmail(email);
  if (user === null) throw new HeadraceError('resource.notFound', `There is no account with the e-mail ${email}.`);
  const chosen = newPassword.safeParse(password ?? generatePassword());
  if (!chosen.success) {
    throw new HeadraceError('request.invalid', chosen.error.issues[0]?.message ?? 'The password is refused.');
  }
  const membership = await accounts.findMembership(user.id);
  await accounts.replacePassword(
    { userId: user.id, newAccountId: ids.uuid(), passwordHash: await hashPassword(chosen.data), keepSessionId: null },
    membership &&
      auditLine(ids, { workspaceId: membership.workspace.id, actor: 'system' }, 'password.reset', {
        kind: 'user',
        id: user.id,
      }),
  );
  return chosen.data;
}
