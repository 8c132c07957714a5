/**
 * What every call goes through: one that is refused because the session ended waits for the next sign-in and runs
 * again, a subscription that breaks is opened again, and whoever shows the connection hears of both. Refuses to retry
 * anything else: whether a failed call may run twice is for the caller to know.
 */
import type { TRPCLink } from '@trpc/client';
import { observable } from '@trpc/server/observable';
import { resumeAfterSignIn } from '@/components/auth/session-store';
import type { AppRouter } from '@/server/trpc/router';
import { isConnectionFailure, problemOf } from './failure';

/** Between attempts to open a broken subscription: doubled from the first to the last. */
const reopenDelayMs = { first: 1_000, last: 15_000 };

export interface ConnectionSignals {
  /** An answer came. */
  readonly answered: () => void;
  /** No answer came, or a stream broke. */
  readonly lost: () => void;
}

export function steadyLink({ answered, lost }: ConnectionSignals): TRPCLink<AppRouter> {
  return () =>
    ({ op, next }) =>
      observable((observer) => {
        let stopCall = (): void => undefined;
        // Kept apart: an error may arrive before the call has returned the way to stop it.
        let stopWaiting = (): void => undefined;
        let breaks = 0;

        const run = (): void => {
          const call = next(op).subscribe({
            next(envelope) {
              if (isReconnecting(envelope.result)) lost();
              else if (!isStateChange(envelope.result)) {
                breaks = 0;
                answered();
              }
              observer.next(envelope);
            },
            error(error) {
              if (isConnectionFailure(error) && !op.signal?.aborted) lost();
              if (problemOf(error)?.code === 'auth.required') stopWaiting = resumeAfterSignIn(run);
              else if (op.type === 'subscription' && isWorthReopening(error)) reopenLater();
              else observer.error(error);
            },
            complete: () => observer.complete(),
          });
          stopCall = () => call.unsubscribe();
        };
        const reopenLater = (): void => {
          const delayMs = Math.min(reopenDelayMs.first * 2 ** breaks, reopenDelayMs.last);
          breaks += 1;
          const timer = setTimeout(run, delayMs);
          stopWaiting = () => clearTimeout(timer);
        };

        run();
        return () => {
          stopWaiting();
          stopCall();
        };
      });
}

interface Result {
  readonly type?: string;
  readonly error?: unknown;
}

const isStateChange = (result: Result): boolean => result.type === 'state';

/** The browser's EventSource lost its connection and opens it again by itself. */
const isReconnecting = (result: Result): boolean => isStateChange(result) && Boolean(result.error);

/** A refusal stays a refusal; everything else may have been a restart. */
function isWorthReopening(error: unknown): boolean {
  const status = problemOf(error)?.status;
  return status === undefined || status >= 500;
}
