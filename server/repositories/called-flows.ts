/**
 * Flows as a step that calls one looks for them: by id, or by a name that only one of them has. Refuses deleted ones: they
 * are not there any more for anybody who comes anew.
 */
import type { Pool } from 'pg';
import type { VersionDocuments } from '@/server/repositories/version-documents';
import type { CalledFlow, CalledFlows } from '@/server/services/runs/call-flow';

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

const textBy = (condition: string): string => `
SELECT f.id, f.name, v.id AS version_id, v.version
FROM (SELECT * FROM flows WHERE workspace_id = $1 AND ${condition} AND deleted_at IS NULL LIMIT 2) f
LEFT JOIN LATERAL (
  SELECT v.id, v.version FROM flow_versions v
  WHERE v.workspace_id = f.workspace_id AND v.flow_id = f.id AND v.version = f.live_version LIMIT 1
) v ON true`;

const byId = { name: 'called-flow-by-id', text: textBy('id = $2::uuid') };
const byName = { name: 'called-flow-by-name', text: textBy('name = $2::text') };

interface Row {
  readonly id: string;
  readonly name: string;
  readonly version_id: string | null;
  readonly version: number | null;
}

export function createCalledFlows(pool: Pool, documents: VersionDocuments): CalledFlows {
  const ask = async (query: typeof byId, workspaceId: string, flow: string): Promise<CalledFlow[]> => {
    const { rows } = await pool.query<Row>({ ...query, values: [workspaceId, flow] });
    return rows.map(({ id, name, version_id: versionId, version }) => ({
      flowId: id,
      name,
      live: versionId === null || version === null ? null : { versionId, version },
    }));
  };
  return {
    async find(workspaceId, flow) {
      const found = uuid.test(flow) ? await ask(byId, workspaceId, flow) : [];
      return found.length > 0 ? found : ask(byName, workspaceId, flow);
    },
    document: (workspaceId, versionId) => documents.read(workspaceId, versionId),
  };
}
