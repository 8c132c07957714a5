/**
 * Compiled flow versions by id. Versions are immutable, so a compiled one is right for ever; only memory ends it.
 * Refuses to guess at a version that does not compile: its run fails with the fault.
 */
import { HeadraceError } from '@/core/errors';
import { compileFlow } from '@/core/flow/compile';
import type { CompiledFlow } from '@/core/flow/compiled-flow';
import type { VersionDocuments } from '@/server/repositories/version-documents';

/** Compiled versions kept: a few megabytes, more than a busy installation has live at once. */
const keptVersions = 500;

export interface FlowVersions {
  /** @throws HeadraceError `flow.invalid` or `resource.notFound` */
  compiled(workspaceId: string, versionId: string): Promise<CompiledFlow>;
}

export function createFlowVersions(documents: VersionDocuments): FlowVersions {
  const kept = new Map<string, Promise<CompiledFlow>>();

  const read = async (workspaceId: string, versionId: string): Promise<CompiledFlow> => {
    const document = await documents.read(workspaceId, versionId);
    if (document === null) throw new HeadraceError('resource.notFound', 'The flow version of this run is gone.');
    return compileFlow(document);
  };

  return {
    compiled(workspaceId, versionId) {
      const known = kept.get(versionId);
      if (known !== undefined) return known;
      const compiling = read(workspaceId, versionId);
      kept.set(versionId, compiling);
      compiling.catch(() => kept.delete(versionId));
      if (kept.size > keptVersions) {
        const [oldest] = kept.keys();
        if (oldest !== undefined) kept.delete(oldest);
      }
      return compiling;
    },
  };
}
