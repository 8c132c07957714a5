/**
 * Rings after a commit. What was committed stands whether or not the bell was heard, so a failure is logged and never
 * becomes the caller's; the reconciler finds what is due. Refuses to be called before the commit: a worker that comes
 * too early finds nothing.
 */
import type { Log, WakeUps } from '@/server/services/ports';

export interface RingDeps {
  readonly wakeUps: Pick<WakeUps, 'ring' | 'streamMoved'>;
  readonly log: Log;
}

export function ringRuns({ wakeUps, log }: RingDeps, workspaceId: string, runIds: readonly string[]): void {
  if (runIds.length === 0) return;
  wakeUps.ring(runIds.map((runId) => ({ workspaceId, runId }))).catch((error: unknown) => {
    log.warn({ err: error, workspaceId, runs: runIds.length }, 'runs could not be rung; the reconciler will find them');
  });
}

export function ringStream({ wakeUps, log }: RingDeps, workspaceId: string): void {
  wakeUps.streamMoved(workspaceId).catch((error: unknown) => {
    log.warn({ err: error, workspaceId }, 'the dispatcher could not be told of new events; it will look by itself');
  });
}
