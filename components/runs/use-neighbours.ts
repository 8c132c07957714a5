'use client';

/** The runs beside a run, in the list it was opened from, else in the newest runs of all. */
import { useQuery } from '@tanstack/react-query';
import { useEffect } from 'react';
import { useTRPC } from '@/components/trpc/provider';
import { limits } from '@/core/limits';
import { neighboursOf, useRunOrder } from './run-order';

/** The fallback is asked for once; it need not follow what arrives. */
const orderStaleMs = 60_000;

export function useNeighbours(runId: string): { readonly newer: string | null; readonly older: string | null } {
  const trpc = useTRPC();
  const order = useRunOrder((state) => state.order);
  const setOrder = useRunOrder((state) => state.setOrder);
  useEffect(() => void useRunOrder.persist.rehydrate(), []);
  const known = order === null ? null : neighboursOf(order, runId);

  const newest = useQuery(
    trpc.runs.list.queryOptions({ limit: limits.pageSizeMax }, { enabled: known === null, staleTime: orderStaleMs }),
  );
  const more = useQuery(
    trpc.runs.list.queryOptions(
      { ...order?.input, ...(order?.nextCursor == null ? {} : { cursor: order.nextCursor }) },
      { enabled: known?.needsMore === true, staleTime: orderStaleMs },
    ),
  );
  const page = known?.needsMore ? more.data : undefined;
  useEffect(() => {
    if (order === null || page === undefined) return;
    const ids = page.items.map(({ id }) => id).filter((id) => !order.ids.includes(id));
    setOrder({ ...order, ids: [...order.ids, ...ids], nextCursor: page.nextCursor });
  }, [order, page, setOrder]);

  if (known !== null) return known;
  const fallback = newest.data && { ids: newest.data.items.map(({ id }) => id), nextCursor: null };
  return (fallback && neighboursOf(fallback, runId)) ?? { newer: null, older: null };
}
