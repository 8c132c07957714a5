'use client';

/**
 * The family of a run, kept fresh while any run of it goes on: its line of ancestors, and the children of every run that is
 * open. Refuses more than a screen of children per run; the list of runs shows them all.
 */
import { keepPreviousData, useQueries, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTRPC } from '@/components/trpc/provider';
import { limits } from '@/core/limits';
import { isTerminal } from '@/core/run/types';
import { type Family, familyRows } from './family-tree';
import type { ChildRun } from './types';
import { useRunNotes } from './use-run-notes';

/** A family changes as often as its busiest member; a page looks once a second. */
const refetchEveryMs = 1_000;
/** Holds when no notes come. */
const pollMs = 5_000;
/** Children of one run at first. */
const firstPage = 20;

const goesOn = ({ status }: ChildRun): boolean => !isTerminal(status);

/** @param isWanted false: nothing is fetched */
export function useFamily(runId: string, isWanted: boolean) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  /** Children shown of each run that is open. */
  const [shown, setShown] = useState<Readonly<Record<string, number>>>({ [runId]: firstPage });
  const family = useQuery(
    trpc.runs.family.queryOptions(
      { runId },
      {
        enabled: isWanted,
        staleTime: refetchEveryMs,
        refetchInterval: ({ state }) => (state.data?.line.some(goesOn) === true ? pollMs : false),
      },
    ),
  );
  const open = Object.entries(shown);
  const pages = useQueries({
    queries: open.map(([id, limit]) =>
      trpc.runs.children.queryOptions(
        { runId: id, limit },
        {
          enabled: isWanted,
          staleTime: refetchEveryMs,
          placeholderData: keepPreviousData,
          refetchInterval: ({ state }) => (state.data?.items.some(goesOn) === true ? pollMs : false),
        },
      ),
    ),
  });
  const loaded = new Map(open.map(([id], index) => [id, pages[index]?.data]));
  const line = family.data?.line ?? [];
  const isLive = [...line, ...pages.flatMap(({ data }) => data?.items ?? [])].some(goesOn);
  const refetch = () =>
    Promise.all([
      queryClient.invalidateQueries(trpc.runs.family.queryFilter({ runId })),
      queryClient.invalidateQueries(trpc.runs.children.queryFilter()),
    ]);
  useRunNotes({ enabled: isWanted && isLive, everyMs: refetchEveryMs, onNote: refetch });
  const drawing: Family = {
    line,
    isOpen: (id) => shown[id] !== undefined,
    childrenOf(id) {
      const page = loaded.get(id);
      return page === undefined ? undefined : { items: page.items, hasMore: page.nextCursor !== null };
    },
  };
  return {
    family,
    rows: familyRows(drawing),
    toggle(id: string): void {
      const { [id]: limit, ...others } = shown;
      setShown(limit === undefined ? { ...shown, [id]: firstPage } : others);
    },
    /** Whether more of its children can be shown here. */
    canGrow: (id: string): boolean => (shown[id] ?? 0) < limits.pageSizeMax,
    grow(id: string): void {
      setShown({ ...shown, [id]: Math.min(limits.pageSizeMax, (shown[id] ?? 0) * 3) });
    },
  };
}
