/**
 * The family of a run: who started it, up to the first, and what it started, page by page. Refuses the whole tree in one
 * answer; whoever looks opens the branch that matters.
 */
import { requireScope } from '@/server/services/authorize';
import { type Page, presentTime } from '@/server/services/common-schemas';
import { cursorShapes, decodeCursor, pageFrom, pageSizeOf } from '@/server/services/paging';
import type { Caller } from '@/server/services/ports';
import type { RunsDeps } from '@/server/services/runs/create-runs-service';
import { runNotFound } from '@/server/services/runs/errors';
import type { FamilyRow } from '@/server/services/runs/run-reader';
import type { ChildRunView, ListChildrenInput, RunFamilyView } from '@/server/services/runs/schemas';

type Deps = Pick<RunsDeps, 'family' | 'queries'>;

/** Children that a run is shown with; the rest is asked for. */
export const shownChildren = 20;
/** Children counted by status; beyond it the numbers would cost more than they tell. */
const countedChildren = 10_000;

/** @see RunsService.family */
export async function familyOfRun(deps: Deps, caller: Caller, { runId }: { runId: string }): Promise<RunFamilyView> {
  requireScope(caller, 'runs:read');
  const { workspaceId } = caller;
  const [line, counts] = await Promise.all([
    deps.family.line(workspaceId, runId),
    deps.family.counts(workspaceId, runId, countedChildren),
  ]);
  if (line.length === 0) throw runNotFound();
  const counted = Object.values(counts).reduce((sum, runs) => sum + runs, 0);
  return { line: line.map(presentFamilyRun), counts, isCountedWhole: counted < countedChildren };
}

/** @see RunsService.children */
export async function childrenOfRun(deps: Deps, caller: Caller, input: ListChildrenInput): Promise<Page<ChildRunView>> {
  requireScope(caller, 'runs:read');
  const { workspaceId } = caller;
  const limit = pageSizeOf(input.limit);
  const afterId = decodeCursor('children', input.cursor, cursorShapes.uuid);
  if ((await deps.queries.status(workspaceId, input.runId)) === null) throw runNotFound();
  const rows = await deps.family.children(workspaceId, input.runId, { afterId, take: limit + 1 });
  return pageFrom('children', rows, limit, (row) => row.id, presentFamilyRun);
}

export const presentFamilyRun = (row: FamilyRow): ChildRunView => ({
  runId: row.id,
  ...(row.stepId === null ? {} : { stepId: row.stepId }),
  ...(row.path === '' ? {} : { path: row.path }),
  flowId: row.flowId,
  flowName: row.flowName,
  version: row.version,
  status: row.status,
  createdAt: presentTime(row.createdAtMs),
  startedAt: row.startedAtMs === null ? null : presentTime(row.startedAtMs),
  finishedAt: row.finishedAtMs === null ? null : presentTime(row.finishedAtMs),
  hasChildren: row.hasChildren,
});
