/** Lists and single runs. Refuses steps in lists: they come from the journal, one run at a time. */
import type { FlowDocument } from '@/core/flow/document';
import { requireScope } from '@/server/services/authorize';
import type { Page } from '@/server/services/common-schemas';
import { cursorShapes, decodeCursor, encodeCursor, pageFrom, pageSizeOf } from '@/server/services/paging';
import type { Caller } from '@/server/services/ports';
import type { RunsDeps } from '@/server/services/runs/create-runs-service';
import { runNotFound } from '@/server/services/runs/errors';
import {
  presentEntry,
  presentRun,
  presentRunSummary,
  shownIterations,
  storedTag,
} from '@/server/services/runs/present-run';
import { presentFamilyRun, shownChildren } from '@/server/services/runs/read-family';
import type { RepeatOfRun } from '@/server/services/runs/run-reader';
import type { LatestRun } from '@/server/services/runs/runs-service';
import type {
  JournalEntryView,
  ListJournalInput,
  ListRunsInput,
  RunSummary,
  RunView,
} from '@/server/services/runs/schemas';

/** @see RunsService.list */
export async function listRuns(deps: RunsDeps, caller: Caller, input: ListRunsInput): Promise<Page<RunSummary>> {
  requireScope(caller, 'runs:read');
  const limit = pageSizeOf(input.limit);
  const { rows, scannedTo } = await deps.queries.list(caller.workspaceId, {
    beforeId: decodeCursor('runs', input.cursor, cursorShapes.uuid),
    take: limit + 1,
    flowId: input.flow ?? null,
    parentId: input.parent ?? null,
    statuses: input.status === undefined || input.status.length === 0 ? null : [...new Set(input.status)],
    fromMs: input.from === undefined ? null : Date.parse(input.from),
    toMs: input.to === undefined ? null : Date.parse(input.to),
    lane: input.lane ?? null,
    q: input.q === undefined || input.q.trim() === '' ? null : input.q.trim(),
    tags: Object.entries(input.tags ?? {}).map(([name, value]) => storedTag(name, value)),
  });
  const page = pageFrom('runs', rows, limit, (row) => row.id, presentRunSummary);
  return page.nextCursor === null && scannedTo !== null
    ? { ...page, nextCursor: encodeCursor('runs', scannedTo) }
    : page;
}

/** @see RunsService.get */
export async function getRun(deps: RunsDeps, caller: Caller, { runId }: { runId: string }): Promise<RunView> {
  requireScope(caller, 'runs:read');
  return (await loadRun(deps, caller, runId)).run;
}

async function loadRun(deps: RunsDeps, caller: Caller, runId: string): Promise<LatestRun> {
  const loaded = await deps.reader.load(caller.workspaceId, runId);
  if (loaded === null) throw runNotFound();
  const [document, children] = await Promise.all([
    deps.queries.document(caller.workspaceId, loaded.row.versionId),
    deps.family.children(caller.workspaceId, runId, { afterId: null, take: shownChildren }),
  ]);
  // Of short loops every iteration is shown; the pages of longer ones are asked for.
  const isShort = Object.values(loaded.state.steps).some(({ loop }) => loop !== null && loop.next <= shownIterations);
  const whole = isShort ? await deps.reader.loadWhole(caller.workspaceId, runId) : null;
  const run = presentRun(loaded, document, whole?.state ?? loaded.state);
  return { run: { ...run, children: children.map(presentFamilyRun) }, event: loaded.event.event };
}

/** @see RunsService.repeats */
export async function repeatsOfRun(
  deps: RunsDeps,
  caller: Caller,
  { runId }: { runId: string },
): Promise<{ items: RepeatOfRun[] }> {
  requireScope(caller, 'runs:read');
  return { items: [...(await deps.queries.repeats(caller.workspaceId, runId))] };
}

/** @see RunsService.latest */
export async function latestRun(
  deps: RunsDeps,
  caller: Caller,
  { flowId }: { flowId: string },
): Promise<LatestRun | null> {
  requireScope(caller, 'runs:read');
  const runId = await deps.queries.latestId(caller.workspaceId, flowId);
  return runId === null ? null : loadRun(deps, caller, runId);
}

/** @see RunsService.document */
export async function runDocument(deps: RunsDeps, caller: Caller, { runId }: { runId: string }): Promise<FlowDocument> {
  requireScope(caller, 'runs:read');
  const loaded = await deps.reader.load(caller.workspaceId, runId);
  const document = loaded === null ? null : await deps.queries.document(caller.workspaceId, loaded.row.versionId);
  if (document === null) throw runNotFound();
  return document;
}

/** @see RunsService.journal */
export async function readJournal(
  deps: RunsDeps,
  caller: Caller,
  input: ListJournalInput,
): Promise<Page<JournalEntryView>> {
  requireScope(caller, 'runs:read');
  const limit = pageSizeOf(input.limit);
  const after = Number(decodeCursor('journal', input.cursor, cursorShapes.int32) ?? 0);
  if ((await deps.queries.status(caller.workspaceId, input.runId)) === null) throw runNotFound();
  const rows = await deps.reader.journalPage(caller.workspaceId, input.runId, after, limit + 1);
  return pageFrom('journal', rows, limit, ({ seq }) => seq, presentEntry);
}
