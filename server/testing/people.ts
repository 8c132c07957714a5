/** Members of a workspace for tests, as rows and as the callers they are. Refuses passwords: nobody signs in here. */
import type { Pool } from 'pg';
import { v7 as uuidv7 } from 'uuid';
import { callerOf, type Role } from '@/server/auth/roles';
import type { Caller } from '@/server/services/ports';

export async function makeMember(
  pool: Pool,
  { workspaceId, slug }: { readonly workspaceId: string; readonly slug: string },
  { email, name = email, role = 'editor' }: { readonly email: string; readonly name?: string; readonly role?: Role },
): Promise<Caller> {
  const id = uuidv7();
  await pool.query('INSERT INTO users (id, name, email) VALUES ($1, $2, $3)', [id, name, email]);
  await pool.query('INSERT INTO memberships (workspace_id, user_id, role) VALUES ($1, $2, $3)', [
    workspaceId,
    id,
    role,
  ]);
  return callerOf({
    sessionId: 'none',
    expiresAtMs: 0,
    user: { id, name, email },
    workspace: { id: workspaceId, slug, name: slug },
    role,
  });
}
