/**
 * Takes off what TanStack's infinite queries add to the input of a list (`direction`): our lists go one way, and their
 * schemas refuse fields they do not know. Refuses to change anything else.
 */
import type { TRPCLink } from '@trpc/client';
import type { AppRouter } from '@/server/trpc/router';

export const listInputLink: TRPCLink<AppRouter> =
  () =>
  ({ op, next }) =>
    next({ ...op, input: withoutDirection(op.input) });

export function withoutDirection(input: unknown): unknown {
  if (typeof input !== 'object' || input === null || !('direction' in input)) return input;
  const { direction: _, ...rest } = input;
  return rest;
}
