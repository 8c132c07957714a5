/**
 * Waits until a run has ended. Notes make it quick, reading the row makes it right: a lost note delays the answer to the
 * next look, never beyond it. Refuses to hold a connection while it waits.
 */
import { isTerminal, type RunStatus } from '@/core/run/types';
import type { Clock, Log, RunNotes } from '@/server/services/ports';

/** How often the row is read when no note comes: rarely enough for thousands of callers, often enough for a person. */
const lookEveryMs = 500;

export interface WaitDeps {
  readonly notes: Pick<RunNotes, 'subscribe'>;
  readonly clock: Clock;
  readonly log: Log;
  readonly readStatus: (workspaceId: string, runId: string) => Promise<RunStatus | null>;
}

/** @returns the status at the end of the wait, null when there is no such run */
export async function waitForRun(
  deps: WaitDeps,
  workspaceId: string,
  runId: string,
  waitMs: number,
): Promise<RunStatus | null> {
  const untilMs = deps.clock.nowMs() + waitMs;
  const bell = createBell();
  // Listening begins before the first look, so that an end in between is not missed.
  const stop = await listen(deps, workspaceId, (noteRunId) => {
    if (noteRunId === runId) bell.ring();
  });
  try {
    for (;;) {
      const status = await deps.readStatus(workspaceId, runId);
      const leftMs = untilMs - deps.clock.nowMs();
      if (status === null || isTerminal(status) || leftMs <= 0) return status;
      await bell.heardWithin(Math.min(leftMs, lookEveryMs));
    }
  } finally {
    stop();
  }
}

async function listen(deps: WaitDeps, workspaceId: string, onNote: (runId: string) => void): Promise<() => void> {
  try {
    return await deps.notes.subscribe(workspaceId, (note) => onNote(note.runId));
  } catch (error) {
    deps.log.warn({ err: error, workspaceId }, 'no notes of runs; looking at the row alone');
    return () => undefined;
  }
}

/** Remembers a ring that came while nobody listened. */
function createBell() {
  let hasRung = false;
  let wake: (() => void) | null = null;
  return {
    ring(): void {
      hasRung = true;
      wake?.();
    },
    async heardWithin(timeoutMs: number): Promise<void> {
      if (!hasRung) {
        await new Promise<void>((resolve) => {
          const timer = setTimeout(resolve, timeoutMs);
          wake = () => {
            clearTimeout(timer);
            resolve();
          };
        });
        wake = null;
      }
      hasRung = false;
    },
  };
}
