/** Reads sealed secrets for the moment they are used. Never opens them; the resolver does. */
import type { Pool } from 'pg';
import type { StoredSecrets } from '@/server/services/secrets/resolve-secrets';

export const createStoredSecrets = (pool: Pool): StoredSecrets => ({
  async read(workspaceId, name) {
    const { rows } = await pool.query<{ sealed: Buffer; key_id: string; origins: string[] }>({
      name: 'secret-read',
      text: 'SELECT sealed, key_id, origins FROM secrets WHERE workspace_id = $1 AND name = $2',
      values: [workspaceId, name],
    });
    const [row] = rows;
    return row === undefined ? undefined : { sealed: row.sealed, keyId: row.key_id, origins: row.origins };
  },
});
