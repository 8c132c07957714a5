/** A run with the flow it executes, for decisions about either. Refuses what is not there. */
import { compileFlow } from '@/core/flow/compile';
import type { CompiledFlow } from '@/core/flow/compiled-flow';
import type { FlowDocument } from '@/core/flow/document';
import type { RunsDeps } from '@/server/services/runs/create-runs-service';
import { runNotFound } from '@/server/services/runs/errors';
import type { LoadedRunFacts } from '@/server/services/runs/run-reader';

export interface RunWithDocument extends LoadedRunFacts {
  readonly document: FlowDocument;
}

export interface RunWithFlow extends RunWithDocument {
  readonly flow: CompiledFlow;
}

/** @throws HeadraceError `resource.notFound` when the workspace has no such run */
export const loadWithDocument = async (deps: RunsDeps, workspaceId: string, runId: string): Promise<RunWithDocument> =>
  withDocument(deps, workspaceId, await deps.reader.load(workspaceId, runId));

/** The same with every iteration of its loops. @throws HeadraceError as {@link loadWithDocument} */
export const loadWhole = async (deps: RunsDeps, workspaceId: string, runId: string): Promise<RunWithDocument> =>
  withDocument(deps, workspaceId, await deps.reader.loadWhole(workspaceId, runId));

async function withDocument(
  deps: RunsDeps,
  workspaceId: string,
  loaded: LoadedRunFacts | null,
): Promise<RunWithDocument> {
  const document = loaded === null ? null : await deps.queries.document(workspaceId, loaded.row.versionId);
  if (loaded === null || document === null) throw runNotFound();
  return { row: loaded.row, event: loaded.event, state: loaded.state, document };
}

/** @throws HeadraceError as {@link loadWithDocument} · `flow.invalid` when its version does not compile in this build */
export async function loadWithFlow(deps: RunsDeps, workspaceId: string, runId: string): Promise<RunWithFlow> {
  const loaded = await loadWithDocument(deps, workspaceId, runId);
  return { ...loaded, flow: compileFlow(loaded.document) };
}
