/**
 * Who may answer. When nobody in particular is asked, everybody with the scope; when somebody is, that person whatever
 * their role, and owners in their place, which the audit log says. Refuses keys the place of a person, unless they
 * administer the workspace.
 */
import { HeadraceError } from '@/core/errors';
import { requireScope } from '@/server/services/authorize';
import type { Caller } from '@/server/services/ports';

export type Standing = 'yes' | 'asOwner' | 'no';

/** @param email of the caller; null of one who is no person */
export function standingOf(caller: Caller, email: string | null, assignee: string | null): Standing {
  if (assignee === null) return caller.scopes.has('approvals:write') ? 'yes' : 'no';
  if (email === assignee) return 'yes';
  return caller.scopes.has('workspace:admin') ? 'asOwner' : 'no';
}

/** Whether the caller may hand out what answers in anybody's place. */
export const mayMakeLinks = (caller: Caller, standing: Standing): boolean =>
  standing !== 'no' || caller.scopes.has('approvals:link');

/** @throws HeadraceError `auth.forbidden` that says whose answer is wanted */
export function requireStanding(caller: Caller, standing: Standing, assignee: string | null): void {
  if (standing !== 'no') return;
  if (assignee === null) requireScope(caller, 'approvals:write');
  throw new HeadraceError(
    'auth.forbidden',
    `This asks ${assignee}. Only they, and owners of the workspace, may answer.`,
  );
}
