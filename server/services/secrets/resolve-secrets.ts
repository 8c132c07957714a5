/**
 * Hands out the values of secrets at the last moment and only for the origins declared for them. It exists so that the
 * HTTP client and the webhook intake never see how secrets are stored. Refuses to send a secret to another origin and to
 * keep a value for longer than the call that asked.
 */
import { HeadraceError } from '@/core/errors';
import type { SealedSecret, SecretBox } from '@/server/services/secrets/secret-box';

/** A stored secret. `origins` empty: nobody narrowed where it may go. */
export interface StoredSecret extends SealedSecret {
  /** Such as `https://api.example.com`, each as `URL.origin` writes it. */
  readonly origins: readonly string[];
}

export interface StoredSecrets {
  read(workspaceId: string, name: string): Promise<StoredSecret | undefined>;
}

/** The secrets of one workspace, as an outgoing call may use them. */
export interface SecretSource {
  /**
   * @param origin where the value is about to be sent, as `URL.origin` writes it
   * @throws HeadraceError `secret.missing`, `secret.originRefused`, `secret.unreadable`
   */
  reveal(name: string, origin: string): Promise<string>;
}

export interface SecretResolver {
  /** For outgoing calls of one workspace. */
  sourceFor(workspaceId: string): SecretSource;
  /** For verification inside this process: the value goes nowhere, so origins do not matter. */
  read(workspaceId: string, name: string): Promise<string | undefined>;
}

export function createSecretResolver(deps: {
  readonly storedSecrets: StoredSecrets;
  readonly secretBox: SecretBox;
}): SecretResolver {
  const { storedSecrets, secretBox } = deps;
  return {
    sourceFor: (workspaceId) => ({
      async reveal(name, origin) {
        const stored = await storedSecrets.read(workspaceId, name);
        if (stored === undefined) {
          throw new HeadraceError('secret.missing', `There is no secret named "${name}".`, { details: { name } });
        }
        if (stored.origins.length > 0 && !stored.origins.includes(origin)) {
          throw new HeadraceError(
            'secret.originRefused',
            `The secret "${name}" may be sent to ${stored.origins.join(', ')}, not to ${origin}.`,
            { details: { name, origin } },
          );
        }
        return secretBox.open(workspaceId, name, stored);
      },
    }),
    async read(workspaceId, name) {
      const stored = await storedSecrets.read(workspaceId, name);
      return stored === undefined ? undefined : secretBox.open(workspaceId, name, stored);
    },
  };
}
