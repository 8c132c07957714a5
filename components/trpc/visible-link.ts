/**
 * Closes live streams of a tab that nobody sees and opens them again when it is looked at. Browsers allow six
 * connections to one HTTP/1.1 server over all tabs, so six forgotten tabs would otherwise starve the seventh. What was
 * missed is fetched again by the queries, which ask anew when a tab comes back.
 */
import type { TRPCLink } from '@trpc/client';
import { observable } from '@trpc/server/observable';
import type { AppRouter } from '@/server/trpc/router';

/** A glance at another tab should not cost a reconnect. */
const hiddenForMs = 20_000;

export interface Visibility {
  readonly isHidden: () => boolean;
  /** @returns ends the listening */
  readonly onChange: (listener: () => void) => () => void;
}

export const documentVisibility: Visibility = {
  isHidden: () => document.visibilityState === 'hidden',
  onChange(listener) {
    document.addEventListener('visibilitychange', listener);
    return () => document.removeEventListener('visibilitychange', listener);
  },
};

export function visibleLink(visibility: Visibility): TRPCLink<AppRouter> {
  return () =>
    ({ op, next }) => {
      if (op.type !== 'subscription') return next(op);
      return observable((observer) => {
        let isOpen = false;
        let stop = (): void => undefined;
        let timer: ReturnType<typeof setTimeout> | undefined;

        const open = (): void => {
          if (isOpen) return;
          isOpen = true;
          const stream = next(op).subscribe({
            next: (envelope) => observer.next(envelope),
            error: (error) => observer.error(error),
            // Closing a stream completes it too; for whoever listens it is only paused then.
            complete: () => isOpen && observer.complete(),
          });
          stop = () => stream.unsubscribe();
        };
        const close = (): void => {
          isOpen = false;
          stop();
        };
        const unlisten = visibility.onChange(() => {
          clearTimeout(timer);
          if (visibility.isHidden()) timer = setTimeout(close, hiddenForMs);
          else open();
        });

        open();
        return () => {
          clearTimeout(timer);
          unlisten();
          close();
        };
      });
    };
}
