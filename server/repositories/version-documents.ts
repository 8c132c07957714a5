/** Documents of immutable flow versions, for the worker that compiles them. */
import type { Pool } from 'pg';
import type { FlowDocument } from '@/core/flow/document';

export interface VersionDocuments {
  /** @returns null when there is no such version in the workspace */
  read(workspaceId: string, versionId: string): Promise<FlowDocument | null>;
}

export const createVersionDocuments = (pool: Pool): VersionDocuments => ({
  async read(workspaceId, versionId) {
    const { rows } = await pool.query<{ document: FlowDocument }>({
      name: 'version-document',
      text: 'SELECT document FROM flow_versions WHERE workspace_id = $1 AND id = $2',
      values: [workspaceId, versionId],
    });
    return rows[0]?.document ?? null;
  },
});
