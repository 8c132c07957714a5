'use client';

/**
 * How many runs wait for a person. Follows the notes that the list of runs hears, and looks now and then by itself.
 * Refuses to count further than anybody reads: beyond that it is "more than".
 */
import { useQuery } from '@tanstack/react-query';
import { useTRPC } from '@/components/trpc/provider';

const countedMax = 99;
const pollMs = 15_000;

export interface BlockedCount {
  readonly count: number;
  /** False: there are more than that. */
  readonly isAll: boolean;
}

/** @returns null while it is not known */
export function useBlockedCount(): BlockedCount | null {
  const trpc = useTRPC();
  const blocked = useQuery(
    trpc.runs.list.queryOptions({ status: ['blocked'], limit: countedMax }, { refetchInterval: pollMs }),
  );
  if (blocked.data === undefined) return null;
  return { count: blocked.data.items.length, isAll: blocked.data.nextCursor === null };
}

/** What is asked again when a note says that a run has changed. */
export function useBlockedCountFilter() {
  const trpc = useTRPC();
  return trpc.runs.list.queryFilter({ status: ['blocked'], limit: countedMax });
}
