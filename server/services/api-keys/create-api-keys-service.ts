/**
 * API keys: made, shown once, recognised by their SHA-256, revoked. A 256-bit random key needs no salt and no slow hash:
 * there is nothing to guess. Refuses to grant scopes that the creator lacks, and to remember a revoked key for longer
 * than {@link callerCacheMs}.
 */
import { HeadraceError } from '@/core/errors';
import type { ApiKeysService } from '@/server/services/api-keys/api-keys-service';
import type { ApiKey } from '@/server/services/api-keys/schemas';
import { type AuditLine, auditLine } from '@/server/services/audit';
import { requireScope } from '@/server/services/authorize';
import { announceChange, type WorkspaceChanges } from '@/server/services/changes';
import { presentTime } from '@/server/services/common-schemas';
import type { Digest } from '@/server/services/digest';
import { type Caller, type Clock, type Ids, type Log, type Scope, scopes } from '@/server/services/ports';

/** How long a process may accept a key that another process revoked. */
const callerCacheMs = 5_000;
/** Keys remembered at a time: far more than an installation uses, far less than memory. */
const callerCacheSize = 1_000;
/** How exact "last used" is: one write a minute per key and process, whatever the traffic. */
const lastUsedEveryMs = 60_000;

const keyBytes = 32;
const keyPrefix = 'hr_';
/** `hr_` and six characters: enough to tell keys apart, 220 bits short of the key. */
const shownLength = 9;

export interface ApiKeyRow {
  readonly id: string;
  readonly name: string;
  readonly prefix: string;
  readonly scopes: readonly string[];
  readonly createdAtMs: number;
  readonly createdBy: string;
  readonly lastUsedAtMs: number | null;
  readonly revokedAtMs: number | null;
}

export interface NewApiKey {
  readonly id: string;
  readonly name: string;
  readonly prefix: string;
  readonly hash: Uint8Array<ArrayBuffer>;
  readonly scopes: readonly Scope[];
  readonly createdBy: string;
}

export interface ApiKeyStore {
  /** Newest first. */
  list(workspaceId: string): Promise<readonly ApiKeyRow[]>;
  create(workspaceId: string, key: NewApiKey, audit: AuditLine): Promise<ApiKeyRow>;
  /** As {@link create}, but does nothing when the hash is known. */
  createIfMissing(workspaceId: string, key: NewApiKey, audit: AuditLine): Promise<void>;
  /** @returns false when there is no such key; revoking twice is revoking */
  revoke(workspaceId: string, keyId: string, actor: string, audit: AuditLine): Promise<boolean>;
  /** @returns null when unknown or revoked */
  findByHash(hash: Uint8Array<ArrayBuffer>): Promise<{
    readonly keyId: string;
    readonly workspaceId: string;
    readonly workspaceSlug: string;
    readonly scopes: readonly string[];
  } | null>;
  touch(workspaceId: string, keyId: string): Promise<void>;
}

export interface ApiKeysDeps {
  readonly store: ApiKeyStore;
  readonly changes: WorkspaceChanges;
  readonly digest: Digest;
  readonly ids: Ids;
  readonly clock: Clock;
  readonly log: Log;
}

export function createApiKeysService(deps: ApiKeysDeps): ApiKeysService {
  const { store, digest, ids } = deps;
  const callers = createCallerCache(deps);

  return {
    async list(caller) {
      requireScope(caller, 'workspace:admin');
      return (await store.list(caller.workspaceId)).map(present);
    },
    async create(caller, input) {
      requireScope(caller, 'workspace:admin');
      const granted = [...new Set(input.scopes)];
      const missing = granted.filter((scope) => !caller.scopes.has(scope));
      if (missing.length > 0) {
        throw new HeadraceError('auth.forbidden', `You cannot grant what you do not have: ${missing.join(', ')}.`);
      }
      const key = `${keyPrefix}${digest.randomToken(keyBytes)}`;
      const row = newKey(ids, digest, key, input.name, granted, caller.actor);
      const audit = auditLine(ids, caller, 'apiKey.created', { kind: 'apiKey', id: row.id }, { scopes: granted });
      return { ...present(await store.create(caller.workspaceId, row, audit)), key };
    },
    async revoke(caller, { keyId }) {
      requireScope(caller, 'workspace:admin');
      const audit = auditLine(ids, caller, 'apiKey.revoked', { kind: 'apiKey', id: keyId });
      if (!(await store.revoke(caller.workspaceId, keyId, caller.actor, audit))) {
        throw new HeadraceError('resource.notFound', 'There is no such key.');
      }
      callers.drop(caller.workspaceId);
    },
    async register(workspaceId, value, name) {
      const row = newKey(ids, digest, value, name, scopes, 'system');
      const audit = auditLine(ids, { workspaceId, actor: 'system' }, 'apiKey.created', { kind: 'apiKey', id: row.id });
      await store.createIfMissing(workspaceId, row, audit);
    },
    authenticate: (bearer) => callers.find(bearer),
  };
}

const newKey = (
  ids: Ids,
  digest: Digest,
  key: string,
  name: string,
  granted: readonly Scope[],
  createdBy: string,
): NewApiKey => ({
  id: ids.uuid(),
  name,
  // A key that an operator chose may be short: never show more than a third of it.
  prefix: key.slice(0, Math.min(shownLength, Math.floor(key.length / 3))),
  hash: digest.sha256(key),
  scopes: granted,
  createdBy,
});

interface KnownCaller {
  readonly caller: Caller;
  readonly keyId: string;
  readonly validUntilMs: number;
}

/** Callers by the hash of their key. Unknown keys are not remembered: they cost the one who tries them. */
function createCallerCache({ store, changes, digest, clock, log }: ApiKeysDeps) {
  const known = new Map<string, KnownCaller>();
  const touchedAtMs = new Map<string, number>();
  let generation = 0;

  const forget = (workspaceId: string): void => {
    generation += 1;
    for (const [hash, { caller }] of known) if (caller.workspaceId === workspaceId) known.delete(hash);
  };
  changes.onChange(forget);

  const touch = (caller: Caller, keyId: string): void => {
    const nowMs = clock.nowMs();
    if (nowMs - (touchedAtMs.get(keyId) ?? Number.NEGATIVE_INFINITY) < lastUsedEveryMs) return;
    if (touchedAtMs.size >= callerCacheSize) touchedAtMs.clear();
    touchedAtMs.set(keyId, nowMs);
    store.touch(caller.workspaceId, keyId).catch((error: unknown) => {
      log.warn({ err: error, keyId }, 'the last use of a key could not be noted');
    });
  };

  return {
    async find(bearer: string): Promise<Caller | null> {
      const hash = digest.sha256(bearer);
      const name = hexOf(hash);
      const cached = known.get(name);
      if (cached !== undefined && cached.validUntilMs > clock.nowMs()) {
        touch(cached.caller, cached.keyId);
        return cached.caller;
      }
      known.delete(name);
      const begun = generation;
      const validUntilMs = clock.nowMs() + callerCacheMs;
      const found = await store.findByHash(hash);
      if (found === null) return null;
      const caller: Caller = {
        workspaceId: found.workspaceId,
        workspaceSlug: found.workspaceSlug,
        actor: `key:${found.keyId}`,
        scopes: new Set(scopes.filter((scope) => found.scopes.includes(scope))),
      };
      if (begun === generation) {
        if (known.size >= callerCacheSize) known.clear();
        known.set(name, { caller, keyId: found.keyId, validUntilMs });
      }
      touch(caller, found.keyId);
      return caller;
    },
    drop(workspaceId: string): void {
      forget(workspaceId);
      announceChange({ changes, log }, workspaceId);
    },
  };
}

const hexOf = (bytes: Uint8Array): string => Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');

const present = (row: ApiKeyRow): ApiKey => ({
  id: row.id,
  name: row.name,
  prefix: row.prefix,
  scopes: row.scopes,
  createdAt: presentTime(row.createdAtMs),
  createdBy: row.createdBy,
  lastUsedAt: row.lastUsedAtMs === null ? null : presentTime(row.lastUsedAtMs),
  revokedAt: row.revokedAtMs === null ? null : presentTime(row.revokedAtMs),
});
