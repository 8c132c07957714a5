/**
 * What went wrong with a call, in the words a screen needs: the problem document of the server, or the fact that no
 * answer came. Refuses to invent messages: the server wrote them for people.
 */
import { TRPCClientError } from '@trpc/client';
import type { Problem } from '@/core/errors';
import type { AppRouter } from '@/server/trpc/router';

export type CallError = TRPCClientError<AppRouter>;

const isCallError = (error: unknown): error is CallError => error instanceof TRPCClientError;

/** The problem document, or undefined when the server did not answer. */
export const problemOf = (error: unknown): Problem | undefined =>
  isCallError(error) ? (error.data?.problem as Problem | undefined) : undefined;

/** True when no answer came at all: the server or the network is away. */
export const isConnectionFailure = (error: unknown): boolean => isCallError(error) && problemOf(error) === undefined;

/** One sentence for a person. */
export const messageOf = (error: unknown): string =>
  problemOf(error)?.detail ?? 'The server did not answer. Check the connection and try again.';

/**
 * Messages by field, for forms: all faults at once, each at its own control.
 * @returns fault messages by JSON pointer, such as `/name`; empty when the error is about something else
 */
export function fieldFaults(error: unknown): Readonly<Record<string, string>> {
  const faults: Record<string, string> = {};
  for (const fault of problemOf(error)?.errors ?? []) faults[fault.pointer] ??= fault.message;
  return faults;
}

/** Trying again can help only when no answer came or the fault is not the caller's. */
export function isWorthRetrying(failures: number, error: unknown): boolean {
  const status = problemOf(error)?.status;
  return failures < 2 && (status === undefined || status >= 500);
}
