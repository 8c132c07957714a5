/**
 * The one question every service asks first: may this caller do that? It exists so that no area invents a rule of its
 * own. Refuses implied grants: a key that may write may not thereby read.
 */
import { HeadraceError } from '@/core/errors';
import type { Caller, Scope } from '@/server/services/ports';

/** @throws HeadraceError `auth.forbidden` naming the missing scope */
export function requireScope(caller: Caller, scope: Scope): void {
  if (!caller.scopes.has(scope)) {
    throw new HeadraceError('auth.forbidden', `This needs the scope ${scope}, which the key or role does not have.`, {
      details: { scope },
    });
  }
}
