'use client';

/** The list of approvals, live, and how many ask the person who looks. */
import { keepPreviousData, useInfiniteQuery, useQuery, useQueryClient } from '@tanstack/react-query';
import { useRunNotes } from '@/components/runs/use-run-notes';
import { useTRPC } from '@/components/trpc/provider';
import type { ApprovalSummary } from './types';

export const shownLists = ['mine', 'all', 'answered'] as const;
export type ShownList = (typeof shownLists)[number];

/** Often enough to feel live. */
const refetchEveryMs = 1_000;
/** Whatever the notes say: one may be lost, and time passes without any. */
const pollMs = 10_000;
const countPollMs = 15_000;

const inputs = {
  mine: { mine: true, order: 'due' },
  all: { order: 'due' },
  answered: { status: ['approved', 'rejected', 'expired', 'withdrawn'] as ApprovalSummary['status'][] },
} as const;

export function useApprovals(list: ShownList, q: string) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const text = q.trim();
  const query = useInfiniteQuery(
    trpc.approvals.list.infiniteQueryOptions(
      { ...inputs[list], ...(text === '' ? {} : { q: text }) },
      {
        getNextPageParam: ({ nextCursor }) => nextCursor ?? undefined,
        refetchInterval: pollMs,
        placeholderData: keepPreviousData,
      },
    ),
  );
  useRunNotes({
    everyMs: refetchEveryMs,
    onNote: () => queryClient.invalidateQueries(trpc.approvals.pathFilter()),
  });
  return query;
}

/** @returns null while it is not known */
export function useApprovalCount(): { readonly count: number; readonly isAll: boolean } | null {
  const trpc = useTRPC();
  const count = useQuery(trpc.approvals.count.queryOptions(undefined, { refetchInterval: countPollMs }));
  return count.data ?? null;
}
