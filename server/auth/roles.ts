/**
 * What a person may do, by role: the three roles of a membership mapped onto the scopes that API keys also carry, so
 * that services check one thing only. Refuses roles it does not know instead of granting nothing silently.
 */
import { HeadraceError } from '@/core/errors';
import { type Caller, type Scope, scopes } from '@/server/services/ports';

export const roles = ['owner', 'editor', 'viewer'] as const;
export type Role = (typeof roles)[number];

const scopesByRole: Readonly<Record<Role, ReadonlySet<Scope>>> = {
  owner: new Set(scopes),
  // An editor answers what asks nobody in particular; a link would let them answer for anybody.
  editor: new Set(scopes.filter((scope) => scope !== 'workspace:admin' && scope !== 'approvals:link')),
  viewer: new Set(scopes.filter((scope) => scope.endsWith(':read'))),
};

export const scopesOf = (role: Role): ReadonlySet<Scope> => scopesByRole[role];

/** @throws HeadraceError `internal.bug` for a word that no release ever stored as a role */
export function parseRole(text: string): Role {
  const role = roles.find((known) => known === text);
  if (role === undefined) throw new HeadraceError('internal.bug', `A membership has the unknown role "${text}".`);
  return role;
}

/** Who is signed in, where, and until when. */
export interface SignedIn {
  readonly sessionId: string;
  readonly expiresAtMs: number;
  readonly user: { readonly id: string; readonly name: string; readonly email: string };
  readonly workspace: { readonly id: string; readonly slug: string; readonly name: string };
  readonly role: Role;
}

/** The caller a signed-in person is to every service. */
export const callerOf = (signedIn: SignedIn): Caller => ({
  workspaceId: signedIn.workspace.id,
  workspaceSlug: signedIn.workspace.slug,
  actor: `user:${signedIn.user.id}`,
  scopes: scopesOf(signedIn.role),
});
