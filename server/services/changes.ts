/**
 * Tells every process that something a cache may hold has changed in a workspace: routes, keys, flow facts. A note is a
 * hint; caches also expire by themselves, because a hint can be lost.
 */
import type { Log } from '@/server/services/ports';

export interface WorkspaceChanges {
  publishChange(workspaceId: string): Promise<void>;
  /** Calls back for changes that any process published, this one included. @returns stops calling back */
  onChange(listener: (workspaceId: string) => void): () => void;
}

/**
 * Announces a change that is committed, without waiting: a lost announcement delays other processes until their copies
 * get old, and a silent Redis must not hold up the one who made the change.
 */
export function announceChange(
  { changes, log }: { readonly changes: WorkspaceChanges; readonly log: Log },
  workspaceId: string,
): void {
  changes.publishChange(workspaceId).catch((error: unknown) => {
    log.warn({ err: error, workspaceId }, 'a change could not be announced; other processes notice in seconds');
  });
}
