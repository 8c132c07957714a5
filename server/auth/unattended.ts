/**
 * The first visit without a visitor: an installation that configures its owner and an API key in the environment is
 * ready as soon as it answers. Run at every start of a web process; refuses to change what already exists.
 */
import type { ApiKeysService } from '@/server/services/api-keys/api-keys-service';
import type { Log } from '@/server/services/ports';
import type { FirstVisit } from './first-visit';

export interface UnattendedDeps {
  readonly env: {
    readonly owner: { readonly email: string; readonly password: string } | undefined;
    readonly apiKey: string | undefined;
  };
  readonly firstVisit: FirstVisit;
  readonly apiKeys: Pick<ApiKeysService, 'register'>;
  readonly log: Log;
}

/** Idempotent, and safe when several processes start at once. */
export async function ensureUnattendedOwner({ env, firstVisit, apiKeys, log }: UnattendedDeps): Promise<void> {
  if (env.owner !== undefined && (await firstVisit.ensureOwner(env.owner))) {
    log.info({ email: env.owner.email }, 'owner created from HEADRACE_OWNER_EMAIL');
  }
  if (env.apiKey !== undefined)
    await apiKeys.register(await firstVisit.ensureWorkspace(), env.apiKey, 'HEADRACE_API_KEY');
}
