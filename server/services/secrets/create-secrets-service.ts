/**
 * Secrets: sealed on the way in, listed by name, never given back. Refuses to tell whether a value is the one that is
 * stored, and writes no value into the audit log.
 */
import { HeadraceError } from '@/core/errors';
import { limits } from '@/core/limits';
import { type AuditLine, auditLine } from '@/server/services/audit';
import { requireScope } from '@/server/services/authorize';
import { presentTime } from '@/server/services/common-schemas';
import { cursorShapes, decodeCursor, pageFrom, pageSizeOf } from '@/server/services/paging';
import type { Ids } from '@/server/services/ports';
import type { Secret } from '@/server/services/secrets/schemas';
import type { SealedSecret, SecretBox } from '@/server/services/secrets/secret-box';
import type { SecretsService } from '@/server/services/secrets/secrets-service';

export interface SecretHead {
  readonly name: string;
  readonly origins: readonly string[];
  readonly updatedAtMs: number;
}

export interface SecretStore {
  /** By name, after `afterName`. */
  list(
    workspaceId: string,
    query: { readonly afterName: string | null; readonly take: number },
  ): Promise<readonly SecretHead[]>;
  put(
    workspaceId: string,
    secret: SealedSecret & { readonly name: string; readonly origins: readonly string[]; readonly actor: string },
    audit: AuditLine,
  ): Promise<SecretHead>;
  /** @returns whether there was one */
  remove(workspaceId: string, name: string, audit: AuditLine): Promise<boolean>;
}

export interface SecretsDeps {
  readonly store: SecretStore;
  readonly secretBox: SecretBox;
  readonly ids: Ids;
}

export function createSecretsService({ store, secretBox, ids }: SecretsDeps): SecretsService {
  return {
    async list(caller, input) {
      requireScope(caller, 'secrets:read');
      const limit = pageSizeOf(input.limit);
      const afterName = decodeCursor('names', input.cursor, cursorShapes.name);
      const rows = await store.list(caller.workspaceId, { afterName, take: limit + 1 });
      return pageFrom('names', rows, limit, (row) => row.name, present);
    },
    async put(caller, { name, value, origins = [] }) {
      requireScope(caller, 'secrets:write');
      if (new TextEncoder().encode(value).length > limits.secretBytes) {
        throw new HeadraceError('request.tooLarge', `A secret holds ${limits.secretBytes} bytes at most.`);
      }
      const sealed = secretBox.seal(caller.workspaceId, name, value);
      const canonical = [...new Set(origins.map((origin) => new URL(origin).origin))];
      const audit = auditLine(ids, caller, 'secret.put', { kind: 'secret', id: name }, { origins: canonical });
      const secret = { ...sealed, name, origins: canonical, actor: caller.actor };
      return present(await store.put(caller.workspaceId, secret, audit));
    },
    async remove(caller, { name }) {
      requireScope(caller, 'secrets:write');
      const audit = auditLine(ids, caller, 'secret.removed', { kind: 'secret', id: name });
      if (!(await store.remove(caller.workspaceId, name, audit))) {
        throw new HeadraceError('resource.notFound', `There is no secret named "${name}".`);
      }
    },
  };
}

const present = (row: SecretHead): Secret => ({
  name: row.name,
  origins: [...row.origins],
  updatedAt: presentTime(row.updatedAtMs),
});
