/**
 * What becomes of runs whose turn in their lane has come because another one gave it back. A few are carried on here at once:
 * a lane moves one run at a time, and a way through the queue between each two would be most of its time. The rest is rung
 * for, so that a process that many lanes pass through does not take them all. Refuses to keep any while the process stops.
 */
import type { RunRef } from '@/server/repositories/overdue-runs';

/** Runs carried on here at once, beside those that the queue hands out: each is one that has just ended here. */
const carriedMax = 32;

export interface HandOverDeps {
  /** Carries a run as far as it goes. Never rejects. */
  readonly carry: (run: RunRef) => Promise<void>;
  /** Rings for runs of one workspace. */
  readonly ring: (workspaceId: string, runIds: readonly string[]) => void;
  readonly isStopping: () => boolean;
}

/** @returns what to tell of such runs, after the commit; one may be named twice */
export function createHandOver({ carry, ring, isStopping }: HandOverDeps): (runs: readonly RunRef[]) => void {
  let carried = 0;
  return (runs) => {
    const once = new Map(runs.map((run) => [run.runId, run]));
    const rung = new Map<string, string[]>();
    for (const run of once.values()) {
      if (!isStopping() && carried < carriedMax) {
        carried += 1;
        void carry(run).finally(() => {
          carried -= 1;
        });
      } else {
        rung.set(run.workspaceId, [...(rung.get(run.workspaceId) ?? []), run.runId]);
      }
    }
    for (const [workspaceId, runIds] of rung) ring(workspaceId, runIds);
  };
}
