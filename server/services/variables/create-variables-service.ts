/**
 * Variables: small JSON values shared by all flows of a workspace. Refuses large ones, because every run reads them all.
 */
import { HeadraceError } from '@/core/errors';
import { byteLengthOfJson, type JsonValue } from '@/core/json';
import { limits } from '@/core/limits';
import { type AuditLine, auditLine } from '@/server/services/audit';
import { requireScope } from '@/server/services/authorize';
import { announceChange, type WorkspaceChanges } from '@/server/services/changes';
import { presentTime } from '@/server/services/common-schemas';
import { cursorShapes, decodeCursor, pageFrom, pageSizeOf } from '@/server/services/paging';
import type { Ids, Log } from '@/server/services/ports';
import type { Variable } from '@/server/services/variables/schemas';
import type { VariablesService } from '@/server/services/variables/variables-service';

export interface VariableRow {
  readonly name: string;
  readonly value: JsonValue;
  readonly updatedAtMs: number;
}

export interface VariableStore {
  /** By name, after `afterName`. */
  list(
    workspaceId: string,
    query: { readonly afterName: string | null; readonly take: number },
  ): Promise<readonly VariableRow[]>;
  find(workspaceId: string, name: string): Promise<VariableRow | null>;
  put(
    workspaceId: string,
    variable: { readonly name: string; readonly value: JsonValue; readonly actor: string },
    audit: AuditLine,
  ): Promise<VariableRow>;
  /** @returns whether there was one */
  remove(workspaceId: string, name: string, audit: AuditLine): Promise<boolean>;
}

export interface VariablesDeps {
  readonly store: VariableStore;
  readonly ids: Ids;
  readonly changes: WorkspaceChanges;
  readonly log: Log;
}

export function createVariablesService(deps: VariablesDeps): VariablesService {
  const { store, ids } = deps;
  return {
    async list(caller, input) {
      requireScope(caller, 'vars:read');
      const limit = pageSizeOf(input.limit);
      const afterName = decodeCursor('names', input.cursor, cursorShapes.name);
      const rows = await store.list(caller.workspaceId, { afterName, take: limit + 1 });
      return pageFrom('names', rows, limit, (row) => row.name, present);
    },
    async get(caller, { name }) {
      requireScope(caller, 'vars:read');
      const row = await store.find(caller.workspaceId, name);
      if (row === null) throw variableNotFound(name);
      return present(row);
    },
    async put(caller, { name, value }) {
      requireScope(caller, 'vars:write');
      if (byteLengthOfJson(value, limits.variableBytes) > limits.variableBytes) {
        throw new HeadraceError('request.tooLarge', `A variable holds ${limits.variableBytes} bytes of JSON at most.`);
      }
      const audit = auditLine(ids, caller, 'variable.put', { kind: 'variable', id: name });
      const row = await store.put(caller.workspaceId, { name, value, actor: caller.actor }, audit);
      announceChange(deps, caller.workspaceId);
      return present(row);
    },
    async remove(caller, { name }) {
      requireScope(caller, 'vars:write');
      const audit = auditLine(ids, caller, 'variable.removed', { kind: 'variable', id: name });
      if (!(await store.remove(caller.workspaceId, name, audit))) throw variableNotFound(name);
      announceChange(deps, caller.workspaceId);
    },
  };
}

const present = (row: VariableRow): Variable => ({
  name: row.name,
  value: row.value,
  updatedAt: presentTime(row.updatedAtMs),
});

const variableNotFound = (name: string): HeadraceError =>
  new HeadraceError('resource.notFound', `There is no variable named "${name}".`);
