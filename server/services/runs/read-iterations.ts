/**
 * The iterations of one loop, a page at a time. A loop may have a hundred thousand, and the run's own state forgets those that are
 * over; so a page is folded from the entries that concern it. A loop that was not entered has none. Refuses to guess: what a
 * value means is the run's to know.
 */
import type { JsonValue } from '@/core/json';
import type { JournalEntry } from '@/core/run/entries';
import { foldWhole } from '@/core/run/evolve';
import { iterationsPerMark } from '@/core/run/evolve-loop';
import { noPath, splitPath } from '@/core/run/iteration-path';
import { iterationAt } from '@/core/run/places';
import { getAt } from '@/core/run/sparse-list';
import { initialState } from '@/core/run/state';
import type { RunState } from '@/core/run/types';
import { requireScope } from '@/server/services/authorize';
import type { Page } from '@/server/services/common-schemas';
import { cursorShapes, decodeCursor, encodeCursor, pageSizeOf } from '@/server/services/paging';
import type { Caller } from '@/server/services/ports';
import type { RunsDeps } from '@/server/services/runs/create-runs-service';
import { runNotFound } from '@/server/services/runs/errors';
import { presentIteration } from '@/server/services/runs/present-run';
import type { IterationView, ListIterationsInput } from '@/server/services/runs/schemas';

/** @see RunsService.iterations */
export async function listIterations(
  deps: RunsDeps,
  caller: Caller,
  input: ListIterationsInput,
): Promise<Page<IterationView>> {
  requireScope(caller, 'runs:read');
  const { runId, stepId, path = noPath } = input;
  const limit = pageSizeOf(input.limit);
  const from = Number(decodeCursor('iterations', input.cursor, cursorShapes.int32) ?? input.from ?? 0);
  const loaded = await deps.reader.load(caller.workspaceId, runId);
  if (loaded === null) throw runNotFound();
  const page = { workspaceId: caller.workspaceId, runId, path, stepId, from, to: from + limit - 1 };
  const range = { ...page, ...placeInJournal(loaded.state, page) };
  const loop = foldLoop(await deps.reader.iterationEntries(range), path, stepId);
  if (loop === null) return { items: [], nextCursor: null };
  const to = Math.min(from + limit, loop.total);
  const items: IterationView[] = [];
  for (let index = from; index < to; index += 1) {
    const item = loop.items[index] ?? null;
    const state = getAt(loop.kept, index) ?? loop.active[index];
    const outcome = getAt(loop.outcomes, index);
    items.push(
      state === undefined && outcome === undefined
        ? pending(index, item)
        : presentIteration(index, item, state ?? initialState(item), outcome),
    );
  }
  return { items, nextCursor: to < loop.total ? encodeCursor('iterations', String(to)) : null };
}

/** Where the entries of a page stand, by what the run's own state remembers of the loop, or of the one around it. */
function placeInJournal(
  state: RunState,
  { path, stepId, from, to }: { path: string; stepId: string; from: number; to: number },
): { readonly fromSeq: number; readonly loopSeq: number; readonly isOver: boolean } {
  const outer = splitPath(path)?.head ?? { stepId, index: from };
  const step = state.steps[outer.stepId];
  const loop = step?.loop;
  if (loop == null) return { fromSeq: 1, loopSeq: 1, isOver: false };
  const fromSeq = loop.marks[Math.floor(outer.index / iterationsPerMark)] ?? loop.marks[0] ?? 1;
  // What began with the loop is decided together with it, and stands right behind it.
  const loopSeq = (loop.marks[0] ?? 2) - 1;
  const isUndone = loop.counts.undone > 0 || step?.status === 'compensating' || step?.status === 'running';
  return { fromSeq, loopSeq, isOver: path === noPath && !isUndone && to < loop.next };
}

/** Entries of the loop alone are a journal of their own, once what is around it is taken off their paths. */
function foldLoop(entries: readonly JournalEntry[], path: string, stepId: string) {
  const relative = entries.map((entry): JournalEntry => {
    if (path === noPath || entry.path === undefined) return entry;
    const rest = entry.path.slice(path.length + 1);
    const { path: _, ...own } = entry;
    return (rest === noPath ? own : { ...own, path: rest }) as JournalEntry;
  });
  return iterationAt(foldWhole(null, relative), noPath)?.steps[stepId]?.loop ?? null;
}

const pending = (index: number, item: JsonValue): IterationView => ({
  index,
  status: 'pending',
  item,
  output: null,
  error: null,
  startedAt: null,
  steps: [],
});
