/** The secrets area as its callers see it: written, listed by name, removed. Refuses to give a value back. */
import type { Page } from '@/server/services/common-schemas';
import type { Caller } from '@/server/services/ports';
import type { ListSecretsInput, PutSecretInput, Secret } from '@/server/services/secrets/schemas';

export interface SecretsService {
  /** By name, ascending; never values. */
  list(caller: Caller, input: ListSecretsInput): Promise<Page<Secret>>;
  /** Creates or replaces. Origins that are not given are cleared. */
  put(caller: Caller, input: PutSecretInput): Promise<Secret>;
  /** @throws HeadraceError `resource.notFound` */
  remove(caller: Caller, input: { name: string }): Promise<void>;
}
