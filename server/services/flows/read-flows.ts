/** Lists and single flows and versions. Refuses documents in lists of flows: a page must stay small. */
import { validateWithSources } from '@/core/code/source-problems';
import type { Fault } from '@/core/errors';
import { requireScope } from '@/server/services/authorize';
import type { Page } from '@/server/services/common-schemas';
import type { FlowsDeps } from '@/server/services/flows/create-flows-service';
import { requireDraft } from '@/server/services/flows/draft';
import { flowNotFound, versionNotFound } from '@/server/services/flows/errors';
import { problemsOfCalls } from '@/server/services/flows/look-up-calls';
import {
  presentFlow,
  presentSummary,
  presentVersion,
  presentVersionSummary,
} from '@/server/services/flows/present-flow';
import type {
  Flow,
  FlowSummary,
  FlowVersion,
  FlowVersionSummary,
  ListFlowsInput,
  ListVersionsInput,
} from '@/server/services/flows/schemas';
import { cursorShapes, decodeCursor, encodeCursor, pageFrom, pageSizeOf } from '@/server/services/paging';
import type { Caller } from '@/server/services/ports';

/** Documents of one page of versions: about what a browser or script handles without noticing. */
const versionsPageBytes = 4 * 1024 * 1024;

/** @see FlowsService.list */
export async function listFlows(deps: FlowsDeps, caller: Caller, input: ListFlowsInput): Promise<Page<FlowSummary>> {
  requireScope(caller, 'flows:read');
  const limit = pageSizeOf(input.limit);
  const beforeId = decodeCursor('flows', input.cursor, cursorShapes.uuid);
  const rows = await deps.store.list(caller.workspaceId, { q: input.q ?? null, beforeId, take: limit + 1 });
  return pageFrom('flows', rows, limit, (row) => row.id, presentSummary);
}

/** @see FlowsService.get */
export async function getFlow(deps: FlowsDeps, caller: Caller, input: { flowId: string }): Promise<Flow> {
  requireScope(caller, 'flows:read');
  const row = await deps.store.find(caller.workspaceId, input.flowId);
  if (row === null) throw flowNotFound();
  return presentFlow(row);
}

/** @see FlowsService.validate */
export async function validateFlow(
  deps: Pick<FlowsDeps, 'calls'>,
  caller: Caller,
  input: { document: unknown },
): Promise<readonly Fault[]> {
  requireScope(caller, 'flows:read');
  const document = requireDraft(input.document);
  return [...validateWithSources(document), ...(await problemsOfCalls(deps, caller.workspaceId, document))];
}

/** @see FlowsService.versions */
export async function listVersions(
  deps: FlowsDeps,
  caller: Caller,
  input: ListVersionsInput,
): Promise<Page<FlowVersionSummary>> {
  const { query, liveVersion } = await prepareVersions(deps, caller, input);
  const rows = await deps.store.versions(caller.workspaceId, query);
  return versionPage(rows.map((row) => presentVersionSummary(row, liveVersion)));
}

/** @see FlowsService.versionsWithDocuments */
export async function listVersionsWithDocuments(
  deps: FlowsDeps,
  caller: Caller,
  input: ListVersionsInput,
): Promise<Page<FlowVersion>> {
  const { query, liveVersion } = await prepareVersions(deps, caller, input);
  const rows = await deps.store.versionsWithDocuments(caller.workspaceId, { ...query, maxBytes: versionsPageBytes });
  return versionPage(rows.map((row) => presentVersion(row, liveVersion)));
}

async function prepareVersions(deps: FlowsDeps, caller: Caller, input: ListVersionsInput) {
  requireScope(caller, 'flows:read');
  const after = decodeCursor('versions', input.cursor, cursorShapes.int32);
  const facts = await deps.store.facts(caller.workspaceId, input.flowId);
  if (facts === null) throw flowNotFound();
  const before = after === null ? null : Number(after);
  return {
    query: { flowId: input.flowId, before, take: pageSizeOf(input.limit) },
    liveVersion: facts.liveVersion,
  };
}

/** Versions are numbered from 1 without gaps, so the last number says whether more follow. */
function versionPage<Item extends FlowVersionSummary>(items: Item[]): Page<Item> {
  const last = items.at(-1)?.version ?? 1;
  return { items, nextCursor: last > 1 ? encodeCursor('versions', last) : null };
}

/** @see FlowsService.version */
export async function getVersion(
  deps: FlowsDeps,
  caller: Caller,
  input: { flowId: string; version: number },
): Promise<FlowVersion> {
  requireScope(caller, 'flows:read');
  const facts = await deps.store.facts(caller.workspaceId, input.flowId);
  if (facts === null) throw flowNotFound();
  const row = await deps.store.findVersion(caller.workspaceId, input.flowId, input.version);
  if (row === null) throw versionNotFound(input.version);
  return presentVersion(row, facts.liveVersion);
}
