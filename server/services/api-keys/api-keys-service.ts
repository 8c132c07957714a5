/** The API keys area as its callers see it. Refuses to show a key twice and to grant what the creator does not have. */
import type { ApiKey, CreateApiKeyInput } from '@/server/services/api-keys/schemas';
import type { Caller } from '@/server/services/ports';

export interface ApiKeysService {
  /** Newest first; revoked ones included. */
  list(caller: Caller): Promise<readonly ApiKey[]>;
  /** @returns the key itself, once, beside its presentation. @throws HeadraceError `auth.forbidden` on escalation */
  create(caller: Caller, input: CreateApiKeyInput): Promise<ApiKey & { readonly key: string }>;
  /** Takes effect in this process at once and in others within five seconds. @throws `resource.notFound` */
  revoke(caller: Caller, input: { keyId: string }): Promise<void>;
  /** Makes a key with a value that the operator chose (HEADRACE_API_KEY); does nothing when it exists. All scopes. */
  register(workspaceId: string, value: string, name: string): Promise<void>;
  /** @param bearer the whole key. @returns null when it is unknown or revoked */
  authenticate(bearer: string): Promise<Caller | null>;
}
