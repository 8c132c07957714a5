'use client';

/**
 * Stopping a run: asks first, and says plainly what is undone and what is not. Cancelling lets what is under way finish
 * and undoes what was done; terminating does not wait for anything.
 */
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { problemOf } from '@/components/trpc/failure';
import { useTRPC } from '@/components/trpc/provider';
import { ConfirmDialog } from '@/components/ui/dialog';
import { useToast } from '@/components/ui/toast';
import { isTerminal } from '@/core/run/types';
import { shortRunId } from './run-id';
import type { RunSummary } from './types';

export type StopWay = 'cancel' | 'terminate';
type Stoppable = Pick<RunSummary, 'id' | 'status' | 'reason' | 'flowName'>;

/** A run that is blocked or undoes is not helped by a cancel: what can be done about it, it says itself. */
export function waysToStop(run: Pick<Stoppable, 'status' | 'reason'>): readonly StopWay[] {
  if (isTerminal(run.status)) return [];
  if (run.status === 'compensating') return ['terminate'];
  const ways: readonly StopWay[] = ['cancel', 'terminate'];
  const offered = run.reason?.actions;
  return offered === undefined ? ways : ways.filter((way) => offered.includes(way));
}

/** What a person can do instead, which the server's answer leaves open. */
const pastPivot =
  'The run is past its pivot: what it did is not undone any more, so it can only go forward. Let it go on, or terminate it, which undoes nothing.';

export interface StopRun {
  readonly ask: (run: Stoppable, way: StopWay) => void;
  readonly dialog: React.ReactNode;
}

export function useStopRun(): StopRun {
  const [asked, setAsked] = useState<{ run: Stoppable; way: StopWay } | null>(null);
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const toast = useToast();
  const cancel = useMutation(trpc.runs.cancel.mutationOptions());
  const terminate = useMutation(trpc.runs.terminate.mutationOptions());
  const way = asked?.way ?? 'cancel';

  const confirm = async (): Promise<void> => {
    if (asked === null) return;
    const input = { runId: asked.run.id };
    try {
      await (way === 'cancel' ? cancel : terminate).mutateAsync(input);
    } catch (error) {
      throw problemOf(error)?.code === 'run.pastPivot' ? new Error(pastPivot, { cause: error }) : error;
    }
    toast.show({
      title: way === 'cancel' ? 'The run is being cancelled.' : 'The run is being terminated.',
      key: asked.run.id,
    });
    await queryClient.invalidateQueries(trpc.runs.pathFilter());
  };

  return {
    ask: (run, chosen) => setAsked({ run, way: chosen }),
    dialog: (
      <ConfirmDialog
        open={asked !== null}
        onOpenChange={(isOpen) => !isOpen && setAsked(null)}
        title={way === 'cancel' ? 'Cancel this run?' : 'Terminate this run?'}
        confirmLabel={way === 'cancel' ? 'Cancel run' : 'Terminate run'}
        cancelLabel="Let it go on"
        danger
        onConfirm={confirm}
      >
        {asked && <Consequences run={asked.run} way={way} />}
      </ConfirmDialog>
    ),
  };
}

function Consequences({ run, way }: { run: Stoppable; way: StopWay }) {
  const which = (
    <>
      Run <code title={run.id}>{shortRunId(run.id)}</code> of <b>{run.flowName}</b>
    </>
  );
  return way === 'cancel' ? (
    <p>
      {which} starts no further step. What is under way finishes, and then what has been done is undone, the last step
      first, as far as the flow says how.
    </p>
  ) : (
    <p>
      {which} stops at once, in the middle of whatever it does. Nothing is undone, and a call that is under way may
      still take effect without its answer being seen.
    </p>
  );
}
