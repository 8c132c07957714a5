/** The variables of a workspace as one object, the way expressions read them. */
import type { Pool } from 'pg';
import type { JsonObject, JsonValue } from '@/core/json';

export interface VariableValues {
  read(workspaceId: string): Promise<JsonObject>;
}

export const createVariableValues = (pool: Pool): VariableValues => ({
  async read(workspaceId) {
    const { rows } = await pool.query<{ name: string; value: JsonValue }>({
      name: 'variable-values',
      text: 'SELECT name, value FROM variables WHERE workspace_id = $1',
      values: [workspaceId],
    });
    return Object.fromEntries(rows.map((row) => [row.name, row.value]));
  },
});
