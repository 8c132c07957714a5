'use client';

/**
 * One run, kept fresh until it has ended: notes say when to look again, and a slow poll holds when none come. Brings
 * what the page draws it by: the document it executes and the event that started it.
 */
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useTRPC } from '@/components/trpc/provider';
import { isTerminal } from '@/core/run/types';
import type { RunView } from './types';
import { useRunNotes } from './use-run-notes';

const refetchEveryMs = 400;
const pollMs = 5_000;

const hasEnded = (run: RunView | undefined): boolean => run !== undefined && isTerminal(run.status);

export function useRun(runId: string) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const query = useQuery(
    trpc.runs.get.queryOptions(
      { runId },
      { refetchInterval: ({ state }) => (hasEnded(state.data) ? false : pollMs), staleTime: refetchEveryMs },
    ),
  );
  useRunNotes({
    runId,
    enabled: query.isSuccess && !hasEnded(query.data),
    everyMs: refetchEveryMs,
    onNote: () =>
      Promise.all([query.refetch(), queryClient.invalidateQueries(trpc.runs.journal.queryFilter({ runId }))]),
  });
  return query;
}

/** Neither changes while it is looked at. */
const immutable = { staleTime: Number.POSITIVE_INFINITY } as const;

export function useRunDocument(runId: string) {
  const trpc = useTRPC();
  return useQuery(trpc.runs.document.queryOptions({ runId }, immutable));
}

export function useRunEvent(position: number) {
  const trpc = useTRPC();
  return useQuery(trpc.events.get.queryOptions({ position }, immutable));
}

/** Entries one call gives at most. */
const pageSize = 200;
/** Entries beyond it are not fetched for a page: a run of a thousand steps has about two thousand. */
export const journalEntriesMax = 4_000;

/**
 * The whole journal of a run, in order.
 * @param isWanted false: nothing is fetched
 */
export function useJournal(run: RunView, isWanted: boolean) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const { id: runId } = run;
  const first = trpc.runs.journal.queryOptions({ runId, limit: pageSize });
  return useQuery({
    queryKey: [...first.queryKey, 'whole'],
    enabled: isWanted,
    refetchInterval: hasEnded(run) ? false : pollMs,
    queryFn: async () => {
      let page = await queryClient.fetchQuery({ ...first, staleTime: 0 });
      const entries = [...page.items];
      while (page.nextCursor !== null && entries.length < journalEntriesMax) {
        const next = trpc.runs.journal.queryOptions({ runId, limit: pageSize, cursor: page.nextCursor });
        page = await queryClient.fetchQuery({ ...next, staleTime: 0 });
        entries.push(...page.items);
      }
      return entries;
    },
  });
}
