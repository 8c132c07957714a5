'use client';

/** How the flows stand that a draft calls, asked of the server now and then: a document cannot know. */
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { useTRPC } from '@/components/trpc/provider';
import type { FlowDocument } from '@/core/flow/document';
import { type CalleeState, namedCalls } from '@/core/flow/flow-calls';
import { limits } from '@/core/limits';

/** Other flows change rarely, and publishing asks again. */
const freshMs = 15_000;

/** @returns states by the name a flow is called by; empty until they are known */
export function useCallees(document: FlowDocument): ReadonlyMap<string, CalleeState> {
  const trpc = useTRPC();
  const names = [...new Set(namedCalls(document).map(({ flow }) => flow))]
    .filter((flow) => flow.length <= limits.nameLength)
    .toSorted()
    .slice(0, limits.pageSizeMax);
  const asked = useQuery(
    trpc.flows.callees.queryOptions(
      { flows: names },
      { enabled: names.length > 0, staleTime: freshMs, refetchInterval: freshMs, placeholderData: keepPreviousData },
    ),
  );
  const { data } = asked;
  return useMemo(() => new Map(data?.map(({ flow, state }) => [flow, state])), [data]);
}
