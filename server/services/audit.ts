/**
 * One line of the audit log: who did what to which thing. Every mutation hands such a line to its store, which writes it
 * in the same transaction. Refuses values: details name revisions, versions and counts, never contents or secrets.
 */
import type { Caller, Ids } from '@/server/services/ports';

export interface AuditLine {
  readonly id: string;
  readonly workspaceId: string;
  readonly actor: string;
  /** Dotted, past tense: `flow.published`. */
  readonly action: string;
  readonly targetKind: 'flow' | 'run' | 'variable' | 'secret' | 'apiKey' | 'user' | 'approval';
  readonly targetId: string;
  readonly details: Readonly<Record<string, string | number | boolean | null | readonly string[]>>;
}

export const auditLine = (
  ids: Ids,
  caller: Pick<Caller, 'workspaceId' | 'actor'>,
  action: string,
  target: { readonly kind: AuditLine['targetKind']; readonly id: string },
  details: AuditLine['details'] = {},
): AuditLine => ({
  id: ids.uuid(),
  workspaceId: caller.workspaceId,
  actor: caller.actor,
  action,
  targetKind: target.kind,
  targetId: target.id,
  details,
});
