'use client';

/**
 * One page of the list of runs, live. At the top of the newest page it follows what arrives; held, it keeps its rows
 * (with what becomes of them) and counts the new ones. Refuses to know why it is held: the screen says so.
 */
import { keepPreviousData, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTRPC } from '@/components/trpc/provider';
import { type Anchor, countNewer, upToAnchor, withoutNewer } from './live-list';
import type { ListRunsInput, RunSummary } from './types';
import { useBlockedCountFilter } from './use-blocked-count';
import { useRunNotes } from './use-run-notes';

/** Often enough to feel live, rarely enough for a thousand runs a second. */
const refetchEveryMs = 1_000;
/** Whatever the notes say: one may be lost, and the connection that brings them may stand still unnoticed. */
const pollMs = 15_000;

export interface RunList {
  readonly rows: readonly RunSummary[] | undefined;
  /** How to ask for older runs; null at the end. */
  readonly nextCursor: string | null;
  readonly error: unknown;
  readonly isFetching: boolean;
  /** The rows are those of other filters until the new ones are there. */
  readonly isPrevious: boolean;
  readonly isLive: boolean;
  /** Runs that a held list does not show. */
  readonly newer: { readonly count: number; readonly isAll: boolean } | null;
  readonly hold: () => void;
  readonly follow: () => void;
  readonly retry: () => void;
}

/** @param cursor of an older page; null for the newest */
export function useRunList(input: ListRunsInput, cursor: string | null): RunList {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const blockedCount = useBlockedCountFilter();
  const question = JSON.stringify(input);
  const [held, setHeld] = useState<{ anchor: Anchor; question: string } | null>(null);
  const anchor = cursor === null && held?.question === question ? held.anchor : null;

  const page = useQuery(
    trpc.runs.list.queryOptions(cursor === null ? input : { ...input, cursor }, {
      placeholderData: keepPreviousData,
      refetchInterval: pollMs,
    }),
  );
  const below = useQuery(
    trpc.runs.list.queryOptions(anchor === null ? input : upToAnchor(input, anchor), { enabled: anchor !== null }),
  );
  const isLive = useRunNotes({
    ...(input.flow === undefined ? {} : { flowId: input.flow }),
    everyMs: refetchEveryMs,
    onNote: () =>
      Promise.all([
        page.refetch(),
        queryClient.invalidateQueries(blockedCount),
        ...(anchor === null ? [] : [below.refetch()]),
      ]),
  });

  const shown = anchor === null ? page.data : (below.data ?? page.data);
  const rows = shown && (anchor === null ? shown.items : withoutNewer(shown.items, anchor));
  const newer = anchor === null || page.data === undefined ? null : countNewer(page.data.items, anchor);
  const top = rows?.[0];
  return {
    rows,
    nextCursor: shown?.nextCursor ?? null,
    error: page.error,
    isFetching: page.isFetching,
    isPrevious: page.isPlaceholderData,
    isLive,
    newer: newer === null || newer.count === 0 ? null : newer,
    hold: () => {
      if (anchor === null && cursor === null && top !== undefined) setHeld({ anchor: top, question });
    },
    follow: () => setHeld(null),
    retry: () => void page.refetch(),
  };
}
