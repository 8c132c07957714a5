'use client';

/**
 * Listens to the notes of runs and calls back, at most once in a while and never while nobody looks. Refuses to read
 * the notes: each is only a hint that what is shown may be old.
 */
import { useSubscription } from '@trpc/tanstack-react-query';
import { useEffect, useEffectEvent, useRef } from 'react';
import { useTRPC } from '@/components/trpc/provider';
import { createThrottle, type Throttle } from './throttle';

export interface RunNotesOptions {
  readonly runId?: string;
  readonly flowId?: string;
  readonly enabled?: boolean;
  readonly everyMs: number;
  /** Fetches again. The next call waits for its promise. */
  readonly onNote: () => Promise<unknown>;
}

/** @returns whether notes come in at the moment */
export function useRunNotes({ runId, flowId, enabled = true, everyMs, onNote }: RunNotesOptions): boolean {
  const trpc = useTRPC();
  const call = useEffectEvent(onNote);
  const throttle = useRef<Throttle | null>(null);
  const isMissed = useRef(false);

  const ring = (): void => {
    if (document.hidden) isMissed.current = true;
    else throttle.current?.ring();
  };

  useEffect(() => {
    const made = createThrottle(() => call(), everyMs);
    throttle.current = made;
    const onVisible = (): void => {
      if (document.hidden || !isMissed.current) return;
      isMissed.current = false;
      made.ring();
    };
    document.addEventListener('visibilitychange', onVisible);
    return () => {
      document.removeEventListener('visibilitychange', onVisible);
      made.stop();
      throttle.current = null;
    };
  }, [everyMs]);

  const subscription = useSubscription(
    trpc.runs.watch.subscriptionOptions(
      { ...(runId === undefined ? {} : { runId }), ...(flowId === undefined ? {} : { flowId }) },
      // What happened while no connection stood was missed: it is asked for once it stands.
      { enabled, onStarted: ring, onData: ring },
    ),
  );
  return subscription.status === 'pending';
}
