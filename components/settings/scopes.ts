/** Scopes as people choose and read them: an area, to read or to change. Pure. */
import type { RouterInputs } from '@/components/trpc/types';

export type Scope = RouterInputs['apiKeys']['create']['scopes'][number];

interface Area {
  readonly label: string;
  readonly read: Scope | null;
  readonly write: Scope | null;
  readonly writeWord: string;
}

export const scopeAreas: readonly Area[] = [
  { label: 'Flows', read: 'flows:read', write: 'flows:write', writeWord: 'draw and publish' },
  { label: 'Runs', read: 'runs:read', write: 'runs:write', writeWord: 'start and stop' },
  { label: 'Approvals', read: 'approvals:read', write: 'approvals:write', writeWord: 'answer' },
  { label: 'Links to approvals', read: null, write: 'approvals:link', writeWord: 'make, for anybody' },
  { label: 'Events', read: 'events:read', write: 'events:write', writeWord: 'publish' },
  { label: 'Variables', read: 'vars:read', write: 'vars:write', writeWord: 'change' },
  { label: 'Secrets (never values)', read: 'secrets:read', write: 'secrets:write', writeWord: 'store' },
  { label: 'Workers', read: 'workers:read', write: null, writeWord: '' },
  { label: 'The workspace and its keys', read: null, write: 'workspace:admin', writeWord: 'administer' },
];

export const allScopes: readonly Scope[] = scopeAreas.flatMap(({ read, write }) =>
  [read, write].filter((scope) => scope !== null),
);

/** What most programs need: send events, start runs and see what became of them. */
export const defaultScopes: readonly Scope[] = ['flows:read', 'runs:read', 'runs:write', 'events:read', 'events:write'];

/** `everything`, `read everything`, or the scopes themselves. */
export function scopesInWords(scopes: readonly string[]): string {
  const has = (wanted: readonly Scope[]) =>
    wanted.length === scopes.length && wanted.every((scope) => scopes.includes(scope));
  if (has(allScopes)) return 'do everything';
  if (has(allScopes.filter((scope) => scope.endsWith(':read')))) return 'read everything';
  return scopes.join(', ');
}
